"""Captures: how far each incident's channel is known, and the filling of its gaps, which survives a restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, func, or_, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Phase
from storage.columns import JsonList
from storage.incidents import Incident
from storage.inserts import insert_missing
from storage.messages import Message, MessageFile, MessageVersion

LONG_AGO = "'1970-01-01 00:00:00'"


class Capture(SQLModel, table=True):
    """One channel's state of capture.

    Everything up to ``complete_through_ts`` was read from Slack's own history. ``owed`` are the steps of the running
    backfill (pages and threads) still to be read: a step not in it any more was done, however often it is tried.
    ``due_at`` is when to look at it next, never later than something is due; None while nothing can become due by
    the passing of time alone. A row of a version that did not know it is looked at at once.
    """

    __tablename__ = "captures"

    channel_id: str = Field(primary_key=True, max_length=32)
    incident_id: int = Field(foreign_key="incidents.id", unique=True)
    since_at: datetime
    complete_through_ts: str | None = Field(default=None, max_length=32)
    wanted_at: datetime | None = None
    run: int = 0
    is_running: bool = False
    owed: list[str] = Field(default_factory=list, sa_type=JsonList)
    cursor: str | None = Field(default=None, sa_type=Text)
    started_at: datetime | None = None
    progressed_at: datetime | None = None
    finished_at: datetime | None = None
    problem: str | None = Field(default=None, max_length=255)
    due_at: datetime | None = Field(default=None, index=True, sa_column_kwargs={"server_default": text(LONG_AGO)})


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of a channel the record has; incomplete threads are those of which some replies are not known."""

    messages: int
    threads: int
    threads_incomplete: int
    edits: int
    deletions: int
    redactions: int
    files: int
    files_unreadable: int


class Captures:
    """States of capture."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, incident_id: int, *, lock: bool = False) -> Capture | None:
        """The state of an incident's channel; None before its first look."""
        query = select(Capture).where(col(Capture.incident_id) == incident_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return (await self._session.exec(query)).one_or_none()

    async def unwatched(self, closed_after: datetime) -> Sequence[tuple[int, str]]:
        """Incidents with a channel, open or closed since then, whose capture has no row yet: id and channel."""
        query = (
            select(Incident.id, Incident.channel_id)
            .outerjoin(Capture, col(Capture.incident_id) == col(Incident.id))
            .where(col(Capture.channel_id).is_(None), col(Incident.channel_id).is_not(None), _living(closed_after))
            .order_by(col(Incident.id))
        )
        return [(found, str(channel)) for found, channel in (await self._session.exec(query)).all() if found]

    async def watch(self, captures: Sequence[Capture]) -> None:
        """Watch these channels from now on, unless another replica has just begun to."""
        await insert_missing(self._session, Capture, [capture.model_dump() for capture in captures])

    async def want_all(self, now: datetime, closed_after: datetime) -> int:
        """Every living channel is to be looked at again; how many there are."""
        living = select(Incident.id).where(col(Incident.channel_id).is_not(None), _living(closed_after))
        # In one order everywhere, so that two replicas never wait for each other.
        ordered = (
            select(Capture.incident_id)
            .where(col(Capture.incident_id).in_(living))
            .order_by(col(Capture.incident_id))
            .with_for_update()
        )
        statement = (
            update(Capture)
            .where(col(Capture.incident_id).in_(ordered))
            .values(wanted_at=now, due_at=now)
            .execution_options(synchronize_session=False)
        )
        return (await self._session.exec(statement)).rowcount

    async def look_at(self, incident_id: int, now: datetime) -> None:
        """Look at this incident's channel at the next turn, whether something is to be read or not."""
        await self._session.exec(update(Capture).where(col(Capture.incident_id) == incident_id).values(due_at=now))

    async def due(self, now: datetime, limit: int) -> Sequence[tuple[Capture, str, datetime | None]]:
        """Captures to be looked at, longest due first, with their incident's phase and when it was closed.

        Those another replica holds are left to it.
        """
        query = (
            select(Capture, Incident.phase, Incident.closed_at)
            .join(Incident, col(Incident.id) == col(Capture.incident_id))
            .where(col(Capture.due_at) <= now)
            .order_by(col(Capture.due_at))
            .limit(limit)
            .with_for_update(of=Capture, skip_locked=True)
        )
        return (await self._session.exec(query)).all()

    async def completeness(self, incident_id: int) -> Completeness:
        """What the record holds of an incident's channel, in one statement."""
        seen = and_(col(Message.incident_id) == incident_id, col(Message.version).is_not(None))
        replies = (
            select(Message.channel_id, Message.thread_ts, func.count().label("known"))
            .where(seen, col(Message.thread_ts).is_not(None))
            .group_by(col(Message.channel_id), col(Message.thread_ts))
            .subquery()
        )
        parents = (
            select(func.count())
            .select_from(Message)
            .outerjoin(replies, and_(replies.c.channel_id == Message.channel_id, replies.c.thread_ts == Message.ts))
            .where(
                col(Message.incident_id) == incident_id,
                col(Message.reply_count) > col(Message.replies_read),
                col(Message.reply_count) > func.coalesce(replies.c.known, 0),
            )
        )
        unread = parents.where(replies.c.known.is_(None))
        count = select(func.count()).where(seen)
        files = select(func.count()).where(col(MessageFile.incident_id) == incident_id)
        parts: tuple[Any, ...] = (
            count.scalar_subquery(),
            select(func.count()).select_from(replies).scalar_subquery() + unread.scalar_subquery(),
            parents.scalar_subquery(),
            select(func.count()).where(col(MessageVersion.incident_id) == incident_id).scalar_subquery(),
            count.where(col(Message.deleted_at).is_not(None)).scalar_subquery(),
            count.where(col(Message.redacted_at).is_not(None)).scalar_subquery(),
            files.scalar_subquery(),
            files.where(col(MessageFile.problem).is_not(None)).scalar_subquery(),
        )
        return Completeness(*(await self._session.exec(select(*parts))).one())


def _living(closed_after: datetime) -> ColumnElement[bool]:
    return or_(col(Incident.phase) != Phase.CLOSED, col(Incident.closed_at) > closed_after)
