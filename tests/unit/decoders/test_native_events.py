"""`event`: what happened, by type."""

from typing import Any

import pytest

from monitor.core.observations import DeviceEvent
from monitor.decoders.native.events import EVENT_TYPES
from monitor.devices.events import Booted, ClockSynced, FaultChanged, Feeding, Happening, PowerChanged, ScheduleLost
from tests.unit.decoders.speaking import DEVICE, NOW, heard, read, refused


def happening(event_type: str, **fields: object) -> Happening:
    observation = heard("event", {"event_id": "e-1", "type": event_type} | fields)
    assert isinstance(observation, DeviceEvent)
    return observation.happening


def test_an_event_has_an_id_a_time_and_maybe_a_delay() -> None:
    payload = {"event_id": "e-1", "type": "schedule.lost", "ts": 1_795_310_163_000, "replayed": True}
    assert heard("event", payload) == DeviceEvent(
        DEVICE, NOW, "e-1", ScheduleLost(), sent_at=1_795_310_163.0, replayed=True
    )
    assert heard("event", {"event_id": "e-1", "type": "schedule.lost", "replayed": None}) == DeviceEvent(
        DEVICE, NOW, "e-1", ScheduleLost()
    )


@pytest.mark.parametrize("outcome", ["completed", "partial", "failed", "skipped"])
def test_a_feeding_ends_in_one_of_four_ways(outcome: str) -> None:
    assert happening(
        f"feed.{outcome}",
        plan_id="breakfast",
        planned_ts=1_795_330_800_000,
        source="remote",
        portions_expected=3,
        portions_actual=1,
        grams_expected=36,
        grams_actual=12.5,
        reason="jam",
    ) == Feeding(
        outcome=outcome,  # type: ignore[arg-type]
        source="remote",
        plan_id="breakfast",
        planned_at=1_795_330_800.0,
        portions_expected=3,
        portions_actual=1,
        grams_expected=36.0,
        grams_actual=12.5,
        reason="jam",
    )


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({}, "manual"),
        ({"plan_id": "breakfast"}, "schedule"),
        ({"planned_ts": 1_795_330_800_000}, "schedule"),
        ({"plan_id": "breakfast", "source": "manual"}, "manual"),
    ],
)
def test_a_feeding_that_names_no_source_is_by_plan_if_it_names_a_plan(fields: dict[str, Any], source: str) -> None:
    feeding = happening("feed.completed", **fields)
    assert isinstance(feeding, Feeding)
    assert feeding.source == source


@pytest.mark.parametrize(
    ("event_type", "fields", "expected"),
    [
        ("power.lost", {}, PowerChanged(mains=False)),
        ("power.restored", {}, PowerChanged(mains=True)),
        ("boot", {"cause": "watchdog"}, Booted("watchdog")),
        ("boot", {}, Booted()),
        ("clock.synced", {"offset_ms": -3_600_000}, ClockSynced(-3600.0)),
        ("fault.raised", {"code": "E-12"}, FaultChanged("E-12", raised=True)),
        ("fault.cleared", {"code": "E-12"}, FaultChanged("E-12", raised=False)),
        ("schedule.lost", {}, ScheduleLost()),
    ],
)
def test_each_event_becomes_what_happened(event_type: str, fields: dict[str, Any], expected: Happening) -> None:
    assert happening(event_type, **fields) == expected


def test_every_type_that_is_told_can_be_read() -> None:
    needs: dict[str, dict[str, object]] = {
        "clock.synced": {"offset_ms": 1},
        "fault.raised": {"code": "a"},
        "fault.cleared": {"code": "a"},
    }
    for event_type in EVENT_TYPES:
        happening(event_type, **needs.get(event_type, {}))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"event_id": "e-1"}, "missing"),
        ({"event_id": "e-1", "type": "feed.enjoyed"}, "unknown_event"),
        ({"event_id": "e-1", "type": None}, "unknown_event"),
        ({"event_id": "e-1", "type": ["boot"]}, "unknown_event"),
        ({"type": "boot"}, "missing"),
        ({"type": "boot", "event_id": 5}, "wrong_type"),
        ({"type": "boot", "event_id": "a b"}, "not_allowed"),
        ({"event_id": "e-1", "type": "fault.raised"}, "missing"),
        ({"event_id": "e-1", "type": "fault.raised", "code": "  "}, "not_allowed"),
        ({"event_id": "e-1", "type": "clock.synced"}, "missing"),
        ({"event_id": "e-1", "type": "clock.synced", "offset_ms": 1e13}, "out_of_range"),
        ([], "not_an_object"),
    ],
)
def test_an_event_that_lacks_its_core_is_rejected(payload: object, reason: str) -> None:
    assert refused("event", payload).reason == reason


def test_a_feeding_with_an_absurd_weight_is_still_a_feeding() -> None:
    payload = {"event_id": "e-1", "type": "feed.completed", "grams_actual": -4, "portions_actual": 2}
    observation = heard("event", payload)
    assert isinstance(observation, DeviceEvent)
    assert observation.happening == Feeding("completed", "manual", portions_actual=2)
    decoded = read("event", payload)
    assert dict(decoded.dropped_fields) == {"invalid": 1}
    assert decoded.detail.startswith("event.grams_actual: ")


def test_a_copy_that_the_broker_kept_did_not_happen_again() -> None:
    assert read("event", {"event_id": "e-1", "type": "boot"}, retained=True).ignored == "retained"
