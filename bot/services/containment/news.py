"""What is said about containment: the request in the channel, and loudly what failed. One reaction each."""

from __future__ import annotations

from bot.domain.containment.words import RunState
from bot.domain.errors import ChatRefused
from bot.domain.events import Fact, SwitchAsked, SwitchChanged, SwitchFailed, SwitchStays, SwitchUnratified
from bot.domain.incident import Role
from bot.domain.notices import Notice
from bot.domain.notices.containment import SwitchFailure, SwitchPost, SwitchStaysAsk, SwitchUnratifiedPost
from bot.services.channels import Channels
from bot.services.containment.reading import item
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.voice import Voice
from bot.services.work import Work
from storage.incidents import Incident
from storage.switches import ContainmentRun


class ContainmentNews:
    """Tells people about switches."""

    def __init__(self, work: Work, chat: Chat, channels: Channels, voice: Voice, command: str) -> None:
        self._work = work
        self._chat = chat
        self._channels = channels
        self._voice = voice
        self._command = command

    async def post(self, fact: SwitchAsked, attempt: Attempt) -> None:
        """Show the request where everybody sees it."""
        channel_id = await self._channels.channel_of(fact.incident_id)
        row, incident = await self._found(fact, fact.run_id)
        if channel_id is None or row.post_ts is not None:
            return
        posted = await self._chat.post(channel_id, self._notice(row, incident), once=attempt.once)
        async with self._work() as unit:
            stored = await unit.switches.get(fact.run_id)
            if stored is not None:
                stored.post_ts = posted.ts

    async def refresh(self, fact: SwitchChanged, _: Attempt) -> None:
        """Show it as it is now; once it is over the buttons go."""
        row, incident = await self._found(fact, fact.run_id)
        if incident.channel_id and row.post_ts:
            try:
                await self._chat.edit(Posted(incident.channel_id, row.post_ts), self._notice(row, incident))
            except ChatRefused as refusal:
                if refusal.code != "message_not_found":
                    raise

    async def shout(self, fact: SwitchFailed, attempt: Attempt) -> None:
        """Say in the channel that it failed."""
        row, _ = await self._found(fact, fact.run_id)
        if row.state is RunState.FAILED:
            await self._voice.say(fact, attempt, lambda s: SwitchFailure(s, item(row)))

    async def tell_lead(self, fact: SwitchFailed, attempt: Attempt) -> None:
        """Say it to the lead, too."""
        row, incident = await self._found(fact, fact.run_id)
        if row.state is RunState.FAILED:
            await self._to_lead(fact, attempt, SwitchFailure(summary(incident), item(row), is_direct=True))

    async def ask_whether_it_stays(self, fact: SwitchStays, attempt: Attempt) -> None:
        """Ask in the channel whether what is not meant to stay still should."""
        row, _ = await self._found(fact, fact.run_id)
        if row.review_at is not None:
            await self._voice.say(fact, attempt, lambda s: SwitchStaysAsk(s, item(row)))

    async def ask_lead_whether_it_stays(self, fact: SwitchStays, attempt: Attempt) -> None:
        """Ask the lead, too: nobody may be looking at the channel any more."""
        row, incident = await self._found(fact, fact.run_id)
        if row.review_at is not None:
            await self._to_lead(fact, attempt, SwitchStaysAsk(summary(incident), item(row), is_direct=True))

    async def post_unratified(self, fact: SwitchUnratified, attempt: Attempt) -> None:
        """Say in the channel that nobody ratified it."""
        row, _ = await self._found(fact, fact.run_id)
        if not row.ratified:
            await self._voice.say(fact, attempt, lambda s: SwitchUnratifiedPost(s, item(row)))

    async def _to_lead(self, fact: Fact, attempt: Attempt, notice: Notice) -> None:
        async with self._work.read() as unit:
            leads = await unit.roles.held(fact.incident_id, Role.LEAD)
        if leads:
            await self._chat.dm(leads[0].user_id, notice, once=attempt.once)

    def _notice(self, row: ContainmentRun, incident: Incident) -> SwitchPost:
        return SwitchPost(summary(incident), item(row), self._command)

    async def _found(self, fact: Fact, run_id: int) -> tuple[ContainmentRun, Incident]:
        async with self._work.read() as unit:
            row = await unit.switches.get(run_id)
            incident = await unit.incidents.get(fact.incident_id)
        if row is None or incident is None:
            raise LookupError(f"no containment run {run_id}")
        return row, incident
