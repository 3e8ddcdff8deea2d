"""What the results of one probe agree on, and since when."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from monitor.core.probing.results import ProbeResult, Subject, Verdict

FORGET_SECONDS = 86_400.0


class Standing:
    """One probe as it stands: `verdict` is what enough results in a row agree on, `latest` the last result.

    `streak_since` is the moment of the first of the last results that agree; `since` the one where `verdict` began.
    """

    def __init__(self, latest: ProbeResult) -> None:
        self.latest = latest
        self.streak = 1
        self.streak_since = latest.at
        self.verdict: Verdict = "unknown"
        self.since = latest.at
        self.stale = False
        self.answered_at: float | None = None
        """When anybody there last answered, well or badly."""
        self.proven = False
        """Whether it is known that its failing is not our own."""
        self.certificate_ends_at: float | None = None
        """Of the last certificate that was seen."""

    def hear(self, result: ProbeResult, agree: int) -> bool:
        """Take in a result; whether the verdict changed."""
        same = result.verdict == self.latest.verdict and result.about == self.latest.about and not self.stale
        if result is not self.latest:
            self.streak = self.streak + 1 if same else 1
        if self.streak == 1:
            self.streak_since = result.at
        self.latest, self.stale = result, False
        if result.answered:
            self.answered_at = result.at
        if result.verdict == "healthy" or (self.streak == 1 and self.verdict != "failing"):
            self.proven = False
        ends_at = result.facts.get("certificate_ends_at")
        if isinstance(ends_at, int | float):
            self.certificate_ends_at = float(ends_at)
        if self.streak < agree or result.verdict == self.verdict:
            return False
        self.verdict, self.since = result.verdict, self.streak_since
        return True

    def expire(self, at: float) -> bool:
        """Forget what is too old to prove anything; whether that changed something."""
        if self.stale or at < self.stale_at:
            return False
        self.stale = True
        if self.verdict != "unknown":
            self.verdict, self.since = "unknown", at
        return True

    def forgotten(self, at: float) -> bool:
        """Whether it has been silent for so long that nobody seems to ask any more."""
        return at >= self.stale_at + FORGET_SECONDS

    @property
    def began_at(self) -> float:
        """When the failing began that stands, or that may come to stand."""
        return self.since if self.verdict == "failing" else self.streak_since

    @property
    def confirmed(self) -> bool:
        """Whether the last result bears the verdict out, and is not too old for that."""
        return not self.stale and self.latest.verdict == self.verdict

    @property
    def stale_at(self) -> float:
        """When the last result proves nothing any more."""
        return self.latest.at + self.latest.fresh_seconds

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "latest": asdict(self.latest),
            "streak": self.streak,
            "streak_since": self.streak_since,
            "verdict": self.verdict,
            "since": self.since,
            "stale": self.stale,
            "answered_at": self.answered_at,
            "proven": self.proven,
            "certificate_ends_at": self.certificate_ends_at,
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Standing":
        """From plain data."""
        latest = {**data["latest"], "about": Subject(**data["latest"]["about"])}
        standing = cls(ProbeResult(**latest))
        for name in ("streak", "streak_since", "verdict", "since", "stale"):
            setattr(standing, name, data[name])
        for name in ("answered_at", "proven", "certificate_ends_at"):
            setattr(standing, name, data.get(name, getattr(standing, name)))
        return standing
