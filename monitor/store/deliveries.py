"""Deliveries in SQLite."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from monitor.core.routing import Letter
from monitor.store.codec import read_alert, with_keys, write_alert
from monitor.store.database import Database, Row
from monitor.store.letters import DeadLetter, Debt, Delivery, Retried, Sent, thread_of

INSERT = """
    INSERT INTO deliveries
        (receiver, alert, thread, state, reason, bundle, idempotency_key, owed_at, wanted_at, due_at, body)
    SELECT :receiver, :alert, :thread, :state, :reason, :bundle, :key, :owed_at, due.at, due.at, :body
    FROM (SELECT min(
        :due_at,
        coalesce((
            SELECT min(+due_at) FROM deliveries
            WHERE :bundle <> '' AND alert = :alert AND receiver = :receiver AND state = :state AND outcome = 'owed'
              AND bundle <> '' AND reason <> 'reminder' AND attempts = 0 AND +due_at > :owed_at), :due_at),
        coalesce((
            SELECT due_at FROM deliveries
            WHERE :joins AND receiver = :receiver AND bundle = :bundle AND outcome = 'owed'
              AND due_at > :owed_at AND attempts = 0 ORDER BY due_at LIMIT 1), :due_at)
    ) AS at) AS due
    WHERE NOT :if_told OR 'firing' = (
        SELECT state FROM deliveries
        WHERE receiver = :receiver AND alert = :alert AND outcome <> 'cancelled' ORDER BY id DESC LIMIT 1)
    ON CONFLICT DO NOTHING"""
"""A letter leaves with what waits already in its bundle, or with older news of the same alert.

The plus signs keep the planner from the index of moments: of one alert there is little, of one receiver perhaps a lot.
"""

_RIPE = "(due_at <= :now OR (:again AND attempts > 0) OR owed_at > :now)"
_OWED = f"""
    SELECT id, receiver, body, owed_at, due_at, attempts, idempotency_key, wanted_at, reason, bundle, begun,
        coalesce('firing' = (
            SELECT state FROM deliveries AS told
            WHERE told.receiver = this.receiver AND told.alert = this.alert AND told.id < this.id
              AND told.outcome IN ('delivered', 'abandoned') ORDER BY told.id DESC LIMIT 1), 0)
    FROM deliveries AS this
    WHERE receiver = :receiver AND outcome = 'owed' AND alert IN (
        SELECT alert FROM deliveries WHERE receiver = :receiver AND outcome = 'owed' AND thread IN (
            SELECT thread FROM deliveries WHERE receiver = :receiver AND outcome = 'owed' AND {_RIPE}
            GROUP BY thread ORDER BY min(id) LIMIT :limit))
    ORDER BY id"""  # noqa: S608 (a constant of this file)
_BEGUN = "UPDATE deliveries SET begun = 1 WHERE id = ?"
_DELIVERED = """
    UPDATE deliveries SET outcome = 'delivered', finished_at = ?, error = '' WHERE id = ? AND outcome = 'owed'"""
_REMIND = """
    INSERT INTO deliveries
        (receiver, alert, thread, state, reason, bundle, idempotency_key, owed_at, wanted_at, due_at, body)
    SELECT receiver, alert, thread, state, 'reminder', 'reminder',
        'again-' || id || '-' || substr(idempotency_key, -16), ?1, ?2, ?2, body FROM deliveries
    WHERE id = ?3 AND state = 'firing' AND outcome = 'delivered' AND NOT EXISTS (
        SELECT 1 FROM deliveries AS later
        WHERE later.receiver = deliveries.receiver AND later.alert = deliveries.alert AND later.id > deliveries.id
          AND later.outcome <> 'cancelled')
    ON CONFLICT DO NOTHING"""
_POSTPONED = "UPDATE deliveries SET due_at = ?, error = ?, attempts = attempts + 1 WHERE id = ? AND outcome = 'owed'"
_ABANDONED = """
    UPDATE deliveries SET outcome = 'abandoned', finished_at = ?, error = ?, attempts = attempts + 1
    WHERE id = ? AND outcome = 'owed'"""
_CANCELLED = "UPDATE deliveries SET outcome = 'cancelled', finished_at = ?, error = ? WHERE id = ? AND outcome = 'owed'"
_DEBTS = """
    SELECT receiver, count(*), min(CASE WHEN wanted_at <= ?1 THEN wanted_at END),
        min(CASE WHEN due_at > ?1 THEN due_at END)
    FROM deliveries WHERE outcome = 'owed' GROUP BY receiver"""
_DEAD = """
    SELECT id, receiver, body, owed_at, finished_at, attempts, error FROM deliveries
    WHERE outcome = 'abandoned' ORDER BY finished_at DESC, id DESC LIMIT ?"""
_SENT = "SELECT id, receiver, body, reason, owed_at, due_at, attempts, outcome, finished_at, error FROM deliveries"
_OVERTAKEN = """
    EXISTS (SELECT 1 FROM deliveries AS later
        WHERE later.receiver = deliveries.receiver AND later.alert = deliveries.alert AND later.id > deliveries.id
          AND later.outcome = 'delivered')"""


class SqliteLetters:
    """Deliveries as rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owe(self, letter: Letter) -> None:
        """Owe something that no step decided: a trial. Raises StoreError."""
        async with self._database.transaction() as connection:
            await connection.executemany(INSERT, list(rows_of([letter])))

    async def owed(self, receiver: str, now: float, limit: int, *, again: bool = False) -> Sequence[Delivery]:
        """All that is owed to a receiver in at most `limit` threads in which something may leave, oldest first."""
        asked = {"receiver": receiver, "now": now, "limit": limit, "again": again}
        return [_delivery(row) for row in await self._database.read(_OWED, asked)]

    async def begun(self, deliveries: Collection[int]) -> None:
        """These are about to be tried: from now on the receiver may have been told."""
        async with self._database.transaction() as connection:
            await connection.executemany(_BEGUN, [(each,) for each in deliveries])

    async def delivered(self, deliveries: Mapping[int, float | None], at: float) -> None:
        """The receiver took these, all or none of which is marked; with a moment, one is owed again then, to remind."""
        reminders = [(at, remind_at, each) for each, remind_at in deliveries.items() if remind_at is not None]
        async with self._database.transaction() as connection:
            await connection.executemany(_DELIVERED, [(at, each) for each in deliveries])
            await connection.executemany(_REMIND, reminders)

    async def postponed(self, delivery: int, due_at: float, error: str) -> None:
        """The receiver did not take it; try again at `due_at`."""
        await self._write(_POSTPONED, due_at, error, delivery)

    async def abandoned(self, delivery: int, at: float, error: str) -> None:
        """It will not be taken: a dead letter, kept and visible."""
        await self._write(_ABANDONED, at, error, delivery)

    async def cancelled(self, deliveries: Mapping[int, str], at: float) -> None:
        """These need not leave any more, each with the reason."""
        async with self._database.transaction() as connection:
            await connection.executemany(_CANCELLED, [(at, reason, each) for each, reason in deliveries.items()])

    async def strand(self, receivers: Collection[str], at: float) -> Mapping[str, int]:
        """Abandon what is owed to anybody but these receivers; how many letters, by receiver."""
        known = _marks(receivers)
        where = f"outcome = 'owed' AND receiver NOT IN ({known})"
        counted = f"SELECT receiver, count(*) FROM deliveries WHERE {where} GROUP BY receiver"  # noqa: S608 (marks)
        strangers = {str(row[0]): int(row[1]) for row in await self._database.read(counted, receivers)}
        if strangers:
            await self._write(
                "UPDATE deliveries SET outcome = 'abandoned', finished_at = ?,"  # noqa: S608 (marks)
                f" error = 'the receiver is no longer configured' WHERE {where}",
                at,
                *receivers,
            )
        return strangers

    async def debts(self, now: float) -> Mapping[str, Debt]:
        """What is owed, by receiver; those owed nothing are left out."""
        return {row[0]: Debt(*row[1:]) for row in await self._database.read(_DEBTS, (now,))}

    async def dead_letters(self, *, limit: int) -> Sequence[DeadLetter]:
        """Abandoned deliveries, newest first, until their retention ends."""
        rows = await self._database.read(_DEAD, (limit,))
        return [DeadLetter(row[0], row[1], read_alert(row[2]), *row[3:]) for row in rows]

    async def dead_count(self) -> Mapping[str, int]:
        """How many dead letters each receiver has; those with none are left out."""
        sql = "SELECT receiver, count(*) FROM deliveries WHERE outcome = 'abandoned' GROUP BY receiver"
        return {str(row[0]): int(row[1]) for row in await self._database.read(sql)}

    async def retry(self, deliveries: Collection[int] | None, receivers: Collection[str], at: float) -> Retried:
        """Owe dead letters again, all or those with these ids, with what they left behind of the same alert."""
        asked = list(deliveries) if deliveries is not None else []
        chosen = "outcome = 'abandoned'"
        if deliveries is not None:
            chosen += f"""
                AND EXISTS (SELECT 1 FROM deliveries AS named WHERE named.id IN ({_marks(asked)})
                    AND named.outcome = 'abandoned' AND named.receiver = deliveries.receiver
                    AND named.alert = deliveries.alert AND named.id <= deliveries.id)"""  # noqa: S608 (marks)
        known = f"receiver IN ({_marks(receivers)})"
        async with self._database.transaction() as connection:
            without = await connection.execute_fetchall(
                f"SELECT count(*) FROM deliveries WHERE {chosen} AND NOT {known}",  # noqa: S608 (marks)
                [*asked, *receivers],
            )
            ids = await connection.execute_fetchall(
                f"SELECT id, {_OVERTAKEN} FROM deliveries WHERE {chosen} AND {known}",  # noqa: S608 (marks)
                [*asked, *receivers],
            )
            outdated = [row[0] for row in ids if row[1]]
            again = [row[0] for row in ids if not row[1]]
            await connection.executemany(
                "UPDATE deliveries SET outcome = 'cancelled', finished_at = ?, error = 'later news was delivered'"
                " WHERE id = ?",
                [(at, each) for each in outdated],
            )
            await connection.executemany(
                "UPDATE deliveries SET outcome = 'owed', finished_at = NULL, due_at = ?, wanted_at = ? WHERE id = ?",
                [(at, at, each) for each in again],
            )
        return Retried(len(again), len(outdated), next(iter(without))[0])

    async def deliveries_of(self, thread: str, *, limit: int) -> Sequence[Sent]:
        """What was and is owed about an incident (or an alert without one), newest first."""
        rows = await self._database.read(f"{_SENT} WHERE thread = ? ORDER BY id DESC LIMIT ?", (thread, limit))
        return [_sent(row) for row in rows]

    async def delivery(self, receiver: str, key: str) -> Sent | None:
        """What became of one delivery, by its idempotency key."""
        rows = await self._database.read(f"{_SENT} WHERE receiver = ? AND idempotency_key = ?", (receiver, key))
        return _sent(rows[0]) if rows else None

    async def last_delivered(self, receiver: str) -> float | None:
        """When this receiver last took something."""
        sql = "SELECT max(finished_at) FROM deliveries WHERE receiver = ? AND outcome = 'delivered'"
        at = (await self._database.read(sql, (receiver,)))[0][0]
        return None if at is None else float(at)

    async def _write(self, sql: str, *parameters: object) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(sql, parameters)


def rows_of(letters: Sequence[Letter]) -> Iterator[dict[str, Any]]:
    """The rows that letters put into the table, before it is known what waits there already."""
    for letter, key in with_keys(letters):
        alert = letter.decided.alert
        body = write_alert(alert)
        for owed in letter.to:
            yield {
                "receiver": owed.receiver,
                "alert": alert.key,
                "thread": thread_of(alert),
                "state": alert.state,
                "reason": owed.reason,
                "bundle": owed.bundle,
                "key": key,
                "owed_at": letter.decided.at,
                "due_at": owed.due_at,
                "body": body,
                "joins": owed.joins,
                "if_told": owed.if_told,
            }


def _delivery(row: Row) -> Delivery:
    number, receiver, body, *rest = row
    return Delivery(number, receiver, read_alert(body), *rest)


def _sent(row: Row) -> Sent:
    number, receiver, body, *rest = row
    return Sent(number, receiver, read_alert(body), *rest)


def _marks(items: Collection[object]) -> str:
    return ", ".join("?" * len(items))
