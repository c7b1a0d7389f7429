"""Earlier incidents that are like one, for *Seen before?*. No channel is shown a private one; drills beside drills."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, false, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import IncidentType, Outcome
from storage.evidence import Exhibit
from storage.incidents import Incident

# How far back a screen looks, in incidents: beyond that nobody remembers, and a card must not read them all.
HORIZON = 2000
NOT_LIKE = (Outcome.CANCELLED, Outcome.MERGED)
SHOWN, IN_DRAFT = 3, 10


def alike(number: ColumnElement[int]) -> Any:
    """A sub-query: the numbers of the likest earlier incidents, with spaces between; null where there is none."""
    me, other = aliased(Incident), aliased(Incident)
    same_system = and_(col(me.system).is_not(None), col(other.system) == col(me.system))
    same_type = and_(col(me.type) != IncidentType.UNSURE, col(other.type) == col(me.type))
    same_cause = and_(col(me.cause_class).is_not(None), col(other.cause_class) == col(me.cause_class))
    likeness = (same_system, same_cause, same_type)
    likest = (
        select(col(other.id).label("id"))
        .join(me, col(me.id) == number)
        .where(
            col(other.id) < number,
            col(other.id) > number - HORIZON,
            col(other.is_private).is_(False),
            col(other.is_drill) == col(me.is_drill),
            or_(col(other.outcome).is_(None), col(other.outcome).not_in(NOT_LIKE)),
            or_(*likeness),
        )
        .order_by(*(case((found, 1), else_=0).desc() for found in likeness), col(other.id).desc())
        .limit(SHOWN)
        .subquery()
    )
    return select(func.aggregate_strings(cast(likest.c.id, Text), " ")).scalar_subquery()


def items_kept(number: ColumnElement[int]) -> Any:
    """A sub-query: the catalogue items of every exhibit that was not taken out, as they are stored."""
    return (
        select(func.aggregate_strings(cast(col(Exhibit.items), Text), " "))
        .where(col(Exhibit.incident_id) == number, col(Exhibit.redacted_at).is_(None))
        .scalar_subquery()
    )


async def likest(
    session: AsyncSession, incident: Incident, same_model: Collection[str], may_see: ColumnElement[bool] | None = None
) -> Sequence[Incident]:
    """Earlier incidents of the same system, model, cause or type, likest first.

    ``same_model``: the systems that have it. ``may_see``: what the reader may see; by itself, nothing private.
    """
    other = Incident
    same_system = false() if incident.system is None else col(other.system) == incident.system
    same_type = false() if incident.type == IncidentType.UNSURE else col(other.type) == incident.type
    shares_model = col(other.system).in_(sorted(same_model))
    same_cause = false() if incident.cause_class is None else col(other.cause_class) == incident.cause_class
    likeness = (same_system, shares_model, same_cause, same_type)
    query = (
        select(other)
        .where(
            col(other.id) < incident.key,
            col(other.id) > incident.key - HORIZON,
            col(other.is_private).is_(False) if may_see is None else may_see,
            col(other.is_drill) == incident.is_drill,
            or_(col(other.outcome).is_(None), col(other.outcome).not_in(NOT_LIKE)),
            or_(*likeness),
        )
        .order_by(*(case((found, 1), else_=0).desc() for found in likeness), col(other.id).desc())
        .limit(IN_DRAFT)
    )
    return (await session.exec(query)).all()
