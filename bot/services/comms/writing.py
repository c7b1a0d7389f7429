"""Writing texts: begun from what is established, saved as versions, none of which is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import AlreadyDone, BadInput
from bot.domain.events import TextStarted
from bot.domain.lifecycle import reason
from bot.domain.notices.texts import FormSection, Overtaken, TextForm, TextReasonForm, TextShown
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.texts.template import Known, Template, begun, composed, digest, filled, placeholders, stale, uses
from bot.domain.texts.words import TextState
from bot.services.access import Access
from bot.services.comms.reading import TextReading
from bot.services.comms.record import Shelf, kind, named, note
from bot.services.comms.values import Values
from bot.services.guards import require_unmerged
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.store import Unit
from storage.texts import SentText, TextVersion

FIELD_LIMIT = 3000
WHY_DROP = "Say why this text is dropped."
WHY_NONE = "Say why no such text is needed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody hands in. ``text_id`` None begins a text; ``base`` is the version they saw; ``key`` names it."""

    incident_id: int
    template: str
    fields: Mapping[str, str]
    key: str
    text_id: int | None = None
    base: int = 0


class Writing:
    """Takes words in."""

    def __init__(
        self, work: Work, access: Access, library: Library, shelf: Shelf, values: Values, reading: TextReading
    ) -> None:
        self._work = work
        self._access = access
        self._library = library
        self._shelf = shelf
        self._values = values
        self._reading = reading

    async def form(self, incident_id: int, typed: str, *, by: Actor) -> TextForm:
        """The form for a new text, with what is known in place. Raises BadInput naming the texts there are."""
        template = self._library.communications.find(typed)
        if template is None:
            names = ", ".join(self._library.communications.templates)
            raise BadInput(f"There is no text “{typed.strip()[:60]}”. There are {names}.")
        async with self._work.read() as unit:
            incident = await self._writable(unit, incident_id, template, by)
            known = await self._values.of(unit, incident)
            held = await unit.roles.held(incident.key)
        return TextForm(summary(incident), kind(template, held), _sections(template, begun(template, known)))

    async def edit_form(self, text_id: int, *, by: Actor) -> TextForm:
        """The form with what the text says now."""
        async with self._work.read() as unit:
            text, incident = await self._shelf.found(unit, text_id, Verb.WRITE_TEXT, by, lock=False)
            _check_draft(text)
            whole = await unit.texts.whole(text)
            known = await self._values.of(unit, incident)
            held = await unit.roles.held(incident.key)
        template, version = self._shelf.kind_of(text), whole.version
        fields, base = (version.fields, version.number) if version else ({}, 0)
        wrong = stale(version.uses, known) if version else ()
        shown = _sections(template, fields)
        return TextForm(summary(incident), kind(template, held), shown, text.key, base, stale=wrong)

    async def check(self, typed: Typed, *, by: Actor) -> TextForm:
        """The form as it was typed, with what its wording deserves a second look for. Nothing is saved."""
        template = self._shelf.template(typed.template)
        async with self._work.read() as unit:
            incident = await self._writable(unit, typed.incident_id, template, by)
            known = await self._values.of(unit, incident)
            hints = await self._values.hints(unit, incident, template, typed.fields, known)
            held = await unit.roles.held(incident.key)
        shown = _sections(template, typed.fields)
        return TextForm(
            summary(incident), kind(template, held), shown, typed.text_id, typed.base, hints=hints, is_checked=True
        )

    async def save(self, typed: Typed, *, by: Actor) -> TextShown | TextForm:
        """Keep what was typed as the text's next version; approvals of the one before hold for it no longer.

        When somebody else saved meanwhile the form comes back as typed, and says so. ``key`` again saves nothing.
        """
        template = self._shelf.template(typed.template)
        _check_sizes(template, typed.fields)
        async with self._work() as unit:
            incident = await self._writable(unit, typed.incident_id, template, by, lock=True)
            if (made := await unit.texts.version_by_source(typed.key)) is not None:
                return await self._reading.shown_in(unit, made.text_id, by=by, is_saved=True)
            known = await self._values.of(unit, incident)
            text = await self._text(unit, incident, template, typed, known, by)
            current = await unit.texts.version(text.version_id) if text.version_id else None
            if current is not None and current.number != typed.base:
                return await self._overtaken(unit, incident, template, typed, current)
            await self._add(unit, incident, template, text, current, typed, known, by)
            return await self._reading.shown_in(unit, text.key, by=by, is_saved=True)

    async def drop(self, text_id: int, why: str, *, by: Actor) -> None:
        """It will not be sent; every version stays."""
        async with self._work() as unit:
            text, _ = await self._shelf.found(unit, text_id, Verb.WRITE_TEXT, by)
            _check_draft(text)
            now, stated = self._work.now(), reason(why, WHY_DROP)
            text.state, text.reason, text.settled_by, text.settled_at = TextState.DROPPED, stated, str(by), now
            note(unit, text, "dropped", f"{named(text)} dropped: {stated}", by=by, at=now)

    async def not_needed(self, incident_id: int, name: str, why: str, *, by: Actor, key: str) -> None:
        """No text of this kind is needed, because of ``why``; nobody is reminded of it any more."""
        template = self._shelf.template(name)
        async with self._work() as unit:
            incident = await self._writable(unit, incident_id, template, by, lock=True)
            if await unit.texts.by_source(key) is not None:
                return
            now, stated = self._work.now(), reason(why, WHY_NONE)
            text = await self._begin(unit, incident, template, template.title, by, key)
            text.state, text.reason, text.settled_by, text.settled_at = TextState.NOT_NEEDED, stated, str(by), now
            await unit.texts.clocks.settle(incident.key, template.name, now)
            note(unit, text, "not needed", f"No {template.title.lower()} is needed: {stated}", by=by, at=now)

    async def drop_form(self, text_id: int, *, by: Actor) -> TextReasonForm:
        """The form that asks why a text is dropped."""
        async with self._work.read() as unit:
            text, incident = await self._shelf.found(unit, text_id, Verb.WRITE_TEXT, by, lock=False)
            _check_draft(text)
            held = await unit.roles.held(incident.key)
        return TextReasonForm(summary(incident), kind(self._shelf.kind_of(text), held), text.key, text.number)

    async def not_needed_form(self, incident_id: int, name: str, *, by: Actor) -> TextReasonForm:
        """The form that asks why no such text is needed."""
        template = self._shelf.template(name)
        async with self._work.read() as unit:
            incident = await self._writable(unit, incident_id, template, by)
            held = await unit.roles.held(incident.key)
        return TextReasonForm(summary(incident), kind(template, held))

    async def _writable(
        self, unit: Unit, incident_id: int, template: Template, by: Actor, *, lock: bool = False
    ) -> Incident:
        incident = await self._access.get(unit, incident_id, Verb.WRITE_TEXT, by, lock=lock)
        await require_unmerged(unit, incident)
        await self._shelf.check_readable(unit, incident, template, by)
        return incident

    async def _text(
        self, unit: Unit, incident: Incident, template: Template, typed: Typed, known: dict[str, Known], by: Actor
    ) -> SentText:
        if typed.text_id is None:
            heading = filled(template.heading, known)[:255]
            text = await self._begin(unit, incident, template, heading, by, f"{typed.key}:text")
            unit.tell(TextStarted(incident.key, text.key))
            return text
        text, _ = await self._shelf.found(unit, typed.text_id, Verb.WRITE_TEXT, by)
        if text.incident_id != incident.key:
            raise AlreadyDone("This form is about another incident.")
        _check_draft(text)
        return text

    async def _begin(
        self, unit: Unit, incident: Incident, template: Template, title: str, by: Actor, key: str
    ) -> SentText:
        return await unit.texts.add(
            SentText(
                incident_id=incident.key,
                number=await unit.texts.next_number(incident.key),
                template=template.name,
                title=title,
                started_by=str(by),
                started_at=self._work.now(),
                source_key=key,
            )
        )

    async def _add(
        self,
        unit: Unit,
        incident: Incident,
        template: Template,
        text: SentText,
        current: TextVersion | None,
        typed: Typed,
        known: dict[str, Known],
        by: Actor,
    ) -> None:
        fields = {section.key: typed.fields.get(section.key, "").strip() for section in template.sections}
        labels = [(section.key, section.label) for section in template.sections]
        body = composed(text.title, labels, fields, is_drill=incident.is_drill)
        if current is not None and current.sha256 == digest(body):
            return  # the same words: what was approved is still what it says
        began = [name for section in template.sections for name in placeholders(section.body)]
        version = await unit.texts.add_version(
            TextVersion(
                text_id=text.key,
                number=current.number + 1 if current else 1,
                fields=fields,
                body=body,
                sha256=digest(body),
                uses=uses(body, known, began),
                written_by=str(by),
                written_at=self._work.now(),
                source_key=typed.key,
            )
        )
        text.version_id = version.key
        act = "edited" if current else "written"
        note(unit, text, act, f"{named(text)} {act}, version {version.number}", by=by, at=version.written_at)

    async def _overtaken(
        self, unit: Unit, incident: Incident, template: Template, typed: Typed, current: TextVersion
    ) -> TextForm:
        held = await unit.roles.held(incident.key)
        other = Overtaken(current.number, current.written_by, current.written_at)
        shown = _sections(template, typed.fields)
        return TextForm(summary(incident), kind(template, held), shown, typed.text_id, current.number, overtaken=other)


def _sections(template: Template, fields: Mapping[str, str]) -> tuple[FormSection, ...]:
    return tuple(
        FormSection(one.key, one.label, fields.get(one.key, ""), one.key in template.required)
        for one in template.sections
    )


def _check_draft(text: SentText) -> None:
    """Raise AlreadyDone for a text that is settled: what was sent stays as it was sent."""
    if text.state is TextState.SENT:
        raise AlreadyDone(f"{named(text)} was sent: it stays as it was sent. Write a correction instead.")
    if text.state is not TextState.DRAFT:
        raise AlreadyDone(f"{named(text)} is settled: {text.reason}")


def _check_sizes(template: Template, fields: Mapping[str, str]) -> None:
    for section in template.sections:
        said = fields.get(section.key, "")
        if len(said) > FIELD_LIMIT:
            raise BadInput(f"That is {len(said):,} characters; {FIELD_LIMIT:,} fit.", field=section.key)
    if not any(value.strip() for value in fields.values()):
        raise BadInput("Write something first: a text without a word is none.", field=template.sections[0].key)
