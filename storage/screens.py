"""Read queries for lists and App Home: one statement each, whose cost does not grow with what is not shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, exists, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Phase, Role
from storage.cards import ListRow, visible_to
from storage.incidents import Incident
from storage.participants import Participant
from storage.postmortems import PostmortemDraft
from storage.roles import RoleTenure, TenureState


@dataclass(frozen=True, slots=True)
class BoardRow(ListRow):
    """An open incident with its lead; ``is_mine`` when the asker sits in it or follows it."""

    is_mine: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The first rows, and how many there are in all."""

    rows: tuple[BoardRow, ...]
    total: int


class Screens:
    """Lists as one person may see them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def board(self, user_id: str, *, sees_all: bool, limit: int, mine_first: bool = False) -> Board:
        """Open incidents this person may see, gravest and newest first."""
        mine = _is_mine(user_id)
        query = (
            select(Incident, _lead_id(), case((mine, 1), else_=0), func.count().over())
            .where(col(Incident.phase) != Phase.CLOSED, *_visible(user_id, sees_all))
            .order_by(
                *([case((mine, 0), else_=1)] if mine_first else []), col(Incident.severity), col(Incident.id).desc()
            )
            .limit(limit)
        )
        found: Sequence[Any] = (await self._session.exec(query)).all()
        rows = tuple(BoardRow(incident, lead, bool(is_mine)) for incident, lead, is_mine, _ in found)
        return Board(rows, found[0][3] if found else 0)

    async def closed(
        self, user_id: str, *, sees_all: bool, since: datetime, limit: int
    ) -> Sequence[tuple[Incident, str | None]]:
        """Incidents closed since then that this person may see, latest first, each with the link to its draft."""
        query = (
            select(Incident, _draft_link())
            .where(col(Incident.phase) == Phase.CLOSED, col(Incident.closed_at) >= since, *_visible(user_id, sees_all))
            .order_by(col(Incident.closed_at).desc(), col(Incident.id).desc())
            .limit(limit)
        )
        return (await self._session.exec(query)).all()


def _visible(user_id: str, sees_all: bool) -> list[ColumnElement[bool]]:
    return [] if sees_all else [visible_to(user_id)]


def _lead_id() -> ScalarSelect[Any]:
    return (
        select(RoleTenure.user_id)
        .where(
            col(RoleTenure.incident_id) == col(Incident.id),
            col(RoleTenure.state) == TenureState.HELD,
            col(RoleTenure.role) == Role.LEAD,
        )
        .order_by(col(RoleTenure.id))
        .limit(1)
        .correlate(Incident)
        .scalar_subquery()
    )


def _draft_link() -> ScalarSelect[Any]:
    return (
        select(PostmortemDraft.permalink)
        .where(col(PostmortemDraft.incident_id) == col(Incident.id), col(PostmortemDraft.permalink).is_not(None))
        .order_by(col(PostmortemDraft.version).desc())
        .limit(1)
        .correlate(Incident)
        .scalar_subquery()
    )


def _is_mine(user_id: str) -> ColumnElement[bool]:
    sits = exists().where(
        col(RoleTenure.incident_id) == col(Incident.id),
        col(RoleTenure.user_id) == user_id,
        col(RoleTenure.state) == TenureState.HELD,
    )
    follows = exists().where(
        col(Participant.incident_id) == col(Incident.id),
        col(Participant.user_id) == user_id,
        col(Participant.is_following).is_(True),
    )
    return or_(sits, follows)
