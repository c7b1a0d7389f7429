"""The triage channel: found by name or id, made where there is none, and done without where Slack gives none."""

from __future__ import annotations

import structlog

from bot.domain.errors import ChatRefused
from bot.domain.notices.reports import ReportPost
from bot.services.directory import is_channel_id
from bot.services.ports import Channel, Chat, Posted
from bot.services.reaction import Attempt
from bot.services.reports.circle import Circle
from bot.services.work import Work

log = structlog.get_logger(__name__)
# What Slack says of a channel in which nothing can be said; other refusals are about what is said.
GONE = frozenset({"channel_not_found", "is_archived", "not_in_channel", "restricted_action", "is_inactive"})


class Lane:
    """Speaks in the triage channel. ``name``: of a public channel, or the id of any."""

    def __init__(self, work: Work, chat: Chat, circle: Circle, name: str) -> None:
        self._work = work
        self._chat = chat
        self._circle = circle
        self._name = name.removeprefix("#")

    async def post(self, notice: ReportPost, attempt: Attempt) -> Posted | None:
        """Say it there; None, with the reason logged, where there is no such place."""
        known = await self._known()
        try:
            if known is not None:
                return await self._chat.post(known, notice, once=attempt.once)
        except ChatRefused as refusal:
            if refusal.code not in GONE:
                raise
            await self._keep(None, refusal.code)
        if is_channel_id(self._name):
            log.warning("the triage channel cannot be spoken in", channel=self._name)
            return None
        return await self._post_anew(notice, attempt)

    async def _post_anew(self, notice: ReportPost, attempt: Attempt) -> Posted | None:
        try:
            channel = await self._found_or_made(attempt)
            await self._keep(channel, None)
            return await self._chat.post(channel.id, notice, once=attempt.once)
        except ChatRefused as refusal:
            if refusal.code not in GONE | {"name_taken", "invalid_name", "user_is_restricted"}:
                raise
            await self._keep(None, refusal.code)
            log.warning("there is no triage channel", channel=self._name, reason=refusal.code)
            return None

    async def _found_or_made(self, attempt: Attempt) -> Channel:
        found = await self._chat.find_channel(self._name)
        channel = found or await self._chat.open_channel(self._name, is_private=False, once=attempt.once)
        async with self._work.read() as unit:
            wanted = await self._circle.others(unit, ())
        if wanted:
            await self._chat.invite(channel.id, wanted)
        return channel

    async def _known(self) -> str | None:
        if is_channel_id(self._name):
            return self._name
        async with self._work.read() as unit:
            found = (await unit.directory.find([self._name])).get(self._name)
        return found.slack_ids[0] if found and found.slack_ids else None

    async def _keep(self, channel: Channel | None, problem: str | None) -> None:
        if is_channel_id(self._name):
            return
        async with self._work() as unit:
            await unit.directory.keep(self._name, [channel.id] if channel else [], self._work.now(), problem)
