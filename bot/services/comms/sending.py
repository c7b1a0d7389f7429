"""Marking a text as sent: only what the right people approved, by who may speak; from then on it stays as it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotAllowed, NotFound
from bot.domain.events import TextOwed
from bot.domain.lifecycle import utc
from bot.domain.notices.texts import SentForm, TextShown
from bot.domain.people import Actor
from bot.domain.permissions import ROLE_STANDING, Standing, Verb
from bot.domain.texts.template import Template
from bot.domain.texts.words import TextState
from bot.services.access import NO_SUCH, Access
from bot.services.comms.deciding import check_current
from bot.services.comms.reading import TextReading
from bot.services.comms.record import Shelf, missing, named, note
from bot.services.summaries import summary
from bot.services.updates import Updates
from bot.services.work import Work
from playbooks.communications import Place
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit
from storage.texts import SentText, TextVersion

SLACK = timedelta(minutes=1)
LONGEST_POST, LONGEST_UPDATE = 12_000, 2500
TOLD_LIMIT = 1000
POSTS = "{title} (Andon posts it)"


class Sending:
    """Takes in what was sent."""

    def __init__(
        self, work: Work, access: Access, library: Library, shelf: Shelf, reading: TextReading, updates: Updates
    ) -> None:
        self._work = work
        self._access = access
        self._library = library
        self._shelf = shelf
        self._reading = reading
        self._updates = updates

    async def form(self, text_id: int, *, by: Actor) -> SentForm:
        """The form that asks where and when. Raises BadInput, naming who has not approved, before anybody fills it."""
        async with self._work.read() as unit:
            text, incident = await self._shelf.found(unit, text_id, Verb.SEND_TEXT, by, lock=False)
            template = self._shelf.kind_of(text)
            await self._check_speaker(unit, incident, template, by)
            await self._check_approved(unit, text_id, template)
            item = await self._reading.item(unit, text, incident)
        places = tuple((place.name, _title(place)) for place in self._places(incident, template))
        return SentForm(summary(incident), item, places, self._work.now())

    async def mark_sent(
        self, version_id: int, place: str, told: str, *, by: Actor, at: datetime | None = None
    ) -> TextShown:
        """This version was sent, there and then (None: now), and is final. Andon posts where policy names a channel.

        Raises BadInput naming the roles that have not approved it; AlreadyDone when it was sent or edited meanwhile.
        """
        async with self._work() as unit:
            version = await unit.texts.version(version_id)
            if version is None:
                raise NotFound(NO_SUCH)
            text, incident = await self._shelf.found(unit, version.text_id, Verb.SEND_TEXT, by)
            if _is_same(text, version, place, by):
                return await self._reading.shown_in(unit, text.key, by=by)
            template = self._shelf.kind_of(text)
            await check_current(unit, text, version)
            await self._check_speaker(unit, incident, template, by)
            await self._check_approved(unit, text.key, template)
            where, now = self._place(incident, template, place), self._work.now()
            sent_at = _instant(at, version.written_at, now)
            await self._post(unit, incident, text, version, where, by)
            text.state, text.place, text.told = TextState.SENT, where.name, told.strip()[:TOLD_LIMIT]
            text.sent_at, text.settled_by, text.settled_at = sent_at, str(by), now
            await unit.texts.clocks.settle(incident.key, text.template, now)
            said = f"{named(text)}, version {version.number}, sent by {where.title} at {utc(sent_at)}"
            told_whom = f": {text.told}" if text.told else ""
            note(unit, text, "sent", f"{said}{told_whom} (sha256 {version.sha256[:12]})", by=by, at=now)
            return await self._reading.shown_in(unit, text.key, by=by)

    async def _check_speaker(self, unit: Unit, incident: Incident, template: Template, by: Actor) -> None:
        standings = await self._access.standings(unit, incident, by)
        if not standings & {ROLE_STANDING[template.spoken_by], Standing.ADMIN}:
            raise NotAllowed(f"Only whoever holds {template.spoken_by.value} speaks here, and says what was sent.")

    async def _check_approved(self, unit: Unit, text_id: int, template: Template) -> None:
        text = await unit.texts.get(text_id)
        if text is None:
            raise NotFound(NO_SUCH)
        if text.state is TextState.SENT:
            raise AlreadyDone(
                f"{named(text)} was sent at {utc(text.sent_at or self._work.now())}. Nothing was changed."
            )
        left = missing(template, await unit.texts.whole(text))
        if left:
            roles = " and ".join(role.value for role in left)
            raise BadInput(f"It cannot be sent yet: {roles} must approve what it says now.", field="place")

    async def _post(
        self, unit: Unit, incident: Incident, text: SentText, version: TextVersion, where: Place, by: Actor
    ) -> None:
        """What Andon itself does about it: nothing, but where policy names a channel, or for an update."""
        if where.update:
            _check_length(version.body, LONGEST_UPDATE)
            await self._updates.send_in(unit, incident, version.body, by=by, key=f"text:{text.key}")
        elif where.slack:
            _check_length(version.body, LONGEST_POST)
            unit.tell(TextOwed(incident.key, text.key))

    def _places(self, incident: Incident, template: Template) -> tuple[Place, ...]:
        """Nothing of a private incident or a drill is posted into other channels, nor what only a few may read."""
        may_post = not (incident.is_private or incident.is_drill or template.open_to)
        may_tell = incident.is_open and not template.open_to
        return tuple(
            place
            for place in self._library.communications.places
            if (may_post or not place.slack) and (may_tell or not place.update)
        )

    def _place(self, incident: Incident, template: Template, name: str) -> Place:
        found = next((place for place in self._places(incident, template) if place.name == name), None)
        if found is not None:
            return found
        if self._library.communications.place(name) is not None:
            raise IllegalMove(f"{_why_not(incident, template)} is posted there.")
        raise BadInput("Choose where it was sent.", field="place")


def _is_same(text: SentText, version: TextVersion, place: str, by: Actor) -> bool:
    """Whether this very act was taken in already: Slack delivers a form again that it thinks lost."""
    is_sent = text.state is TextState.SENT and text.version_id == version.key
    return is_sent and text.place == place and text.settled_by == str(by)


def _why_not(incident: Incident, template: Template) -> str:
    if template.open_to:
        return "Nothing that only a few may read"
    return (
        f"Nothing of {'a private incident' if incident.is_private else 'a drill' if incident.is_drill else 'the past'}"
    )


def _title(place: Place) -> str:
    return POSTS.format(title=place.title) if place.slack or place.update else place.title


def _instant(at: datetime | None, written_at: datetime, now: datetime) -> datetime:
    if at is None:
        return now
    if at > now + SLACK:
        raise BadInput("That is in the future: mark it as sent once it was sent.", field="at")
    if at + SLACK < written_at:
        raise BadInput(
            f"What it says now was written at {utc(written_at)}: it cannot have been sent before.", field="at"
        )
    return at


def _check_length(body: str, most: int) -> None:
    if len(body) > most:
        raise BadInput(f"That is {len(body):,} characters; {most:,} fit there. Shorten it.", field="place")
