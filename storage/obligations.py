"""Obligations of incidents: clocks proposed, decided, running, met, with every decision and every text sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, func, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.obligations.words import Decision, Step
from storage.columns import JsonObject, no_entries, words

WAITING = "remind_at IS NOT NULL"


class Obligation(SQLModel, table=True):
    """One clock in one incident. ``row`` is the policy's row as it was when proposed; ``number`` counts within it.

    ``remind_at`` is when the next reminder is due; None when none is. ``said`` is the last one that was made.
    """

    __tablename__ = "obligations"
    __table_args__ = (
        Index("uq_obligations_clock", "incident_id", "clock", unique=True),
        Index("uq_obligations_number", "incident_id", "number", unique=True),
        Index("ix_obligations_waiting", "remind_at", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
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

    async def next_number(self, incident_id: int) -> int:
        """The number of the incident's next clock; call under the incident's lock."""
        query = select(func.max(Obligation.number)).where(col(Obligation.incident_id) == incident_id)
        return ((await self._session.exec(query)).one() or 0) + 1
