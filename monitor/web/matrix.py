"""Providers against regions: what share of the devices is silent where. The worst come first, the rest is summed up."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.core.decisions import Incident
from monitor.core.fleet import Fleet
from monitor.core.words import count

MOST_PROVIDERS = 8
MOST_REGIONS = 5
UNSTATED = "not stated"
FEW, MANY = 0.02, 0.5
FEWEST_DEVICES = 4
"""Groups smaller than this do not come first for the silence of one device."""

Level = Literal["empty", "none", "few", "many", "most"]
SILENT = ("late", "offline")


@dataclass(frozen=True, slots=True)
class Cell:
    """The devices of one provider in one region: how many were ever heard, how many of those are silent."""

    region: str
    heard: int
    silent: int
    incident: str = ""

    @property
    def share(self) -> float:
        """The silent ones among those that were ever heard."""
        return self.silent / self.heard if self.heard else 0.0

    @property
    def level(self) -> Level:
        """How much of it is silent, roughly."""
        if not self.heard:
            return "empty"
        if not self.silent:
            return "none"
        return "few" if self.share < FEW else "many" if self.share < MANY else "most"


@dataclass(frozen=True, slots=True)
class Row:
    """One provider, or all that have no row of their own: its regions, then the whole of it."""

    provider: str
    cells: tuple[Cell, ...]
    whole: Cell


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table: regions by size, providers by how much of them is silent."""

    regions: tuple[str, ...]
    rows: tuple[Row, ...]


Key = tuple[str, str]


def matrix(fleet: Fleet, incidents: Iterable[Incident]) -> Matrix:
    """Add up the fleet's counts; the incidents open mark the cells that they cover."""
    heard, silent = _sums(fleet)
    open_now = [each for each in incidents if each.kind == "outage"]
    regions, more_regions = _largest(heard)
    by_provider: dict[str, dict[str, Cell]] = {}
    for provider, region in heard:
        shown = region if region in regions else more_regions
        known = by_provider.setdefault(provider, {}).get(shown, Cell(shown, 0, 0))
        by_provider[provider][shown] = Cell(
            shown, known.heard + heard[provider, region], known.silent + silent[provider, region],
            known.incident or _incident_of(open_now, provider, region),
        )  # fmt: skip
    columns = (*regions, more_regions) if more_regions else regions
    rows = sorted((_row(name, cells, columns) for name, cells in by_provider.items()), key=_badness)
    if len(rows) > MOST_PROVIDERS:
        rows = [*rows[: MOST_PROVIDERS - 1], _folded(rows[MOST_PROVIDERS - 1 :], columns)]
    return Matrix(columns, tuple(rows))


def _sums(fleet: Fleet) -> tuple[Counter[Key], Counter[Key]]:
    heard: Counter[Key] = Counter()
    silent: Counter[Key] = Counter()
    for (cohort, status), number in fleet.counts.items():
        if number and status != "new":
            key = cohort.provider or UNSTATED, cohort.region or UNSTATED
            heard[key] += number
            if status in SILENT:
                silent[key] += number
    return heard, silent


def _largest(heard: Mapping[Key, int]) -> tuple[tuple[str, ...], str]:
    """The regions that get a column, and the name of the column for the others, empty if there are none."""
    sizes: Counter[str] = Counter()
    for (_, region), number in heard.items():
        sizes[region] += number
    ordered = sorted(sizes, key=lambda region: (-sizes[region], region))
    if len(ordered) <= MOST_REGIONS:
        return tuple(ordered), ""
    return tuple(ordered[: MOST_REGIONS - 1]), count(len(ordered) - MOST_REGIONS + 1, "other region")


def _incident_of(incidents: Sequence[Incident], provider: str, region: str) -> str:
    here = {"provider": provider, "region": region}
    for incident in incidents:
        if incident.scope and all(here.get(name) == value for name, value in incident.scope.items()):
            return incident.id
    return ""


def _row(provider: str, cells: Mapping[str, Cell], columns: Sequence[str]) -> Row:
    shown = tuple(cells.get(region, Cell(region, 0, 0)) for region in columns)
    return Row(provider, shown, _sum("all regions", shown))


def _sum(region: str, cells: Sequence[Cell]) -> Cell:
    heard, silent = sum(cell.heard for cell in cells), sum(cell.silent for cell in cells)
    named = {cell.incident for cell in cells if cell.heard}
    return Cell(region, heard, silent, named.pop() if len(named) == 1 else "")


def _folded(rows: Sequence[Row], columns: Sequence[str]) -> Row:
    cells = {region: _sum(region, [row.cells[index] for row in rows]) for index, region in enumerate(columns)}
    return _row(count(len(rows), "other provider"), cells, columns)


def _badness(row: Row) -> tuple[bool, float, int, str]:
    worst = max((cell.share for cell in row.cells if cell.heard >= FEWEST_DEVICES), default=0.0)
    marked = row.whole.incident or any(cell.incident for cell in row.cells)
    return not marked, -worst, -row.whole.heard, row.provider
