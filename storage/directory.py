"""Roster entries and what Slack made of them: the people behind an e-mail address, an id or a user group."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession


class DirectoryEntry(SQLModel, table=True):
    """One entry as policy files write it, and the Slack ids it stood for when last asked. ``problem`` is Slack's no."""

    __tablename__ = "directory"

    entry: str = Field(primary_key=True, max_length=255)
    slack_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    problem: str | None = Field(default=None, max_length=255)
    resolved_at: datetime


class Directory:
    """Resolved roster entries."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, entry: str, slack_ids: list[str], at: datetime, problem: str | None = None) -> None:
        """Store what an entry stands for now."""
        await self._session.merge(DirectoryEntry(entry=entry, slack_ids=slack_ids, problem=problem, resolved_at=at))

    async def find(self, entries: Iterable[str]) -> dict[str, DirectoryEntry]:
        """Known entries by their text; unknown ones are missing."""
        query = select(DirectoryEntry).where(col(DirectoryEntry.entry).in_(sorted(set(entries))))
        return {found.entry: found for found in (await self._session.exec(query)).all()}
