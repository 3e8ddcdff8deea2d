"""The engine: observations and passing time in, decisions out."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from monitor.core.decisions import Alert, Decision, Incident
from monitor.core.fleet import Fleet
from monitor.core.observations import BlindCause, Observation
from monitor.core.settings import AlertSettings, LimitSettings, LivenessSettings, OutageSettings, Section, SightSettings


class EngineSettings(Section):
    """The parts of the configuration that judgement reads."""

    liveness: LivenessSettings = LivenessSettings()
    alerts: AlertSettings = AlertSettings()
    outages: OutageSettings = OutageSettings()
    sight: SightSettings = SightSettings()
    limits: LimitSettings = LimitSettings()


class Engine:
    """Decides what observations and silence mean. It has no clock: every moment comes in as data, Unix seconds.

    `path` says how the horizon is known: "echo" (our own messages come back) or "link" (the link's state is trusted;
    for replay, and where the broker forbids publishing).
    """

    def __init__(self, settings: EngineSettings, *, at: float, path: Literal["echo", "link"] = "echo") -> None:
        self.fleet = Fleet()
        self.horizon = at
        self.incidents: dict[str, Incident] = {}
        """Open incidents by id."""
        self.alerts: dict[str, Alert] = {}
        """Firing alerts by key."""
        self.blind: dict[BlindCause, float] = {}
        """Why the monitor is blind, and since when; empty while it sees."""

    def observe(self, observation: Observation) -> list[Decision]:
        """Take in one observation."""
        raise NotImplementedError

    def wake(self, now: float) -> list[Decision]:
        """Judge silence up to the horizon; bounded work per call."""
        raise NotImplementedError

    def next_deadline(self) -> float | None:
        """When to call `wake` next if nothing is observed before; never a moment that waking cannot move past."""
        raise NotImplementedError

    def rows(self, devices: Sequence[str]) -> list[dict[str, Any]]:
        """The named devices as plain data for the store; ids that left the fleet are skipped."""
        raise NotImplementedError

    def take_unsaved(self, limit: int) -> list[str]:
        """Ids of devices heard since they were last saved, at most `limit` of them, and consider them saved."""
        raise NotImplementedError

    def save(self) -> dict[str, Any]:
        """The engine's own state (horizon, learned rates, suspicions) as plain data; devices are saved by `rows`."""
        raise NotImplementedError

    def restore(
        self,
        *,
        at: float,
        saved_at: float,
        engine: Mapping[str, Any],
        devices: Sequence[Mapping[str, Any]],
        incidents: Sequence[Incident],
        alerts: Sequence[Alert],
    ) -> list[Decision]:
        """Begin where a store left off; the time in between counts as blindness of cause `restart`."""
        raise NotImplementedError
