"""Capture: every message, edit, deletion and reaction of an incident's channel goes into the record as it happens.

What comes from other channels is dropped after one look. The caller acknowledges only after these return, so what
could not be stored is sent again by Slack; sent twice or out of order, it changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import structlog

from bot.domain.errors import ChatRefused
from bot.domain.events import AuthorMet, MarkPlaced, MarkWithdrawn, MemberJoined
from bot.domain.messages import MARKS, Heard, Joined, Mark, Reacted
from bot.services.directory import Directory
from bot.services.marks import BY_SHORTCUT, pin_key
from bot.services.reaction import Attempt
from bot.services.together import Together
from bot.services.work import Work
from storage.store import Unit

log = structlog.get_logger(__name__)


class Recorder:
    """Takes events in."""

    def __init__(self, work: Work, directory: Directory) -> None:
        self._work = work
        self._directory = directory
        self._intake = Together(self._take)

    async def heard(self, heard: Heard) -> None:
        """A message was written, edited or deleted; those that come at once are kept in one transaction."""
        await self._intake.add(heard)

    async def _take(self, batch: Sequence[Heard]) -> None:
        async with self._work.read() as unit:
            incidents = await unit.incidents.ids_by_channel({heard.channel_id for heard in batch})
        by_channel: dict[str, list[Heard]] = defaultdict(list)
        for heard in batch:
            if heard.channel_id in incidents:
                by_channel[heard.channel_id].append(heard)
        if not by_channel:
            return
        async with self._work() as unit:
            for channel_id in sorted(by_channel):
                await self._keep(unit, incidents[channel_id], by_channel[channel_id])

    async def _keep(self, unit: Unit, incident_id: int, batch: Sequence[Heard]) -> None:
        now, sightings = self._work.now(), [seen for heard in batch for seen in heard.sightings]
        await unit.messages.take(incident_id, sightings, now)
        gone = {heard.ts: heard.gone_at for heard in batch if heard.gone_at is not None}
        if gone:
            rows = await unit.messages.expect(incident_id, batch[0].channel_id, gone, now)
            for ts, gone_at in gone.items():
                rows[ts].deleted_at = rows[ts].deleted_at or gone_at
        await meet(unit, incident_id, (seen.author_id for seen in sightings))

    async def reacted(self, reacted: Reacted) -> None:
        """An emoji was put on a message or taken off it; some emoji are marks."""
        incident_id = await self._incident_of(reacted.channel_id)
        if incident_id is None:
            return
        async with self._work() as unit:
            if await unit.reactions.change(incident_id, [reacted]):
                await marked(unit, incident_id, reacted)

    async def joined(self, joined: Joined) -> None:
        """Somebody came into a channel."""
        incident_id = await self._incident_of(joined.channel_id)
        if incident_id is not None:
            async with self._work() as unit:
                unit.tell(MemberJoined(incident_id, joined.user_id))

    async def learn_author(self, fact: AuthorMet, _: Attempt) -> None:
        """Learn the name of somebody who wrote, for documents."""
        try:
            await self._directory.profile(fact.user_id)
        except ChatRefused as refusal:
            log.warning("Slack does not tell who wrote", user=fact.user_id, reason=refusal.code)

    async def _incident_of(self, channel_id: str) -> int | None:
        async with self._work.read() as unit:
            return (await unit.incidents.ids_by_channel([channel_id])).get(channel_id)


async def meet(unit: Unit, incident_id: int, author_ids: Iterable[str | None]) -> None:
    """Owe the names of authors who are not known yet; bots without a user (``B…``) have none to learn."""
    people = {author for author in author_ids if author and author[0] in "UW"}
    known = await unit.people.names(people) if people else {}
    for user_id in sorted(people - set(known)):
        unit.tell(AuthorMet(incident_id, user_id))


async def marked(unit: Unit, incident_id: int, change: Reacted) -> None:
    """What follows from an emoji that came or went: a mark to place, or a pinned line to take back."""
    mark = MARKS.get(change.emoji)
    if mark is None:
        return
    if change.is_added:
        unit.tell(MarkPlaced(incident_id, change.channel_id, change.ts, mark, change.user_id))
    elif mark is Mark.PIN:
        await _unpin(unit, incident_id, change)


async def _unpin(unit: Unit, incident_id: int, change: Reacted) -> None:
    entry = await unit.timeline.by_source(pin_key(incident_id, change.channel_id, change.ts))
    if entry is None or entry.removed_at is not None or entry.data.get(BY_SHORTCUT):
        return
    others = await unit.reactions.on(change.channel_id, [change.ts])
    if not any(other.emoji == change.emoji and other.is_there for other in others):
        entry.removed_at = change.at
        unit.tell(MarkWithdrawn(incident_id, change.channel_id, change.ts))
