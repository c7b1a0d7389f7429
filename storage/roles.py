"""Who holds which role, and who held it when: tenures are ended, never overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Role
from bot.domain.people import ANDON
from storage.columns import JsonList, JsonObject, no_entries, no_items, words


class TenureState(StrEnum):
    """An offer waits for the receiver; a held role is theirs; the rest is history."""

    OFFERED = "offered"
    HELD = "held"
    ENDED = "ended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


LIVING = (TenureState.OFFERED, TenureState.HELD)


class How(StrEnum):
    """By which act a tenure began or ended."""

    TAKEN = "taken"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed over"
    TAKEN_OVER = "taken over"
    RELEASED = "released"
    MERGED = "merged"


class RoleTenure(SQLModel, table=True):
    """One person in one role for one span of time, from the offer on.

    ``given_by`` is the actor who offered or took it; Andon where policy asked. ``succeeds_id`` is the tenure that
    ends when this one begins. The instructions are copied when the role is taken: policy may change later.
    """

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
        Index(
            "uq_role_tenures_seat",
            "incident_id",
            "role",
            unique=True,
            sqlite_where=text("state = 'held' AND role <> 'technical'"),
            postgresql_where=text("state = 'held' AND role <> 'technical'"),
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
    how: How | None = Field(default=None, sa_type=words(How))
    ended_how: How | None = Field(default=None, sa_type=words(How))
    settled_at: datetime | None = None
    note: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    succeeds_id: int | None = Field(default=None, foreign_key="role_tenures.id")
    instructions: list[str] = Field(default_factory=no_items, sa_type=JsonList)
    ticked: dict[str, str] = Field(default_factory=no_entries, sa_type=JsonObject)
    post_ts: str | None = Field(default=None, max_length=32)
    offer_channel_id: str | None = Field(default=None, max_length=32)
    offer_ts: str | None = Field(default=None, max_length=32)
    guide_channel_id: str | None = Field(default=None, max_length=32)
    guide_ts: str | None = Field(default=None, max_length=32)

    @property
    def key(self) -> int:
        """The id of a stored tenure."""
        if self.id is None:
            raise ValueError("this tenure is not stored yet")
        return self.id

    @property
    def is_asked_by_policy(self) -> bool:
        """Whether Andon asked, not a person."""
        return self.given_by == str(ANDON)


class Roles:
    """Seats of incidents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, tenure: RoleTenure) -> RoleTenure:
        """Keep a new tenure or offer."""
        self._session.add(tenure)
        await self._session.flush()
        return tenure

    async def get(self, tenure_id: int, *, fresh: bool = False) -> RoleTenure | None:
        """The tenure or offer by id; ``fresh`` reads it again even if this unit has seen it, for use under a lock."""
        return await self._session.get(RoleTenure, tenure_id, populate_existing=fresh)

    async def keep(self) -> None:
        """Write what was changed so far, so that a seat is free before somebody else sits down."""
        await self._session.flush()

    async def offered(self, incident_id: int, role: Role | None = None) -> Sequence[RoleTenure]:
        """Offers nobody has answered, oldest first."""
        query = select(RoleTenure).where(
            col(RoleTenure.incident_id) == incident_id, col(RoleTenure.state) == TenureState.OFFERED
        )
        if role is not None:
            query = query.where(col(RoleTenure.role) == role)
        return (await self._session.exec(query.order_by(col(RoleTenure.id)))).all()

    async def living(self, incident_id: int, role: Role, user_id: str) -> RoleTenure | None:
        """The person's open offer of this role, or their seat in it."""
        query = select(RoleTenure).where(
            col(RoleTenure.incident_id) == incident_id,
            col(RoleTenure.role) == role,
            col(RoleTenure.user_id) == user_id,
            col(RoleTenure.state).in_(LIVING),
        )
        return (await self._session.exec(query)).one_or_none()

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
