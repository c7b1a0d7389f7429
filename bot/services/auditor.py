"""The auditor: looks at invariants rather than queues, mends what it can and tells people what it cannot.

Each lack is mended once; where that did not help, its people are told once. What was done is on the timeline, which is
also how the auditor knows what it has done.

What is missing or late is found by an index in every look. What can only be seen by looking at each open incident is
looked for among the next ``PART`` of them, going round: with fewer every look sees all, with ten thousand it takes
twenty looks. A clock that was set back is a reason to look at all of them at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.errors import ChatError
from bot.domain.events import AuditFailed, ChannelOpened, Fact, IncidentDeclared, ProblemNoted
from bot.domain.incident import ChannelState, Role
from bot.domain.notices.audit import AuditProblem, Lack
from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from bot.services.cadence import Cadence
from bot.services.channels import declarer_id
from bot.services.clock import Setbacks
from bot.services.escalations import Escalations
from bot.services.failing import NotYet
from bot.services.law.reckoning import Reckoning
from bot.services.ports import Chat
from bot.services.reaction import Attempt, Reaction
from bot.services.reactions import CHANNEL
from bot.services.rewinding import TOLERANCE, rewind
from bot.services.singly import singly
from bot.services.summaries import summary
from bot.services.watching import watched
from bot.services.work import Work, outbox_row
from storage.audits import WHOLE
from storage.incidents import Incident
from storage.store import Unit

# A new incident is furnished in seconds; a mended one gets the same time before people are told.
PATIENCE = timedelta(minutes=2)
OUTBOX_PATIENCE = timedelta(minutes=10)
OPEN_CHANNEL = Reaction("channels.open", lane=CHANNEL)
TELL = "auditor.tell"
PART = 500
POST_CARD = Reaction("cards.post", lane=CHANNEL)
log = structlog.get_logger(__name__)


class Auditor:
    """Looks when its tick says so."""

    def __init__(
        self, work: Work, chat: Chat, cadence: Cadence, escalations: Escalations, reckoning: Reckoning
    ) -> None:
        self._work = work
        self._chat = chat
        self._cadence = cadence
        self._escalations = escalations
        self._reckoning = reckoning
        self._answered_since: datetime | None = None
        self._setbacks = Setbacks()
        self._set_back: timedelta | None = None  # until a look has been made of it
        self._after = 0  # each replica goes round by itself

    async def look(self) -> None:
        """Check every invariant once; doing it again changes nothing that was mended or told."""
        now = self._work.now()
        self._set_back = by = self._setbacks.since_last_look(now) or self._set_back
        async with self._work.read() as unit:
            part = WHOLE if by else await unit.audits.part(self._after, PART)
            lacks = (
                (self._furnish, await unit.audits.unfurnished(now - PATIENCE)),
                (self._promise, await unit.audits.promiseless(part, now - PATIENCE)),
                (self._watch, await unit.audits.unwatched(part, now - PATIENCE)),
                (self._report_late, list(await unit.audits.late(now - OUTBOX_PATIENCE, besides=TELL))),
                (partial(self._rewind, by), await unit.audits.from_the_future(part, now + TOLERANCE)),
                (self._hear, await unit.audits.unheard(part)),
                (self._remind, await unit.obligations.silent(part.after, part.upto)),
            )
        self._set_back, self._after = None, part.upto or 0
        for mend, found in lacks:
            await singly(mend, found, what="audit")

    async def tell(self, fact: AuditFailed, attempt: Attempt) -> None:
        """Tell its people: in the channel, else its lead or whoever declared. What is right again is not told."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            leads = await unit.roles.held(fact.incident_id, Role.LEAD)
            is_over = await self._is_over(unit, fact)
        if incident is None or is_over:
            return
        if fact.lack == Lack.OUTBOX and attempt.number > 1:
            await self._let_others_go_first()
        notice = AuditProblem(summary(incident), Lack(fact.lack), fact.since)
        asked = leads[0].user_id if leads else declarer_id(incident)
        if incident.channel_id is not None:
            await self._chat.post(incident.channel_id, notice, once=attempt.once)
        elif asked is not None:
            await self._chat.dm(asked, notice, once=attempt.once)

    async def _let_others_go_first(self) -> None:
        """This waited for Slack itself: once Slack is back, what it would complain of has its turn before."""
        try:
            await self._chat.check()
        except ChatError:
            self._answered_since = None
            raise
        now = self._work.now()
        self._answered_since = self._answered_since or now
        if now - self._answered_since < PATIENCE:
            raise NotYet

    async def _furnish(self, incident_id: int) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            if incident is None or not is_unfurnished(incident):  # another replica has seen to it
                return
            wants_channel = incident.channel_state is ChannelState.WANTED
            reaction = OPEN_CHANNEL if wants_channel else POST_CARD
            if await unit.outbox.is_owed(incident_id, reaction.name):
                return
            lack = Lack.CHANNEL if wants_channel else Lack.CARD
            if await self._is_first(unit, incident, lack):
                fact: Fact = IncidentDeclared(incident_id) if wants_channel else ChannelOpened(incident_id)
                unit.outbox.add(outbox_row(fact, reaction, self._work.now()))
                log.warning("something was missing and is owed again", incident=incident.reference, lack=lack)
            else:
                await self._report(unit, incident, lack, incident.declared_at)

    async def _watch(self, incident_id: int) -> None:
        """Plan the ladder again; what was answered stays answered, so that it may still have nothing left to ask."""
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            steps = await unit.escalations.of(incident_id)
            if incident is None or not incident.is_open or any(step.next_look_at for step in steps):
                return
            if await self._is_first(unit, incident, Lack.LADDER):
                await self._escalations.replan(unit, incident)
                await self._escalations.follow_update(unit, incident)
                log.warning("nothing was scheduled for a grave incident; planned again", incident=incident.reference)
            else:
                await self._report(unit, incident, Lack.LADDER, incident.declared_at)

    async def _promise(self, incident_id: int) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            if incident is None or incident.next_update_at is not None:
                return
            incident.next_update_at = self._cadence.next_due(incident, self._work.now())
            log.warning("nobody was promised an update; policy's is", incident=incident.reference)
            unit.tell(ProblemNoted(incident_id))

    async def _report_late(self, incident_id: int) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            since = (await unit.audits.late(self._work.now() - OUTBOX_PATIENCE, besides=TELL)).get(incident_id)
            if incident is not None and since is not None:
                today = f"{self._work.now():%Y-%m-%d}"
                await self._report(unit, incident, Lack.OUTBOX, since, suffix=f":{today}")

    async def _rewind(self, by: timedelta | None, incident_id: int) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            if incident is not None:
                await rewind(unit, incident, self._work.now(), self._escalations, by)

    async def _hear(self, incident_id: int) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            if incident is not None and incident.is_open and incident.channel_id is not None:
                await unit.captures.watch([watched(incident_id, incident.channel_id, self._work.now())])
                await unit.captures.look_at(incident_id, self._work.now())
                log.warning("nobody was going to read its channel; somebody is", incident=incident.reference)

    async def _remind(self, incident_id: int) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            if incident is not None:
                await self._reckoning.restart(unit, incident)
                log.warning("a legal clock ran and nobody was to be reminded; they are", incident=incident.reference)

    async def _is_first(self, unit: Unit, incident: Incident, lack: Lack) -> bool:
        """Whether this lack was not met before; it is noted."""
        key = f"{incident.key}:audit:{lack}"
        if await unit.timeline.by_source(key) is not None:
            return False
        self._note(unit, incident, lack, f"{lack} missing; tried again", key)
        return True

    async def _report(self, unit: Unit, incident: Incident, lack: Lack, since: datetime, *, suffix: str = "") -> None:
        """Tell people once, and not before mending had its time."""
        key = f"{incident.key}:audit:{lack}"
        mended = await unit.timeline.by_source(key)
        if mended is not None and mended.at > self._work.now() - PATIENCE:
            return
        told = f"{key}:told{suffix}"
        if await unit.timeline.by_source(told) is not None:
            return
        self._note(unit, incident, lack, f"{lack} still missing", told)
        unit.tell(AuditFailed(incident.key, lack, since))

    def _note(self, unit: Unit, incident: Incident, lack: Lack, text: str, key: str) -> None:
        unit.timeline.note(
            incident.key,
            EntryKind.PROBLEM,
            text,
            by=ANDON,
            at=self._work.now(),
            data={"lack": lack},
            source_key=key,
        )

    async def _is_over(self, unit: Unit, fact: AuditFailed) -> bool:
        """Messages that waited in vain and have gone out meanwhile are no news."""
        if fact.lack != Lack.OUTBOX:
            return False
        return fact.incident_id not in await unit.audits.late(self._work.now() - OUTBOX_PATIENCE, besides=TELL)


def is_unfurnished(incident: Incident) -> bool:
    """Whether an incident lacks its channel, or the card in it; a refused channel is known."""
    if incident.channel_state is ChannelState.OPEN:
        return incident.card_ts is None
    return incident.channel_state is ChannelState.WANTED
