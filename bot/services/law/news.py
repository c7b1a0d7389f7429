"""What is said about clocks and particulars. Every method is one reaction."""

from __future__ import annotations

from bot.domain import events
from bot.domain.events import Fact
from bot.domain.incident import Phase, Role
from bot.domain.notices import Notice
from bot.domain.notices.law import (
    AlterationWarning,
    ClockItem,
    ClockPost,
    ClocksForLegal,
    ClocksOverdue,
    ParticularPost,
    SentItem,
)
from bot.domain.obligations.words import Decision
from bot.services.altering import untold
from bot.services.channels import Channels
from bot.services.failing import NotYet
from bot.services.law.reckoning import Reckoning
from bot.services.particulars import Particulars
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.roles import TenureState
from storage.store import Unit

PROPOSED = "you are legal, and these may apply"
TAKEN = "you have taken legal, and these wait"
REACHED = "much of their time has passed, and nothing was recorded as sent"


class LawNews:
    """Tells people of the law's clocks."""

    def __init__(
        self,
        work: Work,
        chat: Chat,
        channels: Channels,
        particulars: Particulars,
        reckoning: Reckoning,
        library: Library,
    ) -> None:
        self._work = work
        self._chat = chat
        self._channels = channels
        self._particulars = particulars
        self._reckoning = reckoning
        self._library = library

    async def post_particular(self, fact: events.ParticularSet, attempt: Attempt) -> None:
        """What was established stands under the card: a stream belongs in a thread."""
        async with self._work.read() as unit:
            incident = await _incident(unit, fact)
            versions = [one for one in await unit.particulars.of(incident.key) if one.key == fact.key]
        by_number = {one.version: self._particulars.particular(one) for one in versions}
        if fact.version in by_number:
            notice = ParticularPost(summary(incident), by_number[fact.version], by_number.get(fact.version - 1))
            await self._in_thread(incident, notice, attempt)

    async def propose(self, fact: events.ClocksProposed, attempt: Attempt) -> None:
        """Legal hears which clocks may apply; what was decided meanwhile is left out."""
        await self._tell_legal(fact, fact.user_id, fact.obligation_ids, PROPOSED, attempt, undecided_only=True)

    async def brief(self, fact: events.RoleTaken, attempt: Attempt) -> None:
        """Whoever takes legal hears what waits for them."""
        async with self._work.read() as unit:
            tenure = await unit.roles.get(fact.tenure_id)
            clocks = await unit.obligations.of(fact.incident_id)
        if tenure is None or tenure.role is not Role.LEGAL or tenure.state is not TenureState.HELD:
            return
        waiting = [one.key for one in clocks if one.is_open]
        await self._tell_legal(fact, tenure.user_id, waiting, TAKEN, attempt)

    async def remind(self, fact: events.ClocksReached, attempt: Attempt) -> None:
        """Legal hears how far clocks have run, an executive that one is over; what was met meanwhile is left out."""
        if not fact.is_executive:
            await self._tell_legal(fact, fact.user_id, fact.obligation_ids, REACHED, attempt)
            return
        async with self._work.read() as unit:
            incident = await _incident(unit, fact)
            clocks = await self._open(unit, fact, fact.obligation_ids)
            legal = tuple(one.user_id for one in await unit.roles.held(incident.key, Role.LEGAL))
        if clocks:
            notice = ClocksOverdue(summary(incident), clocks, self._work.now(), legal)
            await self._chat.dm(fact.user_id, notice, once=attempt.once)

    async def post_decided(self, fact: events.ClockDecided, attempt: Attempt) -> None:
        """A clock that applies is said in the channel; the other answers stand under the card."""
        async with self._work.read() as unit:
            incident = await _incident(unit, fact)
            one = await unit.obligations.get(fact.obligation_id)
        if one is None or one.decision != fact.decision:
            return
        notice = ClockPost(summary(incident), self._reckoning.item(one), fact.by)
        if one.decision is Decision.APPLIES:
            await self._in_channel(incident, notice, attempt)
        else:
            await self._in_thread(incident, notice, attempt)

    async def post_met(self, fact: events.ClockMet, attempt: Attempt) -> None:
        """A notice was sent: the channel hears to whom and when, never its text."""
        async with self._work.read() as unit:
            incident = await _incident(unit, fact)
            one = await unit.obligations.get(fact.obligation_id)
            sent = [
                notice
                for notice in await unit.obligations.notices(incident.key)
                if (notice.obligation_id, notice.version) == (fact.obligation_id, fact.version)
            ]
        if one is None or not sent:
            return
        is_late = fact.version == 1 and one.due_strict is not None and sent[0].sent_at > one.due_strict
        item = SentItem(fact.version, sent[0].sent_at, sent[0].recipient, sent[0].reference, is_late)
        notice = ClockPost(summary(incident), self._reckoning.item(one), fact.by, item)
        await self._in_channel(incident, notice, attempt)

    async def warn_of_switch(self, fact: events.SwitchAsked, attempt: Attempt) -> None:
        """A change of the system itself was asked for: the channel hears that an authority may come first."""
        async with self._work.read() as unit:
            run = await unit.switches.get(fact.run_id)
        entry = self._library.containment.entry(run.catalogue) if run is not None else None
        if run is not None and entry is not None and entry.alters:
            await self._warn(fact, run.title, attempt)

    async def warn_of_phase(self, fact: events.PhaseChanged, attempt: Attempt) -> None:
        """Remediation begins: it changes the system."""
        if fact.new is Phase.REMEDIATION:
            await self._warn(fact, "Remediation begins", attempt)

    async def warn_of_resolved(self, fact: events.IncidentResolved, attempt: Attempt) -> None:
        """Resolved: whatever fixed it has changed the system."""
        await self._warn(fact, "Set resolved", attempt)

    async def _warn(self, fact: Fact, what: str, attempt: Attempt) -> None:
        async with self._work.read() as unit:
            incident = await _incident(unit, fact)
            waiting = await untold(unit, incident.key)
        if waiting:
            await self._in_channel(incident, AlterationWarning(summary(incident), what, waiting), attempt)

    async def _tell_legal(
        self,
        fact: Fact,
        user_id: str,
        numbers: list[int],
        why: str,
        attempt: Attempt,
        *,
        undecided_only: bool = False,
    ) -> None:
        async with self._work.read() as unit:
            incident = await _incident(unit, fact)
            clocks = await self._open(unit, fact, numbers)
        if undecided_only:
            clocks = tuple(one for one in clocks if one.is_undecided)
        if clocks:
            notice = ClocksForLegal(summary(incident), clocks, self._work.now(), why)
            await self._chat.dm(user_id, notice, once=attempt.once)

    async def _open(self, unit: Unit, fact: Fact, numbers: list[int]) -> tuple[ClockItem, ...]:
        found = await unit.obligations.of(fact.incident_id)
        return tuple(self._reckoning.item(one) for one in found if one.key in numbers and one.is_open)

    async def _in_channel(self, incident: Incident, notice: Notice, attempt: Attempt) -> None:
        channel_id = await self._channels.channel_of(incident.key)
        if channel_id is not None:
            await self._chat.post(channel_id, notice, once=attempt.once)

    async def _in_thread(self, incident: Incident, notice: Notice, attempt: Attempt) -> None:
        channel_id = await self._channels.channel_of(incident.key)
        if channel_id is None:
            return
        if incident.card_ts is None:
            raise NotYet
        await self._chat.post(channel_id, notice, once=attempt.once, thread_ts=incident.card_ts)


async def _incident(unit: Unit, fact: Fact) -> Incident:
    incident = await unit.incidents.get(fact.incident_id)
    if incident is None:
        raise LookupError(f"no incident {fact.incident_id}")
    return incident
