"""Sitting down and getting up: what changes in the record, within the transaction of whoever decided it.

At most one person sits in lead, legal or comms; whoever sits down there ends what else was offered of that seat.
"""

from __future__ import annotations

from bot.domain.events import LeadChanged, OfferSettled, RoleOffered, RoleReleased, RoleTaken
from bot.domain.incident import Role
from bot.domain.people import ANDON, Actor
from bot.domain.timeline import EntryKind
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.roles import How, RoleTenure, TenureState
from storage.store import Unit


class Seats:
    """Changes tenures. Callers hold the incident's lock and have checked that the change may be."""

    def __init__(self, work: Work, library: Library) -> None:
        self._work = work
        self._library = library

    async def offer(
        self,
        unit: Unit,
        incident: Incident,
        role: Role,
        user_id: str,
        *,
        by: Actor,
        note: str = "",
        hands_over: RoleTenure | None = None,
    ) -> RoleTenure:
        """Ask somebody to sit."""
        now = self._work.now()
        offered = RoleTenure(
            incident_id=incident.key,
            role=role,
            user_id=user_id,
            state=TenureState.OFFERED,
            offered_at=now,
            given_by=str(by),
            note=note,
            succeeds_id=hands_over.key if hands_over else None,
        )
        tenure = await unit.roles.add(offered)
        act = "offered to hand over" if hands_over else "asked for"
        self._note(unit, incident, tenure, f"{act} {role}: <@{user_id}>", by=by, reason=note)
        unit.tell(RoleOffered(incident.key, tenure.key))
        return tenure

    async def take(
        self,
        unit: Unit,
        incident: Incident,
        role: Role,
        user_id: str,
        *,
        after: RoleTenure | None = None,
        reason: str = "",
    ) -> None:
        """Somebody sits down by their own act; an offer they had becomes their seat. The seat must be free.

        ``after`` is the tenure that was ended for it, ``reason`` why.
        """
        tenure = await unit.roles.living(incident.key, role, user_id)
        by = Actor.person(user_id)
        if tenure is None:
            fresh = RoleTenure(
                incident_id=incident.key, role=role, user_id=user_id, state=TenureState.OFFERED, given_by=str(by)
            )
            tenure = await unit.roles.add(fresh)
        else:
            unit.tell(OfferSettled(incident.key, tenure.key))
        tenure.reason, tenure.succeeds_id = reason, after.key if after else None
        await self._sit(unit, incident, tenure, How.TAKEN_OVER if after else How.TAKEN)

    async def accept(self, unit: Unit, incident: Incident, tenure: RoleTenure) -> None:
        """An offer is accepted; the seat must be free."""
        unit.tell(OfferSettled(incident.key, tenure.key))
        await self._sit(unit, incident, tenure, How.HANDED_OVER if tenure.succeeds_id else How.ACCEPTED)

    async def end(
        self, unit: Unit, incident: Incident, tenure: RoleTenure, *, how: How, by: Actor, reason: str = ""
    ) -> None:
        """Somebody gets up, or is got up."""
        tenure.state, tenure.until_at = TenureState.ENDED, self._work.now()
        tenure.settled_at, tenure.ended_how = tenure.until_at, how
        if how is How.RELEASED:
            self._note(unit, incident, tenure, f"gave up {tenure.role}", by=by, reason=reason)
            tenure.reason = reason
        await unit.roles.keep()
        unit.tell(RoleReleased(incident.key, tenure.key))
        if tenure.role is Role.LEAD:
            unit.tell(LeadChanged(incident.key))

    def withdraw(self, unit: Unit, incident: Incident, tenure: RoleTenure) -> None:
        """An offer is no longer needed."""
        tenure.state, tenure.settled_at = TenureState.WITHDRAWN, self._work.now()
        unit.tell(OfferSettled(incident.key, tenure.key))

    def decline(self, unit: Unit, incident: Incident, tenure: RoleTenure, reason: str) -> None:
        """Whoever was asked says no."""
        tenure.state, tenure.settled_at, tenure.reason = TenureState.DECLINED, self._work.now(), reason
        self._note(unit, incident, tenure, f"declined {tenure.role}", by=Actor.person(tenure.user_id), reason=reason)

    async def _sit(self, unit: Unit, incident: Incident, tenure: RoleTenure, how: How) -> None:
        now, by = self._work.now(), Actor.person(tenure.user_id)
        tenure.state, tenure.from_at, tenure.settled_at, tenure.how = TenureState.HELD, now, now, how
        tenure.instructions = list(self._library.instructions(tenure.role, incident.type))
        await unit.roles.keep()
        await unit.participants.let_in(incident.key, [tenure.user_id], now)
        self._note(unit, incident, tenure, f"{VERBS[how]} {tenure.role}", by=by, reason=tenure.reason)
        if tenure.role is Role.LEAD:
            incident.acknowledged_at = incident.acknowledged_at or now
            incident.lead_seated_at = incident.lead_seated_at or now
            unit.tell(LeadChanged(incident.key))
        unit.tell(RoleTaken(incident.key, tenure.key))
        if not tenure.role.is_shared:
            for other in await unit.roles.offered(incident.key, tenure.role):
                self.withdraw(unit, incident, other)

    def _note(self, unit: Unit, incident: Incident, tenure: RoleTenure, text: str, *, by: Actor, reason: str) -> None:
        data = {"role": tenure.role, "person": tenure.user_id, "state": tenure.state, "how": tenure.how}
        data |= {"reason": reason}
        said = f"{text}: {reason}" if reason and by != ANDON else text
        unit.timeline.note(incident.key, EntryKind.ROLE, said, by=by, at=self._work.now(), data=data)


VERBS = {
    How.TAKEN: "took",
    How.ACCEPTED: "accepted",
    How.HANDED_OVER: "accepted the handover of",
    How.TAKEN_OVER: "took over",
}
