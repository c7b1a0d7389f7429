"""Tasks of an incident: who does what by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Index, Text, and_, exists, func, or_, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Phase, Role
from storage.incidents import Incident
from storage.roles import RoleTenure, TenureState

# Still to do, and nobody was reminded of its present due instant: of all the tasks there ever were, few.
UNSAID = "done_at IS NULL AND dropped_at IS NULL AND (nudged_for IS NULL OR nudged_for <> due_at)"


class Task(SQLModel, table=True):
    """One thing to do. Done or dropped, it stays in the record.

    ``number`` counts within the incident; ``nudged_for`` is the due instant its owner was last reminded of, so that
    each due instant reminds once. Where it was posted and told is kept, to be edited.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("uq_tasks_number", "incident_id", "number", unique=True),
        Index("ix_tasks_unsaid", "due_at", sqlite_where=text(UNSAID), postgresql_where=text(UNSAID)),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    number: int
    text: str = Field(sa_type=Text)
    owner_id: str | None = Field(default=None, max_length=32)
    due_at: datetime | None = None
    created_at: datetime
    created_by: str = Field(max_length=255)
    given_by: str = Field(max_length=255)
    source_key: str | None = Field(default=None, unique=True, max_length=255)
    done_at: datetime | None = None
    done_by: str | None = Field(default=None, max_length=255)
    dropped_at: datetime | None = None
    dropped_by: str | None = Field(default=None, max_length=255)
    drop_reason: str = Field(default="", sa_type=Text)
    nudged_for: datetime | None = None
    post_ts: str | None = Field(default=None, max_length=32)
    told_id: str | None = Field(default=None, max_length=32)
    told_channel_id: str | None = Field(default=None, max_length=32)
    told_ts: str | None = Field(default=None, max_length=32)

    @property
    def key(self) -> int:
        """The id of a stored task."""
        if self.id is None:
            raise ValueError("this task is not stored yet")
        return self.id

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.done_at is None and self.dropped_at is None


class Tasks:
    """Tasks of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, task: Task) -> Task:
        """Keep a new task."""
        self._session.add(task)
        await self._session.flush()
        return task

    async def get(self, task_id: int, *, fresh: bool = False) -> Task | None:
        """The task by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(Task, task_id, populate_existing=fresh)

    async def by_number(self, incident_id: int, number: int) -> Task | None:
        """The task as people number it."""
        query = select(Task).where(col(Task.incident_id) == incident_id, col(Task.number) == number)
        return (await self._session.exec(query)).one_or_none()

    async def by_source(self, source_key: str) -> Task | None:
        """The task that this submission already made, if any."""
        return (await self._session.exec(select(Task).where(col(Task.source_key) == source_key))).one_or_none()

    async def next_number(self, incident_id: int) -> int:
        """The number of the incident's next task; call under the incident's lock."""
        query = select(func.max(Task.number)).where(col(Task.incident_id) == incident_id)
        return ((await self._session.exec(query)).one() or 0) + 1

    async def of(self, incident_id: int) -> Sequence[Task]:
        """Every task there was, oldest first."""
        query = select(Task).where(col(Task.incident_id) == incident_id).order_by(col(Task.id))
        return (await self._session.exec(query)).all()

    async def some(self, task_ids: Sequence[int]) -> Sequence[Task]:
        """These tasks, oldest first."""
        query = select(Task).where(col(Task.id).in_(task_ids)).order_by(col(Task.id))
        return (await self._session.exec(query)).all()

    async def claim_overdue(self, now: datetime, limit: int = 200) -> Sequence[Task]:
        """Open tasks of open incidents past their time whose present due instant reminded nobody yet; now it has.

        Tasks that nobody owns are claimed once there is a lead. One statement: two workers never both claim a task.
        Those of closed incidents are put aside with them, or each look would meet them again for years.
        """
        late = and_(
            col(Task.due_at) <= now,
            col(Task.done_at).is_(None),
            col(Task.dropped_at).is_(None),
            or_(col(Task.nudged_for).is_(None), col(Task.nudged_for) != col(Task.due_at)),
            or_(col(Task.owner_id).is_not(None), _has_lead(), _is_over()),
        )
        ids = select(Task.id).where(late).order_by(col(Task.due_at)).limit(limit).with_for_update(skip_locked=True)
        statement = (
            update(Task)
            .where(col(Task.id).in_(ids))
            .values(nudged_for=col(Task.due_at))
            .returning(Task)
            .execution_options(synchronize_session=False)
        )
        claimed = sorted((await self._session.exec(statement)).scalars().all(), key=lambda task: task.key)
        if not claimed:
            return []
        numbers = {task.incident_id for task in claimed}
        still_open = select(Incident.id).where(col(Incident.id).in_(numbers), col(Incident.phase) != Phase.CLOSED)
        found = set((await self._session.exec(still_open)).all())
        return [task for task in claimed if task.incident_id in found]

    async def take_up(self, incident_id: int) -> None:
        """The incident is open again: what is still to do and late reminds once more."""
        reminded = and_(
            col(Task.incident_id) == incident_id,
            col(Task.done_at).is_(None),
            col(Task.dropped_at).is_(None),
            col(Task.nudged_for).is_not(None),
        )
        await self._session.exec(update(Task).where(reminded).values(nudged_for=None))


def _has_lead() -> ColumnElement[bool]:
    return exists().where(
        col(RoleTenure.incident_id) == col(Task.incident_id),
        col(RoleTenure.state) == TenureState.HELD,
        col(RoleTenure.role) == Role.LEAD,
    )


def _is_over() -> ColumnElement[bool]:
    return exists().where(col(Incident.id) == col(Task.incident_id), col(Incident.phase) == Phase.CLOSED)
