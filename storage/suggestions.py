"""Suggestions for the playbooks, kept with the incident that taught them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import JsonObject, no_entries


class Suggestion(SQLModel, table=True):
    """A change somebody suggests. ``step_key`` names the step it is about; ``change`` holds what it should become."""

    __tablename__ = "playbook_suggestions"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    step_key: str | None = Field(default=None, max_length=100)
    text: str = Field(sa_type=Text)
    change: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    suggested_at: datetime
    suggested_by: str = Field(max_length=255)
    source_key: str = Field(unique=True, max_length=255)


class Suggestions:
    """Suggestions of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, suggestion: Suggestion) -> Suggestion:
        """Keep a new suggestion."""
        self._session.add(suggestion)
        await self._session.flush()
        return suggestion

    async def by_source(self, source_key: str) -> Suggestion | None:
        """The suggestion that this submission already made, if any."""
        query = select(Suggestion).where(col(Suggestion.source_key) == source_key)
        return (await self._session.exec(query)).one_or_none()

    async def of(self, incident_id: int) -> Sequence[Suggestion]:
        """What was suggested in an incident, oldest first."""
        query = select(Suggestion).where(col(Suggestion.incident_id) == incident_id).order_by(col(Suggestion.id))
        return (await self._session.exec(query)).all()

    async def all(self) -> Sequence[Suggestion]:
        """Everything that was ever suggested, oldest first."""
        return (await self._session.exec(select(Suggestion).order_by(col(Suggestion.id)))).all()
