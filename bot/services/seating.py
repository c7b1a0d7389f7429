"""Seats that policy wants filled: the people of the roster are asked, one after the other, until one sits."""

from __future__ import annotations

from bot.domain.escalation import AskKind
from bot.domain.events import SeatUnfilled
from bot.domain.incident import IncidentType, Role
from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from bot.services.directory import Directory
from bot.services.seats import Seats
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.roles import TenureState
from storage.store import Unit


class Seating:
    """Asks for empty seats, within the transaction of the act that makes policy want them."""

    def __init__(self, work: Work, seats: Seats, directory: Directory, library: Library) -> None:
        self._work = work
        self._seats = seats
        self._directory = directory
        self._library = library

    async def ask_for_empty_seats(self, unit: Unit, incident: Incident) -> None:
        """Ask the roster for every role that policy wants here and nobody holds or was asked for.

        What the ladder asks for at once it is not asked for twice. What policy had asked for and wants no longer is
        withdrawn. Asks nothing for a closed incident.
        """
        if not incident.is_open:
            return
        seats = self._library.seats(incident.severity, incident.type)
        for offer in await unit.roles.offered(incident.key):
            if offer.is_asked_by_policy and offer.role not in seats:
                self._seats.withdraw(unit, incident, offer)
        for role in seats:
            if role not in self._asked_by_the_ladder(incident):
                await self.ask_next(unit, incident, role)

    async def ask_next(self, unit: Unit, incident: Incident, role: Role) -> None:
        """Ask the next person of the role's roster, unless somebody sits there or is thinking about it."""
        tenures = [tenure for tenure in await unit.roles.history(incident.key) if tenure.role is role]
        if any(tenure.state in (TenureState.HELD, TenureState.OFFERED) for tenure in tenures):
            return
        said_no = {tenure.user_id for tenure in tenures if tenure.state is not TenureState.WITHDRAWN}
        roster = await self._directory.people(unit, self._library.roster_order(role, incident.system))
        person = next((user_id for user_id in roster if user_id not in said_no), None)
        if person is not None:
            await self._seats.offer(unit, incident, role, person, by=ANDON)
            return
        key = f"{incident.key}:unfilled:{role}:{len(said_no)}"
        if await unit.timeline.by_source(key) is None:
            text = f"nobody on the roster is left to ask for {role}"
            now, data = self._work.now(), {"role": role}
            unit.timeline.note(incident.key, EntryKind.ROLE, text, by=ANDON, at=now, data=data, source_key=key)
            unit.tell(SeatUnfilled(incident.key, role))

    async def stand_down(self, unit: Unit, incident: Incident) -> None:
        """The incident is over: nobody is asked any more. A hook."""
        for offer in await unit.roles.offered(incident.key):
            self._seats.withdraw(unit, incident, offer)

    def _asked_by_the_ladder(self, incident: Incident) -> set[Role | None]:
        flags = self._library.flags([incident.type, *(IncidentType(kind) for kind in incident.secondary_types)])
        return {
            rung.ask.role
            for rung in self._library.escalation_policy.ladders[incident.severity].rungs
            if rung.ask.kind is AskKind.PRIMARY and rung.after.amount == 0 and rung.stands_with(flags)
        }
