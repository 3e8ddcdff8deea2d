"""What one probe found when it asked once. It is an observation like any other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["healthy", "failing", "unknown"]
VERDICTS: tuple[Verdict, ...] = ("healthy", "failing", "unknown")
"""`unknown`: nothing can be concluded, as from a page that cannot be read or mail that is asked to come again later."""

Capability = Literal["remote_control", "device_telemetry", "scheduled_feeding", "alert_delivery", "support_channels"]
Fact = str | float | bool
"""Facts have plain names, those with units at the end; see docs/probes.md."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a probe is about: a scope of the fleet, one of our support channels, or nothing but our own reach.

    `page` is true for what a provider says of itself, which is a witness of another kind than what we find ourselves.
    `capability` is what does not work while the probe fails.
    """

    scope: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""
    control: bool = False
    page: bool = False
    capability: Capability = "device_telemetry"

    @property
    def text(self) -> str:
        """In words: provider aurora, region us-east; support channel support-mail; control."""
        if self.control:
            return "control"
        terms = [f"support channel {self.channel}"] if self.channel else []
        return ", ".join([*terms, *(f"{key} {value}" for key, value in self.scope.items())])

    @property
    def evidence(self) -> bool:
        """Whether what is found says something about an outage of a scope."""
        return bool(self.scope) and not self.channel and not self.control


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What one probe found at one moment. `kind` is the type of probe; `statement` says it in words.

    `seconds` is how long it took; after `fresh_seconds` the result proves nothing any more.
    """

    probe: str
    at: float
    kind: str
    about: Subject
    verdict: Verdict
    seconds: float
    statement: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    fresh_seconds: float = 600.0

    @property
    def answered(self) -> bool:
        """Whether anybody answered, well or badly: then our own way out is sound."""
        return self.verdict == "healthy" or bool(self.facts.get("answered"))
