"""Drafts: what a form was opened with and cannot carry itself (a reported message is longer than a form's metadata)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import JsonObject
from storage.inserts import put


class Draft(SQLModel, table=True):
    """One kept payload, forgotten after a day."""

    __tablename__ = "drafts"

    key: str = Field(primary_key=True, max_length=64)
    payload: dict[str, Any] = Field(sa_type=JsonObject)
    kept_at: datetime = Field(index=True)


class Drafts:
    """Kept payloads."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, key: str, payload: dict[str, Any], at: datetime) -> None:
        """Keep a payload under a key."""
        await put(self._session, [Draft(key=key, payload=payload, kept_at=at)])

    async def get(self, key: str) -> dict[str, Any] | None:
        """The payload, if it is still kept."""
        draft = await self._session.get(Draft, key)
        return draft.payload if draft else None

    async def sweep(self, before: datetime) -> None:
        """Forget payloads older than ``before``."""
        await self._session.exec(delete(Draft).where(col(Draft.kept_at) < before))
