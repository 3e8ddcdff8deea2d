"""Our own death is noticed outside, because somebody there misses us."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog.testing

from monitor.checkin import Checkin, CheckinSettings, loop_and_store
from monitor.clock import VirtualClock
from monitor.egress import Egress, EgressSettings, Pseudonyms
from tests.http_receiver import HttpReceiver
from tests.waiting import eventually

NOON = 1_764_590_400.0


@dataclass
class Patient:
    """What ails the monitor, for a test to say."""

    reason: str = ""


@contextlib.asynccontextmanager
async def checking_in(
    there: HttpReceiver | None,
    clock: VirtualClock,
    patient: Patient,
    **settings: Any,  # noqa: ANN401 -- any of them
) -> AsyncIterator[Checkin]:
    """A check-in at work; there is nobody to check in with if there is no receiver."""
    url = {"url": f"{there.url}/ping/s3cret"} if there is not None else {}
    door = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows")).door(
        "check-in", trust="third_party", timeout_seconds=5, purpose="check-in"
    )
    worker = Checkin(CheckinSettings.model_validate({**url, **settings}), door, clock, lambda: patient.reason)
    task = asyncio.create_task(worker.run())
    yield worker
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await door.aclose()


async def test_it_checks_in_again_and_again_while_all_is_well_and_falls_silent_when_it_is_not() -> None:
    clock, patient = VirtualClock(NOON), Patient()
    async with HttpReceiver() as there, checking_in(there, clock, patient) as worker:
        await eventually(lambda: worker.last_success_at == NOON, "the first check-in")
        await clock.advance_to(NOON + 60)
        await eventually(lambda: worker.last_success_at == NOON + 60, "the second check-in")
        patient.reason = "decisions cannot be written to disk"
        await clock.advance_to(NOON + 600)
        assert [(request.method, request.path) for request in there.requests] == [("GET", "/ping/s3cret")] * 2


async def test_it_says_at_once_that_something_is_wrong_where_that_is_possible() -> None:
    clock, patient = VirtualClock(NOON), Patient("the last step was 40 s ago")
    async with HttpReceiver() as there, checking_in(there, clock, patient, fail_suffix="/fail") as worker:
        await eventually(lambda: len(there.requests) == 1, "the bad news")
        assert there.requests[0].path == "/ping/s3cret/fail"
        assert worker.last_success_at == 0


async def test_a_refusal_is_said_once_and_without_the_address() -> None:
    clock, patient = VirtualClock(NOON), Patient()
    with structlog.testing.capture_logs() as lines:
        async with HttpReceiver(status=500) as there, checking_in(there, clock, patient) as worker:
            await eventually(lambda: worker.last_error == "answered 500", "the refusal")
            await clock.advance_to(NOON + 60)
            await eventually(lambda: len(there.requests) == 2, "the next try")
            await eventually(lambda: worker.last_error == "answered 500", "the next refusal")
            assert worker.last_success_at == 0
    said = [line for line in lines if line["event"] == "checkin_failed"]
    assert len(said) == 1
    assert "s3cret" not in str(said)


async def test_an_address_that_cannot_be_reached_is_tried_again() -> None:
    clock, patient = VirtualClock(NOON), Patient()
    gone = HttpReceiver()
    async with checking_in(gone, clock, patient) as worker:
        await eventually(lambda: worker.last_error == "no answer", "no answer")


async def test_without_an_address_there_is_nothing_to_do() -> None:
    clock = VirtualClock(NOON)
    async with checking_in(None, clock, Patient()) as worker:
        await clock.advance_to(NOON + 60)
        assert worker.last_success_at == 0


def test_alive_means_that_the_loop_steps_and_the_store_takes_what_is_decided() -> None:
    assert loop_and_store(lambda: NOON, lambda: NOON - 1, lambda: True) == ""
    assert loop_and_store(lambda: NOON, lambda: NOON - 31, lambda: True) == "the last step was 31 s ago"
    assert "written to disk" in loop_and_store(lambda: NOON, lambda: NOON, lambda: False)


@pytest.mark.parametrize("url", ["ftp://h/x", "http://u:p@h/", "no address", "https://"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is no address that begins with http:// or https://"):
        CheckinSettings.model_validate({"url": url})
