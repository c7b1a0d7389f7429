"""Tasks of an incident: who does what by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Task(SQLModel, table=True):
    """One thing to do. Done or dropped, it stays in the record."""

    __tablename__ = "tasks"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    text: str = Field(sa_type=Text)
    owner_id: str | None = Field(default=None, max_length=32)
    due_at: datetime | None = None
    created_at: datetime
    created_by: str = Field(max_length=255)
    source_key: str | None = Field(default=None, unique=True, max_length=255)
    done_at: datetime | None = None
    done_by: str | None = Field(default=None, max_length=255)
    dropped_at: datetime | None = None
    nudged_at: datetime | None = None


class Tasks:
    """Tasks of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, task: Task) -> Task:
        """Keep a new task."""
        self._session.add(task)
        await self._session.flush()
        return task

    async def get(self, task_id: int) -> Task | None:
        """The task by id."""
        return await self._session.get(Task, task_id)

    async def of(self, incident_id: int) -> Sequence[Task]:
        """Every task there was, oldest first."""
        query = select(Task).where(col(Task.incident_id) == incident_id).order_by(col(Task.id))
        return (await self._session.exec(query)).all()
