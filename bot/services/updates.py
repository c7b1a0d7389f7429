"""Updates: what stakeholders are told, where they hear it, and when they are told again."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.errors import BadInput
from bot.domain.events import UpdateOwed, UpdatePosted, UpdateSent
from bot.domain.lifecycle import reason
from bot.domain.notices.timeline import Line
from bot.domain.notices.updates import FollowerUpdate, UpdateForm, UpdatePost
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.cadence import Cadence
from bot.services.guards import require_open
from bot.services.moments import Moment, Moments
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.voice import Voice
from bot.services.work import Work
from storage.incidents import Incident
from storage.store import Unit
from storage.updates import Update

WHAT_TO_SAY = "Say what is known, what is being done, and what people should do meanwhile."

SPANS = {
    "30m": timedelta(minutes=30),
    "1h": timedelta(hours=1),
    "2h": timedelta(hours=2),
    "4h": timedelta(hours=4),
}


class Updates:
    """Sends updates."""

    def __init__(
        self, work: Work, chat: Chat, access: Access, voice: Voice, cadence: Cadence, moments: Moments
    ) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._voice = voice
        self._cadence = cadence
        self._moments = moments

    async def form(self, incident_id: int, *, by: Actor, text: str = "") -> UpdateForm:
        """The form, with the time policy wants for the next update."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEND_UPDATE, by)
            await require_open(unit, incident)
            latest = await unit.updates.latest(incident_id)
        now = self._work.now()
        usual = self._cadence.next_due(incident, now)
        return UpdateForm(summary(incident), usual, now, text, latest.text if latest else None)

    async def latest(self, incident_id: int, *, by: Actor) -> Line | None:
        """What stakeholders were told last, if anything."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            sent = await unit.updates.latest(incident.key)
        return Line(EntryKind.UPDATE, sent.sent_at, sent.sent_by, sent.text, sent.permalink) if sent else None

    async def send(
        self,
        incident_id: int,
        text: str,
        *,
        by: Actor,
        key: str,
        next_due_at: datetime | None = None,
    ) -> None:
        """Send an update. ``key`` names the submission: the same key again sends nothing.

        ``next_due_at`` None means when policy says. Followers who may not see the incident get nothing.
        """
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEND_UPDATE, by, lock=True)
            await self.send_in(unit, incident, text, by=by, key=key, next_due_at=next_due_at)

    async def send_in(
        self, unit: Unit, incident: Incident, text: str, *, by: Actor, key: str, next_due_at: datetime | None = None
    ) -> None:
        """The same within a unit that holds the incident's lock and has checked who may."""
        await require_open(unit, incident)
        said = reason(text, WHAT_TO_SAY, "text")
        if await unit.updates.by_source(f"update:{key}") is not None:
            return
        now = self._work.now()
        promised = self._promise(incident, next_due_at, now)
        update = await unit.updates.add(
            Update(
                incident_id=incident.key,
                text=said,
                sent_at=now,
                sent_by=str(by),
                due_at=incident.next_update_at,
                next_due_at=promised,
                source_key=f"update:{key}",
            )
        )
        self._note(unit, incident, update, by)
        incident.last_update_at, incident.next_update_at = now, promised
        await self._owe_followers(unit, incident, update, by)
        await self._moments.reach(Moment.UPDATED, unit, incident)

    def due(self, choice: str, exactly: datetime | None) -> datetime | None:
        """The instant behind a choice of the form; None for what policy says. Raises BadInput naming the field."""
        if choice == "custom" and exactly is None:
            raise BadInput("Give the date and time of the next update.", field="custom_at")
        if exactly is not None:
            return exactly
        now = self._work.now()
        return self._cadence.tomorrow(now) if choice == "tomorrow" else now + SPANS[choice] if choice in SPANS else None

    async def post(self, fact: UpdateSent, attempt: Attempt) -> None:
        """Post the update in the channel and remember where."""
        async with self._work.read() as unit:
            update = await unit.updates.get(fact.update_id)
        if update is None:
            return
        posted = await self._voice.say(
            fact, attempt, lambda s: UpdatePost(s, update.text, update.sent_by, update.next_due_at)
        )
        if posted is None:
            return
        async with self._work() as unit:
            stored = await unit.updates.get(fact.update_id)
            entry = await unit.timeline.by_source(_entry_key(fact.update_id))
            if stored is not None and stored.channel_ts is None:
                stored.channel_ts = posted.ts
                if entry is not None:
                    entry.channel_id, entry.message_ts = posted.channel_id, posted.ts
                unit.tell(UpdatePosted(fact.incident_id, fact.update_id))

    async def keep_link(self, fact: UpdatePosted, _: Attempt) -> None:
        """Keep the link to the posted update, for the post-mortem."""
        async with self._work.read() as unit:
            update = await unit.updates.get(fact.update_id)
            incident = await unit.incidents.get(fact.incident_id)
        if not (update and incident and update.channel_ts and incident.channel_id):
            return
        link = await self._chat.permalink(incident.channel_id, update.channel_ts)
        async with self._work() as unit:
            stored = await unit.updates.get(fact.update_id)
            entry = await unit.timeline.by_source(_entry_key(fact.update_id))
            if stored is not None:
                stored.permalink = link
            if entry is not None:
                entry.permalink = link

    async def tell_follower(self, fact: UpdateOwed, attempt: Attempt) -> None:
        """Tell one follower, unless they stopped following or may not see the incident."""
        async with self._work.read() as unit:
            update = await unit.updates.get(fact.update_id)
            incident = await unit.incidents.get(fact.incident_id)
            tie = await unit.participants.get(fact.incident_id, fact.user_id)
            if not (update and incident and tie and tie.is_following):
                return
            if not await self._access.sees(unit, incident, Actor.person(fact.user_id)):
                return
        notice = FollowerUpdate(summary(incident), update.text, update.next_due_at)
        await self._chat.dm(fact.user_id, notice, once=attempt.once)

    def _promise(self, incident: Incident, wanted: datetime | None, now: datetime) -> datetime | None:
        if wanted is None:
            return self._cadence.next_due(incident, now)
        self._cadence.check(incident, wanted, now)
        return wanted

    def _note(self, unit: Unit, incident: Incident, update: Update, by: Actor) -> None:
        data = {
            "due_at": update.due_at.isoformat() if update.due_at else None,
            "next_due_at": update.next_due_at.isoformat() if update.next_due_at else None,
        }
        unit.timeline.note(
            incident.key,
            EntryKind.UPDATE,
            update.text,
            by=by,
            at=update.sent_at,
            data=data,
            source_key=_entry_key(update.key),
        )

    async def _owe_followers(self, unit: Unit, incident: Incident, update: Update, by: Actor) -> None:
        unit.tell(UpdateSent(incident.key, update.key))
        for tie in await unit.participants.of(incident.key):
            may_hear = tie.has_access or not incident.is_private
            if tie.is_following and may_hear and tie.user_id != by.id:
                unit.tell(UpdateOwed(incident.key, update.key, tie.user_id))


def _entry_key(update_id: int) -> str:
    return f"update:{update_id}"
