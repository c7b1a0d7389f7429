"""The schema's version: made by migrations alone, the same on both databases, refused when it does not fit."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from storage import schema
from storage.database import normalise
from storage.records import metadata
from storage.schema import SchemaError


def _run(url: str, work: str, *args: str) -> None:
    engine = create_engine(schema._sync_url(url))
    with engine.connect() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        getattr(command, work)(config, *args)
        connection.commit()
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


async def test_a_newer_schema_is_refused(database_url: str) -> None:
    """An older Andon keeps its hands off a newer database, at the start and by command."""
    engine = create_engine(schema._sync_url(database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    engine.dispose()
    for attempt in (schema.ensure, schema.upgrade):
        with pytest.raises(SchemaError, match="newer"):
            await attempt(database_url)
    assert await schema.current(database_url) == "future"


async def test_a_database_that_cannot_be_opened_says_so() -> None:
    """One sentence, without the password."""
    with pytest.raises(SchemaError) as refusal:
        await schema.current("postgresql://andon:secret@127.0.0.1:1/andon")
    assert "cannot be opened" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_there_is_one_head() -> None:
    """Two branches of migrations would be a merge gone wrong."""
    assert len(ScriptDirectory.from_config(schema._config()).get_heads()) == 1


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
