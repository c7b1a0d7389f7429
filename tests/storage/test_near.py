"""SQLite asked where the program runs: what may have to wait waits in a thread, and nothing gets mixed up."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from storage.database import Database
from storage.incidents import Incident
from storage.near import Near
from storage.store import Store
from tests.clock import FRIDAY

SEEN: list[tuple[str, bool]] = []


class Witness(sqlite3.Connection):
    """Tells where it is asked what."""

    def cursor(self, *args: Any, **options: Any) -> Any:
        """A cursor that tells, too."""
        return super().cursor(WitnessCursor)

    def commit(self) -> None:
        """Tell, and commit."""
        SEEN.append(("commit", threading.current_thread() is threading.main_thread()))
        super().commit()


class WitnessCursor(sqlite3.Cursor):
    """Tells where it is asked what."""

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        """Tell, and carry it out."""
        SEEN.append((sql.split(maxsplit=1)[0], threading.current_thread() is threading.main_thread()))
        return super().execute(sql, *args)


async def test_what_waits_for_the_disk_or_a_lock_is_in_a_thread(tmp_path: Path) -> None:
    """Reading and writing where the program runs; beginning to write, and the commit, where it cannot stop it."""
    SEEN.clear()
    connection = await Near(tmp_path / "a.db", factory=Witness, check_same_thread=False, isolation_level=None)
    for statement in ("CREATE TABLE t (a)", "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)", "SELECT a FROM t"):
        cursor = await connection.cursor()
        await cursor.execute(statement)
        rows = await cursor.fetchall()
    await connection.commit()
    await connection.close()
    assert [(1,)] == rows
    assert [("CREATE", True), ("BEGIN", False), ("INSERT", True), ("SELECT", True), ("commit", False)] == SEEN


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    """A database of the test's own."""
    return Path(shutil.copy(sqlite_template, tmp_path / "andon.db"))


@pytest.fixture
async def begins(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set as soon as something is sent to a thread: from then on it waits there."""
    event, send = asyncio.Event(), Near._there

    def sent(self: Near, *args: Any, **options: Any) -> Any:
        loop.call_soon_threadsafe(event.set)
        return send(self, *args, **options)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(Near, "_there", sent)
    return event


async def test_a_connection_does_one_thing_at_a_time(file: Path, begins: asyncio.Event) -> None:
    """What comes after something that was called off, and still waits in the thread, goes there, too."""
    SEEN.clear()
    connection = await Near(file, factory=Witness, check_same_thread=False, isolation_level=None)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        cursor = await connection.cursor()
        waits = asyncio.create_task(cursor.execute("BEGIN IMMEDIATE"))
        await begins.wait()
        waits.cancel()
        after = asyncio.create_task(cursor.execute("SELECT 1"))
        await asyncio.gather(waits, return_exceptions=True)
        other.execute("COMMIT")
        await after
    await connection.close()
    assert [("BEGIN", False), ("SELECT", False)] == SEEN


async def test_waiting_for_another_program_stops_nobody(file: Path, begins: asyncio.Event) -> None:
    """While it writes, people here are answered; whoever waited to write does so after it, unless they are called off."""
    database = Database(f"sqlite:///{file}")
    store = Store(database)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waits, queues = [asyncio.create_task(_declared(store, key)) for key in ("waits", "called off")]
        await begins.wait()
        assert [] == await _keys(store)
        assert not waits.done()
        queues.cancel()
        other.execute("COMMIT")
        await waits
    with pytest.raises(asyncio.CancelledError):
        await queues
    await asyncio.gather(*(_declared(store, f"later {number}") for number in range(5)))
    assert {"waits", *(f"later {number}" for number in range(5))} == set(await _keys(store))
    await database.dispose()


async def test_called_off_while_it_waits_for_the_lock(file: Path, begins: asyncio.Event) -> None:
    """What it was about to keep is not kept, nobody is given its connection too early, and who comes next is served."""
    database = Database(f"sqlite:///{file}")
    store = Store(database)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waits = asyncio.create_task(_declared(store, "called off"))
        await begins.wait()
        waits.cancel()
        assert [] == await _keys(store)
        other.execute("COMMIT")
        with pytest.raises(asyncio.CancelledError):
            await waits
    await _declared(store, "kept")
    assert ["kept"] == await _keys(store)
    await database.dispose()


async def _declared(store: Store, key: str) -> None:
    row = {"declared_key": key, "title": key, "what_happened": key, "severity": "SEV2", "declared_by": "person:U1"}
    async with store.begin() as unit:
        await unit.incidents.add_all([row | {"declared_at": FRIDAY}])


async def _keys(store: Store) -> list[str]:
    async with store.read() as unit:
        return sorted((await unit.session.exec(select(col(Incident.declared_key)))).all())
