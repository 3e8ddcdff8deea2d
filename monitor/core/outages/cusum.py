"""How much each due heartbeat says for or against an outage: a Bernoulli CUSUM.

Every heartbeat that falls due is one trial for each slice its device is in. Its weight is the log-likelihood ratio
between "a share q of the slice has just died" and "everything is as usual". Devices testify at their own pace, so 30 s
and 15 min intervals mix freely, and long before any of them is overdue.
"""

from math import log
from typing import NamedTuple

BANK = (0.05, 0.15, 0.4, 0.9)
"""The shares q that are watched for; in between, the nearest does."""

WEEK_SECONDS = 604_800
FLOOR = -12.0
"""One heartbeat that came speaks against an outage with no more than this."""


class Normal(NamedTuple):
    """What is normal: the chance that a due heartbeat is missed, and that a first and a second miss go on."""

    miss: float
    again: float
    thrice: float


Weights = tuple[float, float, float, float, float, float]
"""Nats for a due heartbeat kept and missed, after no, one and two misses in a row."""


def weights(normal: Normal, q: float) -> Weights:
    """The weights of the six possible outcomes of a due heartbeat."""
    miss, again, thrice = normal
    dead = miss + q * (1 - miss)
    gone1 = q / (q + miss * (1 - q))
    again_if = gone1 + (1 - gone1) * again
    gone2 = gone1 / again_if
    thrice_if = gone2 + (1 - gone2) * thrice
    return (
        max(FLOOR, log((1 - dead) / (1 - miss))),
        log(dead / miss),
        max(FLOOR, log(1 - gone1)),
        log(again_if / again),
        max(FLOOR, log(1 - gone2)),
        log(thrice_if / thrice),
    )


def threshold(slices: int, trials_per_second: float, false_alarms_per_week: float) -> float:
    """The height at which a sum is an alarm, so that all slices together raise fewer false ones than allowed.

    A likelihood ratio reaches e^h by chance with a probability of at most e^-h per start (Wald), and a CUSUM starts
    anew at most once per trial.
    """
    trials = max(1.0, trials_per_second * WEEK_SECONDS)
    return log(len(BANK) * max(1, slices) * trials / false_alarms_per_week)
