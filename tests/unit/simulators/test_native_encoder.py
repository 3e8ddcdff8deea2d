"""What the encoder writes, the monitor's decoder must read back: each is the other's examiner."""

from collections import Counter
from dataclasses import replace

import pytest

from monitor.core.observations import (
    DeviceEvent,
    DeviceRemoved,
    Echo,
    Heartbeat,
    LinkChanged,
    Observation,
    SessionStatus,
    Telemetry,
)
from monitor.decoders.native import NativeDecoder
from monitor.decoders.protocol import Decoded, Message
from monitor.devices.events import Booted, ClockSynced, FaultChanged, Feeding, Happening, PowerChanged, ScheduleLost
from simulators.encoders import native
from simulators.world import World
from tests.unit.simulators.worlds import fault, run, scenario

FULL_DAY = scenario(
    fault("cut", at="1h", duration="30m", scope={"provider": "aurora"}, wills=True),
    fault("power_cut", at="3h", duration="30m", scope={"site": "largest"}),
    fault("control_plane", at="5h", duration="30m", scope={"region": "us-east"}),
    duration="1d",
    fleet={
        "devices": 40,
        "intervals": {"5m": 1.0},
        "sleepy": 0.3,
        "sleepy_wake": "2h",
        "wrong_clocks": 0.3,
        "sensors": {},
        "battery_powered": 0.5,
        "details_every": 4,
    },
    people={"hand_feedings": 0.5, "plan_edits": 0.5, "holidays": 0.2, "holiday": "4h"},
)


def read_back(observation: Observation) -> Observation:
    packet = native.encode(observation)
    assert packet is not None
    decoded = NativeDecoder().decode(Message(packet.topic, packet.payload, packet.retained, observation.at))
    assert isinstance(decoded, Decoded), decoded
    assert not decoded.dropped_fields
    (seen,) = decoded.observations
    return seen


@pytest.mark.slow
def test_a_whole_day_of_a_fleet_is_read_as_it_was_meant() -> None:
    kinds: Counter[str] = Counter()
    for said in run(World(FULL_DAY)):
        if isinstance(said, LinkChanged):
            continue
        kinds[type(said).__name__] += 1
        assert read_back(said) == said
    assert kinds.keys() == {
        "DeviceEvent",
        "DeviceInfo",
        "Heartbeat",
        "ScheduleDeclared",
        "SessionStatus",
        "Telemetry",
    }


def test_everything_that_can_happen_at_a_device_is_read_as_it_was_meant() -> None:
    happenings: list[Happening] = [
        Feeding("failed", "remote", reason="jam"),
        Feeding("completed", "schedule", "meal-1", 1_790_000_000.0, 3, 3, 30.0, 30.0),
        PowerChanged(mains=False),
        PowerChanged(mains=True),
        Booted("watchdog"),
        ClockSynced(12.5),
        FaultChanged("motor", raised=True),
        FaultChanged("motor", raised=False),
        ScheduleLost(),
    ]
    for number, happening in enumerate(happenings):
        event = DeviceEvent("acorn/fd-1", 1_790_000_001.0, f"e{number}", happening, 1_790_000_000.5, replayed=True)
        assert read_back(event) == event


def test_all_that_a_heartbeat_can_say_is_read_as_it_was_meant() -> None:
    beat = Heartbeat(
        "acorn/fd-1", 5.0, "b1", 7, 60.0, 1_790_000_000.5, 600.0, "rtc", -61.0, "battery", 0.98, faults=("motor",)
    )
    beat = replace(beat, cloud_connected=False)
    assert read_back(beat) == beat


def test_what_is_unknown_is_left_out() -> None:
    packet = native.encode(Heartbeat("acorn/fd-1", 5.0, "b1", 7))
    assert packet is not None
    assert packet.payload == b'{"seq":7,"boot_id":"b1"}'


def test_a_reading_that_a_device_does_not_know_is_said_as_null() -> None:
    packet = native.encode(Telemetry("acorn/fd-1", 5.0, {"hopper_pct": None}))
    assert packet is not None
    assert packet.payload == b'{"hopper_pct":null}'


def test_identity_is_retained_and_signs_of_life_are_not() -> None:
    status = native.encode(SessionStatus("acorn/fd-1", 5.0, "online", "b1"))
    beat = native.encode(Heartbeat("acorn/fd-1", 5.0, "b1", 7))
    assert status is not None
    assert beat is not None
    assert (status.retain, status.qos) == (True, 1)
    assert (beat.retain, beat.qos) == (False, 0)


def test_what_a_late_subscriber_is_handed_is_marked() -> None:
    status = SessionStatus("acorn/fd-1", 5.0, "online", "b1")
    late = native.encode(replace(status, retained=True))
    assert late is not None
    assert late.retained


def test_removing_a_device_is_an_empty_retained_message() -> None:
    packet = native.encode(DeviceRemoved("acorn/fd-1", 5.0, "info"))
    assert packet == ("fleet/v1/acorn/fd-1/info", b"", True, 1, False)


def test_what_no_device_says_has_no_packet() -> None:
    assert native.encode(Echo(5.0, 4.0)) is None
    assert native.encode(LinkChanged(5.0, up=True)) is None
