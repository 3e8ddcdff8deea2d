"""The engine: observations and passing time in, decisions out. It only routes; the judgement is in its neighbours."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from monitor.core.alerts import AlertBook
from monitor.core.deadlines import Deadlines
from monitor.core.decisions import (
    Alert,
    BlindChanged,
    Decision,
    Incident,
    StatusChanged,
    SuspicionChanged,
)
from monitor.core.fleet import Device, Fleet
from monitor.core.incidents import Incidents
from monitor.core.leaves import Leaves
from monitor.core.liveness import Liveness
from monitor.core.notices import Cover, Notices
from monitor.core.observations import (
    BlindCause,
    DeviceEvent,
    DeviceInfo,
    DeviceRemoved,
    Echo,
    Flooding,
    Heartbeat,
    LinkChanged,
    MaintenanceSet,
    Observation,
    ScheduleDeclared,
    Scraped,
    SessionStatus,
    SightChanged,
    Telemetry,
    Witness,
)
from monitor.core.operations.desk import Desk
from monitor.core.operations.settings import IncidentSettings
from monitor.core.outages import Confirmed, OutageDetector
from monitor.core.probing.judge import Probing, Scene
from monitor.core.probing.results import ProbeResult
from monitor.core.probing.settings import ProbingSettings
from monitor.core.publication.bulletins import Bulletin, DraftDropped, UpdateDrafted, UpdatePublished
from monitor.core.publication.desk import Publication
from monitor.core.publication.settings import PublicationSettings
from monitor.core.registry import Registry
from monitor.core.rewind import Rewind
from monitor.core.settings import AlertSettings, LimitSettings, LivenessSettings, OutageSettings, Section, SightSettings
from monitor.core.sight import Sight
from monitor.core.snapshot import load_device, save_device
from monitor.core.upkeep import Upkeep
from monitor.core.welfare.settings import WelfareSettings
from monitor.core.welfare.ward import Ward

ENTRIES_PER_VERDICT = 10
"""Looking at a device that turns out to be alive is so much cheaper than a verdict."""


class EngineSettings(Section):
    """The parts of the configuration that judgement reads."""

    liveness: LivenessSettings = LivenessSettings()
    alerts: AlertSettings = AlertSettings()
    outages: OutageSettings = OutageSettings()
    sight: SightSettings = SightSettings()
    limits: LimitSettings = LimitSettings()
    welfare: WelfareSettings = WelfareSettings()
    probing: ProbingSettings = ProbingSettings()
    incidents: IncidentSettings = IncidentSettings()
    status_page: PublicationSettings = PublicationSettings()
    public_url: str = ""


class Engine:
    """Decides what observations and silence mean. It has no clock: every moment comes in as data, Unix seconds.

    `path` says how the horizon is known: "echo" (our own messages come back) or "link" (the link's state is trusted;
    for replay, and where the broker forbids publishing).
    """

    def __init__(self, settings: EngineSettings, *, at: float, path: Literal["echo", "link"] = "echo") -> None:
        self.settings = settings
        self.fleet = Fleet()
        self.sight = Sight(settings.sight, at, path)
        self.leaves = Leaves(settings.outages)
        self.outages = OutageDetector(settings.outages, settings.liveness.forget_silent_seconds)
        self.deadlines = Deadlines()
        self.liveness = Liveness(
            self.fleet,
            self.deadlines,
            self.sight,
            self.leaves,
            settings.liveness,
            lambda device: self.cover(device)[0],
        )
        self._book = AlertBook(settings.public_url)
        self.notices = Notices(self.fleet, self._book, settings.alerts, settings.liveness, self.cover)
        self._incidents = Incidents(self._book, self.notices, settings.incidents, self.outages.give_up)
        self._upkeep = Upkeep(self.fleet, self._book, self.sight, settings.alerts, settings.limits)
        self.welfare = Ward(self.fleet, self._book, self.sight, settings.welfare, self.cover, self._incidents.open)
        self._incidents.meaning = self.welfare.tolls.opened
        scene = Scene(self.fleet, self._incidents.open, self._incidents.suspicions)
        self.probing = Probing(settings.probing, self._book, scene, self.outages.witness)
        tolls = self.welfare.tolls.latest
        self.publication = Publication(
            self.fleet, self._book, self.sight, settings.status_page, self._incidents.open, tolls.get
        )
        self._ticked = int(at)
        registry = Registry(self.fleet, self.liveness, self.notices, self.welfare, self._upkeep, settings.limits)
        self._registry = registry
        self.desk = Desk(
            settings.incidents,
            self._incidents,
            self.fleet,
            self._book,
            self.cover,
            registry.hold,
            self.notices.withhold,
        )
        self._ways: dict[type[Observation], Callable[[Any], list[Decision]]] = {
            Heartbeat: registry.heartbeat,
            SessionStatus: registry.status,
            DeviceInfo: registry.info,
            Telemetry: registry.telemetry,
            DeviceEvent: registry.event,
            ScheduleDeclared: registry.schedule,
            DeviceRemoved: registry.removed,
            MaintenanceSet: registry.maintenance,
            Echo: self._sight_changes(self.sight.echo),
            LinkChanged: self._sight_changes(self.sight.link),
            SightChanged: self._sight_changes(self._vouch),
            Witness: self._witness,
            ProbeResult: self.probing.hear,
            Flooding: self._upkeep.flooding,
            Scraped: self._upkeep.scraped,
            UpdateDrafted: self.publication.drafted,
            DraftDropped: self.publication.dropped,
            UpdatePublished: self.publication.published,
            **self.desk.ways,
        }

    @property
    def horizon(self) -> float:
        """The moment up to which everything sent has been read."""
        return self.sight.horizon

    @property
    def blind(self) -> Mapping[BlindCause, float]:
        """Why the monitor is blind, and since when; empty while it sees."""
        return self.sight.causes

    @property
    def incidents(self) -> Mapping[str, Incident]:
        """Open outages by id; `desk.open` has the incidents of every kind."""
        return self._incidents.open

    @property
    def suspicions(self) -> Mapping[str, SuspicionChanged]:
        """What is suspected of an outage and not confirmed, by scope in words."""
        return self._incidents.suspicions

    @property
    def alerts(self) -> Mapping[str, Alert]:
        """Firing alerts by key."""
        return self._book.firing

    def observe(self, observation: Observation) -> list[Decision]:
        """Take in one observation."""
        decisions: list[Decision] = self._ways[type(observation)](observation)
        return self.desk.follow(self._followed(decisions)) if decisions else decisions

    def wake(self, now: float) -> list[Decision]:
        """Judge silence up to the horizon; at most a bounded number of devices per call, the rest with the next."""
        decisions = self._judge(now) + self.publication.pass_time(now) + self.desk.pass_time(now)
        return self.desk.follow(decisions) if decisions else decisions

    def _judge(self, now: float) -> list[Decision]:
        decisions = self._followed(self._track_sight(self.sight.pass_time(now)))
        decisions += self._upkeep.pass_time(now)
        if self.sight.blind:
            return decisions + self.probing.pass_time(now, blind=True)
        budget = self.settings.limits.verdicts_per_step * ENTRIES_PER_VERDICT
        last = int(self.sight.horizon)
        while self._ticked < last and budget > 0:
            second = self.deadlines.next_second
            if second is not None and second <= self._ticked:
                due = self.deadlines.take(second, budget)
                budget -= max(1, len(due))
                over = float(self._ticked + 1)
                doubtful = [device for device in due if not self.liveness.keeps(device, over)]
                for device in sorted(doubtful, key=lambda each: (each.deadline, each.id)):
                    decisions += self._followed(self.liveness.judge(device, over))
                continue
            self._ticked += 1
            budget -= 1
            for finding in self.outages.tick(float(self._ticked), self.leaves):
                decisions += self._incidents.take(finding, float(self._ticked))
                if isinstance(finding, Confirmed):
                    decisions += self.welfare.incident_opened(float(self._ticked))
            decisions += self.notices.pass_time(float(self._ticked), self.settings.limits.verdicts_per_step)
            decisions += self.welfare.pass_time(float(self._ticked), self.settings.limits.verdicts_per_step)
            for incident, meaning in self.welfare.tolls.pass_time(float(self._ticked)).items():
                decisions += self._incidents.explain(incident, meaning, float(self._ticked))
        return decisions + self.probing.pass_time(now, blind=False)

    def next_deadline(self) -> float | None:
        """When to call `wake` next if nothing is observed before; never a moment that waking cannot move past."""
        moments = [self._upkeep.next_at, self.desk.next_at, self.probing.next_at, self.publication.next_at]
        if not self.sight.blind:
            if self._ticked < int(self.sight.horizon):
                return self.sight.horizon
            if self.sight.path == "echo":
                moments.append(self.sight.blind_at)
            elif self.fleet.devices:
                moments.append(float(self._ticked + 1))
        return min((moment for moment in moments if moment is not None), default=None)

    def cover(self, device: Device) -> Cover:
        """What explains this device's silence, if anything does; one that takes no part is judged by where it belongs.

        Nobody wants to know it of a device that was never heard, or that somebody works on.
        """
        if device.maintenance or not device.ever_heard:
            return "", ""
        place = self.leaves.place_of(device)
        if incident := self.outages.incident_of(place):
            return "incident", incident
        return ("suspicion", "") if self.outages.covers(place) else ("", "")

    def rows(self, devices: Sequence[str]) -> list[dict[str, Any]]:
        """The named devices as plain data for the store; ids that left the fleet are skipped."""
        known = self.fleet.devices
        return [save_device(known[device]) for device in devices if device in known]

    def take_unsaved(self, limit: int) -> list[str]:
        """Ids of devices heard since they were last saved, at most `limit` of them, and consider them saved."""
        return self._registry.take_unsaved(limit)

    def save(self) -> dict[str, Any]:
        """The engine's own state (horizon, learned rates, suspicions) as plain data; devices are saved by `rows`."""
        return {
            "sight": self.sight.save(),
            "outages": self.outages.save(),
            "notices": self.notices.save(),
            "welfare": self.welfare.save(),
            "patience": self.liveness.patience.save(),
            "probing": self.probing.save(),
            "desk": self.desk.save(),
            "publication": self.publication.save(),
        }

    def restore(
        self,
        *,
        at: float,
        saved_at: float,
        engine: Mapping[str, Any],
        devices: Iterable[Mapping[str, Any]],
        incidents: Sequence[Incident],
        alerts: Sequence[Alert],
        bulletins: Sequence[Bulletin] = (),
    ) -> list[Decision]:
        """Begin where a store left off; the time in between counts as blindness of cause `restart`.

        A `saved_at` after `at` means that the clock was set back: then all that was saved is moved back with it.
        """
        rewind = Rewind(saved_at, at)
        engine, devices = rewind.memory(engine), rewind.devices(devices)
        incidents, alerts = rewind.incidents(incidents), rewind.alerts(alerts)
        self._book.firing.update({alert.key: alert for alert in alerts})
        self.sight.restore(engine.get("sight", {}))
        decisions = self.sight.begin_restarted(at, saved_at)
        self._ticked = int(self.sight.horizon)
        self.liveness.patience.restore(engine.get("patience", {}))
        self.welfare.restore(engine.get("welfare", {}))
        self.probing.restore(engine.get("probing", ()))
        self.publication.restore(engine.get("publication", {}), bulletins)
        for row in devices:
            device = load_device(row)
            self.liveness.readmit(device)
            self.welfare.readmit(device, self.sight.horizon)
        self.outages.restore(engine.get("outages", {}), self.sight.horizon, incidents)
        self.notices.restore(engine.get("notices", {}), self.sight.horizon)
        ended = self.desk.restore(engine.get("desk", {}), incidents, at)
        return self.desk.follow([*self._track_sight(decisions), *ended])

    def _witness(self, observation: Witness) -> list[Decision]:
        self.outages.witness(observation)
        return []

    def _sight_changes(self, way: Callable[[Any], list[Decision]]) -> Callable[[Any], list[Decision]]:
        return lambda observation: self._track_sight(way(observation))

    def _vouch(self, observation: SightChanged) -> list[Decision]:
        return [*self._upkeep.vouched(observation), *self.sight.vouch(observation)]

    def _track_sight(self, decisions: list[Decision]) -> list[Decision]:
        """When the last cause of blindness ends, everything that waits is moved by the time that was lost."""
        if not decisions or self.sight.blind or not isinstance(decisions[-1], BlindChanged):
            return decisions
        ended = decisions[-1]
        lost = ended.at - self.sight.blind_from
        self._ticked = max(self._ticked, int(self.sight.blind_from))
        self.outages.sighted(ended.at, lost)
        self.notices.sighted(lost)
        return decisions + self._upkeep.sighted(ended.at)

    def _followed(self, decisions: list[Decision]) -> list[Decision]:
        """Add what follows from status changes: alerts that wait or end, children that are unreachable."""
        followed: list[Decision] = []
        for decision in decisions:
            followed.append(decision)
            if isinstance(decision, StatusChanged):
                followed += self.notices.changed(decision)
                self.welfare.changed(self.fleet.devices[decision.device], decision)
                if decision.status == "offline" and decision.device in self.fleet.children:
                    followed += self._followed(self.liveness.orphan(self.fleet.devices[decision.device], decision.at))
        return followed
