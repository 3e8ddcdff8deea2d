"""A provider's own status page, as far as it speaks the format of Statuspage: `summary.json`.

    {"status": {"indicator": "major", "description": "…"}, "components": [{"name": "Device API", "status":
     "major_outage"}], "incidents": [{"name": "…", "status": "investigating", "impact": "major"}],
     "scheduled_maintenances": [{"name": "…", "status": "in_progress"}]}

Pages differ and break. Whatever is missing is taken for empty, and what cannot be understood for unknown: a page that
does not say in so many words that all is well is never taken for healthy.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import AnyHttpUrl, Field

from monitor.core.probing.results import Fact
from monitor.egress.outlet import Fetched, Outlet, OutletError
from monitor.probes.protocol import CaFile, Found, ProbeSettings

INDICATORS = {"none": "", "minor": "minor", "major": "major", "critical": "critical", "maintenance": "maintenance"}
COMPONENT_STATES = {
    "operational": "",
    "degraded_performance": "minor",
    "partial_outage": "major",
    "major_outage": "critical",
    "under_maintenance": "maintenance",
}
OVER = frozenset({"resolved", "postmortem", "completed"})
WORST_FIRST = ("critical", "major", "minor", "maintenance")
LONGEST_NAME = 120
MOST_SHOWN = 3


class StatuspageProbeSettings(ProbeSettings):
    """`[[probes]] type = "statuspage"`: read what a provider says of itself."""

    page: ClassVar[bool] = True

    type: Literal["statuspage"]
    target: Annotated[AnyHttpUrl, Field(description="address of the page's summary.json")]
    components: Annotated[
        tuple[str, ...], Field(description="only these components of the page concern us; all if left out")
    ] = ()
    redirect_hosts: Annotated[
        tuple[str, ...], Field(description="hosts that it may be redirected to, beside its own")
    ] = ()
    response_bytes: Annotated[
        int, Field(ge=256, le=16_777_216, description="a longer page is not read, and so unknown")
    ] = 2_097_152
    ca_file: CaFile = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """Whom it asks."""
        return ((self.target.host or "").strip("[]"),)

    def open(self) -> "StatuspageProbe":
        """The probe that these settings describe."""
        return StatuspageProbe(self)


class StatuspageProbe:
    """Reads one page."""

    tells: tuple[str, ...] = ("host", "path")

    def __init__(self, settings: StatuspageProbeSettings) -> None:
        self.name = settings.name
        self.size = len(str(settings.target))
        self._settings = settings

    async def ask(self, outlet: Outlet) -> Found:
        """Healthy if the page says that all is well, failing if it admits trouble, else unknown."""
        try:
            fetched = await outlet.fetch("GET", str(self._settings.target))
        except OutletError as error:
            return Found("unknown", f"The page cannot be read: {error}.")
        facts: dict[str, Fact] = {"answered": True}
        if fetched.certificate_ends_at is not None:
            facts["certificate_ends_at"] = fetched.certificate_ends_at
        page = _page(fetched)
        if isinstance(page, str):
            return Found("unknown", page, facts)
        found = read_page(page, self._settings.components)
        return Found(found.verdict, found.statement, {**facts, **found.facts})


class Trouble(NamedTuple):
    """One thing that the page admits."""

    impact: str
    text: str


def read_page(page: Mapping[str, Any], wanted: Sequence[str]) -> Found:
    """What a page says of the wanted components, or of everything."""
    components = _named(page, "components")
    missing = [name for name in wanted if name not in {_text(each, "name") for each in components}]
    if missing:
        return Found("unknown", f"The page has no component {missing[0]!r} (any more).")
    concerned = [each for each in components if not wanted or _text(each, "name") in wanted]
    troubles = [*_components(concerned), *_incidents(page, wanted)]
    indicator = _text(page.get("status"), "indicator")
    if not wanted and INDICATORS.get(indicator):
        said = _text(page.get("status"), "description") or indicator
        troubles.append(Trouble(INDICATORS[indicator], f"its indicator says {indicator} ({said[:LONGEST_NAME]})"))
    if troubles:
        worst = min(troubles, key=lambda each: WORST_FIRST.index(each.impact)).impact
        told = "; ".join(each.text for each in troubles[:MOST_SHOWN])
        return Found("failing", f"The page admits trouble ({worst}): {told}.", {"impact": worst})
    odd = [each for each in concerned if _text(each, "status") not in COMPONENT_STATES]
    if odd:
        return Found("unknown", f"The page says of {_name(odd[0])} what is not known: {_text(odd[0], 'status')!r}.")
    if indicator not in INDICATORS and not (wanted and concerned):
        return Found("unknown", f"The page has no indicator that is known: {indicator!r}.")
    return Found("healthy", "The page says that all is well.", {"impact": "none"})


def _components(components: Sequence[Mapping[str, Any]]) -> Iterator[Trouble]:
    for each in components:
        impact = COMPONENT_STATES.get(_text(each, "status"), "")
        if impact:
            yield Trouble(impact, f"{_name(each)} is in {_text(each, 'status').replace('_', ' ')}")


def _incidents(page: Mapping[str, Any], wanted: Sequence[str]) -> Iterator[Trouble]:
    """Incidents that are not over and maintenance under way, as far as they concern the wanted components."""
    for each in _named(page, "incidents"):
        if _text(each, "status") not in OVER and _concerns(each, wanted):
            impact = INDICATORS.get(_text(each, "impact"), "minor") or "minor"
            yield Trouble(impact, f"incident {_name(each)}")
    for each in _named(page, "scheduled_maintenances"):
        if _text(each, "status") in ("in_progress", "verifying") and _concerns(each, wanted):
            yield Trouble("maintenance", f"maintenance {_name(each)}")


def _concerns(entry: Mapping[str, Any], wanted: Sequence[str]) -> bool:
    named = {_text(each, "name") for each in _named(entry, "components")}
    return not wanted or not named or bool(named & set(wanted))


def _page(fetched: Fetched) -> Mapping[str, Any] | str:
    """The page as JSON, or why it is none."""
    if not 200 <= fetched.status <= 299:  # noqa: PLR2004 -- HTTP
        return f"The page answers {fetched.status}."
    if fetched.cut:
        return f"The page is longer than {len(fetched.body):,} bytes and was not read to its end."
    try:
        page = json.loads(fetched.body)
    except (ValueError, RecursionError):
        return "The page is not JSON."
    return page if isinstance(page, dict) else "The page is not a JSON object."


def _named(entry: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = entry.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _text(entry: object, key: str) -> str:
    found = entry.get(key) if isinstance(entry, dict) else None
    return found[:LONGEST_NAME] if isinstance(found, str) else ""


def _name(entry: Mapping[str, Any]) -> str:
    return repr(_text(entry, "name") or "without a name")
