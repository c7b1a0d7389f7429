"""What a text may hold of an incident: one value for one thing, whichever text asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from bot.domain.containment.words import Direction, RunState
from bot.domain.lifecycle import utc
from bot.domain.texts.lint import Background, Hint, numbers_in, review
from bot.domain.texts.template import Known, Template
from bot.services.particulars import Particulars
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit

MOST_ATTACKS = 200
WORKED = frozenset({RunState.HOLDING, RunState.CONTAINED})


class Values:
    """Reads values."""

    def __init__(self, particulars: Particulars, library: Library) -> None:
        self._particulars = particulars
        self._library = library

    async def of(self, unit: Unit, incident: Incident) -> dict[str, Known]:
        """Everything that is known, by the name templates use. Two statements."""
        found = self._incident(incident)
        for key, one in (await self._particulars.known(unit, incident)).items():
            found[f"particular.{key}"] = Known(one.title, one.words, one.is_confirmed, follows=True)
        found["actions.done"] = Known("Done", await self._done(unit, incident))
        for name, contact in self._library.communications.contacts.items():
            found[f"contact.{name}"] = Known("Contact", contact)
        return found

    async def hints(
        self,
        unit: Unit,
        incident: Incident,
        template: Template,
        fields: Mapping[str, str],
        known: Mapping[str, Known],
    ) -> tuple[Hint, ...]:
        """What the wording deserves a second look for. Four statements."""
        background = await self._background(unit, incident, known)
        return await asyncio.to_thread(review, template, fields, background)

    async def _background(self, unit: Unit, incident: Incident, known: Mapping[str, Known]) -> Background:
        confirmed = (one.value for one in known.values() if one.is_confirmed)
        people = {tie.user_id for tie in await unit.participants.of(incident.key)}
        held = {tenure.user_id: tenure.role.value for tenure in await unit.roles.held(incident.key)}
        names = await unit.people.names(people | set(held))
        exhibits = (await unit.evidence.of(incident.key))[:MOST_ATTACKS]
        return Background(
            numbers=frozenset(number for value in confirmed for number in numbers_in(value)),
            names={profile.name: held.get(user_id) for user_id, profile in names.items() if not profile.is_bot},
            attacks={
                f"X{one.key}": " ".join([one.body, *(str(value) for value in one.fields.values() if value)])
                for one in exhibits
                if one.redacted_at is None
            },
        )

    def _incident(self, incident: Incident) -> dict[str, Known]:
        started = incident.facts.get("started_at")
        model = system.model if (system := self._library.system(incident.system)) else None
        parts = [part for part in (model.provider, model.name, model.version) if part] if model else []
        return {
            "incident.reference": Known("Reference", incident.reference),
            "incident.severity": Known("Severity", f"{incident.severity}"),
            "incident.phase": Known("Phase", incident.phase.value),
            "incident.declared_at": Known("Declared", utc(incident.declared_at)),
            "incident.started_at": Known(
                "Began", utc(datetime.fromisoformat(started)) if started else "", follows=True
            ),
            "incident.contained_at": _at("Contained", incident.contained_at),
            "incident.contained_how": Known("How it was contained", incident.contained_how or ""),
            "incident.resolved_at": _at("Resolved", incident.resolved_at),
            "incident.resolved_how": Known("How it was resolved", incident.resolved_how or ""),
            "incident.next_update_at": _at("Next update", incident.next_update_at if incident.is_open else None),
            "system.name": Known("System", self._library.system_name(incident.system) or ""),
            "system.model": Known("Model", " ".join(parts)),
        }

    async def _done(self, unit: Unit, incident: Incident) -> str:
        runs = await unit.switches.of(incident.key)
        moved = [run.title for run in runs if run.direction is Direction.OFF and run.state in WORKED]
        return "; ".join(dict.fromkeys(moved)) or (incident.contained_how or "")


def _at(title: str, instant: datetime | None) -> Known:
    return Known(title, utc(instant) if instant else "")
