"""Exhibits: what is preserved, each with its hash; whatever is done to one is entered in the custody record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, cast, func, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.custody import Deed, How, canonical, row_digest, sha256
from storage.columns import JsonList, JsonObject, no_entries, no_items
from storage.custody import Custody
from storage.raw import raw_rows

UNENTERED = "how IS NULL"


class Exhibit(SQLModel, table=True):
    """One preserved item. ``sha256`` is of its content as taken in; a redacted content goes, its hash stays.

    ``fields`` holds what is known of an exchange by name of field, None for *unknown*. ``items`` are the catalogue ids
    it satisfies; one that is only known to be unknown has a question mark before it. ``how`` is empty for what a
    version without a custody record kept.
    """

    __tablename__ = "exhibits"
    __table_args__ = (
        Index("ix_exhibits_unentered", "id", sqlite_where=text(UNENTERED), postgresql_where=text(UNENTERED)),
    )

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
    fields: dict[str, Any] = Field(
        default_factory=no_entries, sa_type=JsonObject, sa_column_kwargs={"server_default": "{}"}
    )
    items: list[str] = Field(default_factory=no_items, sa_type=JsonList, sa_column_kwargs={"server_default": "[]"})
    how: str | None = Field(default=None, max_length=32)

    @property
    def key(self) -> int:
        """The id of a stored exhibit."""
        if self.id is None:
            raise ValueError("this exhibit is not stored yet")
        return self.id

    @property
    def name(self) -> str:
        """What the custody record calls it."""
        return exhibit_name(self.key)

    def columns(self) -> dict[str, Any]:
        """Every column, as it enters the row's digest."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(Exhibit.model_fields)


def exhibit_name(exhibit_id: int) -> str:
    """What the custody record calls an exhibit."""
    return f"exhibit X{exhibit_id}"


def content(body: str, fields: dict[str, Any]) -> str:
    """The exact text of an exhibit: its body alone, or with structured fields both as canonical JSON."""
    return canonical({"body": body, "fields": fields}) if fields else body


def digest(body: str, fields: dict[str, Any] | None = None) -> str:
    """SHA-256 of an exhibit's content in UTF-8, hexadecimal."""
    return sha256(content(body, fields or {}))


class Evidence:
    """Exhibits of incidents. What is added or changed is entered in the custody record in the same transaction."""

    def __init__(self, session: AsyncSession, custody: Custody) -> None:
        self._session = session
        self._custody = custody

    async def add(self, exhibit: Exhibit) -> Exhibit:
        """Keep an exhibit; its record says who kept it, when and how."""
        self._session.add(exhibit)
        await self._enter(exhibit, Deed.ADDED, by=exhibit.kept_by, how=exhibit.how or "", at=exhibit.kept_at)
        return exhibit

    async def changed(self, exhibit: Exhibit, deed: Deed, *, by: str, how: str, at: datetime, **more: Any) -> None:
        """Enter what was done to a stored exhibit, whose row is from now on right as it is."""
        await self._enter(exhibit, deed, by=by, how=how, at=at, **more)

    async def adopt(self, at: datetime, limit: int = 200) -> int:
        """Enter what a version without a record has kept; how many there were."""
        query = select(Exhibit).where(col(Exhibit.how).is_(None)).order_by(col(Exhibit.id)).limit(limit)
        found = (await self._session.exec(query.with_for_update(skip_locked=True))).all()
        for exhibit in found:
            exhibit.how = How.EARLIER.value
            await self._enter(exhibit, Deed.ADOPTED, by=exhibit.kept_by, how=How.EARLIER.value, at=at)
        return len(found)

    async def has_unentered(self) -> bool:
        """Whether a version without a record has kept anything that is not entered yet."""
        return (
            await self._session.exec(select(Exhibit.id).where(col(Exhibit.how).is_(None)).limit(1))
        ).first() is not None

    async def by_source(self, source_key: str) -> Exhibit | None:
        """The exhibit already made from this source, if any."""
        return (await self._session.exec(select(Exhibit).where(col(Exhibit.source_key) == source_key))).one_or_none()

    async def get(self, exhibit_id: int, *, fresh: bool = False) -> Exhibit | None:
        """The exhibit by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(Exhibit, exhibit_id, populate_existing=fresh)

    async def about_message(self, channel_id: str, message_ts: str) -> Sequence[Exhibit]:
        """Every exhibit made from one message."""
        query = select(Exhibit).where(col(Exhibit.channel_id) == channel_id, col(Exhibit.message_ts) == message_ts)
        return (await self._session.exec(query)).all()

    async def of(self, incident_id: int) -> Sequence[Exhibit]:
        """Every exhibit, oldest first."""
        query = select(Exhibit).where(col(Exhibit.incident_id) == incident_id).order_by(col(Exhibit.id))
        return (await self._session.exec(query)).all()

    async def link(self, exhibits: Collection[Exhibit], permalink: str, *, by: str, at: datetime) -> None:
        """Remember the link of the message that exhibits were made from, where none is known."""
        for exhibit in exhibits:
            if not exhibit.permalink:
                exhibit.permalink = permalink
                await self._enter(exhibit, Deed.LINKED, by=by, how="", at=at)

    async def raw(self, incident_id: int, also: Collection[int] = ()) -> list[dict[str, Any]]:
        """The rows of an incident, and those with these ids, as the database has them to the byte."""
        where = (col(Exhibit.incident_id) == incident_id) | col(Exhibit.id).in_(sorted(also))
        return await raw_rows(self._session, Exhibit, where)

    async def incidents(self) -> set[int]:
        """The incidents, by number, that have exhibits."""
        return set((await self._session.exec(select(Exhibit.incident_id).distinct())).all())

    async def holds_file(self, file_sha256: str) -> bool:
        """Whether any exhibit still holds this file."""
        query = select(func.count()).where(cast(col(Exhibit.files), Text).contains(file_sha256))
        return bool((await self._session.exec(query)).one())

    async def _enter(self, exhibit: Exhibit, deed: Deed, *, by: str, how: str, at: datetime, **more: Any) -> None:
        await self._session.flush()
        files = [{k: file.get(k) for k in ("sha256", "size", "state")} for file in exhibit.files]
        await self._custody.append(
            exhibit.incident_id,
            deed,
            exhibit.name,
            by=by,
            how=how,
            at=at,
            row=row_digest(exhibit.columns()),
            sha256=exhibit.sha256,
            files=files or None,
            **more,
        )
