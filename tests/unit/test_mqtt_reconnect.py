from __future__ import annotations

import random

import pytest

from monitor.mqtt.reconnect import Backoff, ClientIdTakenError, TakeoverWatch


def test_waits_double_up_to_the_longest_and_are_shortened_at_random_by_at_most_half() -> None:
    backoff = Backoff(60.0, random.Random(1))
    waits = [backoff.next_seconds() for _ in range(12)]
    for wait, whole in zip(waits, [0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60], strict=True):
        assert whole / 2 <= wait <= whole
    assert len(set(waits)) == len(waits)


def test_waits_stay_bounded_over_days_of_failing() -> None:
    backoff = Backoff(60.0, random.Random(1))
    assert max(backoff.next_seconds() for _ in range(10_000)) <= 60.0


def test_after_a_success_the_waits_begin_anew() -> None:
    backoff = Backoff(60.0, random.Random(1))
    for _ in range(8):
        backoff.next_seconds()
    backoff.reset()
    assert backoff.next_seconds() <= 0.25


def test_a_newcomer_that_is_dropped_again_and_again_has_lost() -> None:
    watch = TakeoverWatch()
    for _ in range(TakeoverWatch.NEWCOMER_DROPS):
        assert not watch.lost
        watch.ended(0.1, by_peer=True)
    assert watch.lost


def test_a_resident_outlasts_a_newcomer() -> None:
    newcomer, resident = TakeoverWatch(), TakeoverWatch()
    resident.ended(3600.0, by_peer=True)
    while not newcomer.lost:
        newcomer.ended(0.1, by_peer=True)
        resident.ended(0.1, by_peer=True)
    assert not resident.lost
    for _ in range(TakeoverWatch.RESIDENT_DROPS):
        resident.ended(0.1, by_peer=True)
    assert resident.lost


@pytest.mark.parametrize("peace", ["failed", "steady", "own"])
def test_a_restart_a_long_life_or_an_end_of_our_own_ends_the_count(peace: str) -> None:
    watch = TakeoverWatch()
    for _ in range(20):
        for _ in range(TakeoverWatch.NEWCOMER_DROPS - 1):
            watch.ended(0.1, by_peer=True)
        match peace:
            case "failed":
                watch.failed()
            case "steady":
                watch.ended(60.0, by_peer=True)
            case _:
                watch.ended(0.1, by_peer=False)
    assert not watch.lost


def test_the_error_names_the_client_id_and_what_to_do() -> None:
    said = str(ClientIdTakenError("hearthbeat", "mqtt://broker:1883", 5))
    assert "'hearthbeat'" in said
    assert "mqtt://broker:1883" in said
    assert "[mqtt] client_id" in said
