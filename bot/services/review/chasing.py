"""Owners of open action items are reminded before and after the due date, until the item is done, moved or dropped."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from bot.domain.action_items import next_chase
from bot.domain.events import ActionsDue
from bot.services.work import Work
from playbooks.library import Library


class Chasing:
    """Looks for what is due."""

    def __init__(self, work: Work, library: Library) -> None:
        self._work = work
        self._library = library

    async def look(self) -> None:
        """A tick: remind whoever is due to be, all of one incident in one message, and plan the next reminder."""
        async with self._work.read() as unit:
            due = await unit.action_items.due(self._work.now())
        if not due:
            return
        now, people = self._work.now(), defaultdict[tuple[int, str], list[int]](list)
        async with self._work() as unit:
            for item in await unit.action_items.some(due):
                was, due_at, owner_id = item.chase_at, item.due_at, item.owner_id
                if owner_id is None or due_at is None:
                    continue
                if await unit.action_items.plan(item.key, was, self.next_at(due_at, now)) and was is not None:
                    people[item.incident_id, owner_id].append(item.key)
            for (incident_id, user_id), item_ids in people.items():
                unit.tell(ActionsDue(incident_id, user_id, item_ids))

    def next_at(self, due_at: datetime, now: datetime) -> datetime:
        """When the owner is reminded next: as policy says, in working hours."""
        instant = next_chase(due_at, now, self._library.review.chase.chase())
        return self._library.calendar.opens_at(instant)
