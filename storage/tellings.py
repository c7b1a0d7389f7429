"""What is told once and never again: by a key that names what was told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.inserts import insert_first


class Telling(SQLModel, table=True):
    """Something that was told."""

    __tablename__ = "tellings"

    key: str = Field(primary_key=True, max_length=255)
    told_at: datetime = Field(index=True)


class Tellings:
    """Remembers what was told."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def is_first(self, key: str, at: datetime) -> bool:
        """Whether nobody has told this; from now on somebody has."""
        return await insert_first(self._session, Telling, {"key": key, "told_at": at})

    async def sweep(self, before: datetime) -> None:
        """Forget what was told before then."""
        await self._session.exec(delete(Telling).where(col(Telling.told_at) < before))
