"""The timeline as people use it: writing a line, reading the lines."""

from __future__ import annotations

from bot.domain.errors import BadInput
from bot.domain.messages import people_in, readable
from bot.domain.notices.timeline import Line, NoteForm, TimelinePage
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.guards import require_unmerged
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.entries import sentence
from storage.timeline import TimelineEntry

PAGE = 15
NOTE_LIMIT = 40_000


class Timelines:
    """Notes and pages."""

    def __init__(self, work: Work, access: Access) -> None:
        self._work = work
        self._access = access

    async def note_form(self, incident_id: int, *, by: Actor, typed: str = "") -> NoteForm:
        """The form to write a line with."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.NOTE, by)
            await require_unmerged(unit, incident)
        return NoteForm(summary(incident), typed)

    async def note(self, incident_id: int, text: str, *, by: Actor, key: str) -> str:
        """Write a line; the same ``key`` again writes nothing more. Gives the incident's reference."""
        if not text.strip():
            raise BadInput("Write what is to be remembered.", field="note")
        if len(text) > NOTE_LIMIT:
            raise BadInput(f"That is {len(text):,} characters; {NOTE_LIMIT:,} fit in one note.", field="note")
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.NOTE, by, lock=True)
            await require_unmerged(unit, incident)
            source_key = f"{incident_id}:note:{key}"
            if await unit.timeline.by_source(source_key) is None:
                now = self._work.now()
                unit.timeline.note(incident_id, EntryKind.NOTE, text.strip(), by=by, at=now, source_key=source_key)
        return incident.reference

    async def page(self, incident_id: int, *, by: Actor, before_id: int | None = None) -> TimelinePage:
        """The latest lines, or those before a given line. Raises NotFound for what the actor may not see."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            found = await unit.timeline.page(incident_id, before_id=before_id, limit=PAGE + 1)
            people = {user_id for entry in found for user_id in _named(entry)}
            names = {user_id: who.name for user_id, who in (await unit.people.names(people)).items()} if people else {}
        shown = found[-PAGE:]
        older_than = shown[0].id if len(found) > PAGE else None
        lines = tuple(_line(entry, names) for entry in shown)
        return TimelinePage(summary(incident), lines, older_than, is_newest=before_id is None)


def _line(entry: TimelineEntry, names: dict[str, str]) -> Line:
    said = sentence(entry.kind, readable(entry.text, names), entry.data, lambda user_id: names.get(user_id, user_id))
    return Line(entry.kind, entry.at, entry.actor, said, entry.permalink)


def _named(entry: TimelineEntry) -> set[str]:
    """The people a line speaks of."""
    data = entry.data
    told = [data.get("to"), data.get("user"), *data.get("asked", ())]
    return people_in(entry.text) | {str(user_id) for user_id in told if user_id}
