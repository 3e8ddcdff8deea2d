"""How the planned meals of the last two days ended, as far as is known now, summed up as each verdict is made."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from monitor.core.fleet import Cohort, Device
from monitor.core.welfare.care import FeederCare
from monitor.core.welfare.ledger import FED, Slot

HOUR_SECONDS = 3600
HOURS_KEPT = 49


class Served(NamedTuple):
    """Planned meals that came (`confirmed`), of which nobody knows, and that did not come or failed."""

    confirmed: int
    unconfirmed: int
    missed: int


class Due(NamedTuple):
    """How many feeders have their next planned meal soon, and when the first of them has; Unix seconds."""

    feeders: int
    first_at: float


class Servings:
    """Planned meals by the hour for which they were planned. Reading costs by cohorts, never by devices."""

    def __init__(self) -> None:
        self._hours: dict[int, Counter[tuple[Cohort, str]]] = {}

    def note(self, cohort: Cohort, planned_at: float, before: str, outcome: str) -> None:
        """A planned meal ended, or turns out to have ended otherwise; `before` is empty for a first verdict."""
        hour = int(planned_at // HOUR_SECONDS)
        counted = self._hours.get(hour)
        if counted is None:
            counted = self._hours[hour] = Counter()
            if len(self._hours) > HOURS_KEPT:
                del self._hours[min(self._hours)]
        counted[cohort, outcome] += 1
        if counted[cohort, before] > 0:
            counted[cohort, before] -= 1

    def readmit(self, cohort: Cohort, slots: Iterable[Slot]) -> None:
        """The meals of a feeder from before a restart."""
        for slot in slots:
            if slot.outcome:
                self.note(cohort, slot.planned_at, "", slot.outcome)

    def since(self, moment: float, *, tenant: str = "") -> dict[str, Served]:
        """By provider: the meals planned for the hour of `moment` or later, of one tenant or of all.

        A meal of which somebody learns later moves from one figure to another, so these are true as of now.
        """
        sums: dict[str, Counter[str]] = {}
        for hour, counted in self._hours.items():
            if hour < moment // HOUR_SECONDS:
                continue
            for (cohort, outcome), number in counted.items():
                if tenant in ("", cohort.tenant):
                    sums.setdefault(cohort.provider, Counter())[outcome] += number
        return {
            provider: Served(
                sum(number for outcome, number in found.items() if outcome in FED),
                found["unconfirmed"],
                found["missed"] + found["failed"],
            )
            for provider, found in sorted(sums.items())
        }


def meals_due(devices: Iterable[Device], now: float, within_seconds: float, *, tenant: str = "") -> dict[str, Due]:
    """By provider: the feeders whose next planned meal falls due within so long. Costs a look at each device."""
    found: dict[str, Due] = {}
    for device in devices:
        care = device.welfare
        if not isinstance(care, FeederCare) or tenant not in ("", device.tenant):
            continue
        at = care.next_at
        if now < at <= now + within_seconds:
            known = found.get(device.profile.provider, Due(0, at))
            found[device.profile.provider] = Due(known.feeders + 1, min(known.first_at, at))
    return dict(sorted(found.items()))
