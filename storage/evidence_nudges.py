"""Who was last reminded of which missing evidence, so that the same gap is not mentioned every half minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Phase
from storage.incidents import Incident


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

    async def due(self, declared_before: datetime, nudged_before: datetime, limit: int) -> Sequence[int]:
        """Open incidents, not contained yet, declared before then and not reminded since, oldest first."""
        query = (
            select(Incident.id)
            .outerjoin(EvidenceNudge, col(EvidenceNudge.incident_id) == col(Incident.id))
            .where(
                col(Incident.phase) != Phase.CLOSED,
                col(Incident.contained_at).is_(None),
                col(Incident.declared_at) <= declared_before,
                or_(col(EvidenceNudge.nudged_at).is_(None), col(EvidenceNudge.nudged_at) <= nudged_before),
            )
            .order_by(col(Incident.id))
            .limit(limit)
        )
        return [number for number in (await self._session.exec(query)).all() if number is not None]

    async def keep(self, incident_id: int, missing: str, at: datetime) -> None:
        """Remember a reminder in place of the one before."""
        await self._session.merge(EvidenceNudge(incident_id=incident_id, missing=missing, nudged_at=at))
