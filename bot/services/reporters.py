"""What whoever declared hears: at once, where they stand, and again when it ends."""

from __future__ import annotations

from bot.domain.errors import ChatRefused
from bot.domain.events import ChannelDelayed, ChannelRefused, Fact
from bot.domain.incident import ChannelState
from bot.domain.notices import Notice
from bot.domain.notices.incident import ChannelAwaited, ChannelUnavailable, DeclaredReceipt, MoreQuestions
from bot.services.channels import declarer_id
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from storage.incidents import Incident


class Reporters:
    """Talks to the person who declared."""

    def __init__(self, work: Work, chat: Chat) -> None:
        self._work = work
        self._chat = chat

    async def tell_declared(self, fact: Fact, attempt: Attempt) -> None:
        """Reference, channel, "you are not in trouble", what happens next; where they stand, else as a DM.

        Not once it is over: how it ended says more.
        """
        incident = await self._incident(fact)
        if incident is not None and incident.is_open:
            await self._tell(incident, DeclaredReceipt(summary(incident)), attempt)

    async def tell_delay(self, fact: ChannelDelayed, attempt: Attempt) -> None:
        """The channel has to wait: until when, and that the rest goes on. No news once it is there."""
        incident = await self._incident(fact)
        if incident is not None and incident.channel_state is ChannelState.WANTED:
            await self._tell(incident, ChannelAwaited(summary(incident), fact.at), attempt)

    async def tell_no_channel(self, fact: ChannelRefused, attempt: Attempt) -> None:
        """The channel was refused: what that means and what still works."""
        incident = await self._incident(fact)
        user_id = declarer_id(incident) if incident else None
        if incident is not None and user_id is not None:
            notice = ChannelUnavailable(summary(incident), fact.code)
            await self._chat.dm(user_id, notice, once=attempt.once)

    async def ask_more(self, fact: Fact, attempt: Attempt) -> None:
        """After ``now``, ask the form's questions in the channel."""
        incident = await self._incident(fact)
        user_id = declarer_id(incident) if incident else None
        if incident and user_id and incident.channel_id and incident.facts.get("in_a_hurry"):
            notice = MoreQuestions(summary(incident), user_id)
            await self._chat.post(incident.channel_id, notice, once=attempt.once)

    async def _incident(self, fact: Fact) -> Incident | None:
        async with self._work.read() as unit:
            return await unit.incidents.get(fact.incident_id)

    async def _tell(self, incident: Incident, notice: Notice, attempt: Attempt) -> None:
        user_id = declarer_id(incident)
        if user_id is None:
            return
        # A whisper leaves no trace to look for: in doubt it is said where it can be found again.
        if attempt.once.look_first or not await self._whispered(incident, user_id, notice):
            await self._chat.dm(user_id, notice, once=attempt.once)

    async def _whispered(self, incident: Incident, user_id: str, notice: Notice) -> bool:
        """Whether Slack took it where they stand; it cannot where the bot is not a member."""
        if not incident.origin_channel_id:
            return False
        try:
            await self._chat.whisper(incident.origin_channel_id, user_id, notice, thread_ts=incident.origin_ts)
        except ChatRefused:
            return False
        return True
