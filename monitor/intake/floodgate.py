"""The limit on what one device may send: its excess is dropped and named, and nobody else notices."""

from monitor.core.observations import LinkChanged, Observation
from monitor.decoders.protocol import Speaker

WINDOW_SECONDS = 60.0
"""Shorter than any silence that counts, so even a flooding device is heard in every window and never looks dead."""

BACKLOG_FACTOR = 5
"""After a reconnect the broker delivers at once what it kept for us; that is no flood."""

TRACKED = 100_000
"""About 10 MB. In a larger fleet the quiet devices are forgotten within a window, the busy ones are not."""

QUIET_SHARE = 0.1


class Floodgate:
    """Counts messages per device in windows of a minute by time of receipt. Status messages count apart.

    They are few and they matter: a device that floods and then dies must still have its last will heard.
    """

    def __init__(self, messages_per_minute: int) -> None:
        self._limit = messages_per_minute
        self._allowed = messages_per_minute
        self._until = float("-inf")
        self._counts: dict[str, int] = {}
        self._crowded = False
        self._dropped: dict[str, int] = {}
        self._dropped_before: dict[str, int] = {}

    @property
    def words(self) -> str:
        """Why something was dropped, for a log line."""
        return f"more than {self._allowed} messages in a minute; see [limits] device_messages_per_minute"

    def note(self, observation: Observation) -> None:
        """Time goes on without messages as well. A new link gets a window with room for what the broker kept."""
        if isinstance(observation, LinkChanged) and observation.up:
            self._begin(observation.at, self._limit * BACKLOG_FACTOR)
        elif observation.at >= self._until:
            self._begin(observation.at, self._limit)

    def admits(self, speaker: Speaker, at: float) -> bool:
        """Count one message; False if it is too many."""
        if at >= self._until:
            self._begin(at, self._limit)
        name = speaker.device if speaker.channel != "status" else f"{speaker.device}/status"
        count = self._counts.get(name, 0) + 1
        if count == 1 and len(self._counts) >= TRACKED and not self._make_room():
            return True
        self._counts[name] = count
        if count <= self._allowed:
            return True
        self._dropped[speaker.device] = self._dropped.get(speaker.device, 0) + 1
        return False

    def flooding(self) -> dict[str, int]:
        """Which devices were cut in this window or the one before, and by how many messages."""
        return {
            device: self._dropped.get(device, 0) + self._dropped_before.get(device, 0)
            for device in self._dropped_before | self._dropped
        }

    def _begin(self, at: float, allowed: int) -> None:
        long_over = at >= self._until + WINDOW_SECONDS
        self._dropped_before = {} if long_over else self._dropped
        self._dropped = {}
        self._counts = {}
        self._crowded = False
        self._allowed = allowed
        self._until = at + WINDOW_SECONDS

    def _make_room(self) -> bool:
        """Forget the quiet; False if most are busy, and then a newcomer goes uncounted rather than unheard."""
        if self._crowded:
            return False
        busy = self._allowed * QUIET_SHARE
        self._counts = {name: count for name, count in self._counts.items() if count > busy}
        self._crowded = len(self._counts) > TRACKED // 2  # looking through them again would cost much and free little
        return len(self._counts) < TRACKED
