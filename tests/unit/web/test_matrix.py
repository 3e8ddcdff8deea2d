"""Providers against regions."""

from __future__ import annotations

from monitor.core.decisions import Status
from monitor.web.matrix import Level, matrix
from tests.small_fleet import ShownEngine, device, outage


def fleet_of(*groups: tuple[str, str, int, int]) -> ShownEngine:
    """An engine with so many devices of a provider in a region, so many of them silent."""
    engine = ShownEngine()
    for provider, region, number, silent in groups:
        for index in range(number):
            status: Status = "offline" if index < silent else "online"
            device(engine.fleet, f"acme/{provider}-{region}-{index}", status, provider=provider, region=region)
    return engine


def test_the_share_that_is_silent_is_told_for_each_provider_and_region() -> None:
    engine = fleet_of(("aurora", "us", 10, 9), ("aurora", "eu", 5, 0), ("borealis", "us", 60, 1))
    device(engine.fleet, "acme/late", "late", provider="borealis", region="us")
    device(engine.fleet, "acme/new", "new", provider="borealis", region="us")
    found = matrix(engine.fleet, [outage("i", {"provider": "aurora", "region": "us"})])
    assert found.regions == ("us", "eu")
    aurora, borealis = found.rows
    assert [(cell.silent, cell.heard, cell.incident) for cell in (*aurora.cells, aurora.whole)] == [
        (9, 10, "i"),
        (0, 5, ""),
        (9, 15, ""),
    ]
    assert (borealis.whole.silent, borealis.whole.heard) == (2, 61)
    assert [cell.level for cell in (*aurora.cells, *borealis.cells)] == ["most", "none", "many", "empty"]


def test_an_outage_of_a_whole_provider_marks_its_sum_too() -> None:
    engine = fleet_of(("aurora", "us", 10, 9), ("aurora", "eu", 5, 5))
    row = matrix(engine.fleet, [outage("i", {"provider": "aurora"}), outage("j", {})]).rows[0]
    assert row.whole.incident == "i"


def test_the_worst_come_first_and_the_rest_is_summed_up() -> None:
    groups = [(f"p{number:02}", f"r{number % 7}", 20, number) for number in range(12)]
    found = matrix(fleet_of(*groups, ("", "", 3, 3)).fleet, [])
    assert [row.provider for row in found.rows[:3]] == ["p11", "p10", "p09"]
    assert found.rows[-1].provider == "6 other providers"
    assert len(found.rows) == 8
    assert found.regions[-1] == "4 other regions"
    assert sum(row.whole.heard for row in found.rows) == 243
    assert sum(row.whole.silent for row in found.rows) == 69


def test_levels_are_named_by_how_much_is_silent() -> None:
    def level(number: int, silent: int) -> Level:
        return matrix(fleet_of(("a", "r", number, silent)).fleet, []).rows[0].whole.level

    assert [level(100, 0), level(100, 1), level(100, 30), level(100, 60)] == ["none", "few", "many", "most"]


def test_a_fleet_that_was_never_heard_has_no_rows() -> None:
    assert matrix(ShownEngine().fleet, []).rows == ()
