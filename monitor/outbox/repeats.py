"""What is told again to a receiver that forgets."""

from collections.abc import Callable, Iterable

from monitor.core.decisions import Alert

RESOLVED_AGAIN_SECONDS = 300.0
"""How long a resolution is repeated."""


class Repeats:
    """What a receiver that wants repeats was told: firing alerts for as long as they fire, resolutions for a while.

    Only what was once delivered is repeated, so nothing leaves this way before it is on disk.
    """

    def __init__(self, firing: Callable[[], Iterable[Alert]]) -> None:
        self._firing = firing
        self._told: set[str] = set()
        self._resolved: dict[str, tuple[Alert, float]] = {}

    def begin(self) -> None:
        """What fires at the start came from the disk."""
        self._told = {alert.key for alert in self._firing()}

    def told(self, alerts: Iterable[Alert], now: float) -> None:
        """The receiver took these."""
        for alert in alerts:
            if alert.state == "firing":
                self._told.add(alert.key)
                self._resolved.pop(alert.key, None)
            else:
                self._told.discard(alert.key)
                self._resolved.setdefault(alert.key, (alert, now + RESOLVED_AGAIN_SECONDS))

    def due(self, now: float) -> list[Alert]:
        """What to tell it again."""
        firing = {alert.key: alert for alert in self._firing() if alert.key in self._told}
        self._told &= firing.keys()
        self._resolved = {key: kept for key, kept in self._resolved.items() if kept[1] > now}
        return [*firing.values(), *(alert for alert, _ in self._resolved.values())]
