"""Particulars of incidents: each version a row that is never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession


class ParticularVersion(SQLModel, table=True):
    """One version of one particular. ``value`` is its canonical text; ``decided_by`` an actor who answers for it."""

    __tablename__ = "particulars"
    __table_args__ = (Index("uq_particulars_version", "incident_id", "key", "version", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    key: str = Field(max_length=40)
    version: int
    value: str = Field(sa_type=Text)
    is_confirmed: bool = True
    decided_by: str | None = Field(default=None, max_length=255)
    source: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    set_at: datetime
    set_by: str = Field(max_length=255)
    source_key: str = Field(unique=True, max_length=255)


class Particulars:
    """What is established."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, version: ParticularVersion) -> ParticularVersion:
        """Keep a new version; two of one number cannot be, so call under the incident's lock."""
        self._session.add(version)
        await self._session.flush()
        return version

    async def by_source(self, source_key: str) -> ParticularVersion | None:
        """The version that this submission already made, if any."""
        query = select(ParticularVersion).where(col(ParticularVersion.source_key) == source_key)
        return (await self._session.exec(query)).one_or_none()

    async def of(self, incident_id: int) -> Sequence[ParticularVersion]:
        """Every version of everything, by key and then oldest first."""
        query = (
            select(ParticularVersion)
            .where(col(ParticularVersion.incident_id) == incident_id)
            .order_by(col(ParticularVersion.key), col(ParticularVersion.version))
        )
        return (await self._session.exec(query)).all()

    async def latest(self, incident_id: int) -> dict[str, ParticularVersion]:
        """What holds now, by key."""
        return {version.key: version for version in await self.of(incident_id)}
