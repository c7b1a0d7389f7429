"""When something next falls due, whatever it is: stories and drills jump from one such instant to another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, TextClause, text, true
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.action_items import ActionItem
from storage.alerts import AlertGroup
from storage.briefs import BriefHour
from storage.escalations import EscalationStep
from storage.outbox import OutboxRow, OutboxState
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
        waiting = (
            (col(OutboxRow.due_at), col(OutboxRow.state) == OutboxState.PENDING),
            (col(EscalationStep.next_look_at), true()),
            (col(ContainmentRun.due_at), true()),
            (col(TextClock.look_at), true()),
            (col(BriefHour.next_at), true()),
            (col(AlertGroup.due_at), true()),
            (col(Task.due_at), col(Task.done_at).is_(None) & col(Task.dropped_at).is_(None)),
            (col(PlaybookStep.due_at), text(UNSAID)),
            (col(ActionItem.chase_at), col(ActionItem.done_at).is_(None) & col(ActionItem.dropped_at).is_(None)),
        )
        found = [await self._earliest(column, condition, now) for column, condition in waiting]
        return min((instant for instant in found if instant is not None), default=None)

    async def _earliest(
        self, column: Any, condition: ColumnElement[bool] | TextClause, now: datetime
    ) -> datetime | None:
        query = select(func.min(column)).where(condition, column > now)
        found: datetime | None = (await self._session.exec(query)).one()
        return found
