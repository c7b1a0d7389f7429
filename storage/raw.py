"""Rows as the database has them to the byte, for whoever checks that nobody changed them behind our back.

What Andon would not have written like that (an instant in another form, JSON spelled otherwise, bytes that are no text)
is given with a question mark before it, so that it equals nothing that was ever kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, DateTime, Integer, LargeBinary, Table, Text, cast
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import JsonList, JsonObject

SQLITE_INSTANT = "%Y-%m-%d %H:%M:%S.%f"


async def raw_rows(session: AsyncSession, kind: type[SQLModel], where: ColumnElement[bool]) -> list[dict[str, Any]]:
    """The rows of a table that fit, in no order."""
    table: Table = kind.__table__  # type: ignore[attr-defined]
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    columns = [_asked(column, is_sqlite=is_sqlite).label(column.name) for column in table.columns]
    found = (await (await session.connection()).execute(select(*columns).where(where))).mappings().all()
    return [_read(table, row) for row in found]


def _asked(column: ColumnElement[Any], *, is_sqlite: bool) -> ColumnElement[Any]:
    if is_sqlite:
        return cast(column, LargeBinary)
    return cast(column, Text) if _is_json(column.type) else column


def _read(table: Table, row: Mapping[Any, Any]) -> dict[str, Any]:
    return {column.name: _value(column.type, row[column.name]) for column in table.columns}


def _value(kind: TypeEngine[Any], raw: Any) -> Any:
    if raw is None or isinstance(kind, LargeBinary):
        return raw
    if isinstance(raw, bytes):
        try:
            raw = raw.decode()
        except UnicodeDecodeError:
            return f"? {raw.hex()}"
    if not isinstance(raw, str):
        return raw
    if _is_json(kind):
        return _spelled(raw, json.loads, json.dumps)
    if isinstance(kind, Integer):
        return _spelled(raw, int, str)
    if _is_instant(kind):
        return _spelled(raw, _instant, lambda at: at.strftime(SQLITE_INSTANT))
    return raw


def _spelled(raw: str, parse: Any, spell: Any) -> Any:
    try:
        value = parse(raw)
    except (ValueError, TypeError, RecursionError):
        return f"? {raw}"
    return value if spell(value) == raw else f"? {raw}"


def _instant(raw: str) -> datetime:
    return datetime.strptime(raw, SQLITE_INSTANT).replace(tzinfo=UTC)


def _is_json(kind: TypeEngine[Any]) -> bool:
    return isinstance(kind, (JSON, JsonList, JsonObject))


def _is_instant(kind: TypeEngine[Any]) -> bool:
    return isinstance(kind, DateTime) or isinstance(getattr(kind, "impl_instance", None), DateTime)
