"""The plan of an incident: made from the playbooks it began with, and made anew when type or severity change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.events import PlaybookPlanned, StepsChanged
from bot.domain.incident import IncidentType
from bot.domain.playbook import Book, Changes, Planned, plan, replan
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.steps import PlaybookPlan, PlaybookStep
from storage.store import Unit


class Plans:
    """Keeps plans, within the transactions of the acts that they follow from."""

    def __init__(self, work: Work, library: Library) -> None:
        self._work = work
        self._library = library
        self._books: dict[str, Book] = {}

    async def plan(self, unit: Unit, incident: Incident) -> None:
        """Make the plan what type and severity want; what was settled stays. A hook.

        An incident keeps the playbooks it began with, whatever is edited meanwhile.
        """
        if not incident.is_open:
            return
        kept = await unit.steps.plan(incident.key)
        book = await self._book(unit, kept.version) if kept else await self._begin(unit, incident)
        kinds = [incident.type, *(IncidentType(kind) for kind in incident.secondary_types)]
        steps = await unit.steps.of(incident.key) if kept else ()
        planned = plan(book, kinds, incident.severity, incident.declared_at, self._library.calendar)
        changes = replan((step.held for step in steps), planned)
        if changes:
            await self._apply(unit, incident, steps, changes)
            unit.tell(StepsChanged(incident.key) if kept else PlaybookPlanned(incident.key))

    async def put_aside(self, unit: Unit, incident: Incident) -> None:
        """The incident is over: nobody is reminded of its steps any more. A hook."""
        for step in await unit.steps.of(incident.key):
            step.nudged_for = step.due_at

    async def take_up(self, unit: Unit, incident: Incident) -> None:
        """The incident is open again: what is still to do and late reminds once more. A hook."""
        for step in await unit.steps.of(incident.key):
            step.nudged_for = None
        await self.plan(unit, incident)

    async def _begin(self, unit: Unit, incident: Incident) -> Book:
        book, now = self._library.book, self._work.now()
        await unit.steps.keep_version(book.sha256, book.dumped, now)
        unit.steps.begin(PlaybookPlan(incident_id=incident.key, version=book.sha256, planned_at=now))
        return book

    async def _book(self, unit: Unit, version: str) -> Book:
        if version == self._library.book.sha256:
            return self._library.book
        if version not in self._books:
            kept = await unit.steps.version(version)
            if kept is None:
                raise LookupError(f"the playbooks {version} are not kept")
            self._books[version] = Book.parse(kept.content)
        return self._books[version]

    async def _apply(self, unit: Unit, incident: Incident, steps: Sequence[PlaybookStep], changes: Changes) -> None:
        by_key = {step.key: step for step in steps}
        now, gone = self._work.now(), (by_key[key] for key in changes.withdrawn)
        moved = [_row(by_key[new.key], new.due_at, new.rank, None) for new in changes.moved]
        await unit.steps.replan([*moved, *(_row(step, step.due_at, step.rank, now) for step in gone)])
        next_number = max((step.number for step in steps), default=0) + 1
        added = [_step(incident, new, number) for number, new in enumerate(changes.added, next_number)]
        await unit.steps.add_all(added)


def _row(step: PlaybookStep, due_at: datetime, rank: int, withdrawn_at: datetime | None) -> dict[str, Any]:
    return {"step_id": step.step_id, "due": due_at, "order": rank, "withdrawn": withdrawn_at}


def _step(incident: Incident, new: Planned, number: int) -> dict[str, Any]:
    line = new.line
    return {
        "incident_id": incident.key,
        "number": number,
        "key": line.key,
        "rank": new.rank,
        "activity": line.activity,
        "phase": line.phase,
        "role": line.owner,
        "tier": line.tier,
        "text": line.text,
        "evidence": list(line.evidence),
        "actions": list(line.actions),
        "tell": [who.value for who in line.tell],
        "after": list(line.after),
        "gate": line.gate,
        "due_at": new.due_at,
        "drop_reason": "",
    }
