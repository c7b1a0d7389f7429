"""Reminders of steps that are past their time, for the people whose steps they are."""

from __future__ import annotations

from collections import defaultdict

from bot.domain.events import StepsOverdue
from bot.domain.incident import Role, Severity
from bot.services.directory import Directory
from bot.services.work import Work
from playbooks.library import Library
from playbooks.values import Paging
from storage.steps import PlaybookStep
from storage.store import Unit


class Reminders:
    """Looks for what is late."""

    def __init__(self, work: Work, directory: Directory, library: Library) -> None:
        self._work = work
        self._directory = directory
        self._library = library

    async def nudge_due(self) -> None:
        """Remind people of what is late, once per due instant; in working hours where policy says so. A tick."""
        now = self._work.now()
        is_working = self._library.calendar.is_working(now)
        severities = [
            severity for severity in Severity if is_working or self._library.severity(severity).page is Paging.ALWAYS
        ]
        async with self._work() as unit:
            late: dict[tuple[int, str], list[int]] = defaultdict(list)
            for step in await unit.steps.claim_overdue(now, severities):
                for user_id in await self._whom(unit, step):
                    late[step.incident_id, user_id].append(step.step_id)
            for (incident_id, user_id), step_ids in late.items():
                unit.tell(StepsOverdue(incident_id, user_id, step_ids))

    async def _whom(self, unit: Unit, step: PlaybookStep) -> list[str]:
        """Whose step it is: to whom it was assigned, else who holds its role, else the lead. In drills no executive."""
        if step.owner_id:
            people = [step.owner_id]
        else:
            held = await unit.roles.held(step.incident_id)
            people = [one.user_id for one in held if one.role is step.role]
            people = people or [one.user_id for one in held if one.role is Role.LEAD]
        incident = await unit.incidents.get(step.incident_id)
        if incident is None or not incident.is_drill:
            return people
        entries = [entry for who in self._library.people.executives.values() for entry in who.people]
        spared = await self._directory.people(unit, entries)
        return [user_id for user_id in people if user_id not in spared]
