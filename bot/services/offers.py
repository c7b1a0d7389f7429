"""Asking somebody else: an offer becomes a seat only when whoever was asked accepts. Nobody is made lead unasked."""

from __future__ import annotations

from bot.domain.errors import AlreadyDone, BadInput, NotAllowed, NotFound
from bot.domain.events import RoleDeclined
from bot.domain.incident import Role
from bot.domain.notices.roles import HandoverForm
from bot.domain.people import Actor, Profile
from bot.domain.permissions import Verb
from bot.domain.roles import may_give_away, own_role, said
from bot.services.access import NO_SUCH, Access
from bot.services.guards import name_of, require_open
from bot.services.handovers import handover
from bot.services.naming import Naming
from bot.services.seating import Seating
from bot.services.seats import Seats
from bot.services.summaries import summary
from bot.services.work import Work
from storage.incidents import Incident
from storage.roles import How, RoleTenure, TenureState
from storage.store import Unit

ANSWERED = {
    TenureState.HELD: "You have accepted this already.",
    TenureState.DECLINED: "You have declined this already. If you can after all, take the role.",
    TenureState.WITHDRAWN: "This is no longer needed: somebody else sits there now, or policy asks no more.",
    TenureState.ENDED: "That was a while ago: the seat has changed hands since.",
}


class Offers:
    """Offers roles, hands them over, and takes the answer."""

    def __init__(self, work: Work, access: Access, naming: Naming, seats: Seats, seating: Seating) -> None:
        self._work = work
        self._access = access
        self._naming = naming
        self._seats = seats
        self._seating = seating

    async def offer(self, incident_id: int, role: Role, user_id: str, note: str = "", *, by: Actor) -> Profile:
        """Ask somebody to take a role. A seat that is taken is handed over by its holder, the lead or an admin only.

        Raises BadInput about ``person`` for whom nobody can ask, AlreadyDone for who sits there or was asked.
        """
        words = said(note, "note")
        person = await self._naming.by_id(user_id)
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.ASSIGN_ROLE, by, lock=True)
            await require_open(unit, incident)
            await self._check_not_asked(unit, incident, role, person)
            holder = None if role.is_shared else await self._holder(unit, incident, role, by)
            await self._seats.offer(unit, incident, role, person.id, by=by, note=words, hands_over=holder)
        return person

    async def hand_over(
        self, incident_id: int, role: Role | None, user_id: str, note: str = "", *, by: Actor
    ) -> tuple[Role, Profile]:
        """Offer one's own role to somebody; the giver keeps it until they accept."""
        words = said(note, "note")
        person = await self._naming.by_id(user_id)
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by, lock=True)
            await require_open(unit, incident)
            mine = await self._own(unit, incident, by)
            given = role or own_role(list(mine), incident.reference)
            if given not in mine:
                raise BadInput(f"You are not {given} of {incident.reference}: it is not yours to give.", field="role")
            await self._check_not_asked(unit, incident, given, person)
            await self._seats.offer(unit, incident, given, person.id, by=by, note=words, hands_over=mine[given])
        return given, person

    async def accept(self, tenure_id: int, *, by: Actor) -> None:
        """Whoever was asked sits down; whoever hands over gets up. Raises AlreadyDone for a second press."""
        async with self._work() as unit:
            tenure, incident = await self._asked(unit, tenure_id, by)
            await self._make_room(unit, incident, tenure, by)
            await self._seats.accept(unit, incident, tenure)

    async def decline(self, tenure_id: int, why: str = "", *, by: Actor) -> None:
        """Whoever was asked says no; where policy had asked, it asks the next."""
        reason = said(why, "reason")
        async with self._work() as unit:
            tenure, incident = await self._asked(unit, tenure_id, by)
            self._seats.decline(unit, incident, tenure, reason)
            unit.tell(RoleDeclined(incident.key, tenure.key))
            await self._seating.ask_for_empty_seats(unit, incident)

    async def waiting_for(self, incident_id: int, role: Role | None, *, by: Actor) -> int:
        """The offer that waits for this person's answer. Raises NotFound when there is none, BadInput for several."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(incident_id)
            offers = await unit.roles.offered(incident_id, role)
        mine = [offer for offer in offers if offer.user_id == by.id]
        if not mine or incident is None:
            raise NotFound("Nobody is waiting for an answer of yours here.")
        if len(mine) > 1:
            raise BadInput(f"You were asked for {' and '.join(offer.role for offer in mine)}: say which.")
        return mine[0].key

    async def handover_form(
        self, incident_id: int, *, by: Actor, role: Role | None = None, receiver_id: str | None = None, note: str = ""
    ) -> HandoverForm:
        """The form to hand over with: where things stand, and to whom it goes."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.HAND_OVER, by)
            await require_open(unit, incident)
            mine = await self._own(unit, incident, by)
            chosen = role if role in mine else own_role(list(mine), incident.reference)
            facts = await handover(unit, incident)
        return HandoverForm(summary(incident), tuple(mine), facts, chosen, receiver_id, note)

    async def form_for(self, tenure_id: int, receiver_id: str, *, by: Actor) -> HandoverForm:
        """The form to hand one seat over with, the receiver chosen. Raises AlreadyDone when it changed hands."""
        async with self._work.read() as unit:
            tenure = await unit.roles.get(tenure_id)
        if tenure is None or tenure.user_id != by.id:
            raise NotFound(NO_SUCH)
        if tenure.state is not TenureState.HELD:
            raise AlreadyDone(f"You are not {tenure.role} any more. Nothing was changed.")
        return await self.handover_form(tenure.incident_id, by=by, role=tenure.role, receiver_id=receiver_id)

    async def _own(self, unit: Unit, incident: Incident, by: Actor) -> dict[Role, RoleTenure]:
        return {tenure.role: tenure for tenure in await unit.roles.held(incident.key) if tenure.user_id == by.id}

    async def _check_not_asked(self, unit: Unit, incident: Incident, role: Role, person: Profile) -> None:
        tenure = await unit.roles.living(incident.key, role, person.id)
        if tenure is None:
            return
        if tenure.state is TenureState.HELD:
            raise AlreadyDone(f"{person.name} is {role} of {incident.reference} already. Nothing was changed.")
        asker = await name_of(unit, tenure.given_by)
        raise AlreadyDone(f"{person.name} was asked to be {role} by {asker} already and has not answered yet.")

    async def _holder(self, unit: Unit, incident: Incident, role: Role, by: Actor) -> RoleTenure | None:
        """The tenure that the offer would end. Raises NotAllowed when it is not the actor's to give."""
        holders = await unit.roles.held(incident.key, role)
        if not holders:
            return None
        holder = holders[0]
        standings = await self._access.standings(unit, incident, by)
        if may_give_away(standings, is_holder=holder.user_id == by.id):
            return holder
        name = await name_of(unit, str(Actor.person(holder.user_id)))
        raise NotAllowed(
            f"{name} is {role} of {incident.reference}. Only they, the lead or an admin can hand it over: ask them. "
            f"If they cannot be reached, take it over yourself with `takeover {role}` and a reason."
        )

    async def _asked(self, unit: Unit, tenure_id: int, by: Actor) -> tuple[RoleTenure, Incident]:
        """The offer, open and the actor's to answer; its incident is locked."""
        found = await unit.roles.get(tenure_id)
        if found is None:
            raise NotFound(NO_SUCH)
        incident = await unit.incidents.get(found.incident_id, lock=True)
        tenure = await unit.roles.get(tenure_id, fresh=True)
        if incident is None or tenure is None:
            raise NotFound(NO_SUCH)
        if tenure.user_id != by.id:
            await self._access.require(unit, incident, Verb.SEE, by)
            who = await name_of(unit, str(Actor.person(tenure.user_id)))
            raise NotAllowed(f"{who} was asked, so only they can answer.")
        if tenure.state is not TenureState.OFFERED:
            raise AlreadyDone(ANSWERED[tenure.state])
        await require_open(unit, incident)
        return tenure, incident

    async def _make_room(self, unit: Unit, incident: Incident, tenure: RoleTenure, by: Actor) -> None:
        for holder in await unit.roles.held(incident.key, tenure.role):
            if holder.id == tenure.succeeds_id:
                await self._seats.end(unit, incident, holder, how=How.HANDED_OVER, by=by)
            elif not tenure.role.is_shared:
                name = await name_of(unit, str(Actor.person(holder.user_id)))
                raise AlreadyDone(f"{name} is {tenure.role} of {incident.reference} already. Nothing was changed.")
