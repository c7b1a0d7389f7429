"""Adding rows that may be there already, in one statement on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

AT_ONCE = 1000  # rows per statement: SQLite binds 32,766 values at most


async def insert_missing(session: AsyncSession, kind: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Add rows; those that are there already stay as they are."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    for start in range(0, len(rows), AT_ONCE):
        statement = insert(kind).values(list(rows[start : start + AT_ONCE]))
        await session.exec(statement.on_conflict_do_nothing())
