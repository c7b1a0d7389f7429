"""The timeline: what happened, line by line; lines are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Text, insert, literal, tuple_
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.sqltypes import UTCDateTime

from bot.domain.people import Actor
from bot.domain.timeline import EntryKind
from storage.columns import JsonObject, no_entries, words

VIA = "via"


class TimelineEntry(SQLModel, table=True):
    """One line: what, by whom, at which instant, and the message it comes from.

    ``source_key`` is unique: the same fact or pinned message noted twice is one line. ``removed_at`` marks a line
    whose pin was taken back or whose text was redacted; it is not shown any more.
    """

    __tablename__ = "timeline"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    kind: EntryKind = Field(sa_type=words(EntryKind))
    at: datetime
    recorded_at: datetime
    actor: str = Field(max_length=255)
    text: str = Field(sa_type=Text)
    data: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    channel_id: str | None = Field(default=None, max_length=32)
    message_ts: str | None = Field(default=None, max_length=32)
    permalink: str | None = Field(default=None, max_length=1000)
    source_key: str | None = Field(default=None, unique=True, max_length=255)
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of many at once says; see :meth:`Timeline.note`."""

    incident_id: int
    kind: EntryKind
    text: str
    by: Actor
    at: datetime
    data: dict[str, Any]
    permalink: str | None = None


class Timeline:
    """Writing and reading the lines of incidents.

    ``via``: the door that people's acts come through, where it is not Slack; their lines keep it under ``VIA``.
    """

    def __init__(self, session: AsyncSession, via: str = "") -> None:
        self._session = session
        self._via = via

    def note(
        self,
        incident_id: int,
        kind: EntryKind,
        text: str,
        *,
        by: Actor,
        at: datetime,
        recorded_at: datetime | None = None,
        data: dict[str, Any] | None = None,
        channel_id: str | None = None,
        message_ts: str | None = None,
        permalink: str | None = None,
        source_key: str | None = None,
    ) -> TimelineEntry:
        """Add a line. ``text`` is stored as typed and escaped by whoever shows it."""
        entry = TimelineEntry(
            incident_id=incident_id,
            kind=kind,
            at=at,
            recorded_at=recorded_at or at,
            actor=str(by),
            text=text,
            data={**(data or {}), **self._door(by)},
            channel_id=channel_id,
            message_ts=message_ts,
            permalink=permalink,
            source_key=source_key,
        )
        self._session.add(entry)
        return entry

    async def note_all(self, lines: Sequence[Line]) -> None:
        """Add many lines in one statement."""
        rows = [
            {
                "incident_id": line.incident_id,
                "kind": line.kind,
                "at": line.at,
                "recorded_at": line.at,
                "actor": str(line.by),
                "text": line.text,
                "data": {**line.data, **self._door(line.by)},
                "permalink": line.permalink,
            }
            for line in lines
        ]
        if rows:
            await self._session.exec(insert(TimelineEntry), params=rows)

    def _door(self, by: Actor) -> dict[str, str]:
        return {VIA: self._via} if self._via and by.is_person else {}

    async def by_source(self, source_key: str) -> TimelineEntry | None:
        """The line already made from this source, if any."""
        query = select(TimelineEntry).where(col(TimelineEntry.source_key) == source_key)
        return (await self._session.exec(query)).one_or_none()

    async def page(self, incident_id: int, *, before_id: int | None, limit: int) -> Sequence[TimelineEntry]:
        """The newest lines still shown, or the newest ones before a given line, in the order things happened."""
        query = (
            select(TimelineEntry)
            .where(col(TimelineEntry.incident_id) == incident_id, col(TimelineEntry.removed_at).is_(None))
            .order_by(col(TimelineEntry.at).desc(), col(TimelineEntry.id).desc())
            .limit(limit)
        )
        before = await self._session.get(TimelineEntry, before_id) if before_id else None
        if before is not None:
            here = tuple_(col(TimelineEntry.at), col(TimelineEntry.id))
            query = query.where(here < tuple_(literal(before.at, UTCDateTime()), literal(before.id, BigInteger())))
        return list(reversed((await self._session.exec(query)).all()))

    async def about_message(self, channel_id: str, message_ts: str) -> Sequence[TimelineEntry]:
        """Every line made from one message, removed ones too."""
        query = select(TimelineEntry).where(
            col(TimelineEntry.channel_id) == channel_id, col(TimelineEntry.message_ts) == message_ts
        )
        return (await self._session.exec(query)).all()

    async def about_exhibit(self, incident_id: int, exhibit_id: int) -> Sequence[TimelineEntry]:
        """The line that says that an exhibit was kept."""
        query = select(TimelineEntry).where(
            col(TimelineEntry.incident_id) == incident_id, col(TimelineEntry.source_key) == f"exhibit:{exhibit_id}"
        )
        return (await self._session.exec(query)).all()

    async def of(self, incident_id: int) -> Sequence[TimelineEntry]:
        """Every line still shown, in the order things happened."""
        query = (
            select(TimelineEntry)
            .where(col(TimelineEntry.incident_id) == incident_id, col(TimelineEntry.removed_at).is_(None))
            .order_by(col(TimelineEntry.at), col(TimelineEntry.id))
        )
        return (await self._session.exec(query)).all()
