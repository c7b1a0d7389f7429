"""When the evidence of an incident was last compared with its record, and what was amiss then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import JsonList, no_items


class CustodyCheck(SQLModel, table=True):
    """The last look at an incident's evidence; ``findings`` are the sentences about what was amiss."""

    __tablename__ = "custody_checks"

    incident_id: int = Field(primary_key=True, foreign_key="incidents.id")
    checked_at: datetime
    findings: list[str] = Field(default_factory=no_items, sa_type=JsonList)


class CustodyChecks:
    """Looks that were made."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def since(self, instant: datetime) -> set[int]:
        """The incidents that were looked at since then."""
        query = select(CustodyCheck.incident_id).where(col(CustodyCheck.checked_at) > instant)
        return set((await self._session.exec(query)).all())

    async def get(self, incident_id: int) -> CustodyCheck | None:
        """The last look."""
        return await self._session.get(CustodyCheck, incident_id, populate_existing=True)

    async def keep(self, incident_id: int, findings: Sequence[str], at: datetime) -> None:
        """Remember a look in place of the one before."""
        await self._session.merge(CustodyCheck(incident_id=incident_id, checked_at=at, findings=[*findings]))
