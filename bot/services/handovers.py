"""Where things stand, drawn from the record for whoever takes over."""

from __future__ import annotations

from bot.domain.incident import IncidentType, Role
from bot.domain.notices.roles import Handover, HandoverLine, HandoverTask, Undecided
from bot.domain.timeline import EntryKind
from storage.incidents import Incident
from storage.store import Unit

RECENT = frozenset(
    {
        EntryKind.NOTE,
        EntryKind.PINNED,
        EntryKind.UPDATE,
        EntryKind.SEVERITY,
        EntryKind.TYPE,
        EntryKind.PHASE,
        EntryKind.CONTAINED,
        EntryKind.RESOLVED,
        EntryKind.DETAILS,
    }
)
LINES = 4
TASKS = 8


async def handover(unit: Unit, incident: Incident) -> Handover:
    """The handover's facts, as the record has them now, in three statements."""
    entries = [entry for entry in await unit.timeline.of(incident.key) if entry.kind in RECENT and entry.text]
    tasks = [task for task in await unit.tasks.of(incident.key) if task.is_open]
    seated = {tenure.role for tenure in await unit.roles.held(incident.key)}
    return Handover(
        lines=tuple(HandoverLine(entry.at, entry.kind, entry.actor, entry.text) for entry in entries[-LINES:]),
        tasks=tuple(HandoverTask(task.number, task.text, task.owner_id, task.due_at) for task in tasks[:TASKS]),
        more_tasks=max(0, len(tasks) - TASKS),
        next_update_at=incident.next_update_at,
        undecided=_undecided(incident),
        empty_roles=tuple(role for role in Role if role not in seated),
    )


def _undecided(incident: Incident) -> tuple[Undecided, ...]:
    table = (
        (Undecided.CONTAINMENT, incident.contained_at is None),
        (Undecided.CAUSE, incident.contained_at is not None and incident.resolved_at is None),
        (Undecided.SEVERITY, incident.is_provisional),
        (Undecided.TYPE, incident.type is IncidentType.UNSURE),
    )
    return tuple(what for what, is_open in table if is_open)
