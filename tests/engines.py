"""Databases that cost the tests little, as each has one of its own.

Statements are compiled once for all of them: compiling takes longer than most of what is then asked.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_compiled: dict[Any, Any] = {}
_dialects: dict[str, Dialect] = {}


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
