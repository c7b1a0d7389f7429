"""Action items as notices and documents carry them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.domain.action_items import ActionAct, ActionState
from bot.domain.notices.action_items import ActionItemLine
from storage.action_items import ActionChange, ActionItem
from storage.store import Unit


def line(item: ActionItem, now: datetime, moves: int = 0, reference: str = "") -> ActionItemLine:
    """An item as screens show it."""
    state = ActionState.DONE if item.done_at else ActionState.DROPPED if item.dropped_at else ActionState.OPEN
    return ActionItemLine(
        item_id=item.key,
        text=item.text,
        kind=item.kind,
        owner_id=item.owner_id,
        due_at=item.due_at,
        state=state,
        is_late=state is ActionState.OPEN and item.due_at is not None and item.due_at <= now,
        owner_left=item.owner_left_at is not None,
        moves=moves,
        step=item.step_key,
        ended_by=item.done_by or item.dropped_by,
        ended_at=item.done_at or item.dropped_at,
        reason=item.drop_reason,
        incident_id=item.incident_id,
        reference=reference,
    )


def ordered(items: Iterable[ActionItemLine]) -> tuple[ActionItemLine, ...]:
    """Open ones first, by due date; what has none comes after those."""
    return tuple(
        sorted(
            items,
            key=lambda one: (
                one.state is not ActionState.OPEN,
                one.due_at is None,
                one.due_at.timestamp() if one.due_at else 0.0,
                one.item_id,
            ),
        )
    )


async def lines(unit: Unit, incident_id: int, now: datetime) -> tuple[ActionItemLine, ...]:
    """Every item of an incident, in two statements."""
    moves = moved(await unit.action_items.changes_of(incident_id))
    return ordered(line(item, now, moves[item.key]) for item in await unit.action_items.of(incident_id))


def moved(changes: Sequence[ActionChange]) -> Counter[int]:
    """How often each item's due date was moved."""
    return Counter(change.item_id for change in changes if change.act is ActionAct.MOVED)


def snapshot(item: ActionItem) -> dict[str, Any]:
    """The item as it stands, for whoever is told of it later."""
    return {
        "id": f"A{item.key}",
        "text": item.text,
        "kind": item.kind.value,
        "owner": item.owner_id,
        "due_at": item.due_at.isoformat() if item.due_at else None,
        "state": "done" if item.done_at else "dropped" if item.dropped_at else "open",
        "drop_reason": item.drop_reason,
        "step": item.step_key,
        "evaluation_added": item.eval_added,
    }
