"""Which texts policy wants of an incident, by when, and who is reminded. Rows remember; a tick looks."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.deadlines import due_at
from bot.domain.events import TextWanted
from bot.domain.incident import Role
from bot.domain.texts.template import Template
from bot.domain.texts.words import Since
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit
from storage.text_clocks import TextClock

AT_ONCE = 100
NOBODY_YET = timedelta(minutes=5)


class Wanting:
    """Plans clocks and reminds people of them."""

    def __init__(self, work: Work, library: Library) -> None:
        self._work = work
        self._library = library

    async def look(self) -> None:
        """A tick: plan for what incidents are now, and remind of what is due."""
        async with self._work.read() as unit:
            unplanned = await unit.texts.clocks.unplanned(AT_ONCE)
        for incident_id in unplanned:
            async with self._work() as unit:
                incident = await unit.incidents.get(incident_id, lock=True)
                if incident is not None:
                    await unit.texts.clocks.plan(incident, self._clocks(incident))
        now = self._work.now()
        async with self._work() as unit:
            for clock in await unit.texts.clocks.claim(now):
                await self._remind(unit, clock, now)

    def _clocks(self, incident: Incident) -> list[TextClock]:
        found = (self._clock(incident, template) for template in self._library.communications.templates.values())
        return [clock for clock in found if clock is not None]

    def _clock(self, incident: Incident, template: Template) -> TextClock | None:
        times = self._library.communications.due.get((template.name, incident.severity))
        start = incident.declared_at if template.since is Since.DECLARED else incident.resolved_at
        kinds = {incident.type, *incident.secondary_types}
        if times is None or start is None or not template.remind or (template.types and not template.types & kinds):
            return None
        calendar = self._library.calendar
        due = due_at(start, times.sent, calendar)
        ready = due_at(start, times.ready, calendar) if times.ready else None
        # The first reminder leaves as much time as has passed.
        return TextClock(
            incident_id=incident.key,
            template=template.name,
            since=template.since,
            ready_at=ready,
            due_at=due,
            look_at=start + ((ready or due) - start) / 2,
        )

    async def _remind(self, unit: Unit, clock: TextClock, now: datetime) -> None:
        template = self._library.communications.templates.get(clock.template)
        held = await unit.roles.held(clock.incident_id)
        for role in (template.written_by, Role.COMMS, Role.LEAD) if template else ():
            people = [tenure.user_id for tenure in held if tenure.role is role]
            for user_id in people:
                unit.tell(TextWanted(clock.incident_id, user_id, clock.template, clock.due_at <= now))
            if people:
                return
        await unit.texts.clocks.look_again(clock, now + NOBODY_YET)
