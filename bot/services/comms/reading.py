"""Texts as people read them: the list of an incident's texts, and one text in full."""

from __future__ import annotations

from bot.domain.errors import NotFound
from bot.domain.notices.texts import TextItem, TextList, TextShown, WantedText
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.texts.template import Known, Template
from bot.domain.texts.words import TextState
from bot.services.access import Access
from bot.services.comms.record import Shelf, kind, may_read
from bot.services.comms.values import Values
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit
from storage.texts import SentText, TextVersion


class TextReading:
    """Reads, and changes nothing. ``command`` is the slash command that screens mention."""

    def __init__(
        self, work: Work, access: Access, library: Library, shelf: Shelf, values: Values, command: str
    ) -> None:
        self._work = work
        self._access = access
        self._library = library
        self._shelf = shelf
        self._values = values
        self._command = command

    async def listing(self, incident_id: int, *, by: Actor) -> TextList:
        """The incident's texts, those that policy wants and nobody has settled, and what can be written."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.READ_TEXTS, by)
            known, held = await self._values.of(unit, incident), await unit.roles.held(incident.key)
            items = self._shelf.items(await unit.texts.of([incident.key]), known, held)
            clocks = await unit.texts.clocks.of(incident.key)
            standings = await self._access.standings(unit, incident, by)
        templates = self._library.communications.templates
        wanted = tuple(
            WantedText(clock.template, templates[clock.template].title, clock.due_at, clock.ready_at)
            for clock in clocks
            if clock.settled_at is None and clock.template in templates
        )
        kinds = tuple(kind(template, held) for template in templates.values() if may_read(template, standings))
        return TextList(summary(incident), items, wanted, kinds, self._work.now(), self._command)

    async def numbered(self, incident_id: int, number: int, *, by: Actor) -> int:
        """The id of the incident's text with this number. Raises NotFound, with the way to the list."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.READ_TEXTS, by)
            text = await unit.texts.by_number(incident.key, number)
        if text is None:
            raise NotFound(f"{incident.reference} has no text {number}. `{self._command} texts` lists them.")
        return text.key

    async def shown(self, text_id: int, *, by: Actor) -> TextShown:
        """One text in full, with what its wording deserves a second look for. Raises NotFound or NotAllowed."""
        async with self._work.read() as unit:
            return await self.shown_in(unit, text_id, by=by)

    async def shown_in(self, unit: Unit, text_id: int, *, by: Actor, is_saved: bool = False) -> TextShown:
        """The same within a unit."""
        text, incident = await self._shelf.found(unit, text_id, Verb.READ_TEXTS, by, lock=False)
        template, whole = self._shelf.rules_of(text), await unit.texts.whole(text)
        known, held = await self._values.of(unit, incident), await unit.roles.held(incident.key)
        item, version = self._shelf.item(whole, known, held), whole.version
        fields = version.fields if version else {}
        is_draft = text.state is TextState.DRAFT and version is not None
        hints = await self._values.hints(unit, incident, template, fields, known) if is_draft else ()
        return TextShown(
            summary(incident),
            item,
            text.title,
            _said(template, text, version),
            hints,
            is_saved,
            max(item.version - 1, 0),
        )

    async def item(self, unit: Unit, text: SentText, incident: Incident) -> TextItem:
        """One text as screens show it, for whoever has checked who may see it."""
        known: dict[str, Known] = await self._values.of(unit, incident)
        return self._shelf.item(await unit.texts.whole(text), known, await unit.roles.held(incident.key))


def _said(template: Template, text: SentText, version: TextVersion | None) -> tuple[tuple[str, str], ...]:
    """What it says, section by section: a sent text to the letter, whatever became of its template since."""
    if version is None:
        return ()
    if text.state is TextState.DRAFT and template.sections:
        return tuple((section.label, str(version.fields.get(section.key, ""))) for section in template.sections)
    return tuple(("", part) for part in version.body.split("\n\n"))
