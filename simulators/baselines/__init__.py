"""Simpler detectors from the field, judged on the same traces as the engine.

On single devices: a fixed timeout, φ-accrual (Hayashibara et al.), its exponential form as in Cassandra, and Chen,
Toueg and Aguilera's NFD-E; see `deadlines`. On the fleet: "ten percent of a slice for five minutes" and "a fifth of the
traffic is gone"; see `rules`. Names on a command line may carry a parameter: `fixed:180`, `phi:8`, `chen:90`.
"""

from collections.abc import Callable, Mapping

from simulators.baselines.deadlines import Chen, DeadlineJudge, ExponentialPhi, FixedTimeout, Phi
from simulators.baselines.rules import SilentShareRule, TrafficDropRule
from simulators.judges import Judge

_MAKERS: dict[str, tuple[float, Callable[[float, Mapping[str, str]], Judge]]] = {
    "fixed": (
        0.0,
        lambda seconds, _: DeadlineJudge(f"fixed {seconds or '3 intervals'}", lambda: FixedTimeout(seconds)),
    ),
    "phi": (8.0, lambda threshold, _: DeadlineJudge(f"phi {threshold:g}", lambda: Phi(threshold))),
    "exponential-phi": (
        8.0,
        lambda threshold, _: DeadlineJudge(f"exponential phi {threshold:g}", lambda: ExponentialPhi(threshold)),
    ),
    "chen": (90.0, lambda margin, _: DeadlineJudge(f"chen {margin:g}", lambda: Chen(margin))),
    "share": (0.10, SilentShareRule),
    "traffic": (0.80, TrafficDropRule),
}
BASELINES = tuple(_MAKERS)


def make_baseline(text: str, networks: Mapping[str, str]) -> Judge:
    """The baseline that `name` or `name:parameter` stands for; `networks` maps sites to networks."""
    name, _, parameter = text.partition(":")
    if name not in _MAKERS:
        message = f"{text!r} is not a baseline; there are {', '.join(BASELINES)}"
        raise ValueError(message)
    usual, make = _MAKERS[name]
    try:
        value = float(parameter) if parameter else usual
    except ValueError:
        message = f"{text!r}: {parameter!r} is not a number; write it like {name}:{usual:g}"
        raise ValueError(message) from None
    return make(value, networks)
