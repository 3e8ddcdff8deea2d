"""`status` and `info`: whether a device is there, and what it is."""

from typing import Any

import pytest

from monitor.core.observations import DeviceInfo, DeviceRemoved, SessionStatus
from monitor.devices.profile import Profile
from tests.unit.decoders.speaking import DEVICE, INFO, NOW, STATUS, heard, left_out, read, refused


def status(**fields: object) -> SessionStatus:
    observation = heard("status", STATUS | fields)
    assert isinstance(observation, SessionStatus)
    return observation


def profile(**fields: object) -> Profile:
    observation = heard("info", INFO | fields)
    assert isinstance(observation, DeviceInfo)
    return observation.profile


def test_a_birth_says_that_the_session_is_up() -> None:
    assert status(ts=1_795_310_163_500) == SessionStatus(
        DEVICE, NOW, "online", "9f3c21aa", sent_at=1_795_310_163.5, will=False
    )


@pytest.mark.parametrize(
    ("fields", "is_will"),
    [
        ({"reason": "connection_lost"}, True),
        ({"reason": "connection_lost", "ts": 1_795_310_163_000}, True),
        ({}, True),
        ({"ts": None}, True),
        ({"reason": None}, True),
        ({"ts": 1_795_310_163_000}, False),
        ({"reason": "shutdown"}, False),
        ({"reason": "update", "ts": 1_795_310_163_000}, False),
        ({"reason": "low_battery"}, False),
    ],
)
def test_a_will_has_neither_time_nor_motive_and_a_goodbye_has_one(fields: dict[str, Any], is_will: bool) -> None:  # noqa: FBT001
    said = status(state="offline", **fields)
    assert said.will is is_will
    assert said.reason == (fields.get("reason") or "")


def test_only_what_is_offline_can_be_a_will() -> None:
    assert not status(reason="connection_lost").will


def test_a_device_going_to_sleep_says_when_it_will_speak_again() -> None:
    said = status(state="sleeping", next_seen_s=21_600)
    assert (said.state, said.next_seen_seconds) == ("sleeping", 21_600.0)


def test_a_copy_that_the_broker_kept_is_marked_as_such() -> None:
    assert heard("status", STATUS, retained=True) == SessionStatus(DEVICE, NOW, "online", "9f3c21aa", retained=True)
    observation = heard("info", INFO, retained=True)
    assert isinstance(observation, DeviceInfo)
    assert observation.retained


@pytest.mark.parametrize("channel", ["status", "info"])
@pytest.mark.parametrize("retained", [False, True])
def test_an_emptied_topic_of_identity_removes_the_device(channel: str, retained: bool) -> None:  # noqa: FBT001
    assert heard(channel, b"", retained=retained) == DeviceRemoved(DEVICE, NOW, channel)  # type: ignore[arg-type]


def test_a_whole_info_becomes_a_profile() -> None:
    assert profile(
        vendor="Aurora",
        fw="2.4.1",
        hw="C",
        provider="aurora",
        region="eu-west",
        site="s-1842",
        parent="bridge-3",
        power="mains_battery_backup",
        liveness="session",
        heartbeat_interval_s=120,
        tz="Europe/Vienna",
        capabilities=["hopper_level", "local_schedule"],
        schedule_survives_reboot=True,
    ) == Profile(
        kind="feeder",
        model="Bowl 3",
        vendor="Aurora",
        firmware="2.4.1",
        hardware="C",
        provider="aurora",
        region="eu-west",
        site="s-1842",
        parent="bridge-3",
        power="mains_battery_backup",
        liveness="session",
        interval_seconds=120.0,
        timezone="Europe/Vienna",
        capabilities=("hopper_level", "local_schedule"),
        schedule_survives_reboot=True,
    )


def test_what_an_info_leaves_open_is_taken_for_the_cautious_case() -> None:
    assert profile() == Profile(kind="feeder", model="Bowl 3")
    assert profile(schedule_survives_reboot=None, liveness=None).schedule_survives_reboot is False


@pytest.mark.parametrize("kind", ["feeder", "thermostat", "gateway", "generic"])
def test_a_kind_that_we_know_is_kept(kind: str) -> None:
    assert profile(kind=kind).kind == kind
    assert left_out("info", INFO | {"kind": kind}) == {}


def test_other_means_generic_and_is_nothing_odd() -> None:
    assert profile(kind="other").kind == "generic"
    assert left_out("info", INFO | {"kind": "other"}) == {}


def test_a_kind_that_we_do_not_know_is_watched_all_the_same() -> None:
    assert profile(kind="toaster").kind == "generic"
    assert left_out("info", INFO | {"kind": "toaster", "slots": 2}) == {"unknown": 1, "unknown_kind": 1}


@pytest.mark.parametrize(
    ("stated", "taken"), [(0.01, 1.0), (1, 1.0), (59.5, 59.5), (86_400, 86_400.0), (1e300, 86_400.0)]
)
def test_an_interval_is_moved_to_what_can_be_judged(stated: float, taken: float) -> None:
    assert profile(heartbeat_interval_s=stated).interval_seconds == taken


@pytest.mark.parametrize(
    "fields",
    [
        {"liveness": "polled"},
        {"provider": "someone@example.org"},
        {"provider": "a" * 65},
        {"site": ""},
        {"region": "eu\nwest"},
        {"fw": 2.4},
        {"parent": "Bridge_3"},
        {"power": "solar"},
        {"heartbeat_interval_s": 0},
        {"tz": "../../etc/passwd"},
        {"capabilities": ["has spaces"]},
        {"capabilities": ["c"] * 65},
        {"schedule_survives_reboot": "yes"},
    ],
)
def test_an_unusable_detail_is_left_out_and_the_rest_is_read(fields: dict[str, Any]) -> None:
    assert profile(**fields) == Profile(kind="feeder", model="Bowl 3")
    decoded = read("info", INFO | fields)
    assert dict(decoded.dropped_fields) == {"invalid": 1}
    assert decoded.detail.startswith(f"info.{next(iter(fields))}")


def test_names_may_be_in_any_script() -> None:
    assert profile(model="Größe 2 (猫)", vendor="Ménagère").model == "Größe 2 (猫)"


@pytest.mark.parametrize("field", ["kind", "model"])
def test_an_info_without_what_it_is_about_is_rejected(field: str) -> None:
    assert refused("info", {name: value for name, value in INFO.items() if name != field}).reason == "missing"
    assert refused("info", INFO | {field: None}).reason == "wrong_type"
