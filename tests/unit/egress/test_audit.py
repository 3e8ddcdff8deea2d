"""Walking along the chain: whole, shortened by age, torn, or meddled with. And what it tells when added up."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.clock import VirtualClock
from monitor.egress import LedgerError, LedgerUpkeep, Line, Question, Seal, SqliteBook, add_up, verify
from monitor.egress.ledger import LedgerFigures
from monitor.egress.lines import FOLLOW_UP, Outcome, Purpose
from tests.alerts import NOON

KEY = b"a key that only this test knows"
DAY_MS = 86_400_000
NOON_MS = round(NOON * 1000)


def a_line(
    number: int, receiver: str = "pager", *, outcome: Outcome = "sent", purpose: Purpose = "alert", tenant: str = "acme"
) -> Line:
    return Line(NOON_MS + number, f"s{number}", receiver, purpose, outcome, (tenant,), ("kind", "summary"), 100)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[SqliteBook]:
    """A ledger of ten lines, a day apart."""
    book = SqliteBook(tmp_path / "a.ledger", KEY)
    book.append([a_line(number * DAY_MS) for number in range(10)])
    yield book
    book.close()


def meddle(book: SqliteBook, *statements: str) -> None:
    """Do to the file what somebody could who has it."""
    with contextlib.closing(sqlite3.connect(book.path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER lines_are_never_changed")
        connection.execute("DROP TRIGGER lines_leave_only_behind_an_anchor")
        for statement in statements:
            connection.execute(statement)


def test_a_chain_that_nobody_touched_is_whole(book: SqliteBook) -> None:
    found = verify(book.path, KEY)
    assert (found.lines, found.removed, found.fault) == (10, 0, "")
    assert (found.first_at_ms, found.last_at_ms) == (NOON_MS, NOON_MS + 9 * DAY_MS)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE lines SET receiver = 'nobody' WHERE number = 4", "line 4 is not what was written"),
        ("UPDATE lines SET size = 1 WHERE number = 10", "line 10 is not what was written"),
        ("UPDATE lines SET fields = '{' WHERE number = 4", "line 4 cannot be understood"),
        ("DELETE FROM lines WHERE number = 4", "line 4 is missing"),
        ("DELETE FROM lines WHERE number = 1", "line 1 is missing"),
        ("DELETE FROM lines WHERE number = 10", "the last line written was 10"),
        ("DELETE FROM lines", "the last line written was 10"),
    ],
)
def test_the_first_line_that_does_not_fit_is_named(book: SqliteBook, statement: str, fault: str) -> None:
    meddle(book, statement)
    assert verify(book.path, KEY).fault.startswith(fault)


def test_the_file_itself_refuses_to_change_or_lose_a_line(book: SqliteBook) -> None:
    with contextlib.closing(sqlite3.connect(book.path)) as connection:
        for statement in ("UPDATE lines SET size = 0", "DELETE FROM lines"):
            with pytest.raises(sqlite3.IntegrityError, match="a line of the ledger"):
                connection.execute(statement)


def test_removal_by_age_leaves_a_whole_chain_that_says_so(book: SqliteBook) -> None:
    assert book.prune(NOON_MS + 4 * DAY_MS, NOON_MS + 10 * DAY_MS) == 4
    assert book.prune(NOON_MS + 6 * DAY_MS, NOON_MS + 11 * DAY_MS) == 2
    assert book.prune(NOON_MS + 6 * DAY_MS, NOON_MS + 11 * DAY_MS) == 0
    book.append([a_line(12 * DAY_MS)])
    found = verify(book.path, KEY)
    assert (found.lines, found.removed, found.fault) == (7, 6, "")
    assert book.extent() == (7, NOON_MS + 6 * DAY_MS)


def test_removing_all_that_is_old_keeps_an_end_to_go_on_from(book: SqliteBook) -> None:
    assert book.prune(NOON_MS + 99 * DAY_MS, NOON_MS + 99 * DAY_MS) == 9
    book.append([a_line(100 * DAY_MS)])
    found = verify(book.path, KEY)
    assert (found.lines, found.fault) == (3, "")


def test_a_beginning_cut_off_by_somebody_without_the_key_is_noticed(book: SqliteBook) -> None:
    book.prune(NOON_MS + 2 * DAY_MS, NOON_MS + 10 * DAY_MS)
    forged = "INSERT OR REPLACE INTO anchor SELECT 1, number, link, 'forged' FROM lines WHERE number = 5"
    meddle(book, forged, "DELETE FROM lines WHERE number <= 5")
    assert "not signed with our key" in verify(book.path, KEY).fault
    assert verify(book.path, b"another key of some length").fault


def test_a_rewritten_chain_is_held_against_a_place_noted_before(book: SqliteBook, tmp_path: Path) -> None:
    noted = Seal.parse(str(verify(book.path, KEY).head))
    book.append([a_line(10 * DAY_MS)])
    assert verify(book.path, KEY, expected=noted).met
    rewritten = SqliteBook(tmp_path / "rewritten.ledger", KEY)
    rewritten.append([a_line(number * DAY_MS, "nobody") for number in range(11)])
    rewritten.close()
    assert verify(rewritten.path, KEY).fault == ""
    assert verify(rewritten.path, KEY, expected=noted).fault == "line 10 is not the one that was expected"


@pytest.mark.parametrize("text", ["", "7", "x:00", "7:00"])
def test_what_is_no_place_in_a_chain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Seal.parse(text)


def test_after_a_torn_write_the_chain_ends_with_the_last_whole_line(book: SqliteBook, tmp_path: Path) -> None:
    torn = tmp_path / "torn.ledger"
    journal = book.path.with_name("a.ledger-wal")
    whole = journal.read_bytes()
    lengths = {len(whole), len(whole) - 1, len(whole) - 5000, len(whole) // 2}
    book.append([a_line(10 * DAY_MS)])
    lengths |= {journal.stat().st_size - 1, journal.stat().st_size - 3000}
    for length in sorted(lengths):
        shutil.copyfile(book.path, torn)
        torn.with_name("torn.ledger-wal").write_bytes(journal.read_bytes()[:length])
        mended = SqliteBook(torn, KEY)
        mended.append([a_line(11 * DAY_MS)])
        found = verify(torn, KEY)
        mended.close()
        assert found.fault == ""
        assert found.lines in {1, 11, 12}
        for left in tmp_path.glob("torn*"):
            left.unlink()


def test_a_file_that_is_damaged_is_said_to_be(book: SqliteBook) -> None:
    book.close()
    size = book.path.stat().st_size
    with book.path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * (size // 2))
    assert verify(book.path, KEY).fault


def test_what_is_no_ledger_is_not_judged(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"no egress ledger at .*missing"):
        verify(tmp_path / "missing.ledger", KEY)
    for name, content in (("empty", b""), ("letter", b"Dear reader, this is no database at all." * 9)):
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(LedgerError, match=name):
            verify(file, KEY)


async def test_upkeep_removes_verifies_and_says_how_much_there_is(book: SqliteBook) -> None:
    figures = LedgerFigures()
    now = NOON + 10 * 86_400
    upkeep = LedgerUpkeep(book, KEY, figures, VirtualClock(now), days=5)
    assert await upkeep.run() == now
    assert (figures.lines, figures.oldest_at, figures.verified_at) == (6, NOON + 5 * 86_400, now)
    meddle(book, "UPDATE lines SET size = 1 WHERE number = 8")
    await upkeep.run()
    assert figures.verified_at is None
    assert figures.fault.startswith("line 8")


async def test_a_long_walk_ends_when_the_program_does(book: SqliteBook) -> None:
    book.append([a_line(10 * DAY_MS + number) for number in range(600)])
    figures = LedgerFigures()
    upkeep = LedgerUpkeep(book, KEY, figures, VirtualClock(NOON), days=5)
    assert await upkeep.run() == NOON
    upkeep.close()
    assert await upkeep.run() is None


async def test_upkeep_of_a_ledger_that_cannot_be_used_tries_again_another_time(tmp_path: Path) -> None:
    figures = LedgerFigures()
    upkeep = LedgerUpkeep(SqliteBook(tmp_path / "no" / "a.ledger", KEY), KEY, figures, VirtualClock(NOON), days=5)
    assert await upkeep.run() is None
    assert figures.verified_at is None


def test_the_report_adds_up_who_was_sent_which_fields_how_often(tmp_path: Path) -> None:
    book = SqliteBook(tmp_path / "a.ledger", KEY)
    told = Line(NOON_MS + 3, "s1", "pager", "alert", "accepted", remark=FOLLOW_UP)
    book.append([a_line(1), a_line(2, tenant="zoo"), told, a_line(4, "probe", purpose="probe", outcome="failed")])
    book.append([Line(NOON_MS + 5, "", "", "upkeep", "", remark="removed")])
    pager, probe = add_up(book.path, Question())
    assert (pager.sendings, +pager.outcomes, pager.size) == (2, {"sent": 1, "accepted": 1}, 200)
    assert (pager.tenants, pager.fields) == ({"acme": 1, "zoo": 1}, {"kind": 2, "summary": 2})
    assert (pager.first_at, pager.last_at) == (NOON + 0.001, NOON + 0.002)
    assert +probe.outcomes == {"failed": 1}
    assert [total.receiver for total in add_up(book.path, Question(receiver="probe"))] == ["probe"]
    assert [total.sendings for total in add_up(book.path, Question(tenant="zoo"))] == [1]
    assert [total.sendings for total in add_up(book.path, Question(since=NOON + 0.002, receiver="pager"))] == [1]
    book.close()
