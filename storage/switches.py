"""Runs of containment actions: who asked, who agreed, what was called, what was seen afterwards. Never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.containment.run import Approval, Run
from bot.domain.containment.words import UNDER_WAY, Direction, Identity, Reversibility, Rule, RunState, Who
from storage.columns import JsonList, JsonObject, no_entries, no_items, words

LOOKED_AT = "due_at IS NOT NULL"


class ContainmentRun(SQLModel, table=True):
    """One run of one action, off or on again.

    ``plan`` is a copy of the action as it was asked for, with secrets by name only: editing the policy changes nothing
    that somebody agreed to. ``call_key`` makes the call idempotent. ``check_at`` is when its state wants to be looked
    at, ``review_at`` when people are asked whether it should stay; ``due_at``, the earliest of these and of a
    ratification that is still missing, is what ticks go by.
    """

    __tablename__ = "containment_runs"
    __table_args__ = (
        Index("uq_containment_runs_number", "incident_id", "number", unique=True),
        Index("ix_containment_runs_target", "target"),
        Index("ix_containment_runs_due", "due_at", sqlite_where=text(LOOKED_AT), postgresql_where=text(LOOKED_AT)),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    number: int
    system: str = Field(max_length=64)
    action: str = Field(max_length=64)
    catalogue: str = Field(max_length=8)
    title: str = Field(max_length=255)
    target: str = Field(max_length=1000)
    direction: Direction = Field(sa_type=words(Direction))
    back_for_id: int | None = Field(default=None, foreign_key="containment_runs.id")
    state: RunState = Field(default=RunState.REQUESTED, sa_type=words(RunState))
    reason: str = Field(sa_type=Text)
    harm_cannot_wait: str = Field(default="", sa_type=Text)
    exhibits: int = 0
    plan: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    rule: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    source_key: str | None = Field(default=None, unique=True, max_length=255)
    requested_by: str = Field(max_length=255)
    requested_email: str = Field(default="", max_length=320)
    requested_as: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    requested_at: datetime
    expires_at: datetime
    approvals: list[dict[str, Any]] = Field(default_factory=no_items, sa_type=JsonList)
    ratify_by: datetime | None = None
    ratified: list[dict[str, Any]] = Field(default_factory=no_items, sa_type=JsonList)
    is_automatic: bool = False
    call_key: str = Field(default="", max_length=64)
    calls: int = 0
    called_at: datetime | None = None
    answer: str = Field(default="", sa_type=Text)
    checks: list[dict[str, Any]] = Field(default_factory=no_items, sa_type=JsonList)
    verify_until: datetime | None = None
    hold_until: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, max_length=255)
    outcome: str = Field(default="", sa_type=Text)
    check_at: datetime | None = None
    unratified_at: datetime | None = None
    review_at: datetime | None = None
    due_at: datetime | None = None
    post_ts: str | None = Field(default=None, max_length=32)

    @property
    def key(self) -> int:
        """The id of a stored run."""
        if self.id is None:
            raise ValueError("this run is not stored yet")
        return self.id

    @property
    def is_under_way(self) -> bool:
        """Whether anything is still to happen."""
        return self.state in UNDER_WAY

    def look_at(self, instant: datetime | None) -> None:
        """Look at it then; None for no more than a ratification that is missing and a review that is to come."""
        self.check_at = instant
        is_unratified = self.ratify_by is not None and not self.ratified and self.unratified_at is None
        others = (self.ratify_by if is_unratified else None, self.review_at)
        self.due_at = min((at for at in (instant, *others) if at is not None), default=None)

    def run(self) -> Run:
        """The run as the rules see it."""
        return Run(
            rule=_rule(self.rule),
            direction=self.direction,
            requested_by=Identity(self.requested_by, self.requested_email),
            requested_as=frozenset(Who(word) for word in self.requested_as),
            requested_at=self.requested_at,
            expires_at=self.expires_at,
            state=self.state,
            approvals=tuple(_approval(stored) for stored in self.approvals),
            ratify_by=self.ratify_by,
            ratified=_approval(self.ratified[0]) if self.ratified else None,
            is_automatic=self.is_automatic,
        )

    def become(self, run: Run) -> None:
        """What the rules made of it."""
        self.state, self.is_automatic = run.state, run.is_automatic
        self.expires_at, self.ratify_by = run.expires_at, run.ratify_by
        self.approvals = [_stored(approval) for approval in run.approvals]
        self.ratified = [_stored(run.ratified)] if run.ratified else []


def stored_rule(rule: Rule) -> dict[str, Any]:
    """A rule as a run keeps it."""
    return {
        "run_by": sorted(rule.run_by),
        "approve_by": sorted(rule.approve_by),
        "approvers": rule.approvers,
        "reversibility": rule.reversibility,
        "needs": sorted(rule.needs),
    }


class Switches:
    """Runs of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, run: ContainmentRun) -> ContainmentRun:
        """Keep a new run."""
        self._session.add(run)
        await self._session.flush()
        return run

    async def get(self, run_id: int, *, fresh: bool = False) -> ContainmentRun | None:
        """The run by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(ContainmentRun, run_id, populate_existing=fresh)

    async def by_number(self, incident_id: int, number: int) -> ContainmentRun | None:
        """The run as people number it."""
        query = select(ContainmentRun).where(
            col(ContainmentRun.incident_id) == incident_id, col(ContainmentRun.number) == number
        )
        return (await self._session.exec(query)).one_or_none()

    async def by_source(self, source_key: str) -> ContainmentRun | None:
        """The run that this submission already made, if any."""
        query = select(ContainmentRun).where(col(ContainmentRun.source_key) == source_key)
        return (await self._session.exec(query)).one_or_none()

    async def next_number(self, incident_id: int) -> int:
        """The number of the incident's next run; call under the incident's lock."""
        query = select(func.max(ContainmentRun.number)).where(col(ContainmentRun.incident_id) == incident_id)
        return ((await self._session.exec(query)).one() or 0) + 1

    async def of(self, incident_id: int) -> Sequence[ContainmentRun]:
        """Every run there was, oldest first."""
        query = select(ContainmentRun).where(col(ContainmentRun.incident_id) == incident_id)
        return (await self._session.exec(query.order_by(col(ContainmentRun.id)))).all()

    async def hold(self, target: str) -> None:
        """Whoever else wants this switch waits until this unit ends, whichever incident they want it for."""
        if self._session.get_bind().dialect.name == "postgresql":  # on SQLite writers queue anyhow
            lock = func.pg_advisory_xact_lock(func.hashtextextended(target, 0))
            await self._session.exec(select(lock))

    async def under_way_on(self, target: str) -> Sequence[ContainmentRun]:
        """Runs that may still turn this switch, of whichever incident."""
        query = select(ContainmentRun).where(
            col(ContainmentRun.target) == target, col(ContainmentRun.state).in_(UNDER_WAY)
        )
        return (await self._session.exec(query.order_by(col(ContainmentRun.id)))).all()

    async def due_incidents(self, now: datetime, limit: int = 200) -> Sequence[int]:
        """Incidents with a run that wants to be looked at."""
        query = select(ContainmentRun.incident_id).where(col(ContainmentRun.due_at) <= now).distinct().limit(limit)
        return (await self._session.exec(query)).all()


def _rule(stored: dict[str, Any]) -> Rule:
    return Rule(
        run_by=frozenset(Who(word) for word in stored["run_by"]),
        approve_by=frozenset(Who(word) for word in stored["approve_by"]),
        approvers=stored["approvers"],
        reversibility=Reversibility(stored["reversibility"]),
        needs=frozenset(Who(word) for word in stored["needs"]),
    )


def _stored(approval: Approval) -> dict[str, Any]:
    return {
        "by": approval.by.id,
        "email": approval.by.email,
        "at": approval.at.isoformat(),
        "as": sorted(approval.as_),
    }


def _approval(stored: dict[str, Any]) -> Approval:
    who = frozenset(Who(word) for word in stored["as"])
    return Approval(Identity(stored["by"], stored["email"]), datetime.fromisoformat(stored["at"]), who)
