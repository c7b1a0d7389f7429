"""Questions of the auditor: what should be there and is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.escalation import StandDownReason
from bot.domain.incident import ChannelState, Phase, Severity
from storage.escalations import EscalationAsk, EscalationStep
from storage.incidents import Incident
from storage.outbox import UNFINISHED, OutboxRow

LATELY = 1000  # of what was asked, those asked last
GRAVE = (Severity.SEV1, Severity.SEV2)


class Audits:
    """Looks for open incidents that lack something."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def unfurnished(self, before: datetime) -> Sequence[Incident]:
        """Declared before this instant and without a channel, or without the card in it; a refused channel is known."""
        no_channel = col(Incident.channel_state) == ChannelState.WANTED
        no_card = and_(col(Incident.channel_state) == ChannelState.OPEN, col(Incident.card_ts).is_(None))
        query = (
            select(Incident)
            .where(col(Incident.phase) != Phase.CLOSED, col(Incident.declared_at) < before, or_(no_channel, no_card))
            .order_by(col(Incident.id))
        )
        return (await self._session.exec(query)).all()

    async def unwatched(self, before: datetime) -> Sequence[Incident]:
        """Grave, unresolved, declared before this instant, and no step of its ladder waits to be looked at."""
        waits = exists().where(
            col(EscalationStep.incident_id) == col(Incident.id), col(EscalationStep.next_look_at).is_not(None)
        )
        query = (
            select(Incident)
            .where(
                col(Incident.phase) != Phase.CLOSED,
                col(Incident.declared_at) < before,
                col(Incident.severity).in_(GRAVE),
                col(Incident.resolved_at).is_(None),
                ~waits,
            )
            .order_by(col(Incident.id))
        )
        return (await self._session.exec(query)).all()

    async def promiseless(self, before: datetime) -> Sequence[Incident]:
        """Grave, unresolved, declared before this instant, and nobody was promised the next update."""
        query = (
            select(Incident)
            .where(
                col(Incident.phase) != Phase.CLOSED,
                col(Incident.declared_at) < before,
                col(Incident.severity).in_(GRAVE),
                col(Incident.resolved_at).is_(None),
                col(Incident.next_update_at).is_(None),
            )
            .order_by(col(Incident.id))
        )
        return (await self._session.exec(query)).all()

    async def late(self, before: datetime, *, besides: str) -> dict[int, datetime]:
        """Incidents that are owed something since before this instant, other than one reaction: since when."""
        query = (
            select(OutboxRow.incident_id, func.min(OutboxRow.created_at))
            .where(
                col(OutboxRow.state).in_(UNFINISHED),
                col(OutboxRow.created_at) < before,
                col(OutboxRow.incident_id).is_not(None),
                col(OutboxRow.reaction) != besides,
            )
            .group_by(col(OutboxRow.incident_id))
            .order_by(col(OutboxRow.incident_id))
        )
        return {incident_id: since for incident_id, since in (await self._session.exec(query)).all() if incident_id}

    async def from_the_future(self, after: datetime) -> Sequence[int]:
        """Open incidents of which something is said to have happened after this instant."""
        lately = select(EscalationAsk).order_by(col(EscalationAsk.id).desc()).limit(LATELY).subquery()
        asked = select(lately.c.incident_id).where(lately.c.asked_at > after)
        happened = or_(
            col(Incident.declared_at) > after, col(Incident.last_update_at) > after, col(Incident.id).in_(asked)
        )
        query = select(Incident.id).where(col(Incident.phase) != Phase.CLOSED, happened).order_by(col(Incident.id))
        return [number for number in (await self._session.exec(query)).all() if number is not None]

    async def unreadable_steps(self) -> Sequence[tuple[int, str]]:
        """Steps of open incidents that asked nobody because they could not be read: the incident and the step's key."""
        query = (
            select(EscalationStep.incident_id, EscalationStep.key)
            .join(Incident, col(Incident.id) == col(EscalationStep.incident_id))
            .where(
                col(Incident.phase) != Phase.CLOSED,
                col(EscalationStep.stood_down_for) == StandDownReason.UNREADABLE,
            )
            .order_by(col(EscalationStep.id))
        )
        return (await self._session.exec(query)).all()
