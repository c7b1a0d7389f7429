"""The post in the announce channel: one per public incident, edited in place. A private incident has none."""

from __future__ import annotations

from bot.domain.errors import ChatRefused
from bot.domain.events import Fact
from bot.domain.incident import Role
from bot.domain.notices.incident import Announcement
from bot.services.directory import Directory
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.cards import CardRow
from storage.store import Unit


class Announcements:
    """Posts and refreshes announcements."""

    def __init__(self, work: Work, chat: Chat, directory: Directory, library: Library) -> None:
        self._work = work
        self._chat = chat
        self._directory = directory
        self._library = library

    async def post(self, fact: Fact, attempt: Attempt) -> None:
        """Announce the incident, unless it is private or there is no announce channel."""
        async with self._work.read() as unit:
            row = await unit.cards.incident(fact.incident_id)
            if row is None or row.incident.is_private or row.incident.announce_ts:
                return
            notice = await self._notice(unit, row)
            channel_id = await self._directory.announce_channel(unit)
        channel_id = channel_id or await self._directory.find_announce_channel()
        if channel_id is None:
            return
        posted = await self._chat.post(channel_id, notice, once=attempt.once)
        async with self._work() as unit:
            stored = await unit.incidents.get(fact.incident_id, lock=True)
            if stored is not None:
                stored.announce_channel_id, stored.announce_ts = posted.channel_id, posted.ts

    async def refresh(self, fact: Fact, _: Attempt) -> None:
        """Show the incident as it is now; an announcement that somebody deleted stays deleted."""
        async with self._work.read() as unit:
            row = await unit.cards.incident(fact.incident_id)
            if row is None or not row.incident.announce_channel_id or not row.incident.announce_ts:
                return
            notice = await self._notice(unit, row)
        try:
            await self._chat.edit(Posted(row.incident.announce_channel_id, row.incident.announce_ts), notice)
        except ChatRefused as refusal:
            if refusal.code != "message_not_found":
                raise

    async def _notice(self, unit: Unit, row: CardRow) -> Announcement:
        lead = next(iter(row.seats[Role.LEAD]), None)
        target_id = row.incident.merged_into_id
        target = await unit.incidents.get(target_id) if target_id else None
        return Announcement(
            summary=summary(row.incident, lead),
            type_name=self._library.type_name(row.incident.type),
            system_name=self._library.system_name(row.incident.system),
            lead_id=lead,
            latest_update=row.incident.closed_note or row.latest_update,
            merged_into=summary(target) if target and not target.is_private else None,
        )
