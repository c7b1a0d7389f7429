"""Adding rows that may be there already, in one statement on SQLite and PostgreSQL alike.

Looking first and adding then would fail whenever another replica does the same at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession


async def insert_missing(session: AsyncSession, kind: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Add rows; those that are there already stay as they are."""
    if rows:
        await _add(session, _insert(session, kind).on_conflict_do_nothing(), rows)


async def insert_first(session: AsyncSession, kind: type[SQLModel], row: dict[str, Any]) -> bool:
    """Add a row, and say whether it was this unit that added it: of two at once, one is first."""
    insert = _insert(session, kind)
    statement = insert.on_conflict_do_nothing().returning(*insert.table.primary_key)
    await session.flush()
    return (await (await session.connection()).execute(statement, row)).first() is not None


async def insert_new(session: AsyncSession, kind: type[SQLModel], row: dict[str, Any]) -> bool:
    """Add one row; False where one of its keys is taken, and then nothing changes."""
    statement = _insert(session, kind)
    statement = statement.on_conflict_do_nothing().returning(*statement.table.primary_key)
    await session.flush()
    return (await (await session.connection()).execute(statement, row)).first() is not None


async def hold(session: AsyncSession, kind: type[SQLModel], row: dict[str, Any]) -> Any:
    """The stored row with this row's keys, held until the unit ends; this one where there is none yet."""
    insert = _insert(session, kind)
    keys = list(insert.table.primary_key)
    same = {key.name: insert.excluded[key.name] for key in keys}
    statement = insert.on_conflict_do_update(index_elements=keys, set_=same).returning(*insert.table.columns)
    await session.flush()
    return (await (await session.connection()).execute(statement, row)).one()


async def put(session: AsyncSession, rows: Sequence[SQLModel]) -> None:
    """Add rows of one kind, in the order of their keys; those that are there already become as these are."""
    if not rows:
        return
    kind = type(rows[0])
    keys = [key.name for key in kind.__table__.primary_key]  # type: ignore[attr-defined]
    # In one order everywhere, so that two replicas never wait for each other.
    ordered = sorted((row.model_dump() for row in rows), key=lambda row: [row[key] for key in keys])
    await _add(session, _replacing(session.get_bind().dialect.name, kind), ordered)


@cache
def _replacing(dialect: str, kind: type[SQLModel]) -> Any:
    """Asked so often that putting it together each time would cost more than the database does."""
    insert = _of(dialect).insert(kind.__table__)  # type: ignore[attr-defined]
    keys = list(insert.table.primary_key)
    values = {name: insert.excluded[name] for name in set(insert.table.columns.keys()) - {key.name for key in keys}}
    return insert.on_conflict_do_update(index_elements=keys, set_=values)


def _insert(session: AsyncSession, kind: type[SQLModel]) -> Any:
    return _of(session.get_bind().dialect.name).insert(kind.__table__)  # type: ignore[attr-defined]


def _of(dialect: str) -> Any:
    return import_module(f"sqlalchemy.dialects.{dialect}")  # only the one in use is loaded


async def _add(session: AsyncSession, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    await session.flush()
    # Rows beside the statement, not in it: one with its values inside is compiled anew every time.
    await (await session.connection()).execute(statement, list(rows))
