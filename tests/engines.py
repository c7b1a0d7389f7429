"""Databases that cost the tests little, as each has one of its own.

Statements are compiled once for all of them: compiling takes longer than most of what is then asked. And SQLite is asked
where the test runs: aiosqlite goes to another thread four times for each statement, which is a third of what a scenario
takes. ``make faults`` and the program itself go there.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import Dialect, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

ROWS_AT_ONCE = 64

_compiled: dict[Any, Any] = {}
_dialects: dict[str, Dialect] = {}


class Near(aiosqlite.Connection):
    """Does at once, letting others go first, what cannot have to wait; what can, and what comes after it, in its thread."""

    _sent = 0
    _returned = 0

    async def _execute(self, act: Callable[..., Any], *args: Any, **options: Any) -> Any:
        may_wait = args[:1] == ("BEGIN IMMEDIATE",)
        if not may_wait:
            await asyncio.sleep(0)
        if may_wait or self._sent != self._returned or not self._running:
            self._sent += 1
            return await super()._execute(self._there, act, *args, **options)
        return act(*args, **options)

    def _there(self, act: Callable[..., Any], *args: Any, **options: Any) -> Any:
        try:
            return act(*args, **options)
        finally:
            self._returned += 1


def shared(*args: Any, **options: Any) -> AsyncEngine:
    """An engine that compiles nothing that another has: what is compiled is kept by dialect, so they share theirs."""
    made = create_async_engine(*args, execution_options={"compiled_cache": _compiled}, **options)
    own = made.sync_engine.dialect
    known = _dialects.setdefault(own.driver, own)
    if known.server_version_info is None:  # nobody has connected with it yet
        _dialects[own.driver] = own
    else:
        made.sync_engine.dialect = known
    return made


def near(url: Any, **options: Any) -> AsyncEngine:
    """Such an engine, with SQLite asked where the test runs."""
    if make_url(url).get_backend_name() == "sqlite":
        options["connect_args"] = {**options.get("connect_args", {}), "async_creator_fn": _opened}
    return shared(url, **options)


def _opened(*args: Any, **options: Any) -> Near:
    return Near(partial(sqlite3.connect, *args, **options), ROWS_AT_ONCE)
