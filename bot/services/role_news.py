"""What is said about seats: offers and their answers, who sits, who got up, and the checklist of whoever sits.

Every method is one reaction. Offers and checklists each have a lane, so that an edit never overtakes its message.
"""

from __future__ import annotations

from datetime import datetime

from bot.domain import events
from bot.domain.errors import ChatRefused
from bot.domain.events import HandoverAsked
from bot.domain.notices import Notice
from bot.domain.notices.roles import (
    Handover,
    HandoverWanted,
    OfferDeclined,
    OfferPost,
    OfferState,
    RoleGuide,
    RoleOffer,
    Seating,
    SeatLost,
    SeatReleased,
    SeatTaken,
    SeatUnfilled,
)
from bot.domain.people import Actor
from bot.services.channels import Channels
from bot.services.handovers import handover
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.voice import Voice
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.roles import How, RoleTenure, TenureState
from storage.store import Unit

OfferFact = events.RoleOffered | events.OfferSettled | events.RoleDeclined
TenureFact = OfferFact | events.RoleTaken | events.RoleReleased | events.RoleTicked
STATES = {
    TenureState.OFFERED: OfferState.OPEN,
    TenureState.HELD: OfferState.ACCEPTED,
    TenureState.ENDED: OfferState.ACCEPTED,
    TenureState.DECLINED: OfferState.DECLINED,
    TenureState.WITHDRAWN: OfferState.WITHDRAWN,
}


class RoleNews:
    """Tells people about seats."""

    def __init__(self, work: Work, chat: Chat, channels: Channels, voice: Voice, library: Library) -> None:
        self._work = work
        self._chat = chat
        self._channels = channels
        self._voice = voice
        self._library = library

    async def send_offer(self, fact: TenureFact, attempt: Attempt) -> None:
        """Ask the person, privately, with what the role is to do."""
        async with self._work.read() as unit:
            tenure, incident = await _found(unit, fact)
            notice = await self._offer(unit, tenure, incident)
        posted = await self._chat.dm(tenure.user_id, notice, once=attempt.once)
        async with self._work() as unit:
            tenure, _ = await _found(unit, fact)
            tenure.offer_channel_id, tenure.offer_ts = posted.channel_id, posted.ts

    async def settle_offer(self, fact: TenureFact, _: Attempt) -> None:
        """The question becomes its answer, without buttons."""
        async with self._work.read() as unit:
            tenure, incident = await _found(unit, fact)
            notice = await self._offer(unit, tenure, incident)
        if tenure.offer_channel_id and tenure.offer_ts:
            await self._edit(Posted(tenure.offer_channel_id, tenure.offer_ts), notice)

    async def post_offer(self, fact: TenureFact, attempt: Attempt) -> None:
        """What a person offers is offered in the open; whom policy asks the card shows."""
        async with self._work.read() as unit:
            tenure, incident = await _found(unit, fact)
            notice = await self._offer_post(unit, tenure, incident)
        if tenure.is_asked_by_policy:
            return
        channel_id = await self._channels.channel_of(fact.incident_id)
        if channel_id is None:
            return
        posted = await self._chat.post(channel_id, notice, once=attempt.once)
        async with self._work() as unit:
            tenure, _ = await _found(unit, fact)
            tenure.post_ts = posted.ts

    async def settle_post(self, fact: TenureFact, _: Attempt) -> None:
        """The offer in the channel becomes its answer, without buttons."""
        async with self._work.read() as unit:
            tenure, incident = await _found(unit, fact)
            notice = await self._offer_post(unit, tenure, incident)
        if tenure.post_ts and incident.channel_id:
            await self._edit(Posted(incident.channel_id, tenure.post_ts), notice)

    async def tell_giver(self, fact: TenureFact, attempt: Attempt) -> None:
        """Whoever had offered hears the no."""
        async with self._work.read() as unit:
            tenure, incident = await _found(unit, fact)
        giver = Actor.parse(tenure.given_by)
        if giver.is_person and giver.id != tenure.user_id:
            notice = OfferDeclined(summary(incident), tenure.role, tenure.user_id, tenure.reason)
            await self._chat.dm(giver.id, notice, once=attempt.once)

    async def post_taken(self, fact: TenureFact, attempt: Attempt) -> None:
        """Everybody hears who sits."""
        async with self._work.read() as unit:
            tenure, _ = await _found(unit, fact)
            former = await _former(unit, tenure)
        how = Seating(tenure.how or How.TAKEN)
        await self._voice.say(
            fact, attempt, lambda s: SeatTaken(s, tenure.role, tenure.user_id, how, former, tenure.reason)
        )

    async def invite(self, fact: TenureFact, _: Attempt) -> None:
        """Whoever sits is in the channel."""
        channel_id = await self._channels.channel_of(fact.incident_id)
        async with self._work.read() as unit:
            tenure, _incident = await _found(unit, fact)
        if channel_id is not None:
            refused = await self._chat.invite(channel_id, [tenure.user_id])
            for code in refused.values():
                raise ChatRefused(code, tenure.user_id)

    async def send_guide(self, fact: TenureFact, attempt: Attempt) -> None:
        """Whoever sits gets their instructions, privately."""
        async with self._work.read() as unit:
            tenure, incident = await _found(unit, fact)
        posted = await self._chat.dm(tenure.user_id, self._guide(tenure, incident), once=attempt.once)
        async with self._work() as unit:
            tenure, _ = await _found(unit, fact)
            tenure.guide_channel_id, tenure.guide_ts = posted.channel_id, posted.ts

    async def refresh_guide(self, fact: TenureFact, _: Attempt) -> None:
        """Show what is ticked; nothing is left to press for who does not sit any more."""
        async with self._work.read() as unit:
            tenure, incident = await _found(unit, fact)
        if tenure.guide_channel_id and tenure.guide_ts:
            await self._edit(Posted(tenure.guide_channel_id, tenure.guide_ts), self._guide(tenure, incident))

    async def post_released(self, fact: TenureFact, attempt: Attempt) -> None:
        """Everybody hears that a seat was given up; a seat that goes to somebody else is told by who takes it."""
        async with self._work.read() as unit:
            tenure, _ = await _found(unit, fact)
            is_empty = not await unit.roles.held(fact.incident_id, tenure.role)
        if tenure.ended_how is How.RELEASED:
            await self._voice.say(
                fact, attempt, lambda s: SeatReleased(s, tenure.role, tenure.user_id, tenure.reason, is_empty)
            )

    async def tell_former(self, fact: TenureFact, attempt: Attempt) -> None:
        """Whoever lost a seat hears by whom and why."""
        async with self._work.read() as unit:
            tenure, incident = await _found(unit, fact)
            history = await unit.roles.history(fact.incident_id)
        if tenure.ended_how is not How.TAKEN_OVER:
            return
        taker = next((one for one in history if one.succeeds_id == tenure.id and one.how is How.TAKEN_OVER), None)
        if taker is not None:
            notice = SeatLost(summary(incident), tenure.role, taker.user_id, taker.reason)
            await self._chat.dm(tenure.user_id, notice, once=attempt.once)

    async def ask_holder(self, fact: HandoverAsked, attempt: Attempt) -> None:
        """The holder of a seat hears who would take it."""
        async with self._work.read() as unit:
            tenure, incident = await _found(unit, fact)
        if tenure.state is TenureState.HELD:
            notice = HandoverWanted(summary(incident), tenure.role, tenure.key, fact.asker_id)
            await self._chat.dm(tenure.user_id, notice, once=attempt.once)

    async def post_unfilled(self, fact: events.SeatUnfilled, attempt: Attempt) -> None:
        """Nobody on the roster is left: the channel is asked."""
        await self._voice.say(fact, attempt, lambda s: SeatUnfilled(s, fact.role))

    async def _offer(self, unit: Unit, tenure: RoleTenure, incident: Incident) -> RoleOffer:
        tie = await unit.participants.get(incident.key, tenure.user_id)
        is_veiled = incident.is_private and not (tie is not None and tie.has_access)
        facts = await self._handover(unit, tenure, incident) if not is_veiled else None
        return RoleOffer(
            summary=summary(incident),
            type_name=self._library.type_name(incident.type),
            tenure_id=tenure.key,
            role=tenure.role,
            does=self._library.does(tenure.role),
            given_by=tenure.given_by,
            instructions=tuple(self._library.instructions(tenure.role, incident.type)),
            state=STATES[tenure.state],
            note="" if is_veiled else tenure.note,
            hands_over=tenure.succeeds_id is not None,
            handover=facts,
            is_veiled=is_veiled,
        )

    async def _offer_post(self, unit: Unit, tenure: RoleTenure, incident: Incident) -> OfferPost:
        return OfferPost(
            summary=summary(incident),
            tenure_id=tenure.key,
            role=tenure.role,
            user_id=tenure.user_id,
            given_by=tenure.given_by,
            state=STATES[tenure.state],
            note=tenure.note,
            holder_id=await _former(unit, tenure),
            handover=await self._handover(unit, tenure, incident),
        )

    async def _handover(self, unit: Unit, tenure: RoleTenure, incident: Incident) -> Handover | None:
        wanted = tenure.succeeds_id is not None and tenure.state is TenureState.OFFERED
        return await handover(unit, incident) if wanted else None

    def _guide(self, tenure: RoleTenure, incident: Incident) -> RoleGuide:
        return RoleGuide(
            summary=summary(incident),
            type_name=self._library.type_name(incident.type),
            tenure_id=tenure.key,
            role=tenure.role,
            does=self._library.does(tenure.role),
            instructions=tuple(tenure.instructions),
            ticked={int(index): datetime.fromisoformat(at) for index, at in tenure.ticked.items()},
            is_over=tenure.state is not TenureState.HELD or not incident.is_open,
            note=tenure.note,
        )

    async def _edit(self, posted: Posted, notice: Notice) -> None:
        try:
            await self._chat.edit(posted, notice)
        except ChatRefused as refusal:
            if refusal.code != "message_not_found":
                raise


async def _found(unit: Unit, fact: TenureFact | HandoverAsked) -> tuple[RoleTenure, Incident]:
    tenure = await unit.roles.get(fact.tenure_id)
    incident = await unit.incidents.get(fact.incident_id)
    if tenure is None or incident is None:
        raise LookupError(f"no tenure {fact.tenure_id} of incident {fact.incident_id}")
    return tenure, incident


async def _former(unit: Unit, tenure: RoleTenure) -> str | None:
    """Whose seat this one was or is to be."""
    if tenure.succeeds_id is None:
        return None
    former = await unit.roles.get(tenure.succeeds_id)
    return former.user_id if former else None
