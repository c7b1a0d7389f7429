"""What an investigation finds: assessments, hypotheses, reproductions, estimates of the scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, func
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.investigation import FindingKind
from storage.columns import JsonObject, no_entries, words


class Finding(SQLModel, table=True):
    """One finding. ``number`` counts within the incident; ``data`` holds what its kind says of it."""

    __tablename__ = "findings"
    __table_args__ = (Index("uq_findings_number", "incident_id", "number", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    number: int
    kind: FindingKind = Field(sa_type=words(FindingKind))
    text: str = Field(default="", sa_type=Text)
    data: dict[str, Any] = Field(default_factory=no_entries, sa_type=JsonObject)
    found_at: datetime
    found_by: str = Field(max_length=255)
    source_key: str = Field(unique=True, max_length=255)


class Findings:
    """Findings of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, finding: Finding) -> Finding:
        """Keep a new finding."""
        self._session.add(finding)
        await self._session.flush()
        return finding

    async def get(self, finding_id: int, *, fresh: bool = False) -> Finding | None:
        """The finding by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(Finding, finding_id, populate_existing=fresh)

    async def by_source(self, source_key: str) -> Finding | None:
        """The finding that this submission already made, if any."""
        return (await self._session.exec(select(Finding).where(col(Finding.source_key) == source_key))).one_or_none()

    async def by_number(self, incident_id: int, number: int) -> Finding | None:
        """The finding as people number it."""
        query = select(Finding).where(col(Finding.incident_id) == incident_id, col(Finding.number) == number)
        return (await self._session.exec(query)).one_or_none()

    async def next_number(self, incident_id: int) -> int:
        """The number of the incident's next finding; call under the incident's lock."""
        query = select(func.max(Finding.number)).where(col(Finding.incident_id) == incident_id)
        return ((await self._session.exec(query)).one() or 0) + 1

    async def of(self, incident_id: int) -> Sequence[Finding]:
        """Everything found, oldest first."""
        query = select(Finding).where(col(Finding.incident_id) == incident_id).order_by(col(Finding.number))
        return (await self._session.exec(query)).all()
