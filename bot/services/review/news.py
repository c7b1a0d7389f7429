"""What is said about reviews: in the channel, to those invited, and the files. One reaction each."""

from __future__ import annotations

from bot.domain import events
from bot.domain.action_items import ActionState
from bot.domain.notices.review import Booking, ReviewClosedPost, ReviewInvitation, ReviewPost
from bot.domain.people import Actor
from bot.services.access import Access
from bot.services.channels import channel_in
from bot.services.failing import NotYet
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.review.booking import booked
from bot.services.review.closing import waivers
from bot.services.review.lines import lines
from bot.services.summaries import summary
from bot.services.work import Work


class ReviewNews:
    """Tells people about reviews."""

    def __init__(self, work: Work, chat: Chat, access: Access) -> None:
        self._work = work
        self._chat = chat
        self._access = access

    async def post(self, fact: events.ReviewBooked, attempt: Attempt) -> None:
        """Say in the channel when it is, or bring that message up to date."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            review = await unit.reviews.get(fact.incident_id)
        channel_id = channel_in(incident)
        if channel_id is None or incident is None or review is None:
            return
        notice = ReviewPost(summary(incident), booked(review), fact.moved, fact.reason)
        if review.post_ts:
            await self._chat.edit(Posted(channel_id, review.post_ts), notice)
            return
        posted = await self._chat.post(channel_id, notice, once=attempt.once)
        async with self._work() as unit:
            stored = await unit.reviews.get(fact.incident_id)
            if stored is not None:
                stored.post_ts = posted.ts

    async def invite(self, fact: events.ReviewInvited, attempt: Attempt) -> None:
        """Tell one person to come, when instead, or that they need not."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            if incident is None or not await self._access.sees(unit, incident, Actor.person(fact.user_id)):
                return
        booking = Booking(fact.starts_at, fact.minutes, (), fact.by) if fact.starts_at else None
        notice = ReviewInvitation(summary(incident), booking, booking is not None, fact.moved, fact.reason)
        await self._chat.dm(fact.user_id, notice, once=attempt.once)

    async def upload(self, fact: events.ReviewFileMade, _: Attempt) -> None:
        """Send the bytes; the file is nowhere to be seen yet."""
        async with self._work.read() as unit:
            file = await unit.reviews.file(fact.file_id)
            incident = await unit.incidents.get(fact.incident_id)
        if file is None or file.file_id or channel_in(incident) is None:
            return
        file_id = await self._chat.upload(file.name, file.content, file.title)
        async with self._work() as unit:
            stored = await unit.reviews.file(fact.file_id)
            if stored is not None:
                stored.file_id = file_id
                unit.tell(events.ReviewFileUploaded(fact.incident_id, fact.file_id))

    async def share(self, fact: events.ReviewFileUploaded, attempt: Attempt) -> None:
        """Share the file, once: a calendar entry in the thread of the booking, the rest in the channel."""
        async with self._work.read() as unit:
            file = await unit.reviews.file(fact.file_id)
            incident = await unit.incidents.get(fact.incident_id)
            review = await unit.reviews.get(fact.incident_id)
        channel_id = channel_in(incident)
        if channel_id is None or file is None or file.file_id is None or file.permalink:
            return
        thread_ts = review.post_ts if review is not None and file.sequence is not None else None
        if file.sequence is not None and thread_ts is None:
            raise NotYet
        link = await self._chat.share(file.file_id, channel_id, file.title, once=attempt.once, thread_ts=thread_ts)
        async with self._work() as unit:
            stored = await unit.reviews.file(fact.file_id)
            if stored is not None:
                stored.permalink, stored.content = link, ""

    async def post_closed(self, fact: events.ReviewClosed, attempt: Attempt) -> None:
        """Say in the channel that the review is closed, and with what."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            review = await unit.reviews.get(fact.incident_id)
            items = await lines(unit, fact.incident_id, self._work.now())
        channel_id = channel_in(incident)
        if channel_id is None or incident is None or review is None or review.closed_at is None:
            return
        waiting = sum(item.state is ActionState.OPEN for item in items)
        notice = ReviewClosedPost(summary(incident), fact.by, waivers(review), waiting, len(items))
        await self._chat.post(channel_id, notice, once=attempt.once)
