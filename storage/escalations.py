"""Escalation steps and the people asked for them: rows are the truth, whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Index, Text, func, insert, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.deadlines import Duration, TimeUnit
from bot.domain.escalation import CHANNEL, PlannedStep, RungKind, StandDownReason, Step, StepState, Why
from bot.domain.incident import Severity
from storage.columns import JsonObject, words

PLAN: TypeAdapter[PlannedStep] = TypeAdapter(PlannedStep)


class AskState(StrEnum):
    """What became of asking one person."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    DELEGATED = "delegated"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    SETTLED = "settled"


class EscalationStep(SQLModel, table=True):
    """One step of an incident's ladder. ``plan`` is the rule as it was copied, the rest is what became of it."""

    __tablename__ = "escalation_steps"
    __table_args__ = (
        Index("uq_escalation_steps_turn", "incident_id", "key", "turn", unique=True),
        Index("ix_escalation_steps_due", "next_look_at", "incident_id"),
        Index(
            "ix_escalation_steps_unreadable",
            "incident_id",
            sqlite_where=text("stood_down_for = 'unreadable'"),
            postgresql_where=text("stood_down_for = 'unreadable'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    key: str = Field(max_length=64)
    turn: int = 1
    kind: RungKind = Field(sa_type=words(RungKind))
    severity: Severity = Field(sa_type=words(Severity))
    due_at: datetime
    plan: dict[str, Any] = Field(sa_type=JsonObject)
    state: StepState = Field(default=StepState.PENDING, sa_type=words(StepState))
    next_look_at: datetime | None = None
    times_raised: int = 0
    unanswered: int = 0
    snoozes: int = 0
    raised_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = Field(default=None, max_length=255)
    stood_down_at: datetime | None = None
    stood_down_for: StandDownReason | None = Field(default=None, sa_type=words(StandDownReason))

    @property
    def number(self) -> int:
        """The id of a stored step."""
        if self.id is None:
            raise ValueError("this step is not stored yet")
        return self.id

    @property
    def is_running(self) -> bool:
        """Whether it may still ask anybody."""
        return self.state is not StepState.STOOD_DOWN

    @property
    def is_readable(self) -> bool:
        """Whether this version understands its plan and its state."""
        try:
            PLAN.validate_python(self.plan)
        except ValueError:
            return False
        return self.state in tuple(StepState)

    def step(self) -> Step:
        """The step as the rules see it; of one that is not readable, as much as its columns tell."""
        try:
            plan = PLAN.validate_python(self.plan)
        except ValueError:
            plan = self._stand_in()
        coming = StepState.PENDING if self.next_look_at else StepState.STOOD_DOWN
        state = self.state if self.state in tuple(StepState) else coming
        return Step(
            plan=plan,
            state=state,
            next_look_at=self.next_look_at,
            times_raised=self.times_raised,
            unanswered=self.unanswered,
            snoozes=self.snoozes,
            raised_at=self.raised_at,
            acknowledged_at=self.acknowledged_at,
            stood_down_at=self.stood_down_at,
            stood_down_for=self.stood_down_for,
        )

    def _stand_in(self) -> PlannedStep:
        return PlannedStep(
            key=self.key,
            turn=self.turn,
            severity=self.severity,
            kind=self.kind,
            ask=CHANNEL,
            after=Duration(0, TimeUnit.MINUTES),
            due_at=self.due_at,
            why=Why.NOBODY_REACHABLE,
        )

    def become(self, step: Step) -> None:
        """Store the step as it is now."""
        for name, value in _values(step).items():
            setattr(self, name, value)


class EscalationAsk(SQLModel, table=True):
    """One person (or, without one, the channel) asked once. Asks of one ``batch`` went out as one message.

    ``answer`` says how it was settled where the state does not: muted, snoozed, climbed, asked_again. ``was_due_at``
    against ``asked_at`` is how late it was. ``batch`` is the id of its first ask.
    """

    __tablename__ = "escalation_asks"
    __table_args__ = (Index("uq_escalation_asks_round", "step_id", "user_id", "round", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="escalation_steps.id", index=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    user_id: str = Field(default="", max_length=32)
    round: int
    batch: int | None = Field(default=None, index=True)
    was_due_at: datetime
    asked_at: datetime
    state: AskState = Field(default=AskState.ASKED, sa_type=words(AskState))
    answered_at: datetime | None = None
    answered_by: str | None = Field(default=None, max_length=255)
    delegated_to: str | None = Field(default=None, max_length=32)
    delegated_by: str | None = Field(default=None, max_length=32)
    answer: str = Field(default="", sa_type=Text)
    channel_id: str | None = Field(default=None, max_length=32)
    message_ts: str | None = Field(default=None, max_length=32)

    @property
    def key(self) -> int:
        """The id of a stored ask."""
        if self.id is None:
            raise ValueError("this ask is not stored yet")
        return self.id


class Escalations:
    """Ladders of incidents and who was asked."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def due_incidents(self, now: datetime, limit: int) -> Sequence[int]:
        """Incidents with a step that wants to be looked at, the longest waiting first."""
        # "+ 0": to group by the bare column SQLite walks every step there is in the order of that column's index.
        number = (col(EscalationStep.incident_id) + 0).label("number")
        query = (
            select(number)
            .where(col(EscalationStep.next_look_at) <= now)
            .group_by(number)
            .order_by(func.min(EscalationStep.next_look_at), number)
            .limit(limit)
        )
        return (await self._session.exec(query)).all()

    async def next_look(self) -> datetime | None:
        """When the earliest step wants to be looked at."""
        return (await self._session.exec(select(func.min(EscalationStep.next_look_at)))).one()

    def add(self, incident_id: int, step: Step) -> None:
        """Keep a new step."""
        self._session.add(EscalationStep(incident_id=incident_id, **_values(step)))

    async def add_all(self, incident_id: int, steps: Sequence[Step]) -> None:
        """Keep a whole ladder in one statement."""
        rows = [{"incident_id": incident_id, **_values(step)} for step in steps]
        if rows:  # an insert without rows would be one of nothing but defaults
            await (await self._session.connection()).execute(insert(EscalationStep.__table__), rows)  # type: ignore[attr-defined]

    async def of(self, incident_id: int) -> Sequence[EscalationStep]:
        """Every step of the incident's ladder, in the order they fall due."""
        query = (
            select(EscalationStep)
            .where(col(EscalationStep.incident_id) == incident_id)
            .order_by(col(EscalationStep.due_at), col(EscalationStep.id))
        )
        return (await self._session.exec(query)).all()

    async def add_asks(self, *messages: Sequence[EscalationAsk]) -> None:
        """Keep asks, those that go out as one message together."""
        self._session.add_all(ask for asks in messages for ask in asks)
        await self._session.flush()
        for asks in messages:
            for ask in asks:
                ask.batch = asks[0].key

    async def batch(self, batch: int) -> Sequence[tuple[EscalationAsk, EscalationStep]]:
        """The asks of one message with their steps."""
        query = (
            select(EscalationAsk, EscalationStep)
            .join(EscalationStep, col(EscalationStep.id) == col(EscalationAsk.step_id))
            .where(col(EscalationAsk.batch) == batch)
            .order_by(col(EscalationAsk.id))
        )
        return (await self._session.exec(query)).all()

    async def asks_of(self, incident_id: int) -> Sequence[EscalationAsk]:
        """Everybody who was asked, in order."""
        query = (
            select(EscalationAsk).where(col(EscalationAsk.incident_id) == incident_id).order_by(col(EscalationAsk.id))
        )
        return (await self._session.exec(query)).all()

    async def waiting_asks(self, incident_id: int, step_ids: Sequence[int]) -> Sequence[EscalationAsk]:
        """Asks of these steps that nobody has answered."""
        query = (
            select(EscalationAsk)
            .where(
                col(EscalationAsk.incident_id) == incident_id,
                col(EscalationAsk.step_id).in_(step_ids),
                col(EscalationAsk.state) == AskState.ASKED,
            )
            .order_by(col(EscalationAsk.id))
        )
        return (await self._session.exec(query)).all()

    async def newest_ask(self, incident_id: int, user_id: str) -> EscalationAsk | None:
        """The last time this person was asked and has not answered."""
        query = (
            select(EscalationAsk)
            .where(
                col(EscalationAsk.incident_id) == incident_id,
                col(EscalationAsk.user_id) == user_id,
                col(EscalationAsk.state) == AskState.ASKED,
            )
            .order_by(col(EscalationAsk.id).desc())
            .limit(1)
        )
        return (await self._session.exec(query)).one_or_none()


def _values(step: Step) -> dict[str, Any]:
    """A step as columns."""
    return {
        "key": step.plan.key,
        "turn": step.plan.turn,
        "kind": step.plan.kind,
        "severity": step.plan.severity,
        "due_at": step.plan.due_at,
        "plan": PLAN.dump_python(step.plan, mode="json"),
        "state": step.state,
        "next_look_at": step.next_look_at,
        "times_raised": step.times_raised,
        "unanswered": step.unanswered,
        "snoozes": step.snoozes,
        "raised_at": step.raised_at,
        "acknowledged_at": step.acknowledged_at,
        "stood_down_at": step.stood_down_at,
        "stood_down_for": step.stood_down_for,
    }
