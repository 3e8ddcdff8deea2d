"""What those who only read may look at of welfare: metrics, pages, commands."""

from collections import Counter
from typing import Protocol

from monitor.core.fleet import Cohort
from monitor.core.welfare.harm import Risk
from monitor.core.welfare.servings import Servings


class WelfareView(Protocol):
    """The ward as it stands, for reading only; the ward itself is one."""

    def risks(self, now: float, *, tenant: str = "", kind: str = "", incident: str = "") -> list[Risk]:
        """Devices at risk, the worst first; of one tenant, of one kind, of those that one open incident covers."""
        ...

    @property
    def meals_settled(self) -> Counter[tuple[Cohort, str, str]]:
        """Planned meals by outcome, as it was first believed, and by source."""
        ...

    @property
    def meals_corrected(self) -> Counter[tuple[Cohort, str, str]]:
        """Planned meals that turned out otherwise, by what was believed and what is."""
        ...

    @property
    def servings(self) -> Servings:
        """How the planned meals of the last two days ended, by hour and provider."""
        ...

    @property
    def cooling(self) -> Counter[tuple[Cohort, str, str]]:
        """Rooms by the temperature in Celsius that they will reach and within which time."""
        ...

    @property
    def showing(self) -> Counter[tuple[Cohort, str]]:
        """Devices by the sign that they show."""
        ...
