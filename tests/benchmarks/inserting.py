"""The floor for capture: bare inserts into a table of two columns, each one commit that survives a power cut."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import psycopg

TABLE = "CREATE TABLE IF NOT EXISTS said (ts TEXT PRIMARY KEY, text TEXT)"
TEXT = "what was said " * 5


def into_sqlite(directory: Path, count: int) -> float:
    """Rows per second by the one writer that SQLite allows."""
    with closing(sqlite3.connect(directory / "floor.db", isolation_level=None)) as database:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            database.execute(f"PRAGMA {pragma}")
        database.execute(TABLE)
        started = time.perf_counter()
        for number in range(count):
            database.execute("INSERT INTO said VALUES (?, ?)", (f"{started}:{number}", TEXT))
        return count / (time.perf_counter() - started)


async def into_postgres(address: str, count: int, writers: int) -> float:
    """Rows per second by so many writers at once, each on a connection of its own."""
    async with AsyncExitStack() as stack:
        connections = [
            await stack.enter_async_context(await psycopg.AsyncConnection.connect(address, autocommit=True))
            for _ in range(writers)
        ]
        await connections[0].execute(TABLE)
        started, waiting = time.perf_counter(), iter(range(count))
        await asyncio.gather(*(_write(connection, waiting, started) for connection in connections))
        return count / (time.perf_counter() - started)


async def _write(connection: psycopg.AsyncConnection, waiting: Iterable[int], run: float) -> None:
    for number in waiting:
        await connection.execute("INSERT INTO said VALUES (%s, %s)", (f"{run}:{number}", TEXT))
