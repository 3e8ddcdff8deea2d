"""`receivers`, `alerts dead` and `alerts retry`, from what is typed through the API to a receiver and back."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from pydantic import TypeAdapter

from monitor.clock import SystemClock
from monitor.core.decisions import Alert
from monitor.egress import Egress, EgressSettings, Pseudonyms
from monitor.notifiers import NotifierSettings, Receivers
from monitor.outbox import Desk, Knowledge, Outbox, OutboxSettings
from monitor.outbox.assembly import open_receiver
from monitor.store.memory import MemoryStore
from monitor.web.app import create_app
from monitor.web.server import bind, serve
from monitor.web.settings import WebSettings
from tests.alerts import a_step, an_alert
from tests.asking import TOKEN, web_state, with_token
from tests.http_receiver import HttpReceiver
from tests.unit.cli.conftest import Ended, Type
from tests.waiting import eventually

pytestmark = pytest.mark.slow

OUTBOX = OutboxSettings(first_retry_seconds=0.05, longest_retry_seconds=0.05)


@dataclass
class Office:
    """A running API with one receiver behind it, and somebody who types."""

    url: str
    people: HttpReceiver
    store: MemoryStore
    outbox: Outbox
    type_in: Type

    async def types(self, *words: str, token: str = TOKEN) -> Ended:
        """Run a command against this API."""
        env = {"HEARTHBEAT_WEB__TOKEN": token} if token else {}
        return await asyncio.to_thread(self.type_in, *words, "--url", self.url, env=env)

    async def owe(self, *alerts: Alert, receivers: tuple[str, ...] = ("desk",)) -> None:
        """Owe alerts, as the runtime does."""
        await self.store.commit(a_step(SystemClock().now(), *alerts, receivers=receivers))
        self.outbox.wake()


@pytest.fixture
async def office(type_in: Type) -> AsyncIterator[Office]:
    async with contextlib.AsyncExitStack() as stack, HttpReceiver() as people:
        entry = {"type": "webhook", "name": "desk", "url": people.url, "timeout_seconds": 5, "tenants": ["home"]}
        settings: tuple[NotifierSettings, ...] = TypeAdapter(Receivers).validate_python([entry])
        clock, store = SystemClock(), MemoryStore()
        egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
        notifiers = [open_receiver(each, egress, clock, stack) for each in settings]
        outbox = Outbox(store, clock, notifiers, known=Knowledge(egress.admit, tuple), settings=OUTBOX)
        state = replace(web_state(settings=with_token()), delivery=Desk(store, clock, outbox, settings))
        listener = bind(WebSettings(listen="127.0.0.1:0"))
        tasks = [asyncio.create_task(outbox.run()), asyncio.create_task(serve(create_app(state), listener))]
        yield Office(listener.url, people, store, outbox, type_in)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_receiver_is_tried_out_and_says_how_it_is(office: Office) -> None:
    done = await office.types("receivers", "test", "desk")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("desk took the test and its end in ")
    assert [request.json["status"] for request in office.people.requests] == ["firing", "resolved"]
    assert "TEST, nothing is wrong" in office.people.requests[0].json["alerts"][0]["annotations"]["summary"]
    listed = await office.types("receivers", "--format", "json")
    [row] = json.loads(listed.out)
    assert (row["name"], row["type"], row["tenants"], row["owed"], row["dead"]) == ("desk", "webhook", ["home"], 0, 0)
    assert row["last_success_at"] is not None
    table = await office.types("receivers")
    assert table.out.splitlines()[0].split()[:3] == ["Receiver", "Type", "Trust"]


async def test_a_receiver_that_does_not_take_the_test_ends_the_command_with_the_reason(office: Office) -> None:
    office.people.status = 503
    done = await office.types("receivers", "test", "desk")
    assert done.code == 1
    assert "desk has not taken the test: desk at 127.0.0.1: answered 503" in done.err
    unknown = await office.types("receivers", "test", "dsk")
    assert "no receiver dsk is known" in unknown.err


async def test_what_was_given_up_is_listed_and_tried_again(office: Office) -> None:
    office.people.status, office.people.body = 400, b"not like this"
    await office.owe(an_alert("feeder-1"), an_alert("feeder-2"))
    await eventually(lambda: office.outbox.figures.dead.get("desk") == 2, "both are refused for good")
    rows = json.loads((await office.types("alerts", "dead", "--format", "json")).out)
    assert {row["error"] for row in rows} == {"desk at 127.0.0.1: answered 400: not like this"}
    table = (await office.types("alerts", "dead")).out
    assert "DeviceOffline" in table
    office.people.status = 200
    one = await office.types("alerts", "retry", str(rows[0]["id"]))
    assert (one.code, one.out) == (0, "1 are tried again.\n")
    rest = await office.types("alerts", "retry", "--all")
    assert rest.out == "1 are tried again.\n"
    await eventually(lambda: office.outbox.figures.dead.get("desk") == 0, "both are taken")
    assert (await office.types("alerts", "dead")).out == "Nothing was given up.\n"
    assert (await office.types("alerts", "retry", "--all")).out == "Nothing was given up.\n"


async def test_what_is_not_tried_again_is_said(office: Office) -> None:
    office.people.status = 400
    await office.owe(an_alert())
    await eventually(lambda: office.outbox.figures.dead.get("desk") == 1, "it is refused for good")
    office.people.status = 200
    await office.owe(an_alert(state="resolved"))
    await eventually(lambda: office.outbox.figures.attempts["desk", "delivered"] == 1, "its end is taken")
    await office.store.commit(a_step(1.0, an_alert("feeder-9"), receivers=("former",)))
    await office.store.strand(["desk"], 2.0)
    done = await office.types("alerts", "retry", "--all")
    assert done.out.splitlines() == [
        "0 are tried again.",
        "1 are not: their receivers have later news of the same alerts.",
        "1 are not: their receivers are no longer configured.",
    ]
    nothing = await office.types("alerts", "retry", "4711")
    assert (nothing.code, "None of them is waiting" in nothing.err) == (1, True)


@pytest.mark.parametrize("words", [("alerts", "retry"), ("alerts", "retry", "1", "--all")])
async def test_it_must_be_said_what_to_try_again(office: Office, words: tuple[str, ...]) -> None:
    done = await office.types(*words)
    assert (done.code, "Name the numbers to try again, or --all." in done.err) == (2, True)


async def test_a_change_needs_the_token(office: Office) -> None:
    for words in (("receivers", "test", "desk"), ("alerts", "retry", "--all")):
        done = await office.types(*words, token="")
        assert (done.code, "asks for a token" in done.err) == (1, True)
    assert office.people.requests == []


async def test_the_list_of_alerts_is_still_what_it_was(office: Office) -> None:
    assert (await office.types("alerts")).out == "No alert is firing.\n"
