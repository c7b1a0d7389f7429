"""Whoever looks after evidence hears what the type requires and nobody has kept: after a while, and then rarely."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.domain.events import EvidenceMissing
from bot.domain.evidence import Wanted
from bot.domain.incident import IncidentType, Role
from bot.domain.notices.evidence import EvidenceAsk
from bot.services.completeness import wanted
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit

# The first hour is for people; what cannot wait for it is marked as volatile in the list itself.
FIRST, AGAIN = timedelta(minutes=20), timedelta(hours=4)
AT_ONCE = 50
log = structlog.get_logger(__name__)


class EvidenceNudges:
    """Looks for missing evidence and asks for it."""

    def __init__(self, work: Work, chat: Chat, library: Library, command: str) -> None:
        self._work = work
        self._chat = chat
        self._library = library
        self._command = command

    async def look(self) -> None:
        """A tick: remind technical, or the lead where nobody is technical, once per gap and then rarely."""
        now = self._work.now()
        async with self._work.read() as unit:
            due = await unit.evidence_nudges.due(now - FIRST, now - AGAIN, AT_ONCE)
        for incident_id in due:
            async with self._work() as unit:
                incident = await unit.incidents.get(incident_id, lock=True)
                if incident is not None:
                    await self._remind(unit, incident)
        async with self._work.read() as unit:
            is_anything_old = await unit.evidence.has_unentered()
        if is_anything_old:
            async with self._work() as unit:
                log.info("evidence of an earlier version entered the record", exhibits=await unit.evidence.adopt(now))

    async def ask(self, fact: EvidenceMissing, attempt: Attempt) -> None:
        """Tell the person what is missing, as it stands now."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            state = await self._state(unit, incident) if incident is not None else None
        if incident is None or state is None or not incident.is_open or not state.missing:
            return
        kind = self._library.type_name(incident.type)
        kept, required = state.kept, len(state.required)
        notice = EvidenceAsk(summary(incident), kind, state.missing, state.advisable, kept, required, self._command)
        await self._chat.dm(fact.user_id, notice, once=attempt.once)

    async def _remind(self, unit: Unit, incident: Incident) -> None:
        state, now = await self._state(unit, incident), self._work.now()
        missing = tuple(item.id for item in state.missing)
        people = await _responsible(unit, incident)
        if missing and not people:
            return  # there will be somebody, and then it is told
        await unit.evidence_nudges.keep(incident.key, " ".join(missing), now)
        for user_id in people if missing else ():
            unit.tell(EvidenceMissing(incident.key, user_id, missing))

    async def _state(self, unit: Unit, incident: Incident) -> Wanted:
        kept = [e for e in await unit.evidence.of(incident.key) if e.redacted_at is None]
        return wanted(self._library, IncidentType(incident.type), [item for e in kept for item in e.items])


async def _responsible(unit: Unit, incident: Incident) -> list[str]:
    held = await unit.roles.held(incident.key)
    for role in (Role.TECHNICAL, Role.LEAD):
        if people := [tenure.user_id for tenure in held if tenure.role is role]:
            return people
    return []
