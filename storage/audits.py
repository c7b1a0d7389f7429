"""Questions of the auditor: what should be there and is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.incident import Phase, Severity
from storage.captures import Capture
from storage.escalations import EscalationAsk, EscalationStep
from storage.incidents import Incident, is_bare, is_open
from storage.owed import UNFINISHED, OutboxRow

LATELY = 1000  # of what was asked, those asked last
GRAVE = (Severity.SEV1, Severity.SEV2)


@dataclass(frozen=True, slots=True)
class Part:
    """Some open incidents: those numbered above ``after``, up to and with ``upto``; None: to the last."""

    after: int = 0
    upto: int | None = None


WHOLE = Part()


class Audits:
    """Looks for open incidents that lack something, by number."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def part(self, after: int, size: int) -> Part:
        """The next so many open incidents after this number."""
        last_and_next = _among(Part(after)).order_by(col(Incident.id)).offset(size - 1).limit(2)
        found = (await self._session.exec(last_and_next)).all()
        return Part(after, found[0] if len(found) > 1 else None)

    async def unfurnished(self, before: datetime) -> Sequence[int]:
        """Declared before this instant and without a channel, or without the card in it; a refused channel is known."""
        query = select(Incident.id).where(is_bare(), col(Incident.declared_at) < before)
        return await self._numbers(query)

    async def unwatched(self, part: Part, before: datetime) -> Sequence[int]:
        """Grave, unresolved, declared before this instant, and no step of its ladder waits to be looked at."""
        waits = select(EscalationStep.id).where(
            col(EscalationStep.incident_id) == col(Incident.id), col(EscalationStep.next_look_at).is_not(None)
        )
        # A limit, so that PostgreSQL asks for each of the part and does not read every step there is.
        return await self._numbers(_grave(part, before).where(waits.limit(1).scalar_subquery().is_(None)))

    async def promiseless(self, part: Part, before: datetime) -> Sequence[int]:
        """Grave, unresolved, declared before this instant, and nobody was promised the next update."""
        return await self._numbers(_grave(part, before).where(col(Incident.next_update_at).is_(None)))

    async def unheard(self, part: Part) -> Sequence[int]:
        """Their channel is open, and nobody is going to look whether something in it was missed."""
        looks = select(Capture.due_at).where(col(Capture.incident_id) == col(Incident.id)).limit(1)
        unheard = _among(part).where(col(Incident.channel_id).is_not(None), looks.scalar_subquery().is_(None))
        return await self._numbers(unheard)

    async def late(self, before: datetime, *, besides: str) -> dict[int, datetime]:
        """Incidents that are owed something since before this instant, other than one reaction: since when.

        What was planned for a later instant and not tried yet is in its time.
        """
        query = (
            select(OutboxRow.incident_id, func.min(OutboxRow.created_at))
            .where(
                col(OutboxRow.state).in_(UNFINISHED),
                col(OutboxRow.created_at) < before,
                or_(col(OutboxRow.attempts) > 0, col(OutboxRow.due_at) < before),
                col(OutboxRow.incident_id).is_not(None),
                col(OutboxRow.reaction) != besides,
            )
            .group_by(col(OutboxRow.incident_id))
            .order_by(col(OutboxRow.incident_id))
        )
        return {incident_id: since for incident_id, since in (await self._session.exec(query)).all() if incident_id}

    async def from_the_future(self, part: Part, after: datetime) -> Sequence[int]:
        """Of which something is said to have happened after this instant; those asked about lately are of any part."""
        ahead = or_(col(Incident.declared_at) > after, col(Incident.last_update_at) > after)
        found = await self._numbers(_among(part).where(ahead))
        lately = select(EscalationAsk).order_by(col(EscalationAsk.id).desc()).limit(LATELY).subquery()
        asked = select(lately.c.incident_id).where(lately.c.asked_at > after)
        about = await self._numbers(select(Incident.id).where(is_open(), col(Incident.id).in_(asked)))
        return sorted({*found, *about})

    async def unreadable_steps(self) -> Sequence[tuple[int, str]]:
        """Steps of open incidents that asked nobody because they could not be read: the incident and the step's key."""
        query = (
            select(EscalationStep.incident_id, EscalationStep.key)
            .join(Incident, col(Incident.id) == col(EscalationStep.incident_id))
            .where(
                col(Incident.phase) != Phase.CLOSED,
                col(EscalationStep.stood_down_for) == literal_column("'unreadable'"),  # as its index has it
            )
            .order_by(col(EscalationStep.incident_id), col(EscalationStep.id))
        )
        return (await self._session.exec(query)).all()

    async def _numbers(self, query: Any) -> Sequence[int]:
        return sorted((await self._session.exec(query)).all())


def _among(part: Part) -> Any:
    query = select(Incident.id).where(is_open(), col(Incident.id) > part.after)
    return query if part.upto is None else query.where(col(Incident.id) <= part.upto)


def _grave(part: Part, before: datetime) -> Any:
    return _among(part).where(
        col(Incident.declared_at) < before,
        col(Incident.severity).in_(GRAVE),
        col(Incident.resolved_at).is_(None),
    )
