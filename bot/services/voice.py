"""One message of Andon in an incident's channel."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.events import Fact
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.services.channels import channel_in
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work


class Voice:
    """Speaks in channels."""

    def __init__(self, work: Work, chat: Chat) -> None:
        self._work = work
        self._chat = chat

    async def say(self, fact: Fact, attempt: Attempt, make: Callable[[Summary], Notice]) -> Posted | None:
        """Post what ``make`` says of the incident; None without a channel. Raises NotYet while one is being made."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
        channel_id = channel_in(incident)
        if channel_id is None or incident is None:
            return None
        return await self._chat.post(channel_id, make(summary(incident)), once=attempt.once)
