"""Updates: the words stakeholders were given, and when the next were promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Update(SQLModel, table=True):
    """One update. ``source_key`` is unique per submission."""

    __tablename__ = "updates"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    text: str = Field(sa_type=Text)
    sent_at: datetime
    sent_by: str = Field(max_length=255)
    due_at: datetime | None = None
    next_due_at: datetime | None = None
    channel_ts: str | None = Field(default=None, max_length=32)
    permalink: str | None = Field(default=None, max_length=1000)
    source_key: str | None = Field(default=None, unique=True, max_length=255)

    @property
    def key(self) -> int:
        """The id of a stored update."""
        if self.id is None:
            raise ValueError("this update is not stored yet")
        return self.id


class Updates:
    """Updates of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, update: Update) -> Update:
        """Keep an update."""
        self._session.add(update)
        await self._session.flush()
        return update

    async def get(self, update_id: int) -> Update | None:
        """The update by id."""
        return await self._session.get(Update, update_id)

    async def by_source(self, source_key: str) -> Update | None:
        """The update this submission already made, if any."""
        return (await self._session.exec(select(Update).where(col(Update.source_key) == source_key))).one_or_none()

    async def latest(self, incident_id: int) -> Update | None:
        """The last update sent, if any."""
        query = select(Update).where(col(Update.incident_id) == incident_id).order_by(col(Update.id).desc()).limit(1)
        return (await self._session.exec(query)).first()

    async def of(self, incident_id: int) -> Sequence[Update]:
        """Every update, oldest first."""
        query = select(Update).where(col(Update.incident_id) == incident_id).order_by(col(Update.id))
        return (await self._session.exec(query)).all()
