"""Playbooks in incidents: the version each began with, its plan, and what became of every step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, Text, and_, bindparam, exists, func, or_, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.activities import Activity
from bot.domain.incident import Phase, Role, Severity
from bot.domain.playbook import Gate, Held
from storage.columns import JsonList, no_items, words
from storage.incidents import Incident
from storage.inserts import insert_missing
from storage.roles import RoleTenure, TenureState

# Still to do, and nobody was reminded of its present due instant: of all the steps there ever were, few.
UNSAID = (
    "done_at IS NULL AND dropped_at IS NULL AND withdrawn_at IS NULL AND (nudged_for IS NULL OR nudged_for <> due_at)"
)


class PlaybookVersion(SQLModel, table=True):
    """All playbooks as they were: ``content`` is :meth:`Book.dumped`, ``sha256`` its hash. Never changed."""

    __tablename__ = "playbook_versions"

    sha256: str = Field(primary_key=True, max_length=64)
    content: str = Field(sa_type=Text)
    kept_at: datetime


class PlaybookPlan(SQLModel, table=True):
    """Which version an incident began with, and where its checklist was posted."""

    __tablename__ = "playbook_plans"

    incident_id: int = Field(primary_key=True, foreign_key="incidents.id", sa_column_kwargs={"autoincrement": False})
    version: str = Field(max_length=64, foreign_key="playbook_versions.sha256")
    planned_at: datetime
    post_ts: str | None = Field(default=None, max_length=32)


class PlaybookStep(SQLModel, table=True):
    """A line of the playbook in one incident. ``number`` counts within it and stays; ``rank`` is the plan's order.

    ``withdrawn_at``: the plan has it no longer; what was done or dropped is never withdrawn.
    """

    __tablename__ = "playbook_steps"
    __table_args__ = (
        Index("uq_playbook_steps_key", "incident_id", "key", unique=True),
        Index("uq_playbook_steps_number", "incident_id", "number", unique=True),
        Index("ix_playbook_steps_unsaid", "due_at", sqlite_where=text(UNSAID), postgresql_where=text(UNSAID)),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    number: int
    key: str = Field(max_length=100)
    rank: int
    activity: Activity = Field(sa_type=words(Activity))
    phase: Phase = Field(sa_type=words(Phase))
    role: Role = Field(sa_type=words(Role))
    tier: str = Field(max_length=8)
    text: str = Field(sa_type=Text)
    evidence: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    actions: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    tell: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    after: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    gate: Gate | None = Field(default=None, sa_type=words(Gate))
    due_at: datetime
    owner_id: str | None = Field(default=None, max_length=32)
    done_at: datetime | None = None
    done_by: str | None = Field(default=None, max_length=255)
    dropped_at: datetime | None = None
    dropped_by: str | None = Field(default=None, max_length=255)
    drop_reason: str = Field(default="", sa_type=Text)
    withdrawn_at: datetime | None = None
    nudged_for: datetime | None = None

    @property
    def step_id(self) -> int:
        """The id of a stored step."""
        if self.id is None:
            raise ValueError("this step is not stored yet")
        return self.id

    @property
    def is_settled(self) -> bool:
        """Whether it is done or was said not to be needed."""
        return self.done_at is not None or self.dropped_at is not None

    @property
    def is_planned(self) -> bool:
        """Whether the present plan has it, or people had settled it before the plan left it out."""
        return self.is_settled or self.withdrawn_at is None

    @property
    def held(self) -> Held:
        """What planning anew needs to know of it."""
        return Held(self.key, self.due_at, self.rank, self.is_settled, self.withdrawn_at is not None)


class Steps:
    """Plans of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep_version(self, sha256: str, content: str, now: datetime) -> None:
        """Keep a copy of the playbooks, unless it is kept already."""
        if not (await self._session.exec(select(exists().where(col(PlaybookVersion.sha256) == sha256)))).one():
            version = {"sha256": sha256, "content": content, "kept_at": now}
            await insert_missing(self._session, PlaybookVersion, [version])

    async def version(self, sha256: str) -> PlaybookVersion | None:
        """The copy with this hash."""
        return await self._session.get(PlaybookVersion, sha256)

    async def plan(self, incident_id: int) -> PlaybookPlan | None:
        """The plan of an incident; None for one that has none yet."""
        return await self._session.get(PlaybookPlan, incident_id)

    def begin(self, plan: PlaybookPlan) -> None:
        """Keep a new plan."""
        self._session.add(plan)

    async def add_all(self, steps: Sequence[dict[str, Any]]) -> None:
        """Keep new steps, each by the names of its columns, in one statement."""
        await insert_missing(self._session, PlaybookStep, steps)

    async def replan(self, changes: Sequence[dict[str, Any]]) -> None:
        """Plan steps anew in one statement, each by ``step_id``, ``due``, ``order``, ``withdrawn`` (or None)."""
        if changes:
            await self._session.flush()
            await (await self._session.connection()).execute(_CHANGE, list(changes))

    async def get(self, step_id: int, *, fresh: bool = False) -> PlaybookStep | None:
        """The step by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(PlaybookStep, step_id, populate_existing=fresh)

    async def by_number(self, incident_id: int, number: int) -> PlaybookStep | None:
        """The step as people number it."""
        query = select(PlaybookStep).where(
            col(PlaybookStep.incident_id) == incident_id, col(PlaybookStep.number) == number
        )
        return (await self._session.exec(query)).one_or_none()

    async def of(self, incident_id: int) -> Sequence[PlaybookStep]:
        """Every step there was, in the order of the plan, as they stand now."""
        query = (
            select(PlaybookStep)
            .where(col(PlaybookStep.incident_id) == incident_id)
            .order_by(col(PlaybookStep.rank), col(PlaybookStep.number))
            .execution_options(populate_existing=True)
        )
        return (await self._session.exec(query)).all()

    async def some(self, step_ids: Sequence[int]) -> Sequence[PlaybookStep]:
        """These steps, in the order of the plan."""
        query = select(PlaybookStep).where(col(PlaybookStep.id).in_(step_ids)).order_by(col(PlaybookStep.rank))
        return (await self._session.exec(query)).all()

    async def gates(self, incident_id: int) -> Sequence[PlaybookStep]:
        """The steps that guard a gate."""
        query = select(PlaybookStep).where(
            col(PlaybookStep.incident_id) == incident_id, col(PlaybookStep.gate).is_not(None)
        )
        return (await self._session.exec(query)).all()

    async def claim_overdue(
        self, now: datetime, severities: Collection[Severity], limit: int = 500
    ) -> Sequence[PlaybookStep]:
        """Open steps past their time whose present due instant reminded nobody yet; now it has.

        Only those of open incidents of these severities whose people can be told: somebody it was assigned to, who
        holds its role, or who leads. One statement: two workers never both claim a step.
        """
        late = and_(
            col(PlaybookStep.due_at) <= now,
            text(UNSAID),
            exists().where(
                col(Incident.id) == col(PlaybookStep.incident_id),
                col(Incident.phase) != Phase.CLOSED,
                col(Incident.severity).in_(severities),
            ),
            or_(col(PlaybookStep.owner_id).is_not(None), _has_somebody()),
        )
        ids = (
            select(PlaybookStep.id)
            .where(late)
            .order_by(col(PlaybookStep.due_at))
            .limit(limit)
            .with_for_update(skip_locked=True, of=PlaybookStep)
        )
        statement = (
            update(PlaybookStep)
            .where(col(PlaybookStep.id).in_(ids))
            .values(nudged_for=col(PlaybookStep.due_at))
            .returning(PlaybookStep)
            .execution_options(synchronize_session=False)
        )
        return sorted((await self._session.exec(statement)).scalars().all(), key=lambda step: step.rank)

    async def progress(self, incident_id: int) -> tuple[int, int]:
        """How many steps are settled, and how many the plan has."""
        settled = or_(col(PlaybookStep.done_at).is_not(None), col(PlaybookStep.dropped_at).is_not(None))
        planned: Any = or_(settled, col(PlaybookStep.withdrawn_at).is_(None))
        query = select(func.count().filter(settled), func.count().filter(planned)).where(
            col(PlaybookStep.incident_id) == incident_id
        )
        done, total = (await self._session.exec(query)).one()
        return int(done), int(total)


_TABLE = PlaybookStep.__table__  # type: ignore[attr-defined]
_CHANGE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("step_id"))
    .values(due_at=bindparam("due"), rank=bindparam("order"), withdrawn_at=bindparam("withdrawn"))
)


def _has_somebody() -> ColumnElement[bool]:
    return exists().where(
        col(RoleTenure.incident_id) == col(PlaybookStep.incident_id),
        col(RoleTenure.state) == TenureState.HELD,
        or_(col(RoleTenure.role) == col(PlaybookStep.role), col(RoleTenure.role) == Role.LEAD),
    )
