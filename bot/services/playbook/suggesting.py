"""Suggestions: what the next edition of the playbook should say, kept with the incident that taught it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.errors import BadInput, NotFound
from bot.domain.incident import reference
from bot.domain.lifecycle import reason as stated_reason
from bot.domain.notices.incident import Summary
from bot.domain.notices.playbook import SuggestForm
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.guards import require_unmerged
from bot.services.summaries import summary
from bot.services.work import Work
from storage.steps import PlaybookStep
from storage.suggestions import Suggestion

WHAT = "Say what the playbook should say next time."


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion with what it is about. ``step`` is the step as it stood in the incident."""

    reference: str
    text: str
    by: str
    at: datetime
    file: str
    step: dict[str, Any] | None


class Suggesting:
    """Keeps suggestions and lists them."""

    def __init__(self, work: Work, access: Access) -> None:
        self._work = work
        self._access = access

    async def suggest(self, incident_id: int, text: str, step_key: str | None, *, by: Actor, key: str) -> Summary:
        """Keep a suggestion, about one step or about the playbook as a whole. Also when the incident is closed."""
        stated = stated_reason(text, WHAT, "text")
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.NOTE, by, lock=True)
            await require_unmerged(unit, incident)
            if await unit.suggestions.by_source(key) is not None:
                return summary(incident)
            if step_key and all(step.key != step_key for step in await unit.steps.of(incident.key)):
                raise BadInput(f"The playbook of {incident.reference} has no step {step_key}.", field="step")
            now = self._work.now()
            await unit.suggestions.add(
                Suggestion(
                    incident_id=incident.key,
                    step_key=step_key,
                    text=stated,
                    change={"type": incident.type},
                    suggested_at=now,
                    suggested_by=str(by),
                    source_key=key,
                )
            )
            about = f" about {step_key}" if step_key else ""
            data = {"act": "suggested", "key": step_key or ""}
            said = f"Suggested for the playbook{about}: {stated}"
            unit.timeline.note(incident.key, EntryKind.PLAYBOOK, said, by=by, at=now, data=data)
            return summary(incident)

    async def form(self, incident_id: int, *, by: Actor) -> SuggestForm:
        """The form for a suggestion."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.NOTE, by)
            await require_unmerged(unit, incident)
            steps = await unit.steps.of(incident.key)
        choices = tuple((step.key, f"{step.number}. {step.text}") for step in steps if step.is_planned)
        return SuggestForm(summary(incident), choices)

    async def numbered(self, incident_id: int, number: int, *, by: Actor) -> str:
        """The key of the incident's step with this number."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            step = await unit.steps.by_number(incident.key, number)
        if step is None:
            raise NotFound(f"{incident.reference} has no step {number}.")
        return step.key

    async def listing(self, *, by: Actor) -> list[Suggested]:
        """Everything suggested in incidents that this person may see, oldest first."""
        found: list[Suggested] = []
        async with self._work.read() as unit:
            visible: dict[int, dict[str, PlaybookStep] | None] = {}
            for one in await unit.suggestions.all():
                if one.incident_id not in visible:
                    incident = await unit.incidents.get(one.incident_id)
                    may = incident is not None and await self._access.sees(unit, incident, by)
                    steps = await unit.steps.of(one.incident_id) if may else ()
                    visible[one.incident_id] = {step.key: step for step in steps} if may else None
                known = visible[one.incident_id]
                if known is not None:
                    found.append(_suggested(one, known.get(one.step_key or "")))
        return found


def _suggested(one: Suggestion, step: PlaybookStep | None) -> Suggested:
    file = one.step_key.partition(".")[0] if one.step_key else str(one.change.get("type") or "core")
    return Suggested(
        reference(one.incident_id), one.text, one.suggested_by, one.suggested_at, file, _as_line(step) if step else None
    )


def _as_line(step: PlaybookStep) -> dict[str, Any]:
    """The step as its file writes it."""
    name, _, step_id = step.key.partition(".")
    line: dict[str, Any] = {
        "id": step_id,
        "activity": step.activity.value,
        "phase": step.phase.value,
        "owner": step.role.value,
        "tier": step.tier,
        "text": step.text,
        "gate": step.gate.value if step.gate else None,
        "evidence": list(step.evidence),
        "actions": list(step.actions),
        "tell": list(step.tell),
        "after": [key.removeprefix(f"{name}.") for key in step.after],
    }
    return {key: value for key, value in line.items() if value}
