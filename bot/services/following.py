"""Being told without being there, and being there: follow, stop following, join."""

from __future__ import annotations

from bot.domain.events import PersonJoined
from bot.domain.notices.updates import Following as FollowingNotice
from bot.domain.notices.updates import Joined, NotInvited
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.services.access import Access
from bot.services.channels import Channels
from bot.services.guards import require_open
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work


class Following:
    """Ties people to incidents by their own wish."""

    def __init__(self, work: Work, chat: Chat, access: Access, channels: Channels) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._channels = channels

    async def follow(self, incident_id: int, *, by: Actor) -> FollowingNotice:
        """Updates come as direct messages from now on."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.FOLLOW, by, lock=True)
            await require_open(unit, incident)
            changed = await unit.participants.follow(incident_id, by.id, self._work.now())
        return FollowingNotice(summary(incident), is_following=True, changed=changed)

    async def unfollow(self, incident_id: int, *, by: Actor) -> FollowingNotice:
        """No more updates, also when the incident is over."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.FOLLOW, by, lock=True)
            changed = await unit.participants.follow(incident_id, by.id, self._work.now(), following=False)
        return FollowingNotice(summary(incident), is_following=False, changed=changed)

    async def join(self, incident_id: int, *, by: Actor) -> Joined:
        """Come into the channel. A private incident is open only to those who have access already."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by, lock=True)
            await require_open(unit, incident)
            await unit.participants.let_in(incident_id, [by.id], self._work.now())
            unit.tell(PersonJoined(incident_id, by.id))
        return Joined(summary(incident))

    async def invite(self, fact: PersonJoined, attempt: Attempt) -> None:
        """Add one person to the channel; when Slack refuses, they hear how to get in by themselves."""
        channel_id = await self._channels.channel_of(fact.incident_id)
        if channel_id is None:
            return
        refused = await self._chat.invite(channel_id, [fact.user_id])
        if fact.user_id not in refused:
            return
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
        if incident is not None:
            await self._chat.dm(fact.user_id, NotInvited(summary(incident), refused[fact.user_id]), once=attempt.once)
