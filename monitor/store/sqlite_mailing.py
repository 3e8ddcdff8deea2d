"""Subscribers and their messages in SQLite."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from monitor.core.decisions import Decision
from monitor.core.publication.bulletins import Bulletin, BulletinChanged
from monitor.core.publication.codec import load_bulletin, save_bulletin
from monitor.store.database import Database, Row
from monitor.store.mailing import CONFIRMATION, Mailing, Subscriber

_FIELDS = "id, kind, address, token, asked_at, tenant, components, confirmed_at"
_OF_SUBSCRIBER = "s.id, s.kind, s.address, s.token, s.asked_at, s.tenant, s.components, s.confirmed_at"
_OWED = f"""
    SELECT m.id, m.bulletin, m.said, m.owed_at, m.due_at, m.attempts, {_OF_SUBSCRIBER}
    FROM mailings AS m JOIN subscribers AS s ON s.id = m.subscriber
    WHERE m.outcome = 'owed' AND m.due_at <= ? AND NOT EXISTS (
        SELECT 1 FROM mailings AS earlier
        WHERE earlier.subscriber = m.subscriber AND earlier.outcome = 'owed' AND earlier.id < m.id)
    ORDER BY m.id LIMIT ?"""  # noqa: S608 (made of constants)
_BULLETIN = """
    INSERT INTO bulletins (id, started_at, changed_at, resolved_at, body) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        changed_at = excluded.changed_at, resolved_at = excluded.resolved_at, body = excluded.body"""
_OWE_ALL = """
    INSERT INTO mailings (subscriber, bulletin, said, owed_at, due_at)
    SELECT id, ?1, ?2, ?3, ?3 FROM subscribers
    WHERE confirmed_at IS NOT NULL AND (?4 = '' OR tenant = ?4)
      AND (?5 = '[]' OR components = '[]' OR EXISTS (
          SELECT 1 FROM json_each(subscribers.components) AS chosen
          JOIN json_each(?5) AS named ON named.value = chosen.value))
    ON CONFLICT DO NOTHING"""
_OWE_ONE = """
    INSERT INTO mailings (subscriber, bulletin, said, owed_at, due_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""
_LATEST_BULLETINS = "SELECT id, body FROM bulletins ORDER BY resolved_at IS NULL DESC, changed_at DESC LIMIT ?"
KEPT_AT_HAND = 200


class SqliteMailing:
    """Subscribers in the tables that `0004_public.sql` made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enrol(self, newcomer: Subscriber, *, again_seconds: float) -> bool:
        """Take in somebody who asked, and owe them the question whether it was they."""
        at = newcomer.asked_at
        async with self._database.transaction() as connection:
            found = list(
                await connection.execute_fetchall(
                    "SELECT id, asked_at, confirmed_at FROM subscribers WHERE kind = ? AND address = ? AND tenant = ?",
                    (newcomer.kind, newcomer.address, newcomer.tenant),
                )
            )
            if found and (found[0][2] is not None or at < found[0][1] + again_seconds):
                return False
            if found:
                number = found[0][0]
                await connection.execute("UPDATE subscribers SET asked_at = ? WHERE id = ?", (at, number))
            else:
                cursor = await connection.execute(
                    "INSERT INTO subscribers (kind, address, tenant, components, token, asked_at)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (newcomer.kind, newcomer.address, newcomer.tenant, _list(newcomer.components), newcomer.token, at),
                )
                number = cursor.lastrowid
            await connection.execute(_OWE_ONE, (number, CONFIRMATION, f"{CONFIRMATION} {at!r}", at, at))
        return True

    async def confirm(self, token: str, at: float) -> Subscriber | None:
        """They said that it was they who asked."""
        await self._write("UPDATE subscribers SET confirmed_at = coalesce(confirmed_at, ?) WHERE token = ?", at, token)
        return await self.find(token)

    async def choose(self, token: str, components: Sequence[str]) -> Subscriber | None:
        """They chose what to hear of."""
        await self._write("UPDATE subscribers SET components = ? WHERE token = ?", _list(components), token)
        return await self.find(token)

    async def find(self, token: str) -> Subscriber | None:
        """Whose token this is."""
        rows = await self._database.read(f"SELECT {_FIELDS} FROM subscribers WHERE token = ?", (token,))  # noqa: S608
        return _subscriber(rows[0]) if rows else None

    async def erase(self, subscriber: int) -> bool:
        """Forget somebody, and everything owed to them."""
        async with self._database.transaction() as connection:
            await connection.execute("PRAGMA secure_delete = ON")  # what was deleted is overwritten, not only forgotten
            cursor = await connection.execute("DELETE FROM subscribers WHERE id = ?", (subscriber,))
        await self._database.scrub()
        return cursor.rowcount > 0

    async def subscribers(self, *, limit: int) -> Sequence[Subscriber]:
        """Those who asked, the latest first."""
        rows = await self._database.read(f"SELECT {_FIELDS} FROM subscribers ORDER BY id DESC LIMIT ?", (limit,))  # noqa: S608
        return [_subscriber(row) for row in rows]

    async def tidy(self, *, unconfirmed_before: float, finished_before: float) -> int:
        """Forget who never confirmed, and messages long since sent."""
        async with self._database.transaction() as connection:
            await connection.execute(
                "DELETE FROM mailings WHERE outcome <> 'owed' AND finished_at < ?", (finished_before,)
            )
            await connection.execute("PRAGMA secure_delete = ON")
            cursor = await connection.execute(
                "DELETE FROM subscribers WHERE confirmed_at IS NULL AND asked_at < ?", (unconfirmed_before,)
            )
        if cursor.rowcount:
            await self._database.scrub()
        return cursor.rowcount

    async def owed(self, now: float, limit: int) -> Sequence[Mailing]:
        """Messages due by `now`, the oldest first."""
        return [_mailing(row) for row in await self._database.read(_OWED, (now, limit))]

    async def sent(self, mailing: int, at: float) -> None:
        """It was taken."""
        await self._write("UPDATE mailings SET outcome = 'sent', finished_at = ? WHERE id = ?", at, mailing)

    async def postponed(self, mailing: int, due_at: float) -> None:
        """It was not taken; try again at `due_at`."""
        await self._write("UPDATE mailings SET due_at = ?, attempts = attempts + 1 WHERE id = ?", due_at, mailing)

    async def abandoned(self, mailing: int, at: float) -> None:
        """It will never be taken."""
        await self._write("UPDATE mailings SET outcome = 'abandoned', finished_at = ? WHERE id = ?", at, mailing)

    async def bulletin(self, name: str) -> Bulletin | None:
        """What was said."""
        rows = await self._database.read("SELECT body FROM bulletins WHERE id = ?", (name,))
        return read_bulletin(rows[0][0]) if rows else None

    async def counts(self) -> Mapping[tuple[str, bool], int]:
        """Subscribers by kind and whether they confirmed."""
        sql = "SELECT kind, confirmed_at IS NOT NULL, count(*) FROM subscribers GROUP BY 1, 2"
        return {(kind, bool(confirmed)): number for kind, confirmed, number in await self._database.read(sql)}

    async def latest_bulletins(self) -> list[tuple[str, str]]:
        """What a restarted monitor must know: all that is open, and what was said last."""
        return [(row[0], row[1]) for row in await self._database.read(_LATEST_BULLETINS, (KEPT_AT_HAND,))]

    async def _write(self, sql: str, *parameters: object) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(sql, parameters)


def bulletin_writes(decisions: Iterable[Decision]) -> Iterator[tuple[str, Iterable[tuple[Any, ...]]]]:
    """What was said, and that every subscriber whom it concerns is owed it: statements with their rows."""
    changed = [(made.bulletin, made.at) for made in decisions if isinstance(made, BulletinChanged)]
    yield (
        _BULLETIN,
        [(said.id, said.started_at, at, said.resolved_at, json.dumps(save_bulletin(said))) for said, at in changed],
    )
    yield (
        _OWE_ALL,
        [(said.id, said.latest.id, at, said.audience, _list(said.components)) for said, at in changed],
    )


def read_bulletin(body: str) -> Bulletin:
    """One bulletin from JSON; raises ValueError."""
    try:
        return load_bulletin(json.loads(body))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a bulletin: {error}") from error


def _list(items: Sequence[str]) -> str:
    return json.dumps(list(items))


def _subscriber(row: Row) -> Subscriber:
    number, kind, address, token, asked_at, tenant, components, confirmed_at = row
    return Subscriber(number, kind, address, token, asked_at, tenant, tuple(json.loads(components)), confirmed_at)


def _mailing(row: Row) -> Mailing:
    number, bulletin, said, owed_at, due_at, attempts, *subscriber = row
    return Mailing(number, _subscriber(subscriber), bulletin, said, owed_at, due_at, attempts)
