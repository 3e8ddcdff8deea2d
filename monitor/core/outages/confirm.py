"""When a suspicion is an outage, and when it came to nothing.

Statistics need seconds, a page needs persistence. A suspicion waits; heartbeats that arrive meanwhile refute it. It is
confirmed if enough devices are silent still, and either those that fell silent first stayed silent, or those that had a
second chance missed it too. That a small share of slow devices missed one heartbeat each is no proof: it may be what is
usual at their pace.
"""

from typing import Literal

from monitor.core.outages.scopes import HOUSES
from monitor.core.outages.slices import Slice
from monitor.core.outages.watch import Watch
from monitor.core.settings import OutageSettings

STAYED_SHARE = 0.6
SECOND_CHANCES = 3
GONE_SHARE = 0.4
SINGLE_SHARE = 0.3
"""From this share on single misses are enough; below, `GONE_SHARE` need a second chance, and most to miss that too."""
LONGEST_SECONDS = 3600.0
UNEXPLAINED_SECONDS = 20.0
LOCAL_FACTOR = 2.75
"""A home whose router restarts is back within this many times `confirm_seconds` of the onset (165 s by default); sites
and gateways are not confirmed before, but then a quarter of `confirm_seconds` as a suspicion is enough."""
LOCAL_SHARE = 0.25

Judgement = Literal["wait", "confirm", "clear"]


def judge(watch: Watch, part: Slice, at: float, settings: OutageSettings) -> Judgement:
    """What to do with a suspicion; `part` is the slice of its scope."""
    explained = watch.explanation is not None and watch.explained_at == at
    seen = watch.explanation.seen if watch.explanation is not None and explained else 0.0
    watch.peak = max(watch.peak, seen)
    if at < watch.not_before:
        return "wait"
    if not explained:
        return "clear" if at - watch.explained_at >= UNEXPLAINED_SECONDS else "wait"
    if seen < GONE_SHARE * watch.peak or at - watch.suspected_at > LONGEST_SECONDS:
        return "clear"
    if at < ripe_at(watch, settings) or seen < STAYED_SHARE * watch.peak:
        return "wait"
    return "confirm" if _tried(watch, part) and (_stayed(watch, part) or _missed_again(part)) else "wait"


def ripe_at(watch: Watch, settings: OutageSettings) -> float:
    """When a suspicion may be confirmed at the earliest."""
    if watch.layer in HOUSES:
        soonest = watch.suspected_at + LOCAL_SHARE * settings.confirm_seconds
        return max(soonest, watch.onset + LOCAL_FACTOR * settings.confirm_seconds, watch.not_before)
    return max(watch.suspected_at + settings.confirm_seconds, watch.not_before)


def _tried(watch: Watch, part: Slice) -> bool:
    if watch.explanation is not None and watch.explanation.share >= SINGLE_SHARE:
        return True
    again = part.run[3]
    chances = again + max(0.0, part.run[2] - _usual(part))
    return chances >= GONE_SHARE * watch.fell and again >= STAYED_SHARE * chances


def _stayed(watch: Watch, part: Slice) -> bool:
    back = max(0.0, part.returns - _usual(part))
    return watch.fell > 0 and watch.fell - back >= STAYED_SHARE * watch.fell


def _usual(part: Slice) -> float:
    """How many would have missed a heartbeat by now, and be back, as on any day."""
    return part.normal.miss * part.run[0]


def _missed_again(part: Slice) -> bool:
    again = part.run[3] + part.run[5]
    chances = again + part.run[2] + part.run[4]
    return part.run[3] >= SECOND_CHANCES and again >= STAYED_SHARE * chances
