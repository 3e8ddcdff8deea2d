"""The floodgate: exact per device, bounded in memory, and done when a flood is over."""

from monitor.core.observations import Echo
from monitor.decoders.protocol import Speaker
from monitor.intake import floodgate
from monitor.intake.floodgate import TRACKED, Floodgate

START = 1000.0


def speak(gate: Floodgate, device: str, times: int = 1, at: float = START) -> int:
    """How many of so many messages get through."""
    return sum(gate.admits(Speaker(device, "heartbeat"), at) for _ in range(times))


def test_exactly_the_limit_gets_through_in_a_minute() -> None:
    gate = Floodgate(10)
    assert speak(gate, "a/loud", 25) == 10
    assert speak(gate, "a/loud", 25, at=START + 59.9) == 0
    assert speak(gate, "a/loud", 25, at=START + 60) == 10
    assert gate.flooding() == {"a/loud": 55}


def test_a_device_that_keeps_to_the_limit_is_never_named() -> None:
    gate = Floodgate(10)
    assert speak(gate, "a/brisk", 10) == 10
    assert gate.flooding() == {}


def test_a_flood_is_over_after_a_whole_window_without_excess() -> None:
    gate = Floodgate(10)
    speak(gate, "a/loud", 25)
    gate.note(Echo(START + 61, START + 60))
    assert gate.flooding() == {"a/loud": 15}
    gate.note(Echo(START + 100, START + 99))
    assert gate.flooding() == {"a/loud": 15}
    gate.note(Echo(START + 122, START + 121))
    assert gate.flooding() == {}


def test_a_flood_is_over_after_a_long_silence() -> None:
    gate = Floodgate(10)
    speak(gate, "a/loud", 25)
    speak(gate, "a/calm", at=START + 500)
    assert gate.flooding() == {}


def test_time_that_steps_back_in_a_trace_stays_in_its_window() -> None:
    gate = Floodgate(10)
    speak(gate, "a/loud", 10)
    assert speak(gate, "a/loud", at=START - 30) == 0


def test_in_a_large_fleet_the_quiet_are_forgotten_and_the_loud_are_not() -> None:
    gate = Floodgate(10)
    speak(gate, "a/loud", 8)
    assert speak(gate, "a/quiet") == 1
    assert all(speak(gate, f"b/{number}") for number in range(TRACKED))
    assert len(gate._counts) <= TRACKED
    assert speak(gate, "a/loud", 8) == 2
    assert speak(gate, "a/quiet", 10) == 10


def test_where_everybody_is_busy_a_newcomer_goes_uncounted_rather_than_unheard() -> None:
    gate = Floodgate(10)
    for number in range(TRACKED):
        speak(gate, f"b/{number}", 2)
    assert speak(gate, "a/late", 30) == 30
    assert len(gate._counts) == TRACKED


def test_a_window_is_shorter_than_any_silence_that_counts() -> None:
    assert floodgate.WINDOW_SECONDS < 90.0
