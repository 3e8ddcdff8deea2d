"""The ledger: what it writes down, when, and what happens when it cannot."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from monitor.clock import VirtualClock
from monitor.egress import (
    NOTHING,
    Egress,
    EgressSettings,
    Ledger,
    LedgerError,
    Line,
    Pseudonyms,
    SqliteBook,
    content_of,
    verify,
)
from monitor.egress.audit import lines, reading
from monitor.egress.ledger import Scrap
from tests.alerts import NOON, an_alert
from tests.http_receiver import HttpReceiver
from tests.waiting import eventually, free_port

KEY = b"a key that only this test knows"


class StuckBook(Scrap):
    """A book on a disk that fails until it is mended."""

    broken = True

    def append(self, lines: Iterable[Line]) -> None:
        if self.broken:
            raise LedgerError("the disk is full")
        super().append(lines)


def written(path: Path) -> list[Line]:
    with reading(path) as connection:
        return [line for _, line, _ in lines(connection)]


@contextlib.asynccontextmanager
async def open_ledger(path: Path) -> AsyncIterator[Ledger]:
    book = SqliteBook(path, KEY)
    ledger = Ledger(book, VirtualClock(NOON))
    yield ledger
    await ledger.aclose()
    book.close()


async def test_an_alert_is_written_down_before_it_leaves_and_so_is_what_became_of_it(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    content = content_of([an_alert("feeder-garfield")])
    async with open_ledger(file) as ledger, HttpReceiver(status=503, answers=False) as there:
        egress = Egress(EgressSettings(), Pseudonyms(KEY), ledger)
        door = egress.door("hook", trust="own", timeout_seconds=60)
        posting = asyncio.create_task(door.post(there.url, b"12345", {}, content=content))
        await eventually(lambda: there.requests, "the request arrives")
        assert [line.outcome for line in written(file)] == ["sent"]
        posting.cancel()
        await asyncio.gather(posting, return_exceptions=True)
        there.answers = True
        await door.post(there.url, b"12345", {}, content=content)
        await door.aclose()
    first, second, third, fourth = written(file)
    assert (first.receiver, first.purpose, first.tenants, first.size) == ("hook", "alert", ("home",), 5)
    assert {"device", "summary", "alertname", "starts_at"} <= set(first.fields)
    assert (second.outcome, second.sending, second.fields) == ("failed", first.sending, ())
    assert (third.outcome, fourth.outcome, fourth.sending) == ("sent", "refused", third.sending)
    assert b"garfield" not in file.read_bytes()
    assert +ledger.figures.messages == {("hook", "alert", "failed"): 1, ("hook", "alert", "refused"): 1}
    assert ledger.figures.size == {("hook", "alert"): 10}


async def test_what_carries_nothing_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    async with open_ledger(file) as ledger:
        egress = Egress(EgressSettings(), Pseudonyms(KEY), ledger)
        door = egress.door("probe", trust="own", timeout_seconds=5, purpose="probe")
        await door.get(f"http://127.0.0.1:{free_port()}/", {})
        await door.aclose()
    assert [(line.purpose, line.outcome, line.fields) for line in written(file)] == [("probe", "failed", ())]


async def test_a_sender_without_a_door_notes_what_it_sends(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    async with open_ledger(file) as ledger:
        await ledger.note(receiver="mail", purpose="alert", tenant="acme", fields=["summary"], size=120)
        async with ledger.sending(receiver="mail", purpose="alert", tenant=["b", "a"], fields=["summary"]) as sending:
            sending.outcome = "accepted"
    assert [(line.outcome, line.tenants) for line in written(file)] == [
        ("sent", ("acme",)),
        ("sent", ("a", "b")),
        ("accepted", ()),
    ]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_alerts_leave_while_the_ledger_fails_and_their_lines_follow() -> None:
    book = StuckBook()
    ledger = Ledger(book, VirtualClock(NOON), retry_seconds=0.01)
    await ledger.note(receiver="pager", purpose="alert", fields=["summary"])
    assert ledger.figures.unrecorded == {"alert": 1}
    assert ledger.figures.waiting == 1
    book.broken = False
    await eventually(lambda: len(book.lines) == 1, "the line that waited is written")
    await ledger.note(receiver="pager", purpose="alert", fields=["summary"])
    assert len(book.lines) == 2
    assert ledger.figures.unrecorded == {"alert": 1}
    await ledger.aclose()


async def test_nothing_leaves_to_customers_that_is_not_written_down() -> None:
    book = StuckBook()
    ledger = Ledger(book, VirtualClock(NOON))
    egress = Egress(EgressSettings(), Pseudonyms(KEY), ledger)
    async with HttpReceiver() as there:
        door = egress.door("subscriber", trust="third_party", timeout_seconds=5, purpose="customer-webhook")
        answer = await door.post(there.url, b"{}", {}, content=NOTHING)
        assert (answer.status, there.requests) == (None, [])
        assert "ledger" in answer.text
        await door.aclose()
    with pytest.raises(LedgerError, match="customers"):
        await ledger.note(receiver="mail", purpose="customer-mail")
    book.broken = False
    await ledger.aclose()
    assert [line.outcome for line in book.lines] == ["sent", "withheld", "sent", "withheld"]


async def test_what_had_to_be_forgotten_while_the_ledger_failed_is_told_in_it() -> None:
    book = StuckBook()
    ledger = Ledger(book, VirtualClock(NOON), retry_seconds=0.01, kept_waiting=2)
    for _ in range(5):
        await ledger.note(receiver="pager", purpose="alert", fields=["summary"])
    book.broken = False
    await eventually(lambda: len(book.lines) == 3, "the lines that waited are written")
    assert book.lines[-1].remark.startswith("3 lines before this one were lost")
    assert ledger.figures.lost == 3
    await ledger.aclose()


async def test_two_programs_may_write_one_ledger(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    async with open_ledger(file) as daemon, open_ledger(file) as command:
        await asyncio.gather(
            *(ledger.note(receiver="r", purpose="probe") for ledger in (daemon, command) for _ in range(20))
        )
    found = verify(file, KEY)
    assert (found.lines, found.fault) == (40, "")


async def test_a_ledger_that_is_deleted_meanwhile_is_begun_anew_rather_than_written_into_nowhere(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.ledger"
    async with open_ledger(file) as ledger:
        await ledger.note(receiver="r", purpose="probe")
        file.unlink()
        await ledger.note(receiver="r", purpose="probe")
    assert [line.receiver for line in written(file)] == ["", "r"]
    assert "deleted" in written(file)[0].remark
    assert verify(file, KEY).fault == ""


def test_a_ledger_that_cannot_be_is_an_error_that_names_it(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "a.ledger", tmp_path):
        with pytest.raises(LedgerError, match=str(path)):
            SqliteBook(path, KEY).append([Line(0, "", "r", "probe", "sent")])
    newer = tmp_path / "newer.ledger"
    with contextlib.closing(sqlite3.connect(newer)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="newer Hearthbeat"):
        SqliteBook(newer, KEY).append([])


WRITER = """
import sys
from pathlib import Path
from monitor.egress import Line, SqliteBook

book = SqliteBook(Path(sys.argv[1]), b"a key that only this test knows")
number = 0
while True:
    number += 1
    book.append([Line(number, f"s{number}", "r", "alert", "sent", ("acme",), ("summary",), number)] * 3)
    if number % 5 == 0:
        book.prune(number - 10, number)
    print(number, flush=True)
"""


async def reported_before_kill(file: Path, steps: int) -> int:
    """Run the writer until it has reported so many steps, kill it, and return the last one it reported."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(file), stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    for _ in range(steps):
        assert await writer.stdout.readline(), "the writer ended by itself"
    writer.kill()
    rest = (await writer.stdout.read()).split()
    await writer.wait()
    return int(rest[-1]) if rest else steps


@pytest.mark.slow
async def test_after_kill_9_the_chain_is_whole_and_holds_what_was_reported(tmp_path: Path) -> None:
    file, chance = tmp_path / "a.ledger", random.Random(9)
    for _ in range(4):
        reported = await reported_before_kill(file, chance.randrange(2, 40))
        assert verify(file, KEY).fault == ""
        assert written(file)[-1].at_ms >= reported


SENDER = """
import asyncio, sys
from pathlib import Path
from monitor.egress import Content, Egress, EgressSettings, Ledger, Pseudonyms, SqliteBook

async def main():
    key = b"a key that only this test knows"
    egress = Egress(EgressSettings(), Pseudonyms(key), Ledger(SqliteBook(Path(sys.argv[1]), key)))
    door = egress.door("hook", trust="own", timeout_seconds=30)
    while True:
        await door.post(sys.argv[2], b"{}", {}, content=Content(("acme",), ("summary",)))

asyncio.run(main())
"""


@pytest.mark.slow
async def test_after_kill_9_nothing_that_arrived_is_missing_in_the_ledger(tmp_path: Path) -> None:
    file = tmp_path / "a.ledger"
    async with HttpReceiver() as there:
        for round_ in range(1, 3):
            sender = await asyncio.create_subprocess_exec(sys.executable, "-c", SENDER, str(file), there.url)
            enough = len(there.requests) + 7 * round_
            await eventually(lambda enough=enough: len(there.requests) >= enough, "some arrive")  # type: ignore[misc]
            sender.kill()
            await sender.wait()
        announced = [line for line in written(file) if line.fields]
        assert len(there.requests) <= len(announced) <= len(there.requests) + 2
    assert verify(file, KEY).fault == ""
