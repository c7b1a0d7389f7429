"""Read queries for screens: a fixed number of statements each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, exists, func, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.containment.words import RunState
from bot.domain.incident import Phase, Role
from bot.domain.people import Actor
from bot.domain.timeline import EntryKind
from storage.earlier import alike, items_kept, likest
from storage.evidence import Exhibit
from storage.incidents import Incident
from storage.obligations import Obligation, next_running, open_clocks
from storage.participants import Participant
from storage.roles import LIVING, RoleTenure, TenureState
from storage.switches import ContainmentRun
from storage.tasks import Task
from storage.timeline import TimelineEntry
from storage.updates import Update

ITEM = re.compile(r"\??E\d\d")


@dataclass(frozen=True, slots=True)
class CardRow:
    """An incident with who sits where or was asked to, what is kept, what is to do and what could not be done."""

    incident: Incident
    seats: dict[Role, tuple[str, ...]]
    asked: dict[Role, tuple[str, ...]]
    exhibits: int
    open_tasks: int
    done_tasks: int
    latest_update: str | None
    problems: tuple[TimelineEntry, ...]
    items: tuple[str, ...] = ()
    alike: tuple[int, ...] = ()
    switch: ContainmentRun | None = None
    clock: Obligation | None = None
    running: int = 0
    undecided: int = 0


@dataclass(frozen=True, slots=True)
class ListRow:
    """An incident with its lead, for lists."""

    incident: Incident
    lead_id: str | None


_SEAT, _TIE = aliased(RoleTenure), aliased(Participant)  # the query around may join the same tables


def visible_to(user_id: str) -> ColumnElement[bool]:
    """The condition that this person may see an incident; the SQL twin of ``permissions.may_see``."""
    seat, tie = _SEAT, _TIE
    sits = exists().where(
        col(seat.incident_id) == col(Incident.id),
        col(seat.user_id) == user_id,
        col(seat.state) == TenureState.HELD,
    )
    let_in = exists().where(
        col(tie.incident_id) == col(Incident.id), col(tie.user_id) == user_id, col(tie.has_access).is_(True)
    )
    declared = col(Incident.declared_by) == str(Actor.person(user_id))
    return or_(col(Incident.is_private).is_(False), declared, let_in, sits)


class Cards:
    """Screens' queries."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def incident(self, incident_id: int) -> CardRow | None:
        """All the card of an incident shows."""
        rows = (await self._session.exec(_CARD, params={"number": incident_id})).all()
        if not rows:
            return None
        tenures = [row[1] for row in rows if row[1] is not None]
        incident, _, switch, clock, exhibits, open_tasks, done_tasks, latest, items, earlier, running, waits = rows[0]
        return CardRow(
            incident=incident,
            seats=_people(tenures, TenureState.HELD),
            asked=_people(tenures, TenureState.OFFERED),
            exhibits=exhibits,
            open_tasks=open_tasks,
            done_tasks=done_tasks,
            latest_update=latest,
            problems=await self._problems(incident_id),
            items=tuple(ITEM.findall(items or "")),
            alike=tuple(int(one) for one in (earlier or "").split()),
            switch=switch,
            clock=clock,
            running=running,
            undecided=waits,
        )

    async def earlier(
        self, incident: Incident, same_model: Collection[str], *, to: str | None = None, sees_all: bool = False
    ) -> Sequence[Incident]:
        """Earlier incidents like this one; private ones only ``to`` somebody who may see them."""
        may_see = true() if sees_all else visible_to(to) if to else None
        return await likest(self._session, incident, same_model, may_see)

    async def _problems(self, incident_id: int) -> tuple[TimelineEntry, ...]:
        return tuple((await self._session.exec(_PROBLEMS, params={"number": incident_id})).all())

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


def _people(tenures: Sequence[RoleTenure], state: TenureState) -> dict[Role, tuple[str, ...]]:
    return {role: tuple(t.user_id for t in tenures if t.role is role and t.state is state) for role in Role}


def _counts(number: ColumnElement[int]) -> tuple[Any, ...]:
    """Sub-queries for a card: exhibits, tasks open and done, update, evidence items, earlier incidents, clocks."""
    tasks = select(func.count()).where(col(Task.incident_id) == number, col(Task.dropped_at).is_(None))
    return (
        select(func.count())
        .where(col(Exhibit.incident_id) == number, col(Exhibit.redacted_at).is_(None))
        .scalar_subquery(),
        tasks.where(col(Task.done_at).is_(None)).scalar_subquery(),
        tasks.where(col(Task.done_at).is_not(None)).scalar_subquery(),
        select(Update.text)
        .where(col(Update.incident_id) == number)
        .order_by(col(Update.id).desc())
        .limit(1)
        .scalar_subquery(),
        items_kept(number),
        alike(number),
        *open_clocks(number),
    )


def _latest_switch(number: ColumnElement[int]) -> Any:
    """The newest containment action of which anything came, or may come."""
    told = col(ContainmentRun.state).not_in((RunState.EXPIRED, RunState.REFUSED))
    newest = select(func.max(ContainmentRun.id)).where(col(ContainmentRun.incident_id) == number, told)
    return newest.scalar_subquery()


# Built once: a card is drawn so often that putting these together each time would cost more than asking them.
_NUMBER: ColumnElement[int] = bindparam("number", type_=Integer)
_CARD: Any = (
    select(Incident, RoleTenure, ContainmentRun, Obligation, *_counts(_NUMBER))
    .outerjoin(
        RoleTenure,
        and_(col(RoleTenure.incident_id) == col(Incident.id), col(RoleTenure.state).in_(LIVING)),
    )
    .outerjoin(ContainmentRun, col(ContainmentRun.id) == _latest_switch(_NUMBER))
    .outerjoin(Obligation, col(Obligation.id) == next_running(_NUMBER))
    .where(col(Incident.id) == _NUMBER)
    .order_by(col(RoleTenure.id))
)
_PROBLEMS = (
    select(TimelineEntry)
    .where(col(TimelineEntry.incident_id) == _NUMBER, col(TimelineEntry.kind) == EntryKind.PROBLEM)
    .order_by(col(TimelineEntry.id).desc())
    .limit(3)
)
