"""When something next falls due, whatever it is: stories and drills jump from one such instant to another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text, true
from sqlmodel import and_, col, func, or_, select, union_all
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import tasks
from storage.action_items import ActionItem, is_to_be_planned
from storage.alerts import AlertGroup
from storage.briefs import BriefHour
from storage.escalations import EscalationStep
from storage.incidents import Incident, is_unplanned
from storage.obligations import Obligation
from storage.owed import OutboxRow, OutboxState
from storage.reports import Report
from storage.steps import UNSAID, PlaybookStep
from storage.switches import ContainmentRun
from storage.tasks import Task
from storage.text_clocks import TextClock


class Agenda:
    """All that waits for its time."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def next_after(self, now: datetime) -> datetime | None:
        """The earliest instant after ``now`` at which anything is due; None when nothing waits."""
        found: datetime | None = await self._session.scalar(_NEXT, {"now": now})
        return found

    async def is_to_be_looked_at(self, now: datetime) -> bool:
        """Whether any look for what is due would find something by ``now``; what is owed to Slack is none of it."""
        return bool(await self._session.scalar(_DUE, {"now": now}))


def _instants() -> tuple[tuple[Any, Any], ...]:
    """Columns with the instant of a look, each with what else is true of what it finds."""
    open_item = and_(col(ActionItem.done_at).is_(None), col(ActionItem.dropped_at).is_(None))
    return (
        (col(EscalationStep.next_look_at), true()),
        (col(ContainmentRun.due_at), true()),
        (col(TextClock.look_at), true()),
        (col(Obligation.remind_at), true()),
        (col(Report.due_at), true()),
        (col(BriefHour.next_at), true()),
        (col(AlertGroup.due_at), true()),
        (col(Task.due_at), text(tasks.UNSAID)),
        (col(PlaybookStep.due_at), text(UNSAID)),
        (col(ActionItem.chase_at), open_item),
    )


def _next() -> Any:
    owed = (col(OutboxRow.due_at), col(OutboxRow.state) == OutboxState.PENDING)
    waiting = [(column, and_(is_waiting, column > bindparam("now"))) for column, is_waiting in (owed, *_instants())]
    each = union_all(*(select(func.min(column).label("at")).where(where) for column, where in waiting)).subquery()
    return select(func.min(each.c.at))


def _due() -> Any:
    found = [select(column).where(where, column <= bindparam("now")).exists() for column, where in _instants()]
    unplanned = (select(Incident.id).where(is_unplanned()), select(ActionItem.id).where(is_to_be_planned()))
    return select(or_(*found, *(query.exists() for query in unplanned)))


# Put together once: that takes longer than the answer.
_NEXT, _DUE = _next(), _due()
