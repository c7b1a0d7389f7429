"""SQLite asked where the program runs; in a thread only what may have to wait.

aiosqlite goes to its thread four times for each statement, which takes longer than SQLite itself does: what it reads
is in memory, and what it writes stays there until the commit. A commit waits for the disk, a writer for the one before.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosqlite

ROWS_AT_ONCE = 64
WAITING_ACTS = ("commit", "close")
WAITING_STATEMENTS = ("BEGIN IMMEDIATE", "PRAGMA journal_mode=WAL")


class Near(aiosqlite.Connection):
    """A connection made as ``sqlite3.connect`` makes one, for SQLAlchemy's ``async_creator_fn``.

    It does at once, letting others go first, what cannot have to wait; what can, and what comes after that, in its
    thread, which never keeps the program from ending.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(partial(sqlite3.connect, *args, **options), ROWS_AT_ONCE)
        self._thread.daemon = True
        self._sent = self._returned = 0

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        may_wait = self._may_wait(fn, *args)
        if not may_wait:
            await asyncio.sleep(0)
        # What was cancelled while it waited is still under way: a connection does one thing at a time.
        if may_wait or self._sent != self._returned or not self._running:
            self._sent += 1
            return await super()._execute(self._there, fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)

    def _may_wait(self, fn: Callable[..., Any], *args: Any) -> bool:
        if args:
            return args[0] in WAITING_STATEMENTS
        return getattr(fn, "__self__", None) is self._connection and fn.__name__ in WAITING_ACTS

    def _there(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            self._returned += 1
