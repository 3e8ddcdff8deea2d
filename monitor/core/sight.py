"""What the monitor can vouch for: the horizon, blindness, and what devices are owed for it."""

from typing import Any, Literal

from monitor.core.decisions import BlindChanged, Decision
from monitor.core.observations import BlindCause, Echo, LinkChanged, SightChanged
from monitor.core.settings import SightSettings

SPELLS_KEPT = 64


class Sight:
    """Follows the path between broker and monitor.

    The horizon is the moment up to which everything sent has been read. While blind it stands still. `path` is "echo"
    (the last echo read is the horizon) or "link" (now is the horizon while the link is up).
    """

    def __init__(self, settings: SightSettings, at: float, path: Literal["echo", "link"]) -> None:
        self._settings = settings
        self.path = path
        self.horizon = at
        self.causes: dict[BlindCause, float] = {"link": at} if path == "echo" else {}
        self.returned_at = 0.0
        self.blind_from = at
        """Where the last spell of blindness that ended had begun."""
        self.backlog = False
        """Whether what is read now was queued before the link came up, and so proves nothing about now."""
        self._spells: list[tuple[float, float]] = []
        self._link_up = path == "link"
        self._last_echo = at

    @property
    def blind(self) -> bool:
        """Whether silence can be judged at all."""
        return bool(self.causes)

    def link(self, observation: LinkChanged) -> list[Decision]:
        """The connection to the broker was made or lost."""
        self._link_up = observation.up
        if not observation.up:
            return self._lose("link", observation.at)
        if self.path == "link":
            return self._regain(("link", "restart"), observation.at)
        self.backlog = True
        return []

    def echo(self, observation: Echo) -> list[Decision]:
        """Our own message came back: everything sent before it has been read."""
        if self.path == "link":
            return []
        self.backlog = False
        self._last_echo = observation.at
        decisions = self._regain(("link", "echo", "restart"), observation.at)
        if not self.causes:
            self.horizon = max(self.horizon, observation.sent_at)
        return decisions

    def vouch(self, observation: SightChanged) -> list[Decision]:
        """The shell says that it cannot vouch for what it passes on, or can again."""
        if observation.blind:
            return self._lose(observation.cause, observation.at)
        return self._regain((observation.cause,), observation.at)

    def pass_time(self, now: float) -> list[Decision]:
        """Let time pass without an observation."""
        if self.path == "link":
            if not self.causes:
                self.horizon = max(self.horizon, now)
            return []
        if not self.causes and now >= self.blind_at:
            return self._lose("echo", now)
        return []

    @property
    def blind_at(self) -> float:
        """When the absence of an echo will mean blindness."""
        return self._last_echo + self._settings.blind_after_seconds

    @property
    def alert_at(self) -> float:
        """When blindness that lasts is worth a page."""
        return self.horizon + self._settings.blind_after_seconds

    def begin_restarted(self, at: float, saved_at: float) -> list[Decision]:
        """The monitor was away from `saved_at` until `at`: the same thing as being blind."""
        self.horizon = min(saved_at, at)
        self.causes = {"restart": self.horizon}
        self._last_echo = at
        if self.path == "link":
            return self._regain(("restart",), at)
        return [BlindChanged(at, blind=True, cause="restart", since=self.horizon)]

    def blind_seconds_after(self, moment: float) -> float:
        """How much of the time since `moment` the monitor was blind, up to the last return of sight."""
        return sum(end - max(start, moment) for start, end in self._spells if end > moment)

    def _lose(self, cause: BlindCause, at: float) -> list[Decision]:
        if self.path == "link" and not self.causes:
            self.horizon = max(self.horizon, at)
        if cause in self.causes:
            return []
        self.causes[cause] = self.horizon
        return [BlindChanged(at, blind=True, cause=cause, since=self.horizon)]

    def _regain(self, causes: tuple[BlindCause, ...], at: float) -> list[Decision]:
        decisions: list[Decision] = []
        for cause in causes:
            if cause in self.causes:
                since = self.causes.pop(cause)
                decisions.append(BlindChanged(at, blind=False, cause=cause, since=since))
        if decisions and not self.causes:
            self.blind_from = self.horizon
            self._spells = [*self._spells[-(SPELLS_KEPT - 1) :], (self.horizon, at)]
            self.returned_at = at
            if self.path == "link":
                self.horizon = max(self.horizon, at)
        return decisions

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "horizon": self.horizon,
            "returned_at": self.returned_at,
            "spells": [list(spell) for spell in self._spells],
        }

    def restore(self, data: dict[str, Any]) -> None:
        """From plain data."""
        self.returned_at = float(data.get("returned_at", 0.0))
        self._spells = [(float(start), float(end)) for start, end in data.get("spells", ())]
