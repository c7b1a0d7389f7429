"""Exhibits: what is preserved of an incident, each with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import JsonList, no_items


class Exhibit(SQLModel, table=True):
    """One preserved item. ``sha256`` is of ``body`` in UTF-8, taken at intake; a redacted body goes, its hash stays."""

    __tablename__ = "exhibits"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    title: str = Field(max_length=255)
    body: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)
    files: list[dict[str, Any]] = Field(default_factory=no_items, sa_type=JsonList)
    author_id: str | None = Field(default=None, max_length=32)
    channel_id: str | None = Field(default=None, max_length=32)
    message_ts: str | None = Field(default=None, max_length=32)
    permalink: str | None = Field(default=None, max_length=1000)
    kept_at: datetime
    kept_by: str = Field(max_length=255)
    source_key: str | None = Field(default=None, unique=True, max_length=255)
    redacted_at: datetime | None = None


def digest(body: str) -> str:
    """SHA-256 of the text in UTF-8, hexadecimal."""
    return hashlib.sha256(body.encode()).hexdigest()


class Evidence:
    """Exhibits of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, exhibit: Exhibit) -> Exhibit:
        """Keep an exhibit."""
        self._session.add(exhibit)
        await self._session.flush()
        return exhibit

    async def by_source(self, source_key: str) -> Exhibit | None:
        """The exhibit already made from this source, if any."""
        return (await self._session.exec(select(Exhibit).where(col(Exhibit.source_key) == source_key))).one_or_none()

    async def get(self, exhibit_id: int) -> Exhibit | None:
        """The exhibit by id."""
        return await self._session.get(Exhibit, exhibit_id)

    async def about_message(self, channel_id: str, message_ts: str) -> Sequence[Exhibit]:
        """Every exhibit made from one message."""
        query = select(Exhibit).where(col(Exhibit.channel_id) == channel_id, col(Exhibit.message_ts) == message_ts)
        return (await self._session.exec(query)).all()

    async def of(self, incident_id: int) -> Sequence[Exhibit]:
        """Every exhibit, oldest first."""
        query = select(Exhibit).where(col(Exhibit.incident_id) == incident_id).order_by(col(Exhibit.id))
        return (await self._session.exec(query)).all()

    async def link(self, incident_id: int, message_ts: str, permalink: str) -> None:
        """Remember the link of the message that an exhibit was made from."""
        statement = (
            update(Exhibit)
            .where(col(Exhibit.incident_id) == incident_id, col(Exhibit.message_ts) == message_ts)
            .values(permalink=permalink)
        )
        await self._session.exec(statement)
