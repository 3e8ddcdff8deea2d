"""The fleet counted by the minute."""

from __future__ import annotations

from monitor.core.census import MINUTES_KEPT, Census, Count, next_minute, totals
from tests.small_fleet import NOW, ShownEngine, device


def test_the_fleet_is_counted_once_a_minute() -> None:
    engine, census = ShownEngine(), Census()
    device(engine.fleet, "acme/f1")
    device(engine.fleet, "acme/f2", "offline")
    minute = next_minute(NOW)
    first = census.take(engine.fleet, minute, blind=False)
    assert first is not None
    assert (first.of("online"), first.of("offline"), first.of("late")) == (1, 1, 0)
    assert census.take(engine.fleet, minute + 59, blind=False) is None
    assert census.take(engine.fleet, minute + 60, blind=True) == Count(minute + 60, first.numbers, blind=True)
    assert [count.at for count in census.since(minute + 1)] == [minute + 60]


def test_a_day_is_kept_and_no_more() -> None:
    engine, census = ShownEngine(), Census()
    for minute in range(MINUTES_KEPT + 5):
        census.take(engine.fleet, minute * 60.0, blind=False)
    kept = census.since(0)
    assert (len(kept), kept[0].at) == (MINUTES_KEPT, 300.0)


def test_one_tenant_can_be_counted_alone() -> None:
    engine = ShownEngine()
    device(engine.fleet, "acme/f1")
    device(engine.fleet, "zoo/f1", "late")
    assert totals(engine.fleet, "zoo") == {"new": 0, "online": 0, "late": 1, "offline": 0, "sleeping": 0}
    assert sum(totals(engine.fleet).values()) == 2
