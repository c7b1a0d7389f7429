"""Sitting down, getting up, and ticking what a role is to do: acts of the people who sit."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.errors import AlreadyDone, BadInput, NotAllowed, NotFound
from bot.domain.events import HandoverAsked, RoleTicked
from bot.domain.incident import Role
from bot.domain.lifecycle import reason as stated_reason
from bot.domain.lifecycle import utc
from bot.domain.notices.roles import RoleForm, SeatHeld, TakeOverForm
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.roles import own_role, said
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH, Access
from bot.services.guards import name_of, require_open
from bot.services.seating import Seating
from bot.services.seats import Seats
from bot.services.summaries import summary
from bot.services.work import Work
from storage.incidents import Incident
from storage.roles import How, RoleTenure, TenureState
from storage.store import Unit

WHY_TAKE_OVER = "Say in a few words why the seat cannot wait for a handover."


class Roles:
    """What people do about their own seat."""

    def __init__(self, work: Work, access: Access, seats: Seats, seating: Seating) -> None:
        self._work = work
        self._access = access
        self._seats = seats
        self._seating = seating

    async def take(self, incident_id: int, role: Role, *, by: Actor) -> SeatHeld | None:
        """Sit down; when somebody else sits there, nothing changes and the answer says who, with two ways on.

        Raises AlreadyDone for a seat that is the person's own.
        """
        async with self._work() as unit:
            incident = await self._open_one(unit, incident_id, Verb.TAKE_ROLE, by)
            holder = await self._in_the_way(unit, incident, role, by)
            if holder is None:
                await self._seats.take(unit, incident, role, by.id)
                return None
            return _seat_held(incident, holder)

    async def take_over(self, incident_id: int, role: Role, why: str, *, by: Actor) -> None:
        """Sit down in a taken seat without a handover, for a stated reason; whoever sat there is told."""
        reason = stated_reason(why, WHY_TAKE_OVER)
        async with self._work() as unit:
            incident = await self._open_one(unit, incident_id, Verb.TAKE_ROLE, by)
            holder = await self._in_the_way(unit, incident, role, by)
            if holder is None:
                await self._seats.take(unit, incident, role, by.id)
                return
            await self._seats.end(unit, incident, holder, how=How.TAKEN_OVER, by=by)
            await self._seats.take(unit, incident, role, by.id, after=holder, reason=reason)

    async def release(self, incident_id: int, role: Role | None, why: str, *, by: Actor) -> Role:
        """Give one's own seat up; which role it was. Where policy wants it filled, the next person is asked."""
        reason = said(why, "reason")
        async with self._work() as unit:
            incident = await self._open_one(unit, incident_id, Verb.SEE, by)
            mine = [tenure for tenure in await unit.roles.held(incident.key) if tenure.user_id == by.id]
            given_up = role or own_role([tenure.role for tenure in mine], incident.reference)
            tenure = next((tenure for tenure in mine if tenure.role is given_up), None)
            if tenure is None:
                raise BadInput(f"You are not {given_up} of {incident.reference}, so there is nothing to give up.")
            await self._seats.end(unit, incident, tenure, how=How.RELEASED, by=by, reason=reason)
            for offer in await unit.roles.offered(incident.key, given_up):
                if offer.succeeds_id == tenure.id:
                    offer.succeeds_id = None
            await self._seating.ask_for_empty_seats(unit, incident)
            return given_up

    async def tick(self, tenure_id: int, index: int, *, by: Actor) -> None:
        """A line of one's instructions is done; it goes on the timeline. Raises AlreadyDone for one that was."""
        async with self._work() as unit:
            tenure, incident = await self._seat(unit, tenure_id)
            if tenure.user_id != by.id:
                await self._access.require(unit, incident, Verb.SEE, by)
                raise NotAllowed("Only whoever holds the role can tick its list.")
            await require_open(unit, incident)
            if tenure.state is not TenureState.HELD:
                raise AlreadyDone(f"You are not {tenure.role} of {incident.reference} any more. Nothing was changed.")
            if not 0 <= index < len(tenure.instructions):
                raise NotFound("That line is not on the list any more.")
            if str(index) in tenure.ticked:
                raise AlreadyDone("That is ticked already.")
            now = self._work.now()
            tenure.ticked = {**tenure.ticked, str(index): now.isoformat()}
            text, data = tenure.instructions[index], {"role": tenure.role, "ticked": index}
            unit.timeline.note(incident.key, EntryKind.TASK, f"{tenure.role}: {text}", by=by, at=now, data=data)
            unit.tell(RoleTicked(incident.key, tenure.key))

    async def ask_holder(self, tenure_id: int, *, by: Actor) -> str:
        """Ask whoever holds a seat to hand it over, once; the holder's name."""
        async with self._work() as unit:
            tenure, incident = await self._seat(unit, tenure_id)
            await self._access.require(unit, incident, Verb.TAKE_ROLE, by)
            await require_open(unit, incident)
            if tenure.state is not TenureState.HELD:
                raise AlreadyDone(f"The seat has changed hands since. Try `take {tenure.role}` again.")
            key = f"{incident.key}:wants:{tenure.key}:{by.id}"
            holder = await name_of(unit, str(Actor.person(tenure.user_id)))
            if await unit.timeline.by_source(key) is not None:
                raise AlreadyDone(f"{holder} was asked by you already. If it cannot wait, take it over with a reason.")
            now, data = self._work.now(), {"role": tenure.role, "holder": tenure.user_id}
            text = f"asked <@{tenure.user_id}> for {tenure.role}"
            unit.timeline.note(incident.key, EntryKind.ROLE, text, by=by, at=now, data=data, source_key=key)
            unit.tell(HandoverAsked(incident.key, tenure.key, by.id))
            return holder

    async def form(self, incident_id: int, *, by: Actor, role: Role | None = None) -> RoleForm:
        """The form that asks who is to hold which role."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.ASSIGN_ROLE, by)
            await require_open(unit, incident)
            return RoleForm(summary(incident), role)

    async def take_over_form(self, tenure_id: int, *, by: Actor) -> TakeOverForm:
        """The form that asks why a seat is taken over."""
        async with self._work.read() as unit:
            tenure, incident = await self._seat(unit, tenure_id, lock=False)
            await self._access.require(unit, incident, Verb.TAKE_ROLE, by)
            await require_open(unit, incident)
            holders: Sequence[RoleTenure] = await unit.roles.held(incident.key, tenure.role)
        if not holders:
            raise AlreadyDone(f"Nobody sits there any more: `take {tenure.role}` is enough.")
        return TakeOverForm(summary(incident), tenure.role, holders[0].user_id)

    async def _open_one(self, unit: Unit, incident_id: int, verb: Verb, by: Actor) -> Incident:
        incident = await self._access.get(unit, incident_id, verb, by, lock=True)
        await require_open(unit, incident)
        return incident

    async def _seat(self, unit: Unit, tenure_id: int, *, lock: bool = True) -> tuple[RoleTenure, Incident]:
        """The tenure as it is, and its incident, which is locked."""
        found = await unit.roles.get(tenure_id)
        incident = await unit.incidents.get(found.incident_id, lock=lock) if found else None
        tenure = await unit.roles.get(tenure_id, fresh=True)
        if tenure is None or incident is None:
            raise NotFound(NO_SUCH)
        return tenure, incident

    async def _in_the_way(self, unit: Unit, incident: Incident, role: Role, by: Actor) -> RoleTenure | None:
        """Whoever must get up before the actor can sit down. Raises AlreadyDone when the actor sits there."""
        holders = await unit.roles.held(incident.key, role)
        for tenure in holders:
            if tenure.user_id == by.id:
                since = f" since {utc(tenure.from_at)}" if tenure.from_at else ""
                raise AlreadyDone(f"You are {role} of {incident.reference} already{since}. Nothing was changed.")
        return None if role.is_shared or not holders else holders[0]


def _seat_held(incident: Incident, holder: RoleTenure) -> SeatHeld:
    since = holder.from_at or incident.declared_at
    return SeatHeld(summary(incident), holder.role, holder.key, holder.user_id, since)
