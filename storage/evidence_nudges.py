"""Who was last reminded of which missing evidence, so that the same gap is not mentioned every half minute."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession


class EvidenceNudge(SQLModel, table=True):
    """The last reminder of an incident: what was missing then, as catalogue ids with spaces between."""

    __tablename__ = "evidence_nudges"

    incident_id: int = Field(primary_key=True, foreign_key="incidents.id")
    missing: str = Field(default="", max_length=255)
    nudged_at: datetime


class EvidenceNudges:
    """Reminders of missing evidence."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def last(self, incident_id: int) -> EvidenceNudge | None:
        """The last reminder of an incident, if there was one."""
        return await self._session.get(EvidenceNudge, incident_id)

    async def keep(self, incident_id: int, missing: str, at: datetime) -> None:
        """Remember a reminder in place of the one before."""
        await self._session.merge(EvidenceNudge(incident_id=incident_id, missing=missing, nudged_at=at))
