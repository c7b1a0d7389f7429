"""Booking the review: when, with whom; moved with a reason, called off with a reason; a calendar file each time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.deadlines import due_at as deadline
from bot.domain.errors import BadInput, NotAllowed, NotFound
from bot.domain.events import ReviewBooked, ReviewFileMade, ReviewInvited
from bot.domain.incident import Outcome
from bot.domain.lifecycle import reason as stated_reason
from bot.domain.lifecycle import utc
from bot.domain.notices import Confirmation
from bot.domain.notices.review import Booking as Booked
from bot.domain.notices.review import ReviewBookForm, ReviewCancelForm
from bot.domain.people import ANDON, Actor, Profile
from bot.domain.permissions import Verb, may_see
from bot.domain.review import check_minutes
from bot.domain.timeline import EntryKind
from bot.services import dates
from bot.services.access import Access
from bot.services.channels import declarer_id
from bot.services.guards import require_unmerged
from bot.services.naming import Naming
from bot.services.review.invitation import Entry, calendar_file
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.reviews import Review, ReviewFile
from storage.store import Unit

MOST_PEOPLE = 30
WHY_MOVED = "Say why the review is moved, in a few words."
NOT_REVIEWED = {
    Outcome.CANCELLED: "it was no incident",
    Outcome.MERGED: "it goes on in another incident",
}
WHY_OFF = "Say why the review is called off, in a few words."
NOT_BOOKED = "The review of {} is not booked. `{} review book friday 14:00 @ann @ben` books it."


@dataclass(frozen=True, slots=True)
class Wish:
    """A booking as it is wished for. ``minutes`` 0 means as policy says; no people means as it was."""

    starts_at: datetime
    people: tuple[str, ...] = ()
    minutes: int = 0
    reason: str = ""


class Booking:
    """Books reviews. An incident that is closed already may still have one."""

    def __init__(self, work: Work, access: Access, naming: Naming, library: Library, command: str) -> None:
        self._work = work
        self._access = access
        self._naming = naming
        self._library = library
        self._command = command

    async def form(self, incident_id: int, *, by: Actor) -> ReviewBookForm:
        """The form: whoever held a role, and the time by which policy wants it."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REVIEW, by)
            await require_unmerged(unit, incident)
            review = await unit.reviews.get(incident.key)
            people = await self._involved(unit, incident, by)
        booking = booked(review)
        by_then = self._promised_by(incident)
        if booking is not None:
            return ReviewBookForm(
                summary(incident), booking.starts_at, booking.minutes, booking.attendees, booking, by_then
            )
        starts_at = max(by_then, self._work.now()) if by_then else None
        starts_at = self._library.calendar.opens_at(starts_at) if starts_at else None
        return ReviewBookForm(summary(incident), starts_at, self._library.review.minutes, people, None, by_then)

    async def cancel_form(self, incident_id: int, *, by: Actor) -> ReviewCancelForm:
        """The form that asks why it is called off. Raises NotFound where none is booked."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REVIEW, by)
            booking = booked(await unit.reviews.get(incident.key))
        if booking is None:
            raise NotFound(NOT_BOOKED.format(incident.reference, self._command))
        return ReviewCancelForm(summary(incident), booking)

    async def book_words(
        self, incident_id: int, when: str, people: Sequence[Profile], why: str, *, by: Actor
    ) -> Confirmation:
        """Book or move it by words such as *friday 14:00*. Nobody named: whoever held a role, or as it was."""
        async with self._work.read() as unit:
            known = await unit.people.get(by.id)
        zone = known.timezone if known else (await self._naming.by_id(by.id)).timezone
        starts_at = await dates.read(when, zone, self._work.now(), field="when")
        named = tuple(profile.id for profile in people)
        return await self.book(incident_id, Wish(starts_at, named, 0, why), by=by)

    async def book(self, incident_id: int, wish: Wish, *, by: Actor) -> Confirmation:
        """Book it, or move what is booked; everybody concerned hears it. Raises BadInput, NotAllowed."""
        people = await self._people(wish.people)
        if wish.starts_at <= self._work.now():
            raise BadInput("That is in the past: choose a time to come.", field="when")
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REVIEW, by, lock=True)
            await require_unmerged(unit, incident)
            await self._check_insiders(unit, incident, people)
            review = await unit.reviews.begin(incident.key)
            invited = tuple(p.id for p in people) or tuple(review.attendees) or await self._involved(unit, incident, by)
            minutes = check_minutes(wish.minutes or review.minutes or self._library.review.minutes)
            was = booked(review)
            if was and (was.starts_at, was.minutes, set(was.attendees)) == (wish.starts_at, minutes, set(invited)):
                return Confirmation(f"The review of {incident.reference} is booked like that already: {_when(was)}.")
            reason = stated_reason(wish.reason, WHY_MOVED) if was and was.starts_at != wish.starts_at else wish.reason
            self._put(review, Booked(wish.starts_at, minutes, invited, str(by)))
            review.closed_at = review.closed_by = None  # there is more to say
            now = booked(review)
            said = f"Review {'moved to' if was else 'booked for'} {_when(now)}{f': {reason}' if was and reason else ''}"
            await self._tell(unit, incident, review, was, by, said, reason.strip())
            return Confirmation(f"{incident.reference}: {said}. The calendar file follows in its channel.")

    async def cancel(self, incident_id: int, why: str, *, by: Actor) -> Confirmation:
        """Call it off, for a stated reason. Raises NotFound where none is booked."""
        reason = stated_reason(why, WHY_OFF)
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REVIEW, by, lock=True)
            review = await unit.reviews.get(incident.key)
            was = booked(review)
            if review is None or was is None:
                raise NotFound(NOT_BOOKED.format(incident.reference, self._command))
            await self._call_off(unit, incident, review, was, reason, by)
            return Confirmation(f"{incident.reference}: the review is called off. Everybody invited hears it.")

    async def put_aside(self, unit: Unit, incident: Incident) -> None:
        """Nobody comes to look back on what was no incident, or is looked back on elsewhere. A hook."""
        review = await unit.reviews.get(incident.key) if incident.outcome in NOT_REVIEWED else None
        was = booked(review)
        if review is not None and was is not None and incident.outcome is not None:
            await self._call_off(unit, incident, review, was, NOT_REVIEWED[incident.outcome], ANDON)

    async def _call_off(
        self, unit: Unit, incident: Incident, review: Review, was: Booked, reason: str, by: Actor
    ) -> None:
        review.sequence += 1
        await self._tell(unit, incident, review, was, by, f"Review called off: {reason}", reason, is_off=True)
        review.starts_at, review.uid = None, None

    def _put(self, review: Review, wanted: Booked) -> None:
        is_new = not review.is_booked
        review.uid = f"{uuid.uuid4()}@andon" if is_new else review.uid
        review.sequence = 0 if is_new else review.sequence + 1
        review.starts_at, review.minutes = wanted.starts_at, wanted.minutes
        review.attendees = list(wanted.attendees)
        review.booked_at, review.booked_by = self._work.now(), wanted.booked_by

    async def _tell(
        self,
        unit: Unit,
        incident: Incident,
        review: Review,
        was: Booked | None,
        by: Actor,
        said: str,
        reason: str,
        *,
        is_off: bool = False,
    ) -> None:
        now = self._work.now()
        data = {"act": "cancelled" if is_off else "moved" if was else "booked", "reason": reason}
        unit.timeline.note(incident.key, EntryKind.REVIEW, said, by=by, at=now, data=data)
        incident.facts = {**incident.facts, "review_booked": not is_off}
        made = await self._file(unit, incident, review, by, is_off=is_off)
        is_moved = was is not None and was.starts_at != review.starts_at
        unit.tell(ReviewBooked(incident.key, is_moved, reason))
        unit.tell(ReviewFileMade(incident.key, made.key))
        for user_id in dict.fromkeys([*review.attendees, *(was.attendees if was else ())]):
            is_wanted = not is_off and user_id in review.attendees
            is_news = not is_wanted or is_moved or was is None or user_id not in was.attendees
            if user_id != by.id and is_news:
                at = review.starts_at if is_wanted else None
                told = ReviewInvited(incident.key, user_id, at, review.minutes, is_moved, reason, str(by))
                unit.tell(told)

    async def _file(self, unit: Unit, incident: Incident, review: Review, by: Actor, *, is_off: bool) -> ReviewFile:
        organiser = Actor.parse(review.booked_by).id if review.booked_by else ""
        names = await unit.people.names([*review.attendees, organiser])
        entry = Entry(
            uid=review.uid or "",
            sequence=review.sequence,
            starts_at=review.starts_at or self._work.now(),
            minutes=review.minutes,
            reference=incident.reference,
            title="" if incident.is_private else incident.title,
            place=incident.channel_name or "",
            at=self._work.now(),
            organiser=names.get(organiser),
            attendees=[names[user_id] for user_id in review.attendees if user_id in names],
            is_private=incident.is_private,
            is_drill=incident.is_drill,
            is_cancelled=is_off,
        )
        what = "called off" if is_off else f"version {review.sequence + 1}"
        return await unit.reviews.add_file(
            ReviewFile(
                incident_id=incident.key,
                name=f"{incident.reference}-review.ics",
                title=f"Calendar file of the review of {incident.reference}, {what}",
                content=calendar_file(entry),
                sequence=review.sequence,
                made_at=self._work.now(),
                made_by=str(by),
            )
        )

    async def _people(self, user_ids: Sequence[str]) -> list[Profile]:
        wanted = list(dict.fromkeys(user_ids))
        if len(wanted) > MOST_PEOPLE:
            raise BadInput(f"{len(wanted)} people are too many: {MOST_PEOPLE} fit.", field="people")
        return [await self._naming.by_id(user_id, field="people") for user_id in wanted]

    async def _check_insiders(self, unit: Unit, incident: Incident, people: Sequence[Profile]) -> None:
        if not incident.is_private:
            return
        for person in people:
            standings = await self._access.standings(unit, incident, Actor.person(person.id))
            if not may_see(incident.is_private, standings):
                raise NotAllowed(
                    f"{incident.reference} is private and {person.name} is not part of it. "
                    f"Let them in first: `{self._command} invite`."
                )

    async def _involved(self, unit: Unit, incident: Incident, by: Actor) -> tuple[str, ...]:
        """Whoever held a role, whoever declared, and whoever books; of a private incident those who may see it."""
        held = [tenure.user_id for tenure in await unit.roles.history(incident.key) if tenure.from_at is not None]
        declarer = declarer_id(incident)
        everybody = dict.fromkeys([*held, *([declarer] if declarer else []), *([by.id] if by.is_person else [])])
        known = await unit.people.names(everybody)
        here = [user_id for user_id in everybody if user_id not in known or not known[user_id].is_deactivated]
        if incident.is_private:
            here = [one for one in here if await self._access.sees(unit, incident, Actor.person(one))]
        return tuple(here[:MOST_PEOPLE])

    def _promised_by(self, incident: Incident) -> datetime | None:
        wait = self._library.deadlines(incident.severity).postmortem_meeting
        since = incident.resolved_at or incident.closed_at
        return deadline(since, wait, self._library.calendar) if wait and since else None


def booked(review: Review | None) -> Booked | None:
    """What is booked, if anything is."""
    if review is None or not review.is_booked or review.starts_at is None:
        return None
    return Booked(review.starts_at, review.minutes, tuple(review.attendees), review.booked_by or "")


def _when(booking: Booked | None) -> str:
    return f"{utc(booking.starts_at)}, {booking.minutes} min" if booking else ""
