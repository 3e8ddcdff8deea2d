"""Detectors that can be judged: the monitor's own engine behind the same face as the baselines."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from monitor.core.decisions import (
    AlertOwed,
    BlindChanged,
    Decision,
    Incident,
    IncidentChanged,
    StatusChanged,
    SuspicionChanged,
    WelfareChanged,
)
from monitor.core.engine import Engine, EngineSettings
from monitor.core.observations import Heartbeat, LinkChanged, Observation
from monitor.core.settings import LivenessSettings, OutageSettings
from simulators.faults.center import MONITOR_STOPPED
from simulators.scoring.verdicts import OutageVerdict, Page, SignShown, Spell, Suspicion, Verdicts

ABOUT_MANY = ("MealsAtRisk", "MealsInExcess", "RoomsAtRisk")
"""Alerts that tell of many devices at once."""
DAYS_PER_YEAR = 365.0


class Judge(Protocol):
    """A detector under judgement."""

    verdicts: Verdicts

    def observe(self, observation: Observation) -> None:
        """Take in one observation; they come in order of time."""
        ...

    def finish(self, end: float) -> None:
        """Let time pass up to the end of the run."""
        ...


def _promise(liveness: LivenessSettings) -> float | None:
    """Mistakes per device-day that adaptive patience promises; a fixed factor promises nothing."""
    return liveness.false_alarms_per_device_year / DAYS_PER_YEAR if liveness.mode == "adaptive" else None


class EngineJudge:
    """The real engine, driven as the daemon drives it: woken at its own deadlines, restarted when the scenario says."""

    def __init__(self, start: float, settings: EngineSettings | None = None, *, name: str = "hearthbeat") -> None:
        self.settings = settings or EngineSettings()
        self.engine = Engine(self.settings, at=start, path="echo")
        self.verdicts = Verdicts(name, promise=_promise(self.settings.liveness))
        self.statuses = 0
        self._incidents: dict[str, OutageVerdict] = {}
        self._stopped = False
        self._due = self.engine.next_deadline()

    def observe(self, observation: Observation) -> None:
        """Wake the engine for everything due before, then tell it."""
        if isinstance(observation, LinkChanged) and observation.reason == MONITOR_STOPPED:
            self._stopped = not observation.up
            if observation.up:
                self._restart(observation.at)
        if self._stopped:
            return
        self._wake_until(observation.at)
        decisions = self.engine.observe(observation)
        # A quiet heartbeat, as nearly all observations are, does not change when the engine wants to be woken.
        if decisions or type(observation) is not Heartbeat:
            self._take(decisions)
            self._due = self.engine.next_deadline()

    def finish(self, end: float) -> None:
        """Let the engine judge the silence up to the end."""
        self._wake_until(end)
        self._take(self.engine.wake(end))

    def _wake_until(self, moment: float) -> None:
        while (due := self._due) is not None and due <= moment:
            self._take(self.engine.wake(due))
            self._due = self.engine.next_deadline()
            if self._due is not None and self._due <= due:
                break

    def _restart(self, at: float) -> None:
        """What a new process does: a fresh engine that begins with what the old one saved."""
        old = self.engine
        self.engine = Engine(self.settings, at=at, path="echo")
        restored = self.engine.restore(
            at=at,
            saved_at=old.horizon,
            engine=old.save(),
            devices=old.rows(list(old.fleet.devices)),
            incidents=list(old.desk.open.values()),
            alerts=list(old.alerts.values()),
        )
        self._take(restored)
        self._due = self.engine.next_deadline()

    def _take(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            match decision:
                case StatusChanged():
                    self._status(decision)
                case SuspicionChanged(state="raised"):
                    suspicion = Suspicion(decision.at, decision.layer, dict(decision.scope))
                    self.verdicts.suspicions.append(suspicion)
                case IncidentChanged():
                    self._incident(decision.at, decision.incident, resolved=decision.state == "resolved")
                case BlindChanged():
                    self._blind(decision.at, on=decision.blind)
                case WelfareChanged(showing=True):
                    self.verdicts.signs.append(SignShown(decision.at, decision.device, decision.sign))
                case AlertOwed():
                    alert = decision.alert
                    if alert.name in ABOUT_MANY and alert.state == "firing":
                        self.verdicts.signs.append(SignShown(decision.at, "", alert.name, alert.severity))
                    if alert.severity == "critical" and alert.state == "firing":
                        self.verdicts.pages.append(Page(decision.at, alert.name))
                    self.verdicts.alerts[f"{alert.name} {alert.state}"] += 1

    def _status(self, change: StatusChanged) -> None:
        self.statuses += 1
        if change.status == "offline" and change.previous != "new":
            self.verdicts.went_offline(change.device, change.at)
        elif change.previous == "offline":
            self.verdicts.came_back(change.device, change.at)

    def _incident(self, at: float, incident: Incident, *, resolved: bool) -> None:
        if incident.kind != "outage":
            return
        verdict = self._incidents.get(incident.id)
        if verdict is None:
            verdict = OutageVerdict(incident.id, incident.layer, dict(incident.scope), incident.started_at, at)
            self._incidents[incident.id] = verdict
            self.verdicts.outages.append(verdict)
        verdict.started_at = incident.started_at
        verdict.scope = dict(incident.scope)
        verdict.equivalents = tuple(dict(each) for each in incident.equivalents)
        verdict.resolved_at = at if resolved else None
        verdict.stragglers = incident.stragglers
        verdict.linked = len(incident.related)

    def _blind(self, at: float, *, on: bool) -> None:
        if on:
            self.verdicts.blind.append(Spell(at))
        elif self.verdicts.blind:
            self.verdicts.blind[-1].end = at


def engine_settings(networks: Mapping[str, str]) -> EngineSettings:
    """The defaults, with the networks of the simulated sites made known as an operator would."""
    return EngineSettings(outages=OutageSettings(networks=dict(networks)))
