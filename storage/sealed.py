"""What is under seal: originals that a redaction took out, and legal's privileged notes. Every read is entered."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Text, func
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.custody import Deed, row_digest
from storage.columns import words
from storage.custody import Custody
from storage.raw import raw_rows


class SealedKind(StrEnum):
    """Why something is under seal."""

    ORIGINAL = "original"
    NOTE = "note"


class SealedItem(SQLModel, table=True):
    """One sealed thing: canonical JSON and its hash; ``original_sha256`` is the hash of what was redacted."""

    __tablename__ = "sealed_items"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    kind: SealedKind = Field(sa_type=words(SealedKind))
    exhibit_id: int | None = None
    channel_id: str | None = Field(default=None, max_length=32)
    message_ts: str | None = Field(default=None, max_length=32)
    content: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)
    original_sha256: str = Field(default="", max_length=64)
    sealed_at: datetime
    sealed_by: str = Field(max_length=255)
    source_key: str | None = Field(default=None, unique=True, max_length=255)

    @property
    def key(self) -> int:
        """The id of a stored item."""
        if self.id is None:
            raise ValueError("this item is not stored yet")
        return self.id

    @property
    def name(self) -> str:
        """What the custody record calls it."""
        return sealed_name(self.key)

    def columns(self) -> dict[str, Any]:
        """Every column, as it enters the row's digest."""
        return {name: getattr(self, name) for name in type(self).model_fields}


def sealed_name(item_id: int) -> str:
    """What the custody record calls a sealed item."""
    return f"sealed S{item_id}"


def sealed_files(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stored files that a sealed item's row names; none where the row cannot be read any more."""
    try:
        files = json.loads(row["content"]).get("files") or []
    except (ValueError, AttributeError, TypeError):
        return []
    return [file for file in files if isinstance(file, dict) and file.get("sha256") and file.get("name")]


class Sealed:
    """Sealed items of incidents."""

    def __init__(self, session: AsyncSession, custody: Custody) -> None:
        self._session = session
        self._custody = custody

    async def add(self, item: SealedItem, deed: Deed, *, how: str) -> SealedItem:
        """Put something under seal."""
        self._session.add(item)
        await self._session.flush()
        await self._custody.append(
            item.incident_id,
            deed,
            item.name,
            by=item.sealed_by,
            how=how,
            at=item.sealed_at,
            row=row_digest(item.columns()),
            sha256=item.sha256,
            original=item.original_sha256 or None,
        )
        return item

    async def get(self, item_id: int) -> SealedItem | None:
        """The item by id."""
        return await self._session.get(SealedItem, item_id)

    async def by_source(self, source_key: str) -> SealedItem | None:
        """The item that this submission already made, if any."""
        query = select(SealedItem).where(col(SealedItem.source_key) == source_key)
        return (await self._session.exec(query)).one_or_none()

    async def of(self, incident_id: int) -> Sequence[SealedItem]:
        """Everything under seal, oldest first."""
        query = select(SealedItem).where(col(SealedItem.incident_id) == incident_id).order_by(col(SealedItem.id))
        return (await self._session.exec(query)).all()

    async def incidents(self) -> set[int]:
        """The incidents, by number, that have anything under seal."""
        return set((await self._session.exec(select(SealedItem.incident_id).distinct())).all())

    async def holds_file(self, file_sha256: str) -> bool:
        """Whether anything under seal still holds this file."""
        query = select(func.count()).where(col(SealedItem.content).contains(file_sha256))
        return bool((await self._session.exec(query)).one())

    async def raw(self, incident_id: int, also: Collection[int] = ()) -> list[dict[str, Any]]:
        """The rows of an incident, and those with these ids, as the database has them to the byte."""
        where = (col(SealedItem.incident_id) == incident_id) | col(SealedItem.id).in_(sorted(also))
        return await raw_rows(self._session, SealedItem, where)
