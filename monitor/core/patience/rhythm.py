"""When a device's heartbeats come: its interval and its jitter, learned from the time between two in a row."""

from monitor.core.fleet import Device

LEARNING_RATE = 0.02
AGREEMENT = 0.05
GAPS_TO_AGREE = 3
LEAST_MARGIN_SECONDS = 1.0
LEAST_MARGIN_SHARE = 0.03
DEVIATIONS = 4


def learn_jitter(device: Device, gap: float) -> None:
    """Learn how punctual the device is from the seconds between two heartbeats in a row."""
    lateness = gap - device.interval
    if lateness < device.interval:
        device.jitter += LEARNING_RATE * (lateness - device.jitter)
        device.deviation += LEARNING_RATE * (abs(lateness - device.jitter) - device.deviation)


def margin(device: Device) -> float:
    """How many seconds later than its interval a heartbeat may be before it counts as missed."""
    # Plain comparisons: this runs for every heartbeat that falls due, and min and max would take thrice as long.
    interval = device.interval
    allowed = device.jitter + DEVIATIONS * device.deviation + LEAST_MARGIN_SECONDS
    if allowed < LEAST_MARGIN_SHARE * interval:  # noqa: PLR1730
        allowed = LEAST_MARGIN_SHARE * interval
    if allowed < LEAST_MARGIN_SECONDS:  # noqa: PLR1730
        allowed = LEAST_MARGIN_SECONDS
    return allowed if allowed < interval else interval  # noqa: FURB136


def undeclared(device: Device) -> bool:
    """Whether the device leaves it to us to find out its interval."""
    return device.declared_interval is None and device.profile.interval_seconds is None


def learn_interval(device: Device, gap: float) -> bool:
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
