"""Results of probes as tests need them."""

from typing import Any

from monitor.core.probing.results import Fact, ProbeResult, Subject, Verdict
from tests.timeline import START, Timeline, seconds

AURORA = Subject({"provider": "aurora"}, capability="remote_control")
AURORA_PAGE = Subject({"provider": "aurora"}, page=True)
BOREALIS_PAGE = Subject({"provider": "borealis"}, page=True)
BOREALIS = Subject({"provider": "borealis"})
CONTROL = Subject(control=True)
MAIL = Subject(channel="support-mail", capability="support_channels")


def result(
    probe: str, about: Subject, verdict: Verdict, at: str = "0s", statement: str = "", **facts: Fact
) -> ProbeResult:
    """What one probe found at a moment of the test."""
    words = statement or {"healthy": "It answers as it should.", "failing": "No answer.", "unknown": "It says nothing."}
    said = words if isinstance(words, str) else words[verdict]
    return ProbeResult(probe, START + seconds(at), "http", about, verdict, 0.1, said, facts, 300.0)


def keep_asking(
    timeline: Timeline,
    probe: str,
    about: Subject,
    verdict: Verdict,
    *,
    start: str,
    until: str,
    **facts: Any,  # noqa: ANN401 -- whatever is a fact
) -> None:
    """The same answer once a minute."""
    moment = seconds(start)
    while moment <= seconds(until):
        timeline.tell(result(probe, about, verdict, f"{moment}s", **facts))
        moment += 60
