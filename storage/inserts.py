"""Adding rows that may be there already, in one statement on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession


async def insert_missing(session: AsyncSession, kind: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Add rows; those that are there already stay as they are."""
    if not rows:
        return
    await session.flush()
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    table: Table = kind.__table__  # type: ignore[attr-defined]
    # Rows beside the statement, not in it: one with its values inside is compiled anew every time.
    await (await session.connection()).execute(insert(table).on_conflict_do_nothing(), list(rows))
