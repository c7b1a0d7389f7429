"""What is cut off in the middle leaves the database to the others."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from bot.domain.errors import StorageUnavailable
from storage import database as databases
from storage.database import Database
from storage.store import Store

LONG = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 300000) SELECT x FROM c"


async def test_what_is_cut_off_lets_go_its_lock(tmp_path: Path) -> None:
    """A transaction cancelled in the middle of a statement holds nobody up, however long its remains are kept."""
    path = tmp_path / "andon.db"
    database, loop, begun = Database(f"sqlite:///{path}"), asyncio.get_running_loop(), asyncio.Event()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement == LONG:
            loop.call_soon(begun.set)

    async def work() -> None:
        async with database.session() as session:
            connection = await session.connection()
            await connection.execute(text("CREATE TABLE t (x)"))
            await connection.execute(text(LONG))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    working = asyncio.create_task(work())
    await begun.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError) as kept:
        await working
    other = sqlite3.connect(path, timeout=0)
    other.execute("BEGIN IMMEDIATE")
    assert [] == other.execute("SELECT name FROM sqlite_master").fetchall()
    other.close()
    assert kept.value.__traceback__ is not None
    await database.dispose()


async def test_what_is_at_work_for_too_long_lets_go_its_locks(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replica frozen among the rows it sends looks busy to PostgreSQL, which ends its transaction all the same."""
    monkeypatch.setattr(databases, "LONGEST_TRANSACTION", timedelta(milliseconds=300))
    database = Database(postgres_url)

    async def freeze() -> None:
        async with Store(database).begin() as unit:
            connection = await unit.session.connection()
            await connection.execute(text("LOCK TABLE incidents"))
            await connection.execute(text("SELECT pg_sleep(60)"))

    with pytest.raises(StorageUnavailable, match="transaction timeout"):
        await freeze()
    async with database.session(read_only=True) as session:
        await (await session.connection()).execute(text("SELECT * FROM incidents"))
    await database.dispose()
