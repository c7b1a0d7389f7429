"""Finding the clocks that may apply, and who of legal is to say. Andon proposes; it never decides."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.errors import AlreadyDone, BadInput
from bot.domain.events import ClocksProposed, Fact
from bot.domain.incident import Outcome, Role
from bot.domain.notices.law import ClockReceipt
from bot.domain.obligations.proposing import because
from bot.domain.particulars import Answered
from bot.domain.people import ANDON, Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.directory import Directory
from bot.services.law.reckoning import Known, Reckoning, is_undecided, row_of
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from playbooks.obligations import ObligationPolicy
from storage.incidents import Incident
from storage.obligations import Obligation
from storage.store import Unit

BY_HAND = "added by legal"
SPEAKS_AGAINST = "it was proposed, but what is known by now speaks against it"


class Proposing:
    """Proposes clocks and keeps their times up with what is known."""

    def __init__(
        self, work: Work, access: Access, directory: Directory, reckoning: Reckoning, library: Library
    ) -> None:
        self._work = work
        self._access = access
        self._directory = directory
        self._reckoning = reckoning
        self._library = library

    async def look(self, fact: Fact, _: Attempt) -> None:
        """After anything that clocks turn on: propose what is new, work out anew what is there."""
        async with self._work() as unit:
            incident = await unit.incidents.get(fact.incident_id, lock=True)
            if incident is None:
                return
            known = await self._reckoning.restart(unit, incident)
            self._say_why(await unit.obligations.of(incident.key), known)
            if incident.is_open:
                await self._propose(unit, incident, known)

    async def add(self, incident_id: int, clock: str, *, by: Actor) -> ClockReceipt:
        """Legal adds a clock that was not proposed. Raises BadInput or AlreadyDone."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.DECIDE_OBLIGATION, by, lock=True)
            row = self._library.obligations.row(clock, self._work.now().date())
            if row is None:
                raise BadInput(f"There is no clock “{clock[:60]}”. `andon obligations list` shows every one.")
            there = {one.clock: one for one in await unit.obligations.of(incident.key)}
            if clock in there:
                raise AlreadyDone(f"{row.name} is clock {there[clock].number} already. Nothing was changed.")
            known = await self._reckoning.known(unit, incident, list(there.values()))
            one = await self._keep(unit, incident, row, BY_HAND, known, by=by)
            return ClockReceipt(summary(incident), self._reckoning.item(one))

    def _say_why(self, clocks: Sequence[Obligation], known: Known) -> None:
        """What speaks for a clock that nobody decided, as it is known by now; legal still has to say."""
        for one in clocks:
            if is_undecided(one) and one.because != BY_HAND:
                row = row_of(one)
                we_are = self._library.obligations.we_are
                conditions = row.conditions({row.capacity: Answered.UNKNOWN, **we_are})
                one.because = because(conditions, known.types, known.chosen) or SPEAKS_AGAINST

    async def _propose(self, unit: Unit, incident: Incident, known: Known) -> None:
        there = {one.clock for one in await unit.obligations.of(incident.key)}
        found = self._library.obligations.proposed(known.types, known.chosen, self._work.now().date())
        new = [await self._keep(unit, incident, row, why, known, by=ANDON) for row, why in found if row.id not in there]
        if new:
            for user_id in await self.legal(unit, incident):
                unit.tell(ClocksProposed(incident.key, user_id, [one.key for one in new]))

    async def legal(self, unit: Unit, incident: Incident) -> Sequence[str]:
        """Who holds legal; where nobody does, whom the policy asks first. Of a private incident nobody else hears."""
        held = [one.user_id for one in await unit.roles.held(incident.key, Role.LEGAL)]
        if held or incident.is_private:
            return held
        return await self._directory.people(unit, self._library.primary(Role.LEGAL, incident.system))

    async def _keep(
        self, unit: Unit, incident: Incident, row: ObligationPolicy, why: str, known: Known, *, by: Actor
    ) -> Obligation:
        one = Obligation(
            incident_id=incident.key,
            number=await unit.obligations.next_number(incident.key),
            clock=row.id,
            row=row.model_dump(mode="json", by_alias=True),
            because=why,
            proposed_at=self._work.now(),
        )
        self._reckoning.reckon(one, known, is_void=incident.outcome is Outcome.CANCELLED)
        await unit.obligations.add(one)
        text = f"Clock {one.number} may apply: {row.name} ({why})"
        data = {"clock": row.id, "number": one.number}
        unit.timeline.note(incident.key, EntryKind.OBLIGATION, text, by=by, at=self._work.now(), data=data)
        return one
