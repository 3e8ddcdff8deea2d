"""Status pages as they are found, good and bad, served by a real server on loopback."""

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from monitor.probes.statuspage import read_page
from tests.http_receiver import HttpReceiver
from tests.unit.probes.asking import ask

CALM = {
    "page": {"name": "Aurora"},
    "status": {"indicator": "none", "description": "All Systems Operational"},
    "components": [{"name": "Device API", "status": "operational"}, {"name": "Shop", "status": "operational"}],
    "incidents": [],
    "scheduled_maintenances": [],
}
DOWN = [{"name": "Device API", "status": "major_outage"}, {"name": "Shop", "status": "operational"}]
INCIDENT = {"name": "Feeders offline", "status": "investigating", "impact": "major"}
WINDOW = {"name": "New disks", "status": "in_progress", "impact": "maintenance"}


async def read(page: Any, **keys: Any) -> Any:  # noqa: ANN401 -- any nonsense may be served
    body = page if isinstance(page, bytes) else json.dumps(page).encode()
    async with HttpReceiver(body=body) as receiver:
        return await ask("statuspage", f"{receiver.url}/api/v2/summary.json", **keys)


async def test_a_page_that_says_that_all_is_well_is_healthy() -> None:
    found = await read(CALM)
    assert (found.verdict, found.statement, found.about.page) == ("healthy", "The page says that all is well.", True)
    assert (await read({"status": {"indicator": "none"}})).verdict == "healthy"


@pytest.mark.parametrize(
    ("changes", "impact", "said"),
    [
        ({"components": DOWN}, "critical", "'Device API' is in major outage"),
        ({"incidents": [INCIDENT]}, "major", "incident 'Feeders offline'"),
        ({"incidents": [{"status": "identified", "impact": "odd"}]}, "minor", "incident 'without a name'"),
        ({"scheduled_maintenances": [WINDOW]}, "maintenance", "maintenance 'New disks'"),
        ({"status": {"indicator": "minor", "description": "Some"}}, "minor", "its indicator says minor (Some)"),
        ({"status": {"indicator": "none"}, "components": DOWN, "incidents": None}, "critical", "major outage"),
    ],
)
async def test_a_page_that_admits_anything_is_failing(changes: dict[str, Any], impact: str, said: str) -> None:
    found = await read({**CALM, **changes})
    assert (found.verdict, found.facts["impact"]) == ("failing", impact)
    assert said in found.statement


@pytest.mark.parametrize(
    "page",
    [
        b"<html>maintenance</html>",
        b"",
        b"[" * 100_000,
        [],
        {},
        "text",
        {"status": "none"},
        {"status": {"indicator": 0}},
        {"status": {"indicator": "splendid"}},
        {**CALM, "components": [{"name": "Device API", "status": "mostly_fine"}]},
        {"components": [{"name": ["odd"], "status": {}}, 3]},
    ],
)
async def test_nonsense_is_unknown_and_never_healthy(page: Any) -> None:  # noqa: ANN401
    assert (await read(page)).verdict == "unknown"


async def test_what_a_page_says_of_itself_reaches_logs_and_terminals_as_plain_text() -> None:
    found = await read({**CALM, "status": {"indicator": "minor", "description": "all\n\x1b[31mfine\u202e"}})
    assert found.statement.isprintable()
    assert "its indicator says minor (all  [31mfine )" in found.statement


JSON = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(max_size=8),
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(
            strategies.sampled_from(["status", "indicator", "name", "impact", "components"]), inner
        )
    ),
    max_leaves=12,
)
PAGES = strategies.dictionaries(
    strategies.sampled_from(["status", "components", "incidents", "scheduled_maintenances", "page"]), JSON
)


@pytest.mark.slow
@given(page=PAGES, wanted=strategies.sampled_from([(), ("Device API",), ("",)]))
@settings(max_examples=300)
def test_whatever_a_page_holds_it_is_healthy_only_if_it_says_so(page: dict[str, Any], wanted: tuple[str, ...]) -> None:
    found = read_page(page, wanted)
    if found.verdict == "healthy":
        said = page.get("status")
        calm = isinstance(said, dict) and said.get("indicator") == "none"
        assert calm or (wanted and all(each["status"] == "operational" for each in named(page, wanted)))


def named(page: dict[str, Any], wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    """The wanted components of a page."""
    return [each for each in page["components"] if isinstance(each, dict) and (each.get("name") or "") in wanted]


async def test_only_the_components_that_concern_us_are_looked_at() -> None:
    ours = {"components": ["Device API"]}
    shop = [{"name": "Device API", "status": "operational"}, {"name": "Shop", "status": "major_outage"}]
    elsewhere = {**INCIDENT, "components": [{"name": "Shop"}]}
    over = {**INCIDENT, "status": "resolved"}
    page = {**CALM, "status": {"indicator": "major"}, "components": shop, "incidents": [elsewhere, over]}
    assert (await read(page, **ours)).verdict == "healthy"
    assert (await read({**page, "components": DOWN}, **ours)).verdict == "failing"
    assert (await read({**page, "incidents": [INCIDENT]}, **ours)).verdict == "failing"
    gone = await read(page, components=["Feeder API"])
    assert (gone.verdict, gone.statement) == ("unknown", "The page has no component 'Feeder API' (any more).")


async def test_a_page_that_answers_badly_or_too_much_is_unknown() -> None:
    async with HttpReceiver(status=503) as receiver:
        broken = await ask("statuspage", receiver.url)
    long = await read({**CALM, "padding": "." * 3000}, response_bytes=1024)
    assert (broken.verdict, broken.statement) == ("unknown", "The page answers 503.")
    assert (long.verdict, long.statement) == (
        "unknown",
        "The page is longer than 1,024 bytes and was not read to its end.",
    )
