"""Who wants the executive brief every day, at which minute of their own day, and when the next one is due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.containment.words import RunState
from storage.obligations import Obligation
from storage.particulars import ParticularVersion
from storage.proposals import Proposal, ProposalState
from storage.switches import ContainmentRun
from storage.updates import Update

TOLD = (RunState.REQUESTED, RunState.HOLDING, RunState.CONTAINED)


class BriefHour(SQLModel, table=True):
    """One person's wish. ``minute`` counts from midnight where they are; ``next_at`` is in UTC."""

    __tablename__ = "brief_hours"

    user_id: str = Field(primary_key=True, max_length=32)
    minute: int
    next_at: datetime = Field(index=True)


@dataclass(frozen=True, slots=True)
class BriefRows:
    """What the brief says of some incidents, by incident where there is one of a kind."""

    updates: dict[int, str]
    runs: Sequence[ContainmentRun]
    proposals: Sequence[Proposal]
    clocks: Sequence[Obligation]
    particulars: dict[tuple[int, str], ParticularVersion]


class Briefs:
    """Wishes for the brief."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, user_id: str) -> BriefHour | None:
        """What this person wished for, if anything."""
        return await self._session.get(BriefHour, user_id)

    async def keep(self, user_id: str, minute: int, next_at: datetime) -> None:
        """From now on at this minute."""
        await self._session.merge(BriefHour(user_id=user_id, minute=minute, next_at=next_at))

    async def forget(self, user_id: str) -> bool:
        """No more; whether there was a wish."""
        found = await self.get(user_id)
        if found is not None:
            await self._session.delete(found)
        return found is not None

    async def due(self, now: datetime, limit: int = 200) -> Sequence[BriefHour]:
        """Wishes whose hour has come, held by this unit alone until it ends; whoever takes one sets the next."""
        query = select(BriefHour).where(col(BriefHour.next_at) <= now).order_by(col(BriefHour.next_at)).limit(limit)
        return (await self._session.exec(query.with_for_update(skip_locked=True))).all()

    async def rows(self, incident_ids: Collection[int], keys: Collection[str]) -> BriefRows:
        """Last updates, what waits for a decision, running clocks, and these particulars. Five statements."""
        ids = sorted(incident_ids)
        newest = select(func.max(Update.id)).where(col(Update.incident_id).in_(ids)).group_by(col(Update.incident_id))
        updates = (await self._session.exec(select(Update).where(col(Update.id).in_(newest)))).all()
        runs = select(ContainmentRun).where(
            col(ContainmentRun.incident_id).in_(ids), col(ContainmentRun.state).in_(TOLD)
        )
        proposals = select(Proposal).where(
            col(Proposal.incident_id).in_(ids), col(Proposal.state) == ProposalState.WAITING
        )
        clocks = select(Obligation).where(col(Obligation.incident_id).in_(ids), col(Obligation.sent_at).is_(None))
        known = select(ParticularVersion).where(
            col(ParticularVersion.incident_id).in_(ids), col(ParticularVersion.key).in_(sorted(keys))
        )
        versions = (await self._session.exec(known.order_by(col(ParticularVersion.version)))).all()
        return BriefRows(
            {update.incident_id: update.text for update in updates},
            (await self._session.exec(runs.order_by(col(ContainmentRun.id)))).all(),
            (await self._session.exec(proposals.order_by(col(Proposal.id)))).all(),
            (await self._session.exec(clocks.order_by(col(Obligation.id)))).all(),
            {(version.incident_id, version.key): version for version in versions},
        )
