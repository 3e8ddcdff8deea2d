"""The table of kinds, and what its members show."""

import pytest

from monitor.devices.kinds import KINDS_BY_NAME, READINGS
from monitor.devices.profile import KINDS
from monitor.devices.reading import DeviceKind


def test_every_kind_has_its_place_in_the_table_under_its_own_name() -> None:
    assert set(KINDS_BY_NAME) == set(KINDS)
    assert all(kind.name == name for name, kind in KINDS_BY_NAME.items())


@pytest.mark.parametrize("kind", KINDS_BY_NAME.values(), ids=lambda kind: kind.name)
def test_symptoms_are_seen_in_readings_that_the_kind_has(kind: DeviceKind) -> None:
    assert {symptom.reading for symptom in kind.symptoms} <= kind.names


def test_a_device_of_unknown_kind_keeps_what_any_kind_reads() -> None:
    values = {"temperature_c": 4.0, "hopper_pct": 50.0}
    assert KINDS_BY_NAME["generic"].relevant(values) == values
    assert KINDS_BY_NAME["generic"].names == {reading.name for reading in READINGS}


def test_a_gateway_reads_nothing_itself() -> None:
    assert KINDS_BY_NAME["gateway"].merged(None, {"temperature_c": 4.0}) == {}


@pytest.mark.parametrize(
    ("values", "symptoms"),
    [
        ({"outlet_blocked": True, "hopper_state": "ok"}, ["jammed"]),
        ({"hopper_state": "empty", "motor_state": "stalled"}, ["motor_stalled", "hopper_empty"]),
        ({"hopper_state": "low", "lid_open": True}, ["hopper_low", "lid_open"]),
        ({"hopper_state": "unknown", "outlet_blocked": False}, []),
    ],
)
def test_a_feeder_shows_why_an_animal_may_go_hungry(values: dict[str, str | bool], symptoms: list[str]) -> None:
    assert KINDS_BY_NAME["feeder"].shown_by(values) == symptoms


@pytest.mark.parametrize(
    ("celsius", "symptoms"),
    [(4.9, ["freezing", "cold"]), (5.0, ["cold"]), (10.0, []), (35.0, []), (35.5, ["overheated"])],
)
def test_a_thermostat_shows_frost_cold_and_heat(celsius: float, symptoms: list[str]) -> None:
    assert KINDS_BY_NAME["thermostat"].shown_by({"temperature_c": celsius}) == symptoms
