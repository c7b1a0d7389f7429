"""Who wants the executive brief every day, at which minute of their own day, and when the next one is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession


class BriefHour(SQLModel, table=True):
    """One person's wish. ``minute`` counts from midnight where they are; ``next_at`` is in UTC."""

    __tablename__ = "brief_hours"

    user_id: str = Field(primary_key=True, max_length=32)
    minute: int
    next_at: datetime = Field(index=True)


class Briefs:
    """Wishes for the brief."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, user_id: str) -> BriefHour | None:
        """What this person wished for, if anything."""
        return await self._session.get(BriefHour, user_id)

    async def keep(self, user_id: str, minute: int, next_at: datetime) -> None:
        """From now on at this minute."""
        await self._session.merge(BriefHour(user_id=user_id, minute=minute, next_at=next_at))

    async def forget(self, user_id: str) -> bool:
        """No more; whether there was a wish."""
        found = await self.get(user_id)
        if found is not None:
            await self._session.delete(found)
        return found is not None

    async def due(self, now: datetime, limit: int = 200) -> Sequence[BriefHour]:
        """Wishes whose hour has come, held by this unit alone until it ends; whoever takes one sets the next."""
        query = select(BriefHour).where(col(BriefHour.next_at) <= now).order_by(col(BriefHour.next_at)).limit(limit)
        return (await self._session.exec(query.with_for_update(skip_locked=True))).all()
