"""Proposals: a graver severity that somebody asked for and others must confirm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Severity
from storage.columns import JsonList, no_items, words


class ProposalState(StrEnum):
    """Waiting for confirmation, carried, or overtaken by events."""

    WAITING = "waiting"
    CARRIED = "carried"
    MOOT = "moot"


class Proposal(SQLModel, table=True):
    """One wish to raise the severity. ``confirmed_by`` are the Slack ids of those who agreed, in order."""

    __tablename__ = "proposals"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    old: Severity = Field(sa_type=words(Severity))
    new: Severity = Field(sa_type=words(Severity))
    reason: str = Field(sa_type=Text)
    proposed_by: str = Field(max_length=255)
    proposed_at: datetime
    confirmed_by: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    state: ProposalState = Field(default=ProposalState.WAITING, sa_type=words(ProposalState))
    channel_ts: str | None = Field(default=None, max_length=32)

    @property
    def key(self) -> int:
        """The id of a stored proposal."""
        if self.id is None:
            raise ValueError("this proposal is not stored yet")
        return self.id


class Proposals:
    """Proposals of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, proposal: Proposal) -> Proposal:
        """Keep a new proposal."""
        self._session.add(proposal)
        await self._session.flush()
        return proposal

    async def get(self, proposal_id: int, *, fresh: bool = False) -> Proposal | None:
        """The proposal by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(Proposal, proposal_id, populate_existing=fresh)

    async def waiting(self, incident_id: int) -> Sequence[Proposal]:
        """Proposals that wait for confirmation, oldest first."""
        query = (
            select(Proposal)
            .where(col(Proposal.incident_id) == incident_id, col(Proposal.state) == ProposalState.WAITING)
            .order_by(col(Proposal.id))
        )
        return (await self._session.exec(query)).all()
