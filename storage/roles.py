"""Who holds which role, and who held it when: tenures are ended, never overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Role
from storage.columns import words


class TenureState(StrEnum):
    """An offer waits for the receiver; a held role is theirs; the rest is history."""

    OFFERED = "offered"
    HELD = "held"
    ENDED = "ended"
    DECLINED = "declined"


class RoleTenure(SQLModel, table=True):
    """One person in one role for one span of time."""

    __tablename__ = "role_tenures"
    __table_args__ = (
        Index(
            "uq_role_tenures_living",
            "incident_id",
            "role",
            "user_id",
            unique=True,
            sqlite_where=text("state IN ('offered', 'held')"),
            postgresql_where=text("state IN ('offered', 'held')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    role: Role = Field(sa_type=words(Role))
    user_id: str = Field(max_length=32, index=True)
    state: TenureState = Field(sa_type=words(TenureState))
    offered_at: datetime | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    given_by: str = Field(max_length=255)


class Roles:
    """Seats of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, tenure: RoleTenure) -> RoleTenure:
        """Keep a new tenure or offer."""
        self._session.add(tenure)
        await self._session.flush()
        return tenure

    async def get(self, tenure_id: int) -> RoleTenure | None:
        """The tenure or offer by id."""
        return await self._session.get(RoleTenure, tenure_id)

    async def held(self, incident_id: int, role: Role | None = None) -> Sequence[RoleTenure]:
        """Who holds a role now, oldest first."""
        query = select(RoleTenure).where(
            col(RoleTenure.incident_id) == incident_id, col(RoleTenure.state) == TenureState.HELD
        )
        if role is not None:
            query = query.where(col(RoleTenure.role) == role)
        return (await self._session.exec(query.order_by(col(RoleTenure.id)))).all()

    async def history(self, incident_id: int) -> Sequence[RoleTenure]:
        """Every tenure and offer there ever was, oldest first."""
        query = select(RoleTenure).where(col(RoleTenure.incident_id) == incident_id).order_by(col(RoleTenure.id))
        return (await self._session.exec(query)).all()
