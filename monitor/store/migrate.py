"""Bring a database to the schema of this version: numbered SQL, each in its own transaction."""

from dataclasses import dataclass
from importlib import resources

import aiosqlite

from monitor.store.protocol import SchemaTooNewError


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema."""

    number: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """All migrations that this version ships, in order."""
    folder = resources.files("monitor.store") / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [Migration(int(file.name.partition("_")[0]), file.name, file.read_text("utf-8")) for file in files]


async def migrate(connection: aiosqlite.Connection, path: str) -> None:
    """Apply what is missing. Raises SchemaTooNewError when the database is ahead of this version."""
    steps = migrations()
    ours = steps[-1].number
    version = await schema_version(connection)
    if version > ours:
        raise SchemaTooNewError(
            f"{path} was written by a newer Hearthbeat: its schema is version {version}, this one knows up to {ours}. "
            "Start the newer Hearthbeat, restore an older backup, or name another file in store.path."
        )
    for step in steps:
        if step.number > version:
            await connection.executescript(
                f"BEGIN IMMEDIATE;\n{step.sql}\nPRAGMA user_version = {step.number:d};\nCOMMIT;"
            )


async def schema_version(connection: aiosqlite.Connection) -> int:
    """The number of the last migration that was applied; 0 for an empty database."""
    cursor = await connection.execute("PRAGMA user_version")
    row = await cursor.fetchone()
    return int(row[0]) if row else 0
