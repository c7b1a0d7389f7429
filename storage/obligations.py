"""Obligations of incidents: clocks proposed, decided, running, met, with every decision and every text sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, Text, and_, func, or_, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Outcome
from bot.domain.obligations.words import Decision, Step
from storage.columns import JsonObject, no_entries, words
from storage.incidents import Incident

WAITING = "remind_at IS NOT NULL"
# It runs or may run, and nobody is going to be reminded: of all the clocks there ever were, none.
SILENT = (
    "remind_at IS NULL AND due_strict IS NOT NULL AND sent_at IS NULL "
    "AND decision <> 'does_not_apply' AND said <> 'overdue'"
)


class Obligation(SQLModel, table=True):
    """One clock in one incident. ``row`` is the policy's row as it was when proposed; ``number`` counts within it.

    ``remind_at`` is when the next reminder is due; None when none is. ``said`` is the last one that was made.
    """

    __tablename__ = "obligations"
    __table_args__ = (
        Index("uq_obligations_clock", "incident_id", "clock", unique=True),
        Index("uq_obligations_number", "incident_id", "number", unique=True),
        Index("ix_obligations_waiting", "remind_at", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
        Index("ix_obligations_silent", "incident_id", sqlite_where=text(SILENT), postgresql_where=text(SILENT)),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    number: int
    clock: str = Field(max_length=60)
    row: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    because: str = Field(default="", sa_type=Text)
    proposed_at: datetime
    decision: Decision = Field(default=Decision.PROPOSED, sa_type=words(Decision))
    why: str = Field(default="", sa_type=Text)
    decided_at: datetime | None = None
    decided_by: str | None = Field(default=None, max_length=255)
    counsel_at: datetime | None = None
    counsel_by: str | None = Field(default=None, max_length=255)
    started_at: datetime | None = None
    due_strict: datetime | None = None
    due_statutory: datetime | None = None
    said: Step = Field(default=Step.NOTHING, sa_type=words(Step))
    remind_at: datetime | None = None
    sent_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a stored obligation."""
        if self.id is None:
            raise ValueError("this obligation is not stored yet")
        return self.id

    @property
    def is_running(self) -> bool:
        """Whether legal said that it applies, it has begun, and nothing was sent yet."""
        return self.decision is Decision.APPLIES and self.due_strict is not None and self.sent_at is None

    @property
    def is_open(self) -> bool:
        """Whether something is left to do: to decide, or to send."""
        return self.decision is not Decision.DOES_NOT_APPLY and self.sent_at is None


class ObligationDecision(SQLModel, table=True):
    """What legal once said of a clock, or that counsel was asked. Never changed."""

    __tablename__ = "obligation_decisions"

    id: int | None = Field(default=None, primary_key=True)
    obligation_id: int = Field(foreign_key="obligations.id", index=True)
    what: str = Field(max_length=32)
    why: str = Field(default="", sa_type=Text)
    decided_at: datetime
    decided_by: str = Field(max_length=255)
    source_key: str = Field(unique=True, max_length=255)


class ObligationNotice(SQLModel, table=True):
    """What was sent to an authority or a person: when, to whom, under which reference, and the exact text."""

    __tablename__ = "obligation_notices"

    id: int | None = Field(default=None, primary_key=True)
    obligation_id: int = Field(foreign_key="obligations.id", index=True)
    version: int
    sent_at: datetime
    recipient: str = Field(sa_type=Text)
    reference: str = Field(default="", sa_type=Text)
    text: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)
    recorded_at: datetime
    recorded_by: str = Field(max_length=255)
    source_key: str = Field(unique=True, max_length=255)


class ObligationExport(SQLModel, table=True):
    """The data for an authority's form as it was handed out once. Never changed."""

    __tablename__ = "obligation_exports"
    __table_args__ = (Index("uq_obligation_exports_version", "incident_id", "version", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    version: int
    content: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)
    made_at: datetime
    made_by: str = Field(max_length=255)


class Obligations:
    """Clocks of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, obligation_id: int, *, fresh: bool = False) -> Obligation | None:
        """The obligation by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(Obligation, obligation_id, populate_existing=fresh)

    async def of(self, incident_id: int) -> Sequence[Obligation]:
        """Every clock of an incident, in the order of their numbers."""
        query = select(Obligation).where(col(Obligation.incident_id) == incident_id).order_by(col(Obligation.number))
        return (await self._session.exec(query)).all()

    async def referenced(self, incident_id: int) -> Sequence[tuple[Obligation, str | None]]:
        """Every clock of an incident with the reference of its first notice, if one was sent. One statement."""
        first = and_(col(ObligationNotice.obligation_id) == col(Obligation.id), col(ObligationNotice.version) == 1)
        query = (
            select(Obligation, ObligationNotice.reference)
            .outerjoin(ObligationNotice, first)
            .where(col(Obligation.incident_id) == incident_id)
            .order_by(col(Obligation.number))
        )
        return [(one, reference) for one, reference in (await self._session.exec(query)).all()]

    async def by_number(self, incident_id: int, number: int) -> Obligation | None:
        """The clock as people number it."""
        query = select(Obligation).where(col(Obligation.incident_id) == incident_id, col(Obligation.number) == number)
        return (await self._session.exec(query)).one_or_none()

    async def add(self, obligation: Obligation) -> Obligation:
        """Keep a new clock; one of each per incident, so call under the incident's lock."""
        self._session.add(obligation)
        await self._session.flush()
        return obligation

    async def waiting(self, now: datetime, limit: int) -> Sequence[int]:
        """Incidents of which a reminder is due, longest due first; found by ``ix_obligations_waiting``."""
        due = (
            select(Obligation.incident_id, Obligation.remind_at)
            .where(col(Obligation.remind_at).is_not(None), col(Obligation.remind_at) <= now)
            .order_by(col(Obligation.remind_at))
            .limit(limit)
        )
        return list(dict.fromkeys(incident_id for incident_id, _ in (await self._session.exec(due)).all()))

    async def silent(self, after: int, upto: int | None) -> Sequence[int]:
        """Incidents above ``after``, up to and with ``upto``, of which a clock runs without a reminder to come.

        Those that were no incidents at all are left out.
        """
        query = (
            select(Obligation.incident_id)
            .join(Incident, col(Incident.id) == col(Obligation.incident_id))
            .where(text(SILENT), col(Obligation.incident_id) > after)
            .where(or_(col(Incident.outcome).is_(None), col(Incident.outcome) != Outcome.CANCELLED))
            .order_by(col(Obligation.incident_id))
        )
        if upto is not None:
            query = query.where(col(Obligation.incident_id) <= upto)
        return list(dict.fromkeys((await self._session.exec(query)).all()))

    async def decided(self, decision: ObligationDecision) -> None:
        """Keep what was said of a clock."""
        self._session.add(decision)
        await self._session.flush()

    async def decision_by_source(self, source_key: str) -> ObligationDecision | None:
        """The decision that this submission already made, if any."""
        query = select(ObligationDecision).where(col(ObligationDecision.source_key) == source_key)
        return (await self._session.exec(query)).one_or_none()

    async def decisions(self, incident_id: int) -> Sequence[ObligationDecision]:
        """Everything that was said of the incident's clocks, oldest first."""
        query = (
            select(ObligationDecision)
            .join(Obligation, col(Obligation.id) == col(ObligationDecision.obligation_id))
            .where(col(Obligation.incident_id) == incident_id)
            .order_by(col(ObligationDecision.id))
        )
        return (await self._session.exec(query)).all()

    async def sent(self, notice: ObligationNotice) -> ObligationNotice:
        """Keep what was sent."""
        self._session.add(notice)
        await self._session.flush()
        return notice

    async def notice_by_source(self, source_key: str) -> ObligationNotice | None:
        """The notice that this submission already recorded, if any."""
        query = select(ObligationNotice).where(col(ObligationNotice.source_key) == source_key)
        return (await self._session.exec(query)).one_or_none()

    async def notices(self, incident_id: int) -> Sequence[ObligationNotice]:
        """Everything sent for the incident's clocks, oldest first."""
        query = (
            select(ObligationNotice)
            .join(Obligation, col(Obligation.id) == col(ObligationNotice.obligation_id))
            .where(col(Obligation.incident_id) == incident_id)
            .order_by(col(ObligationNotice.id))
        )
        return (await self._session.exec(query)).all()

    async def export(self, made: ObligationExport) -> ObligationExport:
        """Keep what was handed out; call under the incident's lock."""
        self._session.add(made)
        await self._session.flush()
        return made

    async def export_of(self, incident_id: int, version: int) -> ObligationExport | None:
        """What was handed out as this version."""
        query = select(ObligationExport).where(
            col(ObligationExport.incident_id) == incident_id, col(ObligationExport.version) == version
        )
        return (await self._session.exec(query)).one_or_none()

    async def latest_export(self, incident_id: int) -> ObligationExport | None:
        """What was handed out last."""
        query = (
            select(ObligationExport)
            .where(col(ObligationExport.incident_id) == incident_id)
            .order_by(col(ObligationExport.version).desc())
            .limit(1)
        )
        return (await self._session.exec(query)).one_or_none()

    async def next_number(self, incident_id: int) -> int:
        """The number of the incident's next clock; call under the incident's lock."""
        query = select(func.max(Obligation.number)).where(col(Obligation.incident_id) == incident_id)
        return ((await self._session.exec(query)).one() or 0) + 1


def next_running(number: ColumnElement[int]) -> Any:
    """The id of the running clock of an incident that is due first, as a sub-query."""
    running = select(Obligation.id).where(col(Obligation.incident_id) == number, *_RUNNING)
    return running.order_by(col(Obligation.due_strict), col(Obligation.id)).limit(1).scalar_subquery()


def open_clocks(number: ColumnElement[int]) -> tuple[Any, Any]:
    """How many clocks of an incident run, and how many legal has yet to decide, as sub-queries."""
    count = select(func.count()).where(col(Obligation.incident_id) == number)
    undecided = col(Obligation.decision).in_((Decision.PROPOSED, Decision.UNDECIDED))
    return count.where(*_RUNNING).scalar_subquery(), count.where(undecided).scalar_subquery()


_RUNNING = (
    col(Obligation.decision) == Decision.APPLIES,
    col(Obligation.due_strict).is_not(None),
    col(Obligation.sent_at).is_(None),
)
