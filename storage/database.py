"""The database connection: SQLite tuned for one machine, PostgreSQL for several."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.columns  # noqa: F401  naming convention first
from storage.near import Near

# WAL lets readers go on beside the writer. FULL: what was acknowledged survives a power cut, too.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON")
READ_ONLY = {"sqlite_ro": True}
LONGEST_IDLE = timedelta(seconds=5)
# A replica that froze among many rows it was sending does not count as standing still; PostgreSQL 17 and later end its
# transaction all the same, and with it the locks that bar the others. None of ours takes a tenth of that.
LONGEST_TRANSACTION = timedelta(seconds=30)
# A database whose machine vanished is noticed in half a minute; by themselves connections wait for hours.
LIVELY = {"connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


def normalise(url: str) -> str:
    """The same address with the asynchronous driver Andon uses; SQLAlchemy refuses unknown databases."""
    for prefix in ("postgres://", "postgresql://", "postgresql+psycopg://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith("sqlite:"):
        return "sqlite+aiosqlite:" + url.removeprefix("sqlite:")
    return url


def lively(url: URL) -> URL:
    """The address of a PostgreSQL with ``LIVELY``, where it does not say otherwise itself."""
    return url.update_query_dict({name: str(value) for name, value in LIVELY.items() if name not in url.query})


class Database:
    """An engine and its sessions. One per process; close it with :meth:`dispose`.

    PostgreSQL undoes a transaction that stands still for ``longest_idle``: a replica that was frozen in the middle of
    one neither bars the others' way for longer nor commits later.
    """

    def __init__(self, url: str, longest_idle: timedelta = LONGEST_IDLE) -> None:
        self.url = make_url(normalise(url))
        self.longest_idle = longest_idle
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgres(self.url, longest_idle)
        self._sessions = async_sessionmaker(self.engine, class_=AsyncSession, expire_on_commit=False)
        # SQLite's own waiting for the one writer sleeps ever longer and lets whoever looks first go first.
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the one-machine engine."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def session(self, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        """A session that commits on leaving, or rolls back when an error leaves it; a read-only one never commits."""
        async with self._sessions() as session:
            if read_only:
                await session.connection(execution_options=READ_ONLY)
                yield session
                return
            async with self._turn, session.begin():
                yield session

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _postgres(url: URL, longest_idle: timedelta) -> AsyncEngine:
    def tune(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET idle_in_transaction_session_timeout = {longest_idle // timedelta(milliseconds=1)}")
        cursor.execute(
            f"SELECT set_config('transaction_timeout', '{LONGEST_TRANSACTION // timedelta(milliseconds=1)}', false) "
            "WHERE current_setting('server_version_num')::int >= 170000"
        )
        cursor.close()
        connection.commit()

    engine = create_async_engine(lively(url), pool_size=10, max_overflow=0, pool_pre_ping=True, pool_recycle=1800)
    event.listen(engine.sync_engine, "connect", tune)
    return engine


def _sqlite(url: URL) -> AsyncEngine:
    # Few readers at a time, in the order they came: side by side none of them would be done sooner.
    how = {"timeout": 10, "factory": _Connection, "async_creator_fn": Near}
    engine = create_async_engine(url, connect_args=how, pool_size=4, max_overflow=0)
    event.listen(engine.sync_engine, "connect", _tune_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


class _Connection(sqlite3.Connection):
    """Lets go its lock when it is closed: SQLite itself waits for the last statement to be forgotten.

    What was cut off in the middle of a statement is closed without a rollback, and kept alive by its traceback.
    """

    def close(self) -> None:
        """Undo what is not committed, then close."""
        if self.in_transaction:
            self.rollback()
        super().close()


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # BEGIN IMMEDIATE queues writers; a read-then-write upgrade under plain BEGIN loses updates or fails at once.
    read_only = connection.get_execution_options().get("sqlite_ro")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
