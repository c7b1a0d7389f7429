"""The incident's channel: made once, never public for a private incident, and furnished."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import ChatRateLimited, ChatRefused
from bot.domain.events import ChannelDelayed, ChannelOpened, ChannelRefused, Fact, OriginLinked, ProblemNoted
from bot.domain.incident import ChannelState, Role, channel_name
from bot.domain.notices.incident import ChannelTopic
from bot.domain.people import ANDON, Actor
from bot.domain.timeline import EntryKind
from bot.services.failing import NotYet
from bot.services.moments import Moment, Moments
from bot.services.ports import Channel, Chat
from bot.services.reaction import Attempt
from bot.services.reactions import PREPARE
from bot.services.summaries import summary
from bot.services.watching import watched
from bot.services.work import Work
from storage.incidents import Incident

NAME_TRIES = 20
LONG = timedelta(seconds=15)  # nobody should wonder for longer where their channel is


class Channels:
    """Opens and furnishes channels; every method is one reaction."""

    def __init__(self, work: Work, chat: Chat, moments: Moments) -> None:
        self._work = work
        self._chat = chat
        self._moments = moments

    async def open(self, fact: Fact, attempt: Attempt) -> None:
        """Make the channel. A private incident whose private channel is refused gets none at all."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
        if incident is None or incident.channel_state is not ChannelState.WANTED:
            return
        try:
            channel = await self._make(incident, attempt)
        except ChatRefused as refusal:
            await self._refused(incident.key, refusal)
            return
        except ChatRateLimited as limited:
            if attempt.number == 1:
                await self._delayed(incident.key, timedelta(seconds=limited.retry_after))
            raise
        await self._opened(incident.key, channel, attempt)

    async def invite(self, fact: Fact, _: Attempt) -> None:
        """Invite everybody who has access; who cannot be invited is noted where people see it."""
        async with self._work.read() as unit:
            channel_id = channel_in(await unit.incidents.get(fact.incident_id))
            ties = await unit.participants.of(fact.incident_id)
        if channel_id is None:
            return
        wanted = [tie.user_id for tie in ties if tie.has_access and not tie.stays_out]
        refused = await self._chat.invite(channel_id, wanted) if wanted else {}
        for user_id, code in refused.items():
            await self._note_problem(fact.incident_id, f"invite:{user_id}", code, {"user": user_id})

    async def set_topic(self, fact: Fact, attempt: Attempt) -> None:
        """Set the topic from the incident as it stands."""
        async with self._work.read() as unit:
            row = await unit.cards.incident(fact.incident_id)
            lead = next(iter(row.seats[Role.LEAD]), None) if row else None
            known = await unit.people.names([lead]) if lead else {}
        channel_id = channel_in(row.incident if row else None)
        if row is None or channel_id is None:
            return
        name = known[lead].name if lead in known else None
        # Only a channel that was opened just now surely shows another topic.
        once = attempt.once if isinstance(fact, ChannelOpened) else replace(attempt.once, look_first=True)
        await self._chat.set_topic(channel_id, ChannelTopic(summary(row.incident, lead), name), once=once)

    async def bookmark(self, fact: Fact, _: Attempt) -> None:
        """Bookmark the message the incident started from; its link is asked of Slack once and kept."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
        channel_id = channel_in(incident)
        if not channel_id or incident is None or not incident.origin_channel_id or not incident.origin_ts:
            return
        link = incident.origin_permalink or await self._find_link(incident)
        if link:
            await self._chat.bookmark(channel_id, "Where it was reported", link)

    async def _find_link(self, incident: Incident) -> str | None:
        try:
            link = await self._chat.permalink(incident.origin_channel_id or "", incident.origin_ts or "")
        except ChatRefused:
            return None  # a conversation the bot cannot see has no link for it
        async with self._work() as unit:
            stored = await unit.incidents.get(incident.key, lock=True)
            if stored is not None:
                stored.origin_permalink = link
                about = await unit.evidence.about_message(incident.origin_channel_id or "", incident.origin_ts or "")
                kept = [exhibit for exhibit in about if exhibit.incident_id == incident.key]
                await unit.evidence.link(kept, link, by=str(ANDON), at=self._work.now())
                unit.tell(OriginLinked(incident.key))
        return link

    async def channel_of(self, incident_id: int) -> str | None:
        """The channel's id; None when Slack refused one. Raises NotYet while it is being made."""
        async with self._work.read() as unit:
            return channel_in(await unit.incidents.get(incident_id))

    async def _make(self, incident: Incident, attempt: Attempt) -> Channel:
        for number in range(NAME_TRIES):
            name = channel_name(incident.key, incident.title, incident.type, number)
            try:
                return await self._chat.open_channel(name, is_private=incident.is_private, once=attempt.once)
            except ChatRefused as refusal:
                if refusal.code != "name_taken":
                    raise
        raise ChatRefused("name_taken", f"{NAME_TRIES} names tried")

    async def _opened(self, incident_id: int, channel: Channel, attempt: Attempt) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            if incident is None or incident.channel_id is not None:
                return
            incident.channel_id, incident.channel_name = channel.id, channel.name
            incident.channel_state = ChannelState.OPEN
            unit.timeline.note(
                incident_id, EntryKind.CHANNEL, channel.name, by=ANDON, at=self._work.now(), channel_id=channel.id
            )
            await unit.captures.watch([watched(incident_id, channel.id, self._work.now())])
            if await unit.outbox.is_owed(incident_id, PREPARE.name):
                await self._moments.reach(Moment.DECLARED, unit, incident)  # who is invited, what the card shows
            unit.tell(ChannelOpened(incident_id))
            await unit.outbox.hurry(incident_id, self._work.now())
            await attempt.finish(unit)

    async def _refused(self, incident_id: int, refusal: ChatRefused) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            if incident is None or incident.channel_state is not ChannelState.WANTED:
                return
            incident.channel_state = ChannelState.REFUSED
            data = {"reaction": "channels.open", "code": refusal.code}
            unit.timeline.note(incident_id, EntryKind.PROBLEM, str(refusal), by=ANDON, at=self._work.now(), data=data)
            unit.tell(ChannelRefused(incident_id, refusal.code))
            await unit.outbox.hurry(incident_id, self._work.now())

    async def _delayed(self, incident_id: int, wait: timedelta) -> None:
        if wait < LONG:
            return
        async with self._work() as unit:
            unit.tell(ChannelDelayed(incident_id, self._work.now() + wait))

    async def _note_problem(self, incident_id: int, key: str, code: str, data: dict[str, str]) -> None:
        source_key = f"{incident_id}:problem:{key}"
        async with self._work() as unit:
            if await unit.timeline.by_source(source_key) is None:
                unit.timeline.note(
                    incident_id,
                    EntryKind.PROBLEM,
                    code,
                    by=ANDON,
                    at=self._work.now(),
                    data={"reaction": "channels.invite", "code": code, **data},
                    source_key=source_key,
                )
                unit.tell(ProblemNoted(incident_id))


def channel_in(incident: Incident | None) -> str | None:
    """The incident's channel; None when Slack refused one. Raises NotYet while it is being made."""
    if incident is None or incident.channel_state is ChannelState.REFUSED:
        return None
    if incident.channel_id is None:
        raise NotYet
    return incident.channel_id


def declarer_id(incident: Incident) -> str | None:
    """The Slack id of whoever declared, when a person did."""
    actor = Actor.parse(incident.declared_by)
    return actor.id if actor.is_person else None
