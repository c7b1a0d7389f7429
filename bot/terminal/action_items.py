"""Action items in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.action_items import ActionState
from bot.domain.notices.action_items import ActionItemLine
from bot.terminal.text import INDENT, Names, due, line, person, place, table, utc


def listing(items: Sequence[ActionItemLine], now: datetime, names: Names) -> str:
    """A line for each, and what became of those that are over."""
    if not items:
        return "There are no action items. In an incident's channel: `/incident action @ann by friday …`."
    rows = [
        (f"A{item.item_id}", item.reference, _owner(item, names), _when(item, now), line(item.text, names, 100))
        for item in items
    ]
    said = []
    for row, item in zip(table(rows), items, strict=True):
        said.append(row)
        if item.reason:
            said.append(f"{INDENT}{line(item.reason, names, 200)}")
    return "\n".join(said)


def data(items: Sequence[ActionItemLine], names: Names) -> dict[str, Any]:
    """The same for machines."""
    return {
        "action_items": [
            {
                "id": f"A{item.item_id}",
                "incident": item.reference,
                "text": item.text,
                "kind": item.kind.value,
                "owner": person(item.owner_id, names) if item.owner_id else None,
                "owner_left": item.owner_left,
                "due_at": item.due_at.isoformat() if item.due_at else None,
                "state": item.state.value,
                "is_late": item.is_late,
                "moves": item.moves,
                "step": item.step,
                "reason": item.reason,
            }
            for item in items
        ]
    }


def _owner(item: ActionItemLine, names: Names) -> str:
    if item.owner_id is None:
        return "nobody"
    return f"{person(item.owner_id, names)}{' (has left)' if item.owner_left else ''}"


def _when(item: ActionItemLine, now: datetime) -> str:
    if item.state is not ActionState.OPEN:
        return place(f"{item.state.value} {utc(item.ended_at) if item.ended_at else ''}")
    moved = f", moved {item.moves}x" if item.moves else ""
    return f"{due(item.due_at, now)}{moved}" if item.due_at else "no due date"
