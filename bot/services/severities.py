"""How bad it is: raised by whoever may, proposed by everybody else, lowered only by the lead, confirmed."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.errors import AlreadyDone, NotFound
from bot.domain.events import (
    Fact,
    ProposalMoved,
    SeverityChanged,
    SeverityConfirmed,
    SeverityProposed,
)
from bot.domain.incident import Severity
from bot.domain.lifecycle import DECIDERS, Lowering, check_floor, check_lowering, is_enough, reason
from bot.domain.notices.lifecycle import SeverityConfirmedPost, SeverityForm, SeverityPost, SeverityProposal
from bot.domain.people import Actor
from bot.domain.permissions import ROLE_STANDING, Standing, Verb
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH, Access
from bot.services.cadence import Cadence
from bot.services.guards import already, name_of, require_open
from bot.services.moments import Moment, Moments
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.voice import Voice
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.proposals import Proposal, ProposalState
from storage.store import Unit


class Done(StrEnum):
    """What became of a wish for another severity."""

    CHANGED = "changed"
    CONFIRMED = "confirmed"
    PROPOSED = "proposed"


class Severities:
    """Changes, proposes and confirms severities."""

    def __init__(
        self,
        work: Work,
        chat: Chat,
        access: Access,
        voice: Voice,
        cadence: Cadence,
        library: Library,
        moments: Moments,
    ) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._voice = voice
        self._cadence = cadence
        self._library = library
        self._moments = moments

    async def form(self, incident_id: int, *, by: Actor, chosen: Severity | None = None, why: str = "") -> SeverityForm:
        """The form, filled with what is known. Raises for an incident that is over or not to be seen."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.RAISE_SEVERITY, by)
            await require_open(unit, incident)
        needs_statement = incident.severity is Severity.SEV1 and incident.contained_at is None
        return SeverityForm(summary(incident), self._library.severity_choices(), chosen, why, needs_statement)

    async def change(
        self, incident_id: int, wanted: Severity, why: str, *, by: Actor, nobody_is_hurt: bool = False
    ) -> Done:
        """Set, propose or confirm a severity, whichever the person may do. Raises when it may not be so."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.RAISE_SEVERITY, by, lock=True)
            await require_open(unit, incident)
            if wanted is incident.severity:
                await self._confirm(unit, incident, why, by)
                return Done.CONFIRMED
            stated = reason(why)
            if incident.severity.is_worse_than(wanted):
                await self._access.require(unit, incident, Verb.LOWER_SEVERITY, by)
                self._check_lowering(incident, wanted, nobody_is_hurt)
                await self.set(unit, incident, wanted, stated, by)
                return Done.CHANGED
            decides = bool(await self._access.standings(unit, incident, by) & DECIDERS)
            if decides or await self._nobody_could_confirm(unit, incident):
                await self.set(unit, incident, wanted, stated, by, is_provisional=not decides)
                return Done.CHANGED
            return await self._propose(unit, incident, wanted, stated, by)

    async def confirm(self, incident_id: int, why: str, *, by: Actor) -> None:
        """A provisional severity stands. Raises AlreadyDone when it is not provisional."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.CONFIRM_SEVERITY, by, lock=True)
            await require_open(unit, incident)
            await self._confirm(unit, incident, why, by)

    async def support(self, proposal_id: int, *, by: Actor) -> Done:
        """Confirm somebody's proposal; carried by a lead, technical or admin, or by two responders."""
        async with self._work() as unit:
            found = await unit.proposals.get(proposal_id)
            if found is None:
                raise NotFound(NO_SUCH)
            incident = await self._access.get(unit, found.incident_id, Verb.CONFIRM_SEVERITY, by, lock=True)
            await require_open(unit, incident)
            proposal = await unit.proposals.get(proposal_id, fresh=True)
            if proposal is None or proposal.state is not ProposalState.WAITING:
                raise AlreadyDone(f"That is settled: {incident.reference} is {incident.severity}.")
            if by.id in proposal.confirmed_by or str(by) == proposal.proposed_by:
                raise AlreadyDone("You have asked for this already; now somebody else has to confirm it.")
            proposal.confirmed_by = [*proposal.confirmed_by, by.id]
            if not is_enough([await self._access.standings(unit, incident, who) for who in _supporters(proposal)]):
                unit.tell(ProposalMoved(incident.key, proposal.key))
                return Done.PROPOSED
            proposal.state = ProposalState.CARRIED
            unit.tell(ProposalMoved(incident.key, proposal.key))
            agreed = f"{proposal.reason} (proposed by {await name_of(unit, proposal.proposed_by)})"
            await self.set(unit, incident, proposal.new, agreed, by)
            return Done.CHANGED

    async def estimate(self, unit: Unit, incident: Incident, level: Severity, by: Actor) -> None:
        """What a reporter thinks, within the caller's transaction: graver counts, milder is for the lead to judge."""
        if not level.is_worse_than(incident.severity):
            return
        decides = bool(await self._access.standings(unit, incident, by) & DECIDERS)
        if decides or await self._nobody_could_confirm(unit, incident):
            await self.set(unit, incident, level, "as reported", by, is_provisional=not decides)
        elif all(waiting.new is not level for waiting in await unit.proposals.waiting(incident.key)):
            await self._propose(unit, incident, level, "as reported", by)

    async def set(
        self, unit: Unit, incident: Incident, new: Severity, why: str, by: Actor, *, is_provisional: bool = False
    ) -> None:
        """Make it so within the caller's transaction: record, clocks, hooks and facts. No rule is asked any more."""
        old, now = incident.severity, self._work.now()
        incident.severity, incident.severity_changed_at = new, now
        incident.is_provisional = is_provisional
        if new.is_worse_than(old):
            self._cadence.tighten(incident, now)
        data = {"old": old, "new": new, "reason": why, "provisional": incident.is_provisional}
        unit.timeline.note(incident.key, EntryKind.SEVERITY, why, by=by, at=now, data=data)
        for proposal in await unit.proposals.waiting(incident.key):
            if not proposal.new.is_worse_than(new):
                proposal.state = ProposalState.MOOT
                unit.tell(ProposalMoved(incident.key, proposal.key))
        unit.tell(SeverityChanged(incident.key, old, new, str(by), why))
        await self._moments.reach(Moment.SEVERITY, unit, incident)

    async def post_change(self, fact: SeverityChanged, attempt: Attempt) -> None:
        """Say in the channel that the severity changed."""
        await self._voice.say(fact, attempt, lambda s: SeverityPost(s, fact.old, fact.new, fact.by, fact.reason))

    async def post_confirmed(self, fact: SeverityConfirmed, attempt: Attempt) -> None:
        """Say in the channel that the severity stands."""
        await self._voice.say(fact, attempt, lambda s: SeverityConfirmedPost(s, fact.by, fact.reason))

    async def post_proposal(self, fact: SeverityProposed, attempt: Attempt) -> None:
        """Ask in the channel for a confirmation, and remember where."""
        notice = await self._proposal_notice(fact, fact.proposal_id)
        posted = await self._voice.say(fact, attempt, lambda _: notice)
        if posted is None:
            return
        async with self._work() as unit:
            proposal = await unit.proposals.get(fact.proposal_id)
            if proposal is not None:
                proposal.channel_ts = posted.ts

    async def refresh_proposal(self, fact: ProposalMoved, _: Attempt) -> None:
        """Show who has agreed; once it is settled the button goes."""
        async with self._work.read() as unit:
            proposal = await unit.proposals.get(fact.proposal_id)
            incident = await unit.incidents.get(fact.incident_id)
        if proposal and incident and incident.channel_id and proposal.channel_ts:
            notice = await self._proposal_notice(fact, fact.proposal_id)
            await self._chat.edit(Posted(incident.channel_id, proposal.channel_ts), notice)

    async def drop_proposals(self, unit: Unit, incident: Incident) -> None:
        """The incident is over: what waits for confirmation is not needed any more. A hook."""
        for proposal in await unit.proposals.waiting(incident.key):
            proposal.state = ProposalState.MOOT
            unit.tell(ProposalMoved(incident.key, proposal.key))

    def _check_lowering(self, incident: Incident, wanted: Severity, nobody_is_hurt: bool) -> None:
        check_floor(wanted, self._library.severity_floor(incident.type), self._library.type_name(incident.type))
        since = incident.severity_changed_at or incident.declared_at
        contained = incident.contained_at is not None
        check_lowering(Lowering(incident.severity, wanted, since, self._work.now(), contained, nobody_is_hurt))

    async def _nobody_could_confirm(self, unit: Unit, incident: Incident) -> bool:
        # In the first minutes the seats may be empty. When in doubt, up: it takes effect at once, provisionally.
        seated: dict[str, set[Standing]] = {}
        for tenure in await unit.roles.held(incident.key):
            seated.setdefault(tenure.user_id, set()).add(ROLE_STANDING[tenure.role])
        return not is_enough([frozenset(standings) for standings in seated.values()])

    async def _propose(self, unit: Unit, incident: Incident, wanted: Severity, why: str, by: Actor) -> Done:
        for waiting in await unit.proposals.waiting(incident.key):
            if waiting.new is wanted:
                raise await already(unit, f"{wanted} was proposed", waiting.proposed_by, waiting.proposed_at)
        now = self._work.now()
        proposal = await unit.proposals.add(
            Proposal(
                incident_id=incident.key,
                old=incident.severity,
                new=wanted,
                reason=why,
                proposed_by=str(by),
                proposed_at=now,
            )
        )
        # A note: the severity's history holds only what took effect.
        data = {"asked_for": wanted, "reason": why}
        unit.timeline.note(incident.key, EntryKind.NOTE, f"Asks for {wanted}: {why}", by=by, at=now, data=data)
        unit.tell(SeverityProposed(incident.key, proposal.key))
        return Done.PROPOSED

    async def _confirm(self, unit: Unit, incident: Incident, why: str, by: Actor) -> None:
        if not incident.is_provisional:
            raise AlreadyDone(f"{incident.reference} is {incident.severity} already. Nothing was changed.")
        await self._access.require(unit, incident, Verb.CONFIRM_SEVERITY, by)
        incident.is_provisional = False
        data = {"old": incident.severity, "new": incident.severity, "reason": why, "confirmed": True}
        unit.timeline.note(incident.key, EntryKind.SEVERITY, why.strip(), by=by, at=self._work.now(), data=data)
        unit.tell(SeverityConfirmed(incident.key, str(by), why.strip()))
        await self._moments.reach(Moment.CONFIRMED, unit, incident)

    async def _proposal_notice(self, fact: Fact, proposal_id: int) -> SeverityProposal:
        async with self._work.read() as unit:
            proposal = await unit.proposals.get(proposal_id)
            incident = await unit.incidents.get(fact.incident_id)
        if proposal is None or incident is None:
            raise NotFound(NO_SUCH)
        carried = None if proposal.state is ProposalState.WAITING else proposal.state is ProposalState.CARRIED
        return SeverityProposal(
            summary(incident),
            proposal.key,
            proposal.old,
            proposal.new,
            proposal.proposed_by,
            proposal.reason,
            tuple(proposal.confirmed_by),
            carried,
        )


def _supporters(proposal: Proposal) -> list[Actor]:
    proposer = Actor.parse(proposal.proposed_by)
    return [proposer, *(Actor.person(user_id) for user_id in proposal.confirmed_by)]
