"""Feeders and rooms as tests tell of them: plans, meals, readings, and what was said about them.

Moments are Unix seconds or wall-clock times of one zone, `at("2026-01-12 07:00")`.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.core.decisions import Alert, AlertOwed, Decision, MealSettled, WelfareChanged
from monitor.core.engine import Engine, EngineSettings
from monitor.core.fleet import Device
from monitor.core.observations import (
    DeviceEvent,
    DeviceInfo,
    Heartbeat,
    LinkChanged,
    Observation,
    ScheduleDeclared,
    SessionStatus,
    Telemetry,
)
from monitor.devices.events import Feeding, Happening
from monitor.devices.profile import Profile
from monitor.devices.schedule import DAYS, Day, Meal, Period, Schedule, minute_of_day

STEP_SECONDS = 60.0


def meal(
    time: str, portions: int | None = 2, *, plan_id: str = "", days: tuple[Day, ...] = DAYS, grams: float | None = None
) -> Meal:
    """A planned meal by the time of day; its name is that time unless another is given."""
    minute = minute_of_day(time)
    assert minute is not None
    return Meal(plan_id or time, minute, days, portions, grams if grams or portions is None else portions * 10.0)


def plan(*meals: Meal, zone: str = "Europe/Vienna", revision: int = 1, **fields: Any) -> Schedule:  # noqa: ANN401
    """A feeder's schedule."""
    return Schedule(revision=revision, enabled=True, timezone=zone, meals=meals, **fields)


def heat_plan(*periods: tuple[str, float], zone: str = "Europe/Vienna") -> Schedule:
    """A thermostat's schedule, as times and setpoints."""
    rows = tuple(Period(minute_of_day(time) or 0, heating_setpoint_celsius=celsius) for time, celsius in periods)
    return Schedule(revision=1, enabled=True, timezone=zone, periods=rows)


class Household:
    """An engine and the devices in it. Every device beats once a minute, or once a `step`, while it is `alive`."""

    def __init__(
        self,
        start: str = "2026-01-12 00:00",
        *,
        zone: str = "Europe/Vienna",
        settings: EngineSettings | None = None,
        step: float = STEP_SECONDS,
    ) -> None:
        self.step = step
        self.zone = ZoneInfo(zone)
        self.now = self.moment(start)
        self.settings = settings or EngineSettings()
        self.engine = Engine(self.settings, at=self.now, path="link")
        self.decisions: list[Decision] = []
        self.alive: set[str] = set()
        self.vitals: dict[str, dict[str, Any]] = {}
        self.boots: dict[str, str] = {}
        self.seq: dict[str, int] = {}
        self.cast: list[tuple[float, int, Observation]] = []
        self.events = 0

    def moment(self, wall: str) -> float:
        """A wall-clock time of the household's zone, `2026-01-12 07:00`."""
        return datetime.fromisoformat(wall).replace(tzinfo=self.zone).timestamp()

    def settle(self, device: str, kind: Any, schedule: Schedule | None = None, **profile: Any) -> "Household":  # noqa: ANN401
        """A device moves in, says what it is and what it plans, and begins to beat."""
        name = f"acme/{device}"
        self.tell(DeviceInfo(name, self.now, Profile(kind=kind, interval_seconds=self.step, **profile)))
        self.alive.add(name)
        self._beat(name)
        if schedule is not None:
            self.tell(ScheduleDeclared(name, self.now, schedule))
        return self

    def feeder(self, device: str = "f1", *meals: Meal, schedule: Schedule | None = None, **profile: Any) -> "Household":  # noqa: ANN401
        """A feeder with meals in Vienna."""
        return self.settle(device, "feeder", schedule or plan(*meals), **profile)

    def tell(self, *observations: Observation) -> list[Decision]:
        """What is observed now."""
        made: list[Decision] = []
        for observation in observations:
            made += self.engine.observe(observation)
        self.decisions += made
        return made

    def later(self, *observations: Observation) -> "Household":
        """What will be observed at its own moment."""
        for observation in observations:
            self.cast.append((observation.at, len(self.cast), observation))
        self.cast.sort(key=lambda entry: entry[:2])
        return self

    def until(self, wall: str) -> "Household":
        """Let time pass until a wall-clock time."""
        return self.to(self.moment(wall))

    def to(self, end: float) -> "Household":
        """Let time pass: every device that lives beats each step, the engine wakes when it wants to."""
        while self.now < end:
            step = min(end, self.now - self.now % self.step + self.step)
            while self.cast and self.cast[0][0] <= step:
                at, _, observation = self.cast.pop(0)
                self._wake(at)
                self.now = max(self.now, at)
                self.tell(observation)
            self._wake(step)
            self.now = step
            for device in sorted(self.alive):
                self._beat(device)
            self._wake(step)
        return self

    def die(self, *devices: str) -> "Household":
        """From now on these are silent."""
        self.alive -= {f"acme/{device}" for device in devices}
        return self

    def revive(self, *devices: str) -> "Household":
        """From now on these are heard again."""
        self.alive |= {f"acme/{device}" for device in devices}
        for device in devices:
            self._beat(f"acme/{device}")
        return self

    def reboot(self, device: str, **vitals: Any) -> "Household":  # noqa: ANN401
        """It starts anew."""
        name = f"acme/{device}"
        self.boots[name] = f"boot-{int(self.boots.get(name, 'boot-1').partition('-')[2]) + 1}"
        self.seq[name] = 0
        self.vitals.setdefault(name, {}).update(vitals)
        self._beat(name)
        return self

    def signs_of_life(self, device: str, **vitals: Any) -> "Household":  # noqa: ANN401
        """From now on its heartbeats say this too."""
        self.vitals.setdefault(f"acme/{device}", {}).update(vitals)
        return self

    def fed(
        self,
        device: str = "f1",
        plan_id: str = "",
        *,
        planned: str = "",
        outcome: Any = "completed",  # noqa: ANN401
        portions: int | None = 2,
        expected: int | None = 2,
        source: Any = "schedule",  # noqa: ANN401
        sent: float | None = None,
        replayed: bool = False,
        event_id: str = "",
        reason: str = "",
        at: float | None = None,
    ) -> DeviceEvent:
        """A feeding event, to be told now or later."""
        self.events += 1
        feeding = Feeding(
            outcome,
            source,
            plan_id,
            self.moment(planned) if planned else None,
            expected,
            portions,
            None if expected is None else expected * 10.0,
            None if portions is None else portions * 10.0,
            reason,
        )
        moment = self.now if at is None else at
        return DeviceEvent(f"acme/{device}", moment, event_id or f"e{self.events}", feeding, sent, replayed=replayed)

    def happened(self, happening: Happening, device: str = "f1") -> "Household":
        """An event now."""
        self.events += 1
        self.tell(DeviceEvent(f"acme/{device}", self.now, f"e{self.events}", happening))
        return self

    def reads(self, device: str, **values: Any) -> "Household":  # noqa: ANN401
        """Telemetry now."""
        self.tell(Telemetry(f"acme/{device}", self.now, values))
        return self

    def link(self, *, up: bool) -> "Household":
        """The monitor loses the broker, or finds it again."""
        self.tell(LinkChanged(self.now, up=up))
        return self

    def says(self, status: SessionStatus) -> "Household":
        """A session status."""
        self.tell(status)
        return self

    def device(self, device: str = "f1") -> Device:
        """The device as the engine knows it."""
        return self.engine.fleet.devices[f"acme/{device}"]

    def ledger(self, device: str = "f1") -> list[tuple[str, str]]:
        """The slots as day and time on the wall, with their outcomes."""
        slots = self.device(device).welfare.ledger.slots
        return [(f"{datetime.fromtimestamp(slot.planned_at, self.zone):%m-%d %H:%M}", slot.outcome) for slot in slots]

    def outcome(self, wall: str, device: str = "f1") -> str:
        """How the meal of this wall-clock time ended."""
        at = self.moment(wall)
        found = [slot.outcome for slot in self.device(device).welfare.ledger.slots if slot.planned_at == at]
        assert found, f"no meal at {wall}; there are {self.ledger(device)}"
        return str(found[0])

    def alerts(self, name: str = "", state: str = "") -> list[Alert]:
        """All welfare alerts owed so far; silence is another test's matter."""
        owed = [decision.alert for decision in self.decisions if isinstance(decision, AlertOwed)]
        ours = [each for each in owed if not each.key.startswith("device/")]
        return [each for each in ours if name in ("", each.name) and state in ("", each.state)]

    def firing(self) -> list[str]:
        """Names of the welfare alerts that fire now."""
        return sorted(alert.name for key, alert in self.engine.alerts.items() if not key.startswith("device/"))

    def told(self, name: str) -> str:
        """What the firing alert of this name says."""
        found = [alert for alert in self.engine.alerts.values() if alert.name == name]
        assert found, f"{name} does not fire; {self.firing()} do"
        return f"{found[0].summary}. {found[0].annotations['description']}"

    def ended(self, name: str) -> str:
        """Why the last alert of this name ended."""
        return self.alerts(name, "resolved")[-1].annotations["resolution"]

    def settled(self) -> list[MealSettled]:
        """Everything that was decided about meals."""
        return [decision for decision in self.decisions if isinstance(decision, MealSettled)]

    def shown(self, sign: str) -> list[WelfareChanged]:
        """Everything that was decided about a sign."""
        return [each for each in self.decisions if isinstance(each, WelfareChanged) and each.sign == sign]

    def restarted(self) -> "Household":
        """Another engine begins with what this one saved."""
        old = self.engine
        self.engine = Engine(self.settings, at=self.now, path="link")
        self.decisions += self.engine.restore(
            at=self.now,
            saved_at=self.now,
            engine=old.save(),
            devices=old.rows(list(old.fleet.devices)),
            incidents=list(old.desk.open.values()),
            alerts=list(old.alerts.values()),
        )
        return self

    def _beat(self, device: str) -> None:
        self.seq[device] = self.seq.get(device, 0) + 1
        vitals = dict(self.vitals.get(device, {}))
        skew = vitals.pop("skew", 0.0)
        boot = self.boots.setdefault(device, "boot-1")
        fields = {"sent_at": self.now + skew, "clock": "ntp", "power_source": "mains", **vitals}
        self.tell(Heartbeat(device, self.now, boot, self.seq[device], self.step, **fields))

    def _wake(self, moment: float) -> None:
        for _ in range(10_000):
            self.decisions += self.engine.wake(moment)
            deadline = self.engine.next_deadline()
            if deadline is None or deadline > moment:
                return
        raise AssertionError(f"waking at {moment} does not move past {self.engine.next_deadline()}")


def home(*times: str) -> Household:
    """One feeder with meals at these times, from midnight on."""
    return Household().feeder("f1", *(meal(time) for time in times))
