"""When an outage recovers, and when it is over: neither too early nor hours late."""

from typing import Literal

from monitor.core.outages.watch import Watch
from monitor.core.settings import OutageSettings

HALF = 0.5
RELAPSED_SHARE = 0.7
HEALING_SHARE = 0.9
LEFT_SHARE = 0.1
RESTING_SHARE = 0.25
RESTING_SECONDS = 1800.0
MOVED_SHARE = 0.02
OFTEN = 10
"""What has come and gone so often must be steady for twice as long: a small cohort does not show its short relapses."""

Turn = Literal["", "recovering", "failing", "relapsed", "resolved"]


def follow(watch: Watch, at: float, settings: OutageSettings) -> Turn:
    """How a confirmed outage goes on. One that comes and goes is over only when it has been steady for a while."""
    excess = watch.excess
    watch.peak = min(max(watch.peak, excess), watch.devices)
    if abs(excess - watch.moved_excess) > MOVED_SHARE * watch.peak:
        watch.moved_at, watch.moved_excess = at, excess
    if excess >= HEALING_SHARE * watch.peak and watch.devices:
        watch.healing_since = None
    elif watch.healing_since is None:
        watch.healing_since = at
    if watch.state == "paused" and excess > HALF * watch.peak:
        watch.state, watch.healing_since = "confirmed", None
        watch.relapses += 1
        return "relapsed"
    patience = max(settings.resolve_seconds, 2 * watch.sums.typical_interval)
    if _is_over(watch, at, patience):
        steady = settings.reopen_seconds * (2 if watch.relapses >= OFTEN else 1)
        if not watch.flapping or _is_over(watch, at, max(patience, steady)):
            return "resolved"
        watch.state = "paused"
    if watch.state == "confirmed" and excess <= HALF * watch.peak:
        # Who returns at one moment is heard within one interval, so this return began no earlier.
        watch.healing_since = max(watch.healing_since or at, at - watch.sums.typical_interval)
        watch.state = "recovering"
        return "recovering"
    if watch.state == "recovering" and excess > RELAPSED_SHARE * watch.peak:
        watch.state = "confirmed"
        return "failing"
    return ""


def _is_over(watch: Watch, at: float, patience: float) -> bool:
    """Nine of ten are back and stayed; or most are back, and the rest has not moved for long."""
    if watch.healing_since is None or at < watch.healing_since + patience:
        return False
    if watch.excess <= LEFT_SHARE * watch.peak:
        return True
    return watch.excess <= RESTING_SHARE * watch.peak and at - watch.moved_at >= max(RESTING_SECONDS, patience)
