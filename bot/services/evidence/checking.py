"""Whether evidence is still as it was kept: asked by a person, and looked at by itself each day.

What is amiss is told to Andon's admins and to the lead, once, and stands on the timeline.
"""

from __future__ import annotations

from datetime import timedelta

from bot.domain.custody import Verified
from bot.domain.events import EvidenceAltered
from bot.domain.incident import Role
from bot.domain.notices.evidence import EvidenceAlarm, EvidenceChecked
from bot.domain.people import ANDON, Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.directory import Directory
from bot.services.evidence.verifying import Verifying
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.singly import singly
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit

EVERY = timedelta(hours=24)
AT_ONCE, MOST_KEPT, MOST_TOLD = 20, 100, 5


class Checking:
    """Compares evidence with its record, and remembers what came of it."""

    def __init__(
        self, work: Work, chat: Chat, access: Access, directory: Directory, library: Library, verifying: Verifying
    ) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._directory = directory
        self._library = library
        self._verifying = verifying

    async def check(self, incident_id: int, *, by: Actor) -> EvidenceChecked:
        """Look now. Raises NotFound or NotAllowed for whoever may not see the incident."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
        found = await self._verifying.incident(incident_id)
        await self._keep(incident_id, found)
        return EvidenceChecked(summary(incident), found)

    async def look(self) -> None:
        """A tick: look at the next few incidents that nobody has looked at for a day."""
        async with self._work.read() as unit:
            known = await unit.custody.known() | await unit.evidence.incidents() | await unit.sealed.incidents()
            due = sorted(known - await unit.custody_checks.since(self._work.now() - EVERY))
        await singly(self._look_at, due[:AT_ONCE], what="verify its evidence")

    async def tell(self, fact: EvidenceAltered, attempt: Attempt) -> None:
        """Tell one person what is amiss, unless it has been mended since."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            last = await unit.custody_checks.get(fact.incident_id)
        if incident is not None and last is not None and last.findings:
            notice = EvidenceAlarm(summary(incident), tuple(last.findings[:MOST_TOLD]), len(last.findings))
            await self._chat.dm(fact.user_id, notice, once=attempt.once)

    async def _look_at(self, incident_id: int) -> None:
        await self._keep(incident_id, await self._verifying.incident(incident_id))

    async def _keep(self, incident_id: int, found: Verified) -> None:
        """Remember it; what was not amiss the last time is told."""
        sentences = [finding.sentence for finding in found.findings[:MOST_KEPT]]
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            if incident is None:
                return
            last, now = await unit.custody_checks.get(incident_id), self._work.now()
            known = set(last.findings) if last else set()
            await unit.custody_checks.keep(incident_id, sentences, now)
            if known.issuperset(sentences):
                return
            text = f"The evidence is not as it was kept: {' '.join(sentences[:MOST_TOLD])}"
            more = {"findings": len(found.findings)}
            unit.timeline.note(incident_id, EntryKind.PROBLEM, text, by=ANDON, at=now, data=more)
            for user_id in await self._concerned(unit, incident):
                unit.tell(EvidenceAltered(incident_id, user_id))

    async def _concerned(self, unit: Unit, incident: Incident) -> list[str]:
        """Admins who may see the incident, and whoever leads it; else whoever else holds a role in it."""
        named = await self._directory.people(unit, self._library.people.admins)
        admins = [*self._access.admins, *named]
        held = await unit.roles.held(incident.key)
        leads = [tenure.user_id for tenure in held if tenure.role is Role.LEAD]
        people = [one for one in admins if await self._access.sees(unit, incident, Actor.person(one))]
        return list(dict.fromkeys([*people, *leads] or [tenure.user_id for tenure in held]))
