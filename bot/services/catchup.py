"""Catching up: whoever comes into an incident's channel is told once, privately, where it stands."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.domain.errors import ChatRefused
from bot.domain.events import MemberJoined
from bot.domain.incident import Role
from bot.domain.notices.memory import CatchUp
from bot.domain.people import ANDON, Actor
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.directory import Directory
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.cards import CardRow
from storage.incidents import Incident
from storage.participants import Participant

# Whoever was called at the declaration sees the card being posted: it says all there is to say yet.
FRESH = timedelta(minutes=10)
log = structlog.get_logger(__name__)


class Catchup:
    """Tells joiners."""

    def __init__(self, work: Work, chat: Chat, access: Access, directory: Directory, library: Library) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._directory = directory
        self._library = library

    async def tell(self, fact: MemberJoined, attempt: Attempt) -> None:
        """One private catch-up per person and incident. Joining a public incident's channel makes a participant."""
        try:
            profile = await self._directory.profile(fact.user_id)
        except ChatRefused as refusal:
            log.info("somebody unknown joined", user=fact.user_id, reason=refusal.code)
            return
        if profile.is_bot:
            return
        row = await self._take_part(fact)
        if row is None or row.incident.channel_id is None:
            return
        try:
            if attempt.once.look_first:  # a whisper leaves no trace to look for
                await self._chat.dm(fact.user_id, self._notice(row), once=attempt.once)
            else:
                await self._chat.whisper(row.incident.channel_id, fact.user_id, self._notice(row))
        except ChatRefused as refusal:
            log.info("somebody who joined is gone again", user=fact.user_id, reason=refusal.code)
        await self._caught_up(fact)

    async def _take_part(self, fact: MemberJoined) -> CardRow | None:
        """What to tell the person; None when there is nothing to tell.

        Only people inside can add somebody to a private channel of Slack: who is in it was let in by them.
        """
        async with self._work() as unit:
            incident = await unit.incidents.get(fact.incident_id, lock=True)
            if incident is None:
                return None
            tie = await unit.participants.get(fact.incident_id, fact.user_id)
            if incident.is_private and not await self._access.sees(unit, incident, Actor.person(fact.user_id)):
                now, data = self._work.now(), {"user": fact.user_id}
                unit.timeline.note(
                    incident.key, EntryKind.ACCESS, "Added to the private channel", by=ANDON, at=now, data=data
                )
            await unit.participants.let_in(fact.incident_id, [fact.user_id], self._work.now())
            if self._knows_already(incident, tie):
                return None
            return await unit.cards.incident(fact.incident_id)

    def _knows_already(self, incident: Incident, tie: Participant | None) -> bool:
        if tie is None:
            return False
        was_called = tie.since_at == incident.declared_at and self._work.now() - incident.declared_at < FRESH
        return tie.caught_up_at is not None or was_called

    async def _caught_up(self, fact: MemberJoined) -> None:
        async with self._work() as unit:
            tie = await unit.participants.get(fact.incident_id, fact.user_id)
            if tie is not None:
                tie.caught_up_at = self._work.now()

    def _notice(self, row: CardRow) -> CatchUp:
        incident, seats = row.incident, row.seats
        return CatchUp(
            summary=summary(incident, next(iter(seats[Role.LEAD]), None)),
            what_happened=incident.what_happened,
            type_name=self._library.type_name(incident.type),
            system_name=self._library.system_name(incident.system),
            lead_ids=seats[Role.LEAD],
            empty_roles=tuple(role for role in Role if not seats[role]) if incident.is_open else (),
            latest_update=row.latest_update,
            open_tasks=row.open_tasks,
        )
