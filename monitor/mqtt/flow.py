"""Stops reading when the inbox is full, and says so when that lasts."""

from collections.abc import Callable

from monitor.core.observations import Echo, SightChanged

OVERLOAD_SECONDS = 3.0


class Flow:
    """Follows the pauses in reading, by the monitor's clock.

    A pause that lasts means that we do not see: `SightChanged(cause="overload")`. It ends when an echo returns that
    was sent after reading went on, for only then is everything read that piled up meanwhile.
    """

    def __init__(self, put: Callable[[SightChanged], None]) -> None:
        self._put = put
        self._paused_since: float | None = None
        self._resumed_at: float | None = None
        self._overloaded = False
        self._paused_before = 0.0

    @property
    def paused(self) -> bool:
        """Whether reading has stopped."""
        return self._paused_since is not None

    def paused_seconds(self, now: float) -> float:
        """For how long reading has been stopped, in all."""
        return self._paused_before + (now - self._paused_since if self._paused_since is not None else 0.0)

    def pause(self, now: float) -> None:
        """Reading stops."""
        if self._paused_since is None:
            self._paused_since = now

    def resume(self, now: float) -> None:
        """Reading goes on."""
        if self._paused_since is not None:
            self._note_overload(now)
            self._paused_before += now - self._paused_since
            self._paused_since, self._resumed_at = None, now

    def pass_time(self, now: float) -> None:
        """Let time pass."""
        self._note_overload(now)

    def echo(self, echo: Echo) -> None:
        """Our echo came back."""
        if self._overloaded and self._resumed_at is not None and echo.sent_at >= self._resumed_at:
            self._overloaded = False
            self._put(SightChanged(echo.at, blind=False, cause="overload"))

    def _note_overload(self, now: float) -> None:
        if self._paused_since is None or self._overloaded or now - self._paused_since < OVERLOAD_SECONDS:
            return
        self._overloaded = True
        self._put(SightChanged(now, blind=True, cause="overload"))
