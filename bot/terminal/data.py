"""The same screens for machines: dictionaries with steady keys; instants are ISO 8601 in UTC, people id and name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.domain.incident import Role
from bot.domain.notices.backlog import Backlog
from bot.domain.notices.escalation import LadderLine
from bot.domain.notices.home import ClosedLine
from bot.domain.notices.incident import Summary
from bot.domain.notices.lists import IncidentList
from bot.domain.notices.tasks import TaskItem
from bot.domain.notices.timeline import Line
from bot.domain.plain import name_of, person_id
from bot.terminal.escalations import Ladder, Whom
from bot.terminal.incidents import Page
from bot.terminal.text import Names

Data = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """``2026-11-20T16:30:00+00:00``."""
    return at.astimezone(UTC).isoformat() if at else None


def incident(summary: Summary, names: Names) -> Data:
    """An incident in short."""
    return {
        "reference": summary.reference,
        "title": summary.title,
        "severity": summary.severity,
        "is_provisional": summary.is_provisional,
        "phase": summary.phase,
        "outcome": summary.outcome,
        "type": summary.type,
        "system": summary.system,
        "is_private": summary.is_private,
        "is_drill": summary.is_drill,
        "lead": _person(summary.lead_id, names),
        "declared_at": instant(summary.declared_at),
        "contained_at": instant(summary.contained_at),
        "next_update_at": instant(summary.next_update_at),
        "channel_id": summary.channel_id,
    }


def listing(found: IncidentList, closed: tuple[ClosedLine, ...] | None, names: Names, late: Backlog | None) -> Data:
    """Open incidents, how many more there are, and those closed lately where they were asked for."""
    data: Data = {"incidents": [incident(row, names) for row in found.rows], "more": found.more}
    if closed is not None:
        data["closed"] = [{**incident(o.summary, names), "closed_at": instant(o.closed_at)} for o in closed]
    return {**data, "waiting_for_slack": backlog(late)}


def page(shown: Page, names: Names) -> Data:
    """One incident with everything about it."""
    card = shown.card
    lead = next(iter(card.seats.get(Role.LEAD, ())), None)
    return {
        **incident(card.summary, names),
        "lead": _person(lead, names),
        "what_happened": card.what_happened,
        "declared_by": _person(card.declared_by, names),
        "roles": {role.value: _people(card.seats.get(role, ()), names) for role in Role},
        "asked_for_roles": {role.value: _people(card.asked.get(role, ()), names) for role in Role},
        "contained_how": card.contained_how,
        "resolved_at": instant(card.resolved_at),
        "closed_at": instant(card.closed_at),
        "closed_note": card.closed_note,
        "merged_into": card.merged_into.reference if card.merged_into else None,
        "exhibits": card.exhibits,
        "problems": [{"what": p.what, "code": p.code, "person": _person(p.user_id, names)} for p in card.problems],
        "latest_update": _line(shown.latest_update, names) if shown.latest_update else None,
        "tasks": [_task(task, names) for task in (*shown.tasks.open_tasks, *shown.tasks.ended)],
        "escalations": [_step(step, {}, names) for step in shown.ladder.lines],
        "timeline": [_line(line, names) for line in shown.timeline.lines],
        "waiting_for_slack": backlog(shown.backlog),
    }


def ladders(found: Sequence[Ladder], names: Names, late: Backlog | None) -> Data:
    """Ladders of incidents, every step of each."""
    steps = [
        {**incident(one.found.summary, names), "escalations": [_step(s, one.whom, names) for s in one.found.lines]}
        for one in found
    ]
    return {"incidents": steps, "waiting_for_slack": backlog(late)}


def backlog(late: Backlog | None) -> Data | None:
    """What Slack has not heard; None where nothing is late."""
    return {"reactions": late.waiting, "since": instant(late.since), "answer": late.reason or None} if late else None


def _person(stored: str | None, names: Names) -> Data | None:
    return {"id": person_id(stored), "name": name_of(stored, names)} if stored else None


def _people(user_ids: Iterable[str], names: Names) -> list[Data | None]:
    return [_person(user_id, names) for user_id in user_ids]


def _step(step: LadderLine, whom: Whom, names: Names) -> Data:
    return {
        "why": step.why,
        "role": step.role,
        "ask": str(step.ask),
        "state": step.state,
        "due_at": instant(step.due_at),
        "next_look_at": instant(step.next_look_at),
        "raised_at": instant(step.raised_at),
        "asked": _people(step.asked_ids, names),
        "undelivered": _people(step.undelivered_ids, names),
        "would_ask": _people(whom.get(step.ask, ()), names),
        "acknowledged_by": _person(step.acknowledged_by, names),
        "acknowledged_at": instant(step.acknowledged_at),
    }


def _task(task: TaskItem, names: Names) -> Data:
    return {
        "number": task.number,
        "text": task.text,
        "owner": _person(task.owner_id, names),
        "due_at": instant(task.due_at),
        "state": task.state,
    }


def _line(line: Line, names: Names) -> Data:
    return {"at": instant(line.at), "kind": line.kind, "by": _person(line.actor, names), "text": line.text}
