"""The schema's version: made by migrations alone, the same on both databases, refused when it does not fit."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, delete, inspect, text

from storage import migrating, schema
from storage.database import Database, normalise
from storage.incidents import Incident
from storage.records import metadata
from storage.schema import SchemaError


def _run(url: str, work: str, *args: str) -> None:
    engine = create_engine(schema._sync_url(url))
    with engine.connect() as connection:
        migrating.run(connection, work, *args)
    engine.dispose()


def _tables(url: str) -> set[str]:
    engine = create_engine(schema._sync_url(url))
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_migrations_make_what_the_records_say(database_url: str) -> None:
    """After the upgrade nothing is left to generate, on SQLite and on PostgreSQL."""
    _run(database_url, "check")
    assert _tables(database_url) == {*metadata.tables, "alembic_version"}


def test_every_migration_goes_back(database_url: str) -> None:
    """Down to nothing and up again."""
    _run(database_url, "downgrade", "base")
    assert _tables(database_url) == {"alembic_version"}
    _run(database_url, "upgrade", "head")
    _run(database_url, "check")


async def test_a_sqlite_file_is_upgraded_by_itself_after_a_copy(sqlite_url: str, tmp_path: Path) -> None:
    """An empty or older file is brought to the head; what was there before stands beside it."""
    file = tmp_path / "andon.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE keepsake (word TEXT)")
        connection.execute("INSERT INTO keepsake VALUES ('before')")
        connection.commit()
    await schema.ensure(sqlite_url)
    assert await schema.current(sqlite_url) == schema.head()
    with closing(sqlite3.connect(tmp_path / "andon.db.before-upgrade")) as connection:
        assert connection.execute("SELECT word FROM keepsake").fetchall() == [("before",)]


async def test_the_copy_has_what_is_still_in_the_log(sqlite_url: str, tmp_path: Path) -> None:
    """A program that was killed leaves what it kept last beside the file, not in it: the copy has that, too."""
    file = tmp_path / "andon.db"
    with closing(sqlite3.connect(file)) as killed:
        killed.execute("PRAGMA journal_mode=WAL")
        killed.execute("CREATE TABLE keepsake (word TEXT)")
        killed.execute("INSERT INTO keepsake VALUES ('last')")
        killed.commit()
        await schema.ensure(sqlite_url)
    with closing(sqlite3.connect(tmp_path / "andon.db.before-upgrade")) as connection:
        assert connection.execute("SELECT word FROM keepsake").fetchall() == [("last",)]


async def test_what_is_no_database_is_left_as_it_is(sqlite_url: str, tmp_path: Path) -> None:
    """One sentence, and not a byte is changed."""
    (tmp_path / "andon.db").write_bytes(b"the minutes of a meeting" * 100)
    with pytest.raises(SchemaError, match=r"cannot be (copied|opened)"):
        await schema.upgrade(sqlite_url)
    assert (tmp_path / "andon.db").read_bytes() == b"the minutes of a meeting" * 100


async def test_a_new_sqlite_file_is_ready_for_several_at_once(sqlite_url: str, tmp_path: Path) -> None:
    """Somebody who reads it keeps nobody from coming to write: neither has to set how the file is shared."""
    await schema.ensure(sqlite_url)
    database = Database(sqlite_url)
    with closing(sqlite3.connect(tmp_path / "andon.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM incidents").fetchall()
        async with database.session() as session:
            await session.exec(delete(Incident))
        assert "wal" == reader.execute("PRAGMA journal_mode").fetchone()[0]
    await database.dispose()


async def test_postgresql_is_upgraded_by_command_only(empty_postgres_url: str) -> None:
    """An older PostgreSQL stops the start with the command to run; the command mends it."""
    with pytest.raises(SchemaError, match="andon db upgrade"):
        await schema.ensure(empty_postgres_url)
    assert await schema.upgrade(empty_postgres_url) == schema.head()
    await schema.ensure(empty_postgres_url)


async def test_replicas_that_upgrade_together_upgrade_once(empty_postgres_url: str) -> None:
    """Three at once: one migrates, the others wait and find it done."""
    await asyncio.gather(*(schema.upgrade(empty_postgres_url) for _ in range(3)))
    assert await schema.current(empty_postgres_url) == schema.head()


async def test_an_upgrade_waits_for_whoever_is_at_work(
    empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that replicas hold is not fought for: the upgrade steps back and tries again."""
    await schema.upgrade(empty_postgres_url)
    _run(empty_postgres_url, "downgrade", "0001")
    engine = create_engine(schema._sync_url(empty_postgres_url))
    with engine.connect() as busy:
        busy.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
        pauses: list[float] = []

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            busy.rollback()

        monkeypatch.setattr(schema.time, "sleep", pause)
        monkeypatch.setattr(schema, "LOCK_PATIENCE", timedelta(milliseconds=20))
        assert schema.head() == await schema.upgrade(empty_postgres_url)
    engine.dispose()
    assert 1 == len(pauses)


@pytest.mark.parametrize("version", ["future", f"{int(schema.head()) + 2:04}"])
async def test_a_much_newer_schema_is_refused(database_url: str, version: str) -> None:
    """An older Andon keeps its hands off a newer database, at the start and by command."""
    _call_it(database_url, version)
    for attempt in (schema.ensure, schema.upgrade):
        with pytest.raises(SchemaError, match="newer"):
            await attempt(database_url)
    assert await schema.current(database_url) == version


async def test_the_next_schema_fits(database_url: str) -> None:
    """Replicas of two neighbouring versions share a database: the older starts on the newer's and leaves it as it is."""
    _call_it(database_url, schema.successor())
    await schema.ensure(database_url)
    assert schema.successor() == await schema.upgrade(database_url) == await schema.current(database_url)


def test_versions_are_numbers_in_a_row() -> None:
    """What is next is known without having seen it."""
    scripts = reversed(list(ScriptDirectory.from_config(migrating.config()).walk_revisions()))
    assert [f"{number:04}" for number in range(1, int(schema.head()) + 1)] == [script.revision for script in scripts]


def test_every_version_leaves_what_the_one_before_needs(empty_postgres_url: str) -> None:
    """No table or column goes or changes, and new columns fill themselves."""
    _run(empty_postgres_url, "upgrade", "0001")
    before = _columns(empty_postgres_url)
    for number in range(2, int(schema.head()) + 1):
        _run(empty_postgres_url, "upgrade", f"{number:04}")
        after = _columns(empty_postgres_url)
        for table, columns in before.items():
            assert {**after[table], **columns} == after[table], f"{number:04} changes {table}"
            added = after[table].keys() - columns.keys()
            assert not [name for name in added if after[table][name].needs_value], f"{number:04} demands in {table}"
        before = after


@dataclass(frozen=True)
class Shape:
    """What a column takes."""

    kind: str
    needs_value: bool


def _columns(url: str) -> dict[str, dict[str, Shape]]:
    engine = create_engine(schema._sync_url(url))
    found = {
        table: {
            column["name"]: Shape(str(column["type"]), not column["nullable"] and column["default"] is None)
            for column in inspect(engine).get_columns(table)
        }
        for table in inspect(engine).get_table_names()
    }
    engine.dispose()
    return found


def _call_it(url: str, version: str) -> None:
    engine = create_engine(schema._sync_url(url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    engine.dispose()


async def test_a_database_that_cannot_be_opened_says_so() -> None:
    """One sentence, without the password."""
    with pytest.raises(SchemaError) as refusal:
        await schema.current("postgresql://andon:secret@127.0.0.1:1/andon")
    assert "cannot be opened" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_there_is_one_head() -> None:
    """Two branches of migrations would be a merge gone wrong."""
    assert len(ScriptDirectory.from_config(migrating.config()).get_heads()) == 1


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://h/d", "postgresql+psycopg://h/d"),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite:///x.db"),
    ],
)
def test_addresses_people_write_are_understood(given: str, driver: str) -> None:
    """The usual spellings lead to the one driver for each database."""
    assert normalise(given) == driver
