"""The review and its action items for the post-mortem, in three statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain import postmortem as pm
from bot.domain.action_items import ActionAct
from bot.domain.people import Actor
from bot.services.review.closing import waivers
from storage.action_items import ActionChange, ActionItem
from storage.store import Unit


async def reviewed(unit: Unit, number: int) -> tuple[pm.Reviewed, tuple[pm.ActionItem, ...]]:
    """What is kept of both."""
    review = await unit.reviews.get(number)
    moves: dict[int, list[pm.MoveLine]] = defaultdict(list)
    for change in await unit.action_items.changes_of(number):
        if change.act is ActionAct.MOVED:
            moves[change.item_id].append(_move(change))
    items = tuple(_item(item, moves[item.key]) for item in await unit.action_items.of(number))
    if review is None:
        return pm.Reviewed(), items
    waived = tuple(pm.WaivedLine(what=one.what, kind=one.kind.value, why=one.why, by=one.by) for one in waivers(review))
    kept = pm.Reviewed(
        starts_at=review.starts_at,
        minutes=review.minutes,
        attendees=tuple(review.attendees) if review.starts_at else (),
        closed_at=review.closed_at,
        closed_by=review.closed_by,
        waived=waived,
    )
    return kept, items


def people(kept: pm.Reviewed, items: Sequence[pm.ActionItem]) -> Iterable[str]:
    """The Slack ids of all who come, promise, moved or waived something."""
    actors = [kept.closed_by, *(one.by for one in kept.waived)]
    actors += [who for item in items for who in (item.dropped_by, *(move.by for move in item.moves))]
    found = [Actor.parse(actor).id for actor in actors if actor]
    return [*kept.attendees, *(item.owner for item in items if item.owner), *found]


def _item(item: ActionItem, moves: Sequence[pm.MoveLine]) -> pm.ActionItem:
    return pm.ActionItem(
        text=item.text,
        kind=item.kind,
        owner=item.owner_id,
        due_at=item.due_at,
        eval_added=item.eval_added,
        done_at=item.done_at,
        number=item.key,
        step=item.step_key,
        owner_left=item.owner_left_at is not None,
        dropped_at=item.dropped_at,
        dropped_by=item.dropped_by,
        drop_reason=item.drop_reason,
        moves=tuple(moves),
    )


def _move(change: ActionChange) -> pm.MoveLine:
    return pm.MoveLine(
        was=_instant(change.was.get("due")),
        now=_instant(change.now.get("due")),
        why=change.reason,
        by=change.by,
        at=change.at,
    )


def _instant(written: object) -> datetime | None:
    return datetime.fromisoformat(written) if isinstance(written, str) else None
