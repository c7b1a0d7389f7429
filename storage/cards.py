"""Read queries for screens: one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Phase, Role
from storage.evidence import Exhibit
from storage.incidents import Incident
from storage.participants import Participant
from storage.roles import RoleTenure, TenureState


@dataclass(frozen=True, slots=True)
class CardRow:
    """An incident with who sits where and what is kept."""

    incident: Incident
    seats: dict[Role, tuple[str, ...]]
    exhibits: int


@dataclass(frozen=True, slots=True)
class ListRow:
    """An incident with its lead, for lists."""

    incident: Incident
    lead_id: str | None


def visible_to(user_id: str) -> ColumnElement[bool]:
    """The condition that this person may see an incident; the SQL twin of ``permissions.may_see``."""
    let_in = exists().where(
        col(Participant.incident_id) == col(Incident.id),
        col(Participant.user_id) == user_id,
        col(Participant.has_access).is_(True),
    )
    return or_(col(Incident.is_private).is_(False), let_in)


class Cards:
    """Screens' queries."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def incident(self, incident_id: int) -> CardRow | None:
        """All the card of an incident shows."""
        exhibits = (
            select(func.count())
            .where(col(Exhibit.incident_id) == incident_id, col(Exhibit.redacted_at).is_(None))
            .scalar_subquery()
        )
        query = (
            select(Incident, RoleTenure, exhibits)
            .outerjoin(
                RoleTenure,
                and_(col(RoleTenure.incident_id) == col(Incident.id), col(RoleTenure.state) == TenureState.HELD),
            )
            .where(col(Incident.id) == incident_id)
            .order_by(col(RoleTenure.id))
        )
        rows = (await self._session.exec(query)).all()
        if not rows:
            return None
        seats: dict[Role, list[str]] = {role: [] for role in Role}
        for _, tenure, _ in rows:
            if tenure is not None:
                seats[tenure.role].append(tenure.user_id)
        return CardRow(rows[0][0], {role: tuple(ids) for role, ids in seats.items()}, rows[0][2])

    async def open_incidents(self, user_id: str, *, sees_all: bool = False) -> Sequence[ListRow]:
        """Open incidents this person may see, gravest and newest first."""
        query = (
            select(Incident, RoleTenure.user_id)
            .outerjoin(
                RoleTenure,
                and_(
                    col(RoleTenure.incident_id) == col(Incident.id),
                    col(RoleTenure.state) == TenureState.HELD,
                    col(RoleTenure.role) == Role.LEAD,
                ),
            )
            .where(col(Incident.phase) != Phase.CLOSED)
            .order_by(col(Incident.severity), col(Incident.id).desc())
        )
        if not sees_all:
            query = query.where(visible_to(user_id))
        return [ListRow(incident, lead) for incident, lead in (await self._session.exec(query)).all()]
