"""What pages, metrics and commands are shown of the probes."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.probing.results import ProbeResult, Subject, Verdict


@dataclass(frozen=True, slots=True)
class ProbeState:
    """One configured probe as it stands. `verdict` is what enough results agree on, since `since`, Unix seconds.

    Before the first result `latest` and `since` are None. `results` counts what it found since the start.
    """

    name: str
    kind: str
    target: str
    about: Subject
    every_seconds: float
    verdict: Verdict
    since: float | None
    latest: ProbeResult | None
    stale: bool
    results: Mapping[Verdict, int]
