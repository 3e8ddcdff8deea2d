"""`telemetry`: only what was stated, in the range that a sound sensor can state."""

import pytest

from monitor.core.observations import Telemetry
from monitor.devices.kinds import READINGS
from monitor.devices.reading import Choice, Count, Flag, Moment, Number, Reading
from tests.unit.decoders.speaking import DEVICE, NOW, heard, left_out, read, refused


def sound(reading: Reading) -> tuple[object, object]:
    """A value as a payload has it, and as the engine gets it."""
    match reading:
        case Number(_, _, low, high):
            return (low + high) / 2, (low + high) / 2
        case Count(_, high):
            return high, high
        case Choice(_, words):
            return words[-1], words[-1]
        case Flag():
            return False, False
        case Moment():
            return 1_795_310_163_500, 1_795_310_163.5


def broken(reading: Reading) -> list[object]:
    match reading:
        case Number(_, _, low, high):
            return [low - 0.1, high + 0.1, str(low), True, []]
        case Count(_, high):
            return [-1, high + 1, 1.5, "1", False]
        case Choice(_, words):
            return [f"{words[0]}!", "", 1]
        case Flag():
            return ["true", 1, "on"]
        case Moment():
            return [5, "yesterday"]


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.name)
def test_each_reading_of_any_kind_is_read(reading: Reading) -> None:
    stated, taken = sound(reading)
    assert heard("telemetry", {reading.name: stated}) == Telemetry(DEVICE, NOW, {reading.name: taken})  # type: ignore[dict-item]


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.name)
def test_null_says_that_the_device_does_not_know(reading: Reading) -> None:
    assert heard("telemetry", {reading.name: None}) == Telemetry(DEVICE, NOW, {reading.name: None})


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.name)
def test_a_value_that_no_sound_sensor_gives_is_left_out(reading: Reading) -> None:
    for value in broken(reading):
        payload = {reading.name: value, "humidity_pct" if reading.name != "humidity_pct" else "bowl_g": 5}
        observation = heard("telemetry", payload)
        assert isinstance(observation, Telemetry)
        assert reading.name not in observation.values
        assert left_out("telemetry", payload) == {"invalid": 1}


def test_what_is_absent_is_not_said() -> None:
    payload = {"ts": 1_795_310_163_000, "temperature_c": 19.5, "window_open": None, "device": "feeder-1"}
    assert heard("telemetry", payload) == Telemetry(
        DEVICE, NOW, {"temperature_c": 19.5, "window_open": None}, sent_at=1_795_310_163.0
    )


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("{}", "missing"),
        ('{"ts": 1795310163000}', "missing"),
        ('{"x_flow": 3}', "missing"),
        ('{"temperature_c": NaN}', "not_finite"),
        ('{"temperature_c": 1e999, "ts": 5}', "not_finite"),
        ('{"temperature_c": -127}', "out_of_range"),
        ('{"hopper_state": "full", "ts": 1795310163000}', "not_allowed"),
        ('{"lid_open": "yes"}', "wrong_type"),
    ],
)
def test_telemetry_without_a_usable_reading_is_rejected_for_what_is_wrong_with_them(payload: str, reason: str) -> None:
    assert refused("telemetry", payload).reason == reason


def test_a_copy_that_the_broker_kept_is_not_a_reading() -> None:
    assert read("telemetry", {"temperature_c": 19.5}, retained=True).ignored == "retained"
