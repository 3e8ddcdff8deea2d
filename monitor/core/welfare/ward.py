"""Leads through welfare: what arrives goes to those who judge it, and what falls due is looked at in time."""

from collections import Counter
from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from monitor.core.alerts import AlertBook
from monitor.core.decisions import Decision, DeviceRecorded, Incident, StatusChanged
from monitor.core.fleet import Cohort, Device, Fleet
from monitor.core.notices import Cover
from monitor.core.observations import DeviceEvent, Heartbeat, Telemetry
from monitor.core.sight import Sight
from monitor.core.welfare.at_risk import AtRisk
from monitor.core.welfare.calendar import Calendar
from monitor.core.welfare.care import Care, FeederCare, ThermostatCare, care_for
from monitor.core.welfare.case import Cases, FeederCase
from monitor.core.welfare.feeders import (
    count_food,
    fact_of,
    tell_boot,
    tell_event,
    tell_faults,
    tell_power,
    tell_readings,
)
from monitor.core.welfare.groups import Groups
from monitor.core.welfare.harm import Risk
from monitor.core.welfare.hunger import tell_meals
from monitor.core.welfare.meals import Meals, zone
from monitor.core.welfare.outlook import Outlook
from monitor.core.welfare.portions import tell_overfed
from monitor.core.welfare.servings import Servings
from monitor.core.welfare.settings import WelfareSettings
from monitor.core.welfare.signs import Signs
from monitor.core.welfare.slots import zone_of
from monitor.core.welfare.symptoms import (
    judge_faults,
    judge_lately,
    judge_vitals,
    note_faults,
    note_vitals,
    quiet_at,
    worth_watching,
)
from monitor.core.welfare.thermostats import read_room
from monitor.core.welfare.tolls import Tolls
from monitor.core.welfare.unseen import look_at, tell_blind
from monitor.core.welfare.weather import Weather
from monitor.devices.events import FaultChanged, Feeding
from monitor.devices.profile import Profile
from monitor.devices.schedule import Schedule

NEGLIGIBLE_OFFSET_SECONDS = 30.0
VERDICTS_PER_LOOK = 10
"""A look at meals or rooms costs as much as so many verdicts about silence."""


class Ward:
    """Watches over those who depend on the devices. While the monitor is blind it learns and does not judge."""

    def __init__(
        self,
        fleet: Fleet,
        book: AlertBook,
        sight: Sight,
        settings: WelfareSettings,
        cover: Callable[[Device], Cover],
        incidents: Mapping[str, Incident],
    ) -> None:
        self.enabled = settings.enabled
        self.groups = Groups(
            book, incidents.get, settings.grouped_after, lambda device: _fed_by_cloud(fleet.get(device))
        )
        self.tolls = Tolls(fleet, cover, incidents)
        self.signs = Signs(book, self.groups, cover, sight)
        self.meals = Meals(sight, settings)
        self._sight = sight
        self._cases = Cases(settings, self.signs)
        self._calendar = Calendar()
        self._outlook = Outlook()
        self._weather = Weather()
        self._at_risk = AtRisk(self.signs.at_risk, self._cases, self._weather, cover)

    @property
    def meals_settled(self) -> Counter[tuple[Cohort, str, str]]:
        """Planned meals by outcome, as it was first believed, and by source."""
        return self.meals.tally

    @property
    def meals_corrected(self) -> Counter[tuple[Cohort, str, str]]:
        """Planned meals that turned out otherwise, by what was believed and what is."""
        return self.meals.corrections

    @property
    def servings(self) -> Servings:
        """How the planned meals of the last two days ended, by hour and provider."""
        return self.meals.servings

    @property
    def cooling(self) -> Counter[tuple[Cohort, str, str]]:
        """Rooms by the temperature in Celsius that they will reach and within which time."""
        return self._outlook.rooms

    @property
    def showing(self) -> Counter[tuple[Cohort, str]]:
        """Devices by the sign that they show."""
        return self.signs.showing

    def risks(self, now: float, *, tenant: str = "", kind: str = "", incident: str = "") -> list[Risk]:
        """Devices at risk, the worst first; of one tenant, of one kind, of those that one open incident covers."""
        return self._at_risk.risks(now, tenant=tenant, kind=kind, incident=incident)

    def heartbeat(self, device: Device, previous: Heartbeat | None, beat: Heartbeat) -> list[Decision]:
        """A heartbeat that says something new about the device's own state."""
        if device.beat is not beat or not self.enabled or self._unseeing:
            return []
        if device.welfare is None and not worth_watching(previous, beat):
            return []
        booted = previous is not None and previous.boot_id != beat.boot_id
        care = self._care(device)
        vitals = self._cases.vitals(device, care, beat.at)
        note_vitals(vitals, previous, beat)
        decisions = judge_vitals(vitals, beat)
        if isinstance(care, FeederCare):
            case = self._cases.feeder(device, care, beat.at)
            faults = previous.faults if previous is not None else ()
            decisions += [*tell_power(case), *tell_faults(case, faults, beat.faults)]
            decisions += tell_boot(case) if booted else []
        self._file(device, beat.at)
        return decisions

    def telemetry(self, device: Device, said: Telemetry) -> list[Decision]:
        """Readings, which the device already holds."""
        watched = self.enabled and device.profile.kind in ("feeder", "thermostat")
        care = self._care(device) if watched else None
        if isinstance(care, FeederCare):
            return self._feeder_reads(device, care, said)
        if isinstance(care, ThermostatCare):
            return self._room_reads(device, care, said)
        return []

    def event(self, device: Device, seen: DeviceEvent) -> list[Decision]:
        """Something that happened at a device."""
        live = not (seen.replayed or self._unseeing)
        decisions: list[Decision] = []
        if live and self.enabled and isinstance(seen.happening, FaultChanged):
            decisions += self._fault(device, seen.happening, seen.at)
        care = self._feeder(device)
        if care is None:
            return decisions
        case = self._cases.feeder(device, care, seen.at)
        if isinstance(seen.happening, Feeding):
            if not self.meals.learn(case, fact_of(case, seen, seen.happening, self._clock_offset(device), live=live)):
                return []
            care.served += seen.happening.portions_actual or 0.0
            decisions.append(DeviceRecorded(device.id, seen.at))
        if self._unseeing:
            self._calendar.file(device, seen.at)
            return decisions
        decisions += tell_overfed(case)
        if live:
            decisions += tell_event(case, seen)
        return [*decisions, *self._visit(case), *self._look_back(device, seen.at)]

    def planned(self, device: Device, former: Schedule | None, at: float, *, retained: bool) -> list[Decision]:
        """The device, or its cloud, follows another plan from now on."""
        care = self._feeder(device)
        if care is None:
            return []
        before = None if former is None else (former, zone_of(former, device.profile.timezone))
        self.meals.replan(device, care, at, before)
        if self._unseeing:
            self._calendar.file(device, at)
            return []
        case = self._cases.feeder(device, care, at)
        decisions = [] if retained else case.clear("FeederScheduleLost", "its plan was written to it again")
        return [*decisions, *self._visit(case), *self._look_back(device, at)]

    def described(self, device: Device, before: Profile, at: float) -> None:
        """The device says something else about itself: its kind, or the zone that it lives in."""
        care = self._feeder(device) if device.schedule is not None else None
        if care is None or device.schedule is None:
            return
        if before.kind != "feeder":
            self.meals.replan(device, care, at, None)
        elif zone(device) != (old := zone_of(device.schedule, before.timezone)):
            self.meals.replan(device, care, at, (device.schedule, old))
        self._calendar.file(device, at)

    def changed(self, device: Device, change: StatusChanged) -> None:
        """A device changed its status."""
        care = device.welfare
        if care is None:
            return
        if change.status == "offline":
            self.signs.pause(device)
        elif change.previous == "offline" and isinstance(care, FeederCare):
            care.back_at = change.at
        self._file(device, change.at)

    def removed(self, device: Device, at: float) -> list[Decision]:
        """A device left the fleet."""
        if device.welfare is None:
            return []
        self._calendar.withdraw(device)
        if isinstance(device.welfare, ThermostatCare):
            self._outlook.note(device, device.welfare, None, at)
            self._weather.forget(device)
        return self.signs.end(device, at, "the device was removed from the fleet")

    def maintained(self, device: Device, at: float) -> list[Decision]:
        """Maintenance began or ended; when it ends, what is still there is told."""
        return self.signs.unmuted(device, at) if device.welfare is not None and not device.maintenance else []

    def incident_opened(self, at: float) -> list[Decision]:
        """An incident opened: what it covers is told together from now on."""
        return self.signs.fold(list(self.signs.at_risk.values()), at)

    def pass_time(self, now: float, limit: int) -> list[Decision]:
        """Look at what falls due; at most so many devices, the rest with the next second."""
        decisions: list[Decision] = []
        for device in self._calendar.take(now, max(1, limit // VERDICTS_PER_LOOK)):
            care = device.welfare
            if isinstance(care, FeederCare):
                decisions += self._visit(self._cases.feeder(device, care, now))
            elif isinstance(care, ThermostatCare):
                case = self._cases.room(device, care, now)
                decisions += tell_blind(case, self._weather.told(device), self._sight.returned_at)
                self._outlook.note(device, care, self._at_risk.foretold(device, now), now)
            decisions += self._look_back(device, now)
        return decisions + self.groups.pass_time(now, self._at_risk.in_order)

    def readmit(self, device: Device, at: float) -> None:
        """A device from before a restart."""
        care = device.welfare
        if care is None:
            return
        if isinstance(care, FeederCare):
            self.meals.look_ahead(device, care)
            self.servings.readmit(device.cohort, care.ledger.slots)
        elif isinstance(care, ThermostatCare):
            self._outlook.note(device, care, self._at_risk.foretold(device, at), at)
        self.signs.readmit(device)
        self._calendar.file(device, at)

    def save(self) -> dict[str, Any]:
        """What belongs to no single device, as plain data."""
        return {"groups": self.groups.save(), "outdoor": self._weather.save()}

    def restore(self, data: Mapping[str, Any]) -> None:
        """From plain data."""
        self.groups.restore(data.get("groups", {}))
        self._weather.restore(data.get("outdoor", {}))

    def _feeder_reads(self, device: Device, care: FeederCare, said: Telemetry) -> list[Decision]:
        case = self._cases.feeder(device, care, said.at)
        learned = count_food(case, said, self.meals, self._clock_offset(device))
        if self._unseeing:
            self._calendar.file(device, said.at)
            return []
        decisions = [*self._vitals_now(device, care, said.at), *tell_readings(case, said), *tell_power(case)]
        if learned or any(slot.silent == "unconfirmed" for slot in care.ledger.slots):
            decisions += self._visit(case)
        if learned or decisions or care.signs or not care.due:
            decisions += self._look_back(device, said.at)
        return decisions

    def _room_reads(self, device: Device, care: ThermostatCare, said: Telemetry) -> list[Decision]:
        if self._unseeing:
            self._calendar.file(device, said.at)
            return []
        decisions = self._vitals_now(device, care, said.at)
        self._weather.note(device, said.values, said.at)
        case, measured = self._cases.room(device, care, said.at), said.values.get("temperature_c") is not None
        decisions += read_room(case, self._weather.outdoor(device, said.at), measured=measured)
        if measured:
            self._outlook.note(device, care, care.forecast, said.at)
        if decisions or care.signs:
            decisions += self._look_back(device, said.at)
        elif not care.due:
            self._file(device, said.at)
        return decisions

    def _vitals_now(self, device: Device, care: Care, at: float) -> list[Decision]:
        """What the last heartbeat shows by now, unless it is from before the monitor saw again."""
        beat = device.beat
        if beat is None or beat.at < self._sight.returned_at:
            return []
        return judge_vitals(self._cases.vitals(device, care, at), beat)

    def _fault(self, device: Device, fault: FaultChanged, at: float) -> list[Decision]:
        """A device of any kind raised a fault, or cleared one."""
        case, codes = self._cases.vitals(device, self._care(device), at), (fault.code,)
        note_faults(case, raised=codes if fault.raised else (), cleared=() if fault.raised else codes)
        decisions = judge_faults(case)
        self._file(device, at)
        return decisions

    @property
    def _unseeing(self) -> bool:
        return self._sight.blind or self._sight.backlog

    def _visit(self, case: FeederCase) -> list[Decision]:
        changes = self.meals.settle(case)
        decisions = [*self.meals.record(case.device, changes, case.at), *tell_meals(case, changes)]
        return [*decisions, *tell_overfed(case)] if "FeederOverDispensed" in case.care.signs else decisions

    def _look_back(self, device: Device, at: float) -> list[Decision]:
        """What has lasted for its hold, and starts that are long ago; then file the device for its next moment."""
        care: Care = device.welfare
        decisions: list[Decision] = []
        if isinstance(care, FeederCare) and "FeederOnBackupPower" in care.signs and device.status != "offline":
            decisions += tell_power(self._cases.feeder(device, care, at))
        decisions += self.signs.pass_time(device, at)
        if device.status != "offline" and (care.signs or care.air):
            decisions += judge_lately(self._cases.vitals(device, care, at))
        self._file(device, at)
        return decisions

    def _file(self, device: Device, at: float) -> None:
        care = device.welfare
        moments = [inf]
        if isinstance(care, FeederCare):
            moments.append(self.meals.next_visit(self._cases.feeder(device, care, at)))
        elif isinstance(care, ThermostatCare):
            case = self._cases.room(device, care, at)
            moments.append(look_at(case, self._weather.told(device), self._sight.returned_at))
        later = [self.signs.next_at(device)]
        if device.status != "offline" and (care.signs or care.air):
            later.append(quiet_at(self._cases.vitals(device, care, at)))
        moments += [max(moment, at + 1) for moment in later if moment is not None]
        soonest = min(moments)
        if soonest < inf:
            self._calendar.file(device, max(soonest, at))
        else:
            self._calendar.withdraw(device)

    def _care(self, device: Device) -> Care:
        """What is remembered of the device, in the form that its kind needs."""
        care: Care | None = device.welfare
        if care is None or (care.kind != device.profile.kind and device.profile.kind in ("feeder", "thermostat")):
            fresh = care_for(device.profile.kind)
            if care is not None:
                fresh.inherit(care)
            device.welfare = care = fresh
        return care

    def _feeder(self, device: Device) -> FeederCare | None:
        """What is remembered of a feeder; None if the device is none, or nobody wants it watched."""
        care = self._care(device) if self.enabled and device.profile.kind == "feeder" else None
        return care if isinstance(care, FeederCare) else None

    def _clock_offset(self, device: Device) -> float | None:
        """How wrong the device's clock is; None if that is not known, as from heartbeats that were kept back."""
        offset, beat, sight = device.clock_offset_seconds, device.beat, self._sight
        if offset is None or beat is None or self._unseeing or sight.blind_from <= beat.at < sight.returned_at:
            return None
        return offset if abs(offset) > NEGLIGIBLE_OFFSET_SECONDS else 0.0


def _fed_by_cloud(device: Device | None) -> bool:
    """Whether a feeder can only feed while the cloud of its provider tells it to."""
    return device is not None and device.schedule is not None and device.schedule.held_by == "cloud"
