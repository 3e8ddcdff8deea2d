"""Slices: sums of leaves that share a value, a pair of values, or nothing but the fleet."""

from typing import TYPE_CHECKING
from zlib import crc32

from monitor.core.outages.cusum import BANK, Normal, threshold, weights
from monitor.core.outages.rates import FRESH, GUARD, Outcomes, Rates
from monitor.core.outages.scopes import Scope, layer_of, price_of
from monitor.core.outages.sums import Sums
from monitor.core.outages.usual import Usual

if TYPE_CHECKING:
    from monitor.core.outages.members import Member

WORTH_A_LOOK_NATS = 15.0
"""No threshold is ever lower than this."""

MARK_SECONDS = 5.0
"""Marks of how many heartbeats were kept are at least this far apart,"""
MARKED_SECONDS = 900.0
"""and kept for this long."""

MOST_MISS = 0.5
MOST_DRAWN = 5000


class Slice:
    """The devices of one scope that no sudden outage covers yet.

    `nats` holds the CUSUM for each share of the bank, `zero_at` when each was last zero. `run` counts outcomes
    since all were zero, which is when a silence that is noticed now began to show; `returns` and `wills` count with
    it. They go on counting while a suspicion holds the slice. `below_at` is when each trait of slow outages last
    was as usual. `quiet` heartbeats were kept and are not weighed yet.
    """

    __slots__ = (
        "_marks",
        "_minute",
        "_normal",
        "_of_all",
        "_weights",
        "alarmed_at",
        "below_at",
        "cloud_usual",
        "excused",
        "gone_usual",
        "heard",
        "held",
        "layer",
        "members",
        "nats",
        "outcomes",
        "pardoned",
        "phase",
        "price",
        "quiet",
        "rates",
        "returns",
        "run",
        "scope",
        "stirred_at",
        "sums",
        "usual",
        "will_minute",
        "will_rate",
        "wills",
        "zero_at",
    )

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.layer = layer_of(scope)
        self.price = price_of(scope)
        self.phase = crc32(repr(scope).encode()) % 60
        self.sums = Sums()
        self.members: list[Member] = []
        self.rates = Rates()
        self.usual = Usual()
        self.cloud_usual = Usual()
        self.gone_usual = Usual(seasonal=False)
        self.excused = 0
        self.pardoned = 0
        self.will_rate = 0.0
        self.will_minute = 0
        self.nats = [0.0] * len(BANK)
        self.zero_at = [0.0] * len(BANK)
        self.alarmed_at: float | None = None
        self.held = False
        self.below_at: dict[str, float] = {}
        self.stirred_at = 0.0
        self.outcomes = [0] * 6
        self.quiet = 0
        self.heard = 0
        self._marks: list[tuple[float, int]] = []
        self.run = [0] * 6
        self.returns = 0
        self.wills = 0
        self._minute = [0] * 6
        self._normal: Normal | None = FRESH
        self._of_all = FRESH
        self._weights: list[tuple[float, ...]] | None = None

    def expect(self, of_all: Normal) -> None:
        """Judge from now on by what was learned here and in the whole fleet.

        Most slices have nothing to judge before they learn again, so the rates are worked out when they are asked for.
        """
        self._of_all = of_all
        self._normal = self._weights = None

    @property
    def normal(self) -> Normal:
        """The rates by which the slice is judged."""
        if self._normal is None:
            self._normal = self.rates.normal(self._of_all)
        return self._normal

    def _weigh(self) -> list[tuple[float, ...]]:
        """For each outcome the nats that it adds to each sum of the bank."""
        if self._weights is None:
            miss, again, thrice = self.normal
            guarded = Normal(min(MOST_MISS, GUARD * miss), again, thrice)
            self._weights = list(zip(*(weights(guarded, q) for q in BANK), strict=True))
        return self._weights

    def stir(self, at: float) -> bool:
        """Something happens here in the second that ends at `at`; True if it is the first thing."""
        if self.stirred_at == at:
            return False
        self.flush()
        self.stirred_at = at
        return True

    def flush(self) -> None:
        """Weigh the heartbeats that were kept since something last happened here.

        They only lower the sums, so it makes no difference that they are weighed together and later.
        """
        if self.quiet:
            quiet, self.quiet = self.quiet, 0
            self._minute[0] += quiet
            self.heard += quiet
            if any(self.nats) or self.held:
                self.run[0] += quiet
                kept = self._weigh()[0]
                self.nats = [max(0.0, nats + quiet * each) for nats, each in zip(self.nats, kept, strict=True)]
                self._calm_if_over()

    def step(self, at: float) -> None:
        """The second that ends at `at` is complete: weigh what happened in it."""
        if self.outcomes[1]:
            self._mark(at - 1)
        self.heard += self.outcomes[0]
        totals = list(self.nats)
        nats_of = self._weigh()
        for index, number in enumerate(self.outcomes):
            if number:
                self._minute[index] += number
                self.run[index] += number
                for q, each in enumerate(nats_of[index]):
                    totals[q] += number * each
        for q, total in enumerate(totals):
            if total > 0 and not self.nats[q]:
                self.zero_at[q] = at - 1
            self.nats[q] = max(0.0, total)
        self.outcomes = [0] * 6
        self._calm_if_over()

    def heard_since(self, moment: float, at: float) -> float:
        """How many due heartbeats were kept from a moment until now, as far as it is remembered.

        It is known for the seconds before first misses; in between they came evenly.
        """
        now = self.heard + self.quiet
        later, heard_later = at, now
        for marked, heard in reversed(self._marks):
            if marked <= moment:
                share = (later - moment) / max(1.0, later - marked)
                return now - heard_later + share * (heard_later - heard)
            later, heard_later = marked, heard
        return now - heard_later

    def _mark(self, at: float) -> None:
        """Remember how many heartbeats were kept until now."""
        marks = self._marks
        if marks and at - marks[-1][0] < MARK_SECONDS:
            return
        marks.append((at, self.heard))
        if marks[0][0] < at - 2 * MARKED_SECONDS:
            self._marks = [mark for mark in marks if mark[0] >= at - MARKED_SECONDS]

    def calm(self) -> None:
        """Nothing speaks for an outage here any more."""
        self.nats = [0.0] * len(BANK)
        self.alarmed_at = None
        if not self.held:
            self.run = [0] * 6
            self.returns = 0
            self.wills = 0

    def _calm_if_over(self) -> None:
        if not any(self.nats):
            self.calm()

    def alarming(self, slices: int, false_alarms_per_week: float) -> bool:
        """Whether the evidence is more than the budget for false alarms allows to be chance."""
        highest = max(self.nats)
        return highest >= WORTH_A_LOOK_NATS and highest >= threshold(
            slices, self.sums.trials_per_second, false_alarms_per_week
        )

    def began_at(self, share: float) -> float:
        """When the silence began to show: the last time that the sum for the nearest share was zero."""
        nearest = min(range(len(BANK)), key=lambda index: (self.nats[index] == 0, abs(BANK[index] - share)))
        return self.zero_at[nearest]

    @property
    def alarm_began_at(self) -> float:
        """When the sum that is highest now was last zero."""
        return self.zero_at[self.nats.index(max(self.nats))]

    def take_minute(self) -> Outcomes:
        """The outcomes since the last call."""
        self.flush()
        ok0, miss0, ok1, miss1, ok2, miss2 = self._minute
        self._minute = [0] * 6
        return ok0, miss0, ok1, miss1, ok2, miss2

    def forget_minute(self) -> None:
        """What was counted last is not normal."""
        self.take_minute()
        self.rates.forget_waiting()

    def drawn(self) -> list["Member"]:
        """Leaves that stand for the slice: all of them, or of very many a part that is the same in every run."""
        stride = 1 + len(self.members) // MOST_DRAWN
        return [
            member
            for member in self.members
            if member.lot % stride == 0 and member.gauges.size and member.cover is None
        ]

    def tidy(self) -> None:
        """Let go of leaves that have no devices any more."""
        self.members = [member for member in self.members if member.gauges.size or member.gauges.gone]
