"""How long a device may be silent, learned from its own rhythm."""

from monitor.core.fleet import Device
from monitor.core.settings import LivenessSettings

LEARNING_RATE = 0.02
AGREEMENT = 0.05
GAPS_TO_AGREE = 3


class Patience:
    """Gives each device its interval, its jitter margin and its timeout, all in seconds."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        kinds = settings.kinds
        self._factor = {kind: choice.factor for kind, choice in kinds.items() if choice.factor is not None}
        self._minimum = {
            kind: choice.minimum_seconds for kind, choice in kinds.items() if choice.minimum_seconds is not None
        }

    def renew(self, device: Device) -> None:
        """Set interval and timeout anew after the device's own statement about its interval, or its kind, changed."""
        settings = self._settings
        device.interval = (
            device.declared_interval
            or device.profile.interval_seconds
            or device.interval
            or settings.default_interval_seconds
        )
        kind = device.profile.kind
        factor = self._factor.get(kind, settings.factor)
        device.timeout = max(self._minimum.get(kind, settings.minimum_seconds), factor * device.interval)

    def learn(self, device: Device, gap: float) -> None:
        """Learn how punctual the device is from the time between two heartbeats in a row."""
        lateness = gap - device.interval
        if lateness < device.interval:
            device.jitter += LEARNING_RATE * (lateness - device.jitter)
            device.deviation += LEARNING_RATE * (abs(lateness - device.jitter) - device.deviation)

    def undeclared(self, device: Device) -> bool:
        """Whether the device leaves it to us to find out its interval."""
        return device.declared_interval is None and device.profile.interval_seconds is None

    def learn_interval(self, device: Device, gap: float) -> bool:
        """Learn the interval that a device does not declare; True if it changed.

        Gaps that agree settle it; until some do, the longest one seen is the safe guess.
        """
        gaps = (*device.gaps[-(GAPS_TO_AGREE - 1) :], gap)
        device.gaps = gaps
        middle = sorted(gaps)[len(gaps) // 2]
        if len(gaps) == GAPS_TO_AGREE and max(gaps) - min(gaps) <= 2 * AGREEMENT * middle:
            guess = middle
        else:
            guess = max(device.interval, *gaps)
        if abs(guess - device.interval) <= AGREEMENT * device.interval:
            return False
        device.interval = guess
        return True

    def margin(self, device: Device) -> float:
        """How much later than its interval a heartbeat may be before it counts as missed."""
        interval = device.interval
        return min(max(1.0, 0.03 * interval, device.jitter + 4 * device.deviation + 1.0), interval)

    def late_after(self, device: Device) -> float:
        """The silence that makes the device late."""
        return min(
            max(self._settings.late_factor * device.interval, device.interval + self.margin(device)), device.timeout
        )
