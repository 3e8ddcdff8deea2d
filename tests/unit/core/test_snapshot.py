"""What is saved comes back as it was, as plain JSON."""

import json
from typing import Any

from monitor.core.decisions import Alert, Evidence, Incident
from monitor.core.fleet import Device
from monitor.core.observations import Heartbeat
from monitor.core.snapshot import (
    PLAIN,
    TUPLES,
    load_alert,
    load_device,
    load_incident,
    save_alert,
    save_device,
    save_incident,
)
from monitor.devices.profile import Profile
from monitor.devices.schedule import Meal, Period, Schedule


def through_json(data: dict[str, Any]) -> dict[str, Any]:
    """As a store would give it back."""
    loaded: dict[str, Any] = json.loads(json.dumps(data))
    return loaded


def a_device() -> Device:
    device = Device("acme/f1", 5.0)
    device.profile = Profile(kind="feeder", model="bowl", capabilities=("camera",))
    device.beat = Heartbeat("acme/f1", 60.0, "b", 2, faults=("motor",))
    device.boots, device.gaps, device.flaps = ("a",), (60.0, 61.0), (7.0,)
    device.slots, device.starts, device.loss_bin = 1000, 2.5, 1
    device.reading = {"hopper_pct": 40}
    return device


def test_a_device_comes_back_with_all_that_was_learned_of_it() -> None:
    device = a_device()
    again = load_device(through_json(save_device(device)))
    for name in (*PLAIN, *TUPLES, "id", "profile", "beat", "reading", "schedule"):
        assert getattr(again, name) == getattr(device, name), name


def test_a_schedule_comes_back_with_its_meals_and_periods() -> None:
    device = a_device()
    meal = Meal("m1", 450, days=("mon", "tue"), grams=30.0)
    period = Period(360, days=("sat", "sun"), heating_setpoint_celsius=20.5)
    device.schedule = Schedule(3, enabled=True, meals=(meal,), periods=(period,))
    assert load_device(through_json(save_device(device))).schedule == device.schedule


def test_rows_of_other_versions_are_read_as_far_as_they_are_known() -> None:
    row = save_device(Device("acme/f1", 5.0))
    del row["slots"], row["gaps"]
    row["colour"] = "blue"
    row["profile"]["smell"] = "fish"
    again = load_device(through_json(row))
    assert (again.slots, again.gaps, again.beat) == (0, (), None)


def test_an_incident_and_an_alert_come_back() -> None:
    incident = Incident(
        id="i1",
        kind="outage",
        layer="provider",
        scope={"provider": "aurora"},
        started_at=5.0,
        opened_at=9.0,
        resolved_at=None,
        devices=40,
        silent=30,
        confidence=0.99,
        summary="aurora",
        evidence=(Evidence("silence", "many", 3.0),),
        equivalents=({"site": "s9"},),
    )
    assert load_incident(through_json(save_incident(incident))) == incident
    alert = Alert("k", "DeviceOffline", "firing", "warning", {"device": "f1"}, {"summary": "gone"}, 5.0)
    assert load_alert(through_json(save_alert(alert))) == alert
