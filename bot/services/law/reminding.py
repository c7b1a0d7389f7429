"""Speaking of clocks while they run: to legal at half, three quarters, nine tenths, to executives when one is over."""

from __future__ import annotations

from bot.domain.escalation import Flag
from bot.domain.events import ClocksReached
from bot.domain.incident import Role
from bot.domain.obligations.reminding import reached
from bot.domain.obligations.words import Step
from bot.domain.people import ANDON, Actor
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.directory import Directory
from bot.services.law.proposing import Proposing
from bot.services.law.reckoning import Reckoning, row_of
from bot.services.singly import singly
from bot.services.targets import Targets
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.obligations import Obligation
from storage.store import Unit

AT_ONCE = 200


class ClockReminders:
    """Looks for clocks of which something is to be said."""

    def __init__(
        self,
        work: Work,
        access: Access,
        directory: Directory,
        targets: Targets,
        proposing: Proposing,
        reckoning: Reckoning,
        library: Library,
    ) -> None:
        self._work = work
        self._access = access
        self._directory = directory
        self._targets = targets
        self._proposing = proposing
        self._reckoning = reckoning
        self._library = library

    async def look(self) -> None:
        """A tick: what is due is said once, however many look."""
        async with self._work.read() as unit:
            due = await unit.obligations.waiting(self._work.now(), AT_ONCE)
        await singly(self._look, due, what="remind of its clocks")

    async def _look(self, incident_id: int) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True, unless_taken=True)
            if incident is None:  # another replica says it
                return
            now = self._work.now()
            due = [
                one
                for one in await unit.obligations.of(incident_id)
                if one.remind_at is not None and one.remind_at <= now
            ]
            for one in due:
                if one.started_at is not None and one.due_strict is not None:
                    one.said = reached(one.started_at, one.due_strict, now)
                self._reckoning.remind(one)
            await self._tell(unit, incident, due)

    async def _tell(self, unit: Unit, incident: Incident, due: list[Obligation]) -> None:
        if not due:
            return
        legal = await self._proposing.legal(unit, incident) or await self._leads(unit, incident)
        for user_id in legal:
            unit.tell(ClocksReached(incident.key, user_id, [one.key for one in due], is_executive=False))
        over = [one for one in due if one.said is Step.OVERDUE]
        for one in over:
            text = f"Clock {one.number}, {row_of(one).name}, is over and no notice was recorded"
            data = {"clock": one.clock, "number": one.number}
            unit.timeline.note(incident.key, EntryKind.OBLIGATION, text, by=ANDON, at=self._work.now(), data=data)
        for user_id in await self._executives(unit, incident) if over else ():
            if user_id not in legal:
                unit.tell(ClocksReached(incident.key, user_id, [one.key for one in over], is_executive=True))

    async def _leads(self, unit: Unit, incident: Incident) -> list[str]:
        return [one.user_id for one in await unit.roles.held(incident.key, Role.LEAD)]

    async def _executives(self, unit: Unit, incident: Incident) -> list[str]:
        """Those of the policy, none of them in a drill; of a private incident only who may see it."""
        if incident.is_drill:
            return []
        everybody = self._library.people.executives
        flags: frozenset[Flag] = self._targets.flags(incident)
        told = {**self._library.executives(incident.severity, flags)}
        told |= {key: everybody[key] for key in self._library.obligations.overdue_tells if key in everybody}
        people = await self._directory.people(unit, [entry for one in told.values() for entry in one.people])
        return [user_id for user_id in people if await self._access.sees(unit, incident, Actor.person(user_id))]
