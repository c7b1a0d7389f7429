"""Roster entries and what Slack made of them: the people behind an e-mail address, an id or a user group."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import JsonList, no_items
from storage.inserts import put


class DirectoryEntry(SQLModel, table=True):
    """One entry as policy files write it, and the Slack ids it stood for when last asked. ``problem`` is Slack's no."""

    __tablename__ = "directory"

    entry: str = Field(primary_key=True, max_length=255)
    slack_ids: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    problem: str | None = Field(default=None, max_length=255)
    resolved_at: datetime


class Directory:
    """Resolved roster entries."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, entry: str, slack_ids: list[str], at: datetime, problem: str | None = None) -> None:
        """Store what an entry stands for now."""
        await put(self._session, [DirectoryEntry(entry=entry, slack_ids=slack_ids, problem=problem, resolved_at=at)])

    async def claim(self, entries: Iterable[str], before: datetime, at: datetime) -> set[str]:
        """Which of these were last asked about before then; they count as asked about now, by whoever claims them."""
        stale = and_(col(DirectoryEntry.entry).in_(sorted(set(entries))), col(DirectoryEntry.resolved_at) <= before)
        ids = select(DirectoryEntry.entry).where(stale).order_by(col(DirectoryEntry.entry))
        statement = (
            update(DirectoryEntry)
            .where(col(DirectoryEntry.entry).in_(ids.with_for_update(skip_locked=True)))
            .values(resolved_at=at)
            .returning(col(DirectoryEntry.entry))
            .execution_options(synchronize_session=False)
        )
        return set((await self._session.exec(statement)).scalars())

    async def find(self, entries: Iterable[str]) -> dict[str, DirectoryEntry]:
        """Known entries by their text; unknown ones are missing."""
        query = select(DirectoryEntry).where(col(DirectoryEntry.entry).in_(sorted(set(entries))))
        return {found.entry: found for found in (await self._session.exec(query)).all()}
