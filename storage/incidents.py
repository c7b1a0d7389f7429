"""Incidents: one row each, the truth about what is known and where the response stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, Text, and_, bindparam, insert, literal_column, or_, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.causes import CauseClass
from bot.domain.incident import ChannelState, IncidentType, Outcome, Phase, Severity, reference
from storage.columns import JsonList, JsonObject, no_entries, no_items, words

# What decides which texts are wanted of an incident and by when, in one word.
WANTS = "severity || ' ' || type || CASE WHEN resolved_at IS NULL THEN '' ELSE ' resolved' END"
UNPLANNED = f"(texts_for IS NULL AND phase <> 'closed') OR texts_for <> ({WANTS})"


class Incident(SQLModel, table=True):
    """A declared incident. ``declared_key`` is unique per submission, so the same form twice is one incident.

    ``texts_for`` is what ``WANTS`` was when the clocks of its texts were last planned.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index(
            "ix_incidents_open",
            "id",
            sqlite_where=text("phase <> 'closed'"),
            postgresql_where=text("phase <> 'closed'"),
        ),
        Index(
            "ix_incidents_bare",
            "declared_at",
            sqlite_where=text("phase <> 'closed' AND channel_state <> 'refused' AND card_ts IS NULL"),
            postgresql_where=text("phase <> 'closed' AND channel_state <> 'refused' AND card_ts IS NULL"),
        ),
        Index("ix_incidents_unplanned", "id", sqlite_where=text(UNPLANNED), postgresql_where=text(UNPLANNED)),
    )

    id: int | None = Field(default=None, primary_key=True)
    declared_key: str = Field(unique=True, max_length=255)
    title: str = Field(max_length=255)
    what_happened: str = Field(sa_type=Text)
    type: IncidentType = Field(default=IncidentType.UNSURE, sa_type=words(IncidentType))
    secondary_types: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    severity: Severity = Field(sa_type=words(Severity))
    is_provisional: bool = False
    phase: Phase = Field(default=Phase.TRIAGE, sa_type=words(Phase), index=True)
    outcome: Outcome | None = Field(default=None, sa_type=words(Outcome))
    cause_class: CauseClass | None = Field(default=None, sa_type=words(CauseClass))
    system: str | None = Field(default=None, max_length=255, index=True)
    is_private: bool = False
    is_drill: bool = False

    declared_by: str = Field(max_length=255)
    declared_at: datetime
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    lead_seated_at: datetime | None = None
    severity_changed_at: datetime | None = None
    contained_at: datetime | None = None
    contained_by: str | None = Field(default=None, max_length=255)
    contained_how: str | None = Field(default=None, sa_type=Text)
    recovered_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = Field(default=None, max_length=255)
    resolved_how: str | None = Field(default=None, sa_type=Text)
    closed_at: datetime | None = None
    closed_by: str | None = Field(default=None, max_length=255)
    closed_note: str | None = Field(default=None, sa_type=Text)
    merged_into_id: int | None = Field(default=None, foreign_key="incidents.id")
    last_update_at: datetime | None = None
    next_update_at: datetime | None = None

    channel_state: ChannelState = Field(default=ChannelState.WANTED, sa_type=words(ChannelState))
    channel_id: str | None = Field(default=None, unique=True, max_length=32)
    channel_name: str | None = Field(default=None, max_length=80)
    card_ts: str | None = Field(default=None, max_length=32)
    card_digest: str | None = Field(default=None, max_length=64)
    announce_channel_id: str | None = Field(default=None, max_length=32)
    announce_ts: str | None = Field(default=None, max_length=32)
    origin_channel_id: str | None = Field(default=None, max_length=32)
    origin_ts: str | None = Field(default=None, max_length=32)
    origin_permalink: str | None = Field(default=None, max_length=1000)
    texts_for: str | None = Field(default=None, max_length=100)
    facts: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)

    @property
    def key(self) -> int:
        """The id of a stored incident."""
        if self.id is None:
            raise ValueError("this incident is not stored yet")
        return self.id

    @property
    def reference(self) -> str:
        """``AI-0042``."""
        return reference(self.key)

    @property
    def is_open(self) -> bool:
        """Whether people still work on it."""
        return self.phase is not Phase.CLOSED


def is_open() -> ColumnElement[bool]:
    """The condition that people still work on it, as ``ix_incidents_open`` has it."""
    return col(Incident.phase) != literal_column("'closed'")


def is_bare() -> ColumnElement[bool]:
    """The condition that it lacks its channel or the card in it, as ``ix_incidents_bare`` has it."""
    has_hope = col(Incident.channel_state) != literal_column("'refused'")
    return and_(is_open(), has_hope, col(Incident.card_ts).is_(None))


def is_unplanned() -> ColumnElement[bool]:
    """The condition that the clocks of its texts are not those of what it is now, as ``ix_incidents_unplanned`` has it.

    Never true of what was closed before texts had clocks.
    """
    return literal_column(f"({UNPLANNED})")


# Asked so often that putting them together each time would cost more than the database does.
_ONE = select(Incident).where(col(Incident.id) == bindparam("number"))
_LOCKED, _IF_FREE = _ONE.with_for_update(), _ONE.with_for_update(skip_locked=True)


class TakenMeanwhile(Exception):
    """Somebody else has just made an incident of this submission."""


class Incidents:
    """Finding and keeping incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_all(self, rows: Sequence[dict[str, Any]]) -> dict[str, Incident]:
        """Keep new incidents, given as columns and numbered in this order; found by their ``declared_key``.

        Raises TakenMeanwhile when another replica keeps the same submission in this instant: look for it again.
        """
        if not rows:
            return {}
        try:
            added = await self._session.exec(insert(Incident).returning(Incident), params=rows)
        except IntegrityError as error:
            raise TakenMeanwhile from error
        return {incident.declared_key: incident for incident in added.scalars()}

    async def get(self, incident_id: int, *, lock: bool = False, unless_taken: bool = False) -> Incident | None:
        """The incident by number. ``lock``: who else would change it waits for this unit (SQLite always queues).

        ``unless_taken``: None, at once, while somebody else holds that lock.
        """
        query = _ONE if not lock else _IF_FREE if unless_taken else _LOCKED
        return (await self._session.exec(query, params={"number": incident_id})).one_or_none()

    async def by_declared_keys(self, keys: Iterable[str]) -> dict[str, Incident]:
        """The incidents that these submissions already made."""
        query = select(Incident).where(col(Incident.declared_key).in_(sorted(keys)))
        return {found.declared_key: found for found in (await self._session.exec(query)).all()}

    async def ids_by_channel(self, channel_ids: Iterable[str]) -> dict[str, int]:
        """The incidents whose channels these are: one look at an index, asked for every message."""
        query = select(Incident.channel_id, Incident.id).where(col(Incident.channel_id).in_(sorted(channel_ids)))
        return {str(channel_id): int(found or 0) for channel_id, found in (await self._session.exec(query)).all()}

    async def by_channel(self, channel_id: str, *, lock: bool = False) -> Incident | None:
        """The incident whose channel this is, if any."""
        query = select(Incident).where(col(Incident.channel_id) == channel_id)
        if lock:
            query = query.with_for_update()
        return (await self._session.exec(query)).one_or_none()

    async def newest_open(self, limit: int, private: Iterable[int] = ()) -> Sequence[Incident]:
        """Open incidents that everybody may see, and these private ones, newest first, at most so many."""
        is_seen = or_(col(Incident.is_private).is_(False), col(Incident.id).in_(sorted(private)))
        query = select(Incident).where(is_open(), is_seen).order_by(col(Incident.id).desc()).limit(limit)
        return (await self._session.exec(query)).all()

    async def open_ones(self) -> Sequence[Incident]:
        """Every incident that is not closed, gravest and newest first. Callers filter by what the asker may see."""
        query = (
            select(Incident)
            .where(col(Incident.phase) != Phase.CLOSED)
            .order_by(col(Incident.severity), col(Incident.id).desc())
        )
        return (await self._session.exec(query)).all()
