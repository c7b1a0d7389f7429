"""Steps as screens show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.incident import WORKING
from bot.domain.notices.playbook import Checklist, StepItem, StepState
from bot.domain.playbook import Audience
from bot.services.summaries import summary
from playbooks.library import Library
from storage.incidents import Incident
from storage.steps import PlaybookStep
from storage.store import Unit

COMING = 3
AUDIENCES: Mapping[str, str] = {
    Audience.EXECUTIVES: "executives",
    Audience.AFFECTED: "whoever is affected",
    Audience.CUSTOMERS: "customers",
    Audience.REGULATORS: "regulators, where a clock runs",
    Audience.SECURITY: "security",
    Audience.VENDOR: "the vendor",
    Audience.OWNERS: "the owners of what is touched",
    Audience.STAFF: "colleagues",
}


async def checklist(unit: Unit, incident: Incident, library: Library, now: datetime, command: str) -> Checklist:
    """The playbook of an incident as it stands."""
    kept = await unit.steps.plan(incident.key)
    items = shown([step for step in await unit.steps.of(incident.key) if step.is_planned], library, now)
    return Checklist(
        summary=summary(incident),
        type_name=library.type_name(incident.type),
        version=kept.version if kept else "",
        items=items,
        coming=coming(items),
        command=command,
    )


def shown(steps: Sequence[PlaybookStep], library: Library, now: datetime) -> tuple[StepItem, ...]:
    """All steps of an incident as screens show them."""
    names = library.catalogue_names()
    open_numbers = {step.key: step.number for step in steps if not step.is_settled}
    return tuple(item(step, names, now, open_numbers) for step in steps)


def item(
    step: PlaybookStep, names: Mapping[str, str], now: datetime, open_numbers: Mapping[str, int] | None = None
) -> StepItem:
    """A step as screens show it. ``open_numbers`` are the open steps of the incident by key."""
    waiting = open_numbers or {}
    return StepItem(
        step_id=step.step_id,
        number=step.number,
        key=step.key,
        text=step.text,
        phase=step.phase,
        role=step.role,
        due_at=step.due_at,
        state=StepState.DONE if step.done_at else StepState.DROPPED if step.dropped_at else StepState.OPEN,
        owner_id=step.owner_id,
        is_late=not step.is_settled and step.due_at <= now,
        waits_for=tuple(waiting[key] for key in step.after if key in waiting),
        evidence=tuple(_named(one, names) for one in step.evidence),
        actions=tuple(_named(one, names) for one in step.actions),
        tell=tuple(AUDIENCES.get(one, one) for one in step.tell),
        gate=step.gate,
        ended_by=step.done_by or step.dropped_by,
        ended_at=step.done_at or step.dropped_at,
        reason=step.drop_reason,
    )


def coming(items: Sequence[StepItem]) -> tuple[StepItem, ...]:
    """The next few steps that wait for no other: what is due first, in the order of the phases."""
    ready = [one for one in items if one.state is StepState.OPEN and not one.waits_for]
    return tuple(sorted(ready, key=lambda one: (one.due_at, WORKING.index(one.phase)))[:COMING])


def _named(known_id: str, names: Mapping[str, str]) -> str:
    return f"{known_id} {names[known_id]}" if known_id in names else known_id
