"""What every act on a text shares: finding it under its incident's lock, who may read it, how screens show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.events import TextChanged
from bot.domain.incident import Role
from bot.domain.notices.texts import TextItem, TextKind
from bot.domain.people import Actor
from bot.domain.permissions import Standing, Verb
from bot.domain.texts import approving
from bot.domain.texts.template import Known, Template, stale
from bot.domain.texts.words import Since, TextState, roles_of
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH, Access
from playbooks.library import Library
from storage.incidents import Incident
from storage.roles import RoleTenure
from storage.store import Unit
from storage.texts import SentText, Whole

GONE = "communications.yaml has no text “{name}” any more: nothing can be done with this one but read it."


class Shelf:
    """Finds texts and their templates, and knows who may read them."""

    def __init__(self, access: Access, library: Library) -> None:
        self._access = access
        self._library = library

    async def found(
        self, unit: Unit, text_id: int, verb: Verb, by: Actor, *, lock: bool = True
    ) -> tuple[SentText, Incident]:
        """The text as it is now and its incident, which is locked. Raises NotFound or NotAllowed."""
        text = await unit.texts.get(text_id)
        incident = await unit.incidents.get(text.incident_id, lock=lock) if text else None
        fresh = await unit.texts.get(text_id, fresh=True)
        if fresh is None or incident is None:
            raise NotFound(NO_SUCH)
        await self._access.require(unit, incident, verb, by)
        await self.check_readable(unit, incident, self.rules_of(fresh), by)
        return fresh, incident

    async def check_readable(self, unit: Unit, incident: Incident, template: Template, by: Actor) -> None:
        """Raise NotAllowed unless policy opens texts of this kind to whoever asks."""
        if not may_read(template, await self._access.standings(unit, incident, by)):
            who = " or ".join(role.value for role in Role if role in template.open_to)
            raise NotAllowed(f"“{template.title}” is open only to whoever holds {who} in this incident.")

    def template(self, name: str) -> Template:
        """The template of this name. Raises NotFound."""
        template = self._library.communications.templates.get(name)
        if template is None:
            raise NotFound(GONE.format(name=name))
        return template

    def kind_of(self, text: SentText) -> Template:
        """The template of a text. Raises NotFound when policy has it no longer."""
        return self.template(text.template)

    def rules_of(self, text: SentText) -> Template:
        """The same to read by: what policy has no longer stays open to legal and the lead, and closed to the rest."""
        return self._library.communications.templates.get(text.template) or _closed(text)

    def items(
        self, wholes: Iterable[Whole], known: Mapping[str, Known], held: Sequence[RoleTenure]
    ) -> tuple[TextItem, ...]:
        """Texts as screens show them; one whose template is gone is left out of nothing but its rules."""
        return tuple(self.item(whole, known, held) for whole in wholes)

    def item(self, whole: Whole, known: Mapping[str, Known], held: Sequence[RoleTenure]) -> TextItem:
        """One text as screens show it."""
        text, version = whole.text, whole.version
        template = self._library.communications.templates.get(text.template)
        place = self._library.communications.place(text.place)
        return TextItem(
            text_id=text.key,
            number=text.number,
            kind=kind(template, held) if template else _unknown(text),
            state=text.state,
            version=version.number if version else 0,
            version_id=version.key if version else None,
            sha256=version.sha256 if version else "",
            written_by=version.written_by if version else text.started_by,
            written_at=version.written_at if version else text.started_at,
            approvals=approving.standing(whole.approvals, version.sha256) if version else (),
            missing=missing(template, whole),
            stale=stale(version.uses, known) if version else (),
            place=place.title if place else text.place,
            told=text.told,
            sent_at=text.sent_at,
            settled_by=text.settled_by,
            settled_at=text.settled_at,
            reason=text.reason,
        )


def missing(template: Template | None, whole: Whole) -> tuple[Role, ...]:
    """The roles that have not approved what a draft says now."""
    if template is None or whole.version is None or whole.text.state is not TextState.DRAFT:
        return ()
    return approving.missing(template.approved_by, whole.approvals, whole.version.sha256)


def kind(template: Template, held: Sequence[RoleTenure]) -> TextKind:
    """What policy says of it, with who holds the role that speaks."""
    return TextKind(
        name=template.name,
        number=template.number,
        title=template.title,
        audience=template.audience,
        approved_by=template.approved_by,
        different_people=template.different_people,
        spoken_by=template.spoken_by,
        speaker_ids=tuple(tenure.user_id for tenure in held if tenure.role is template.spoken_by),
        must_not=template.must_not,
        open_to=template.open_to,
    )


def may_read(template: Template | None, standings: frozenset[Standing]) -> bool:
    """Whether policy opens texts of this kind to somebody with these standings."""
    return template is None or not template.open_to or bool(roles_of(standings) & template.open_to)


def note(unit: Unit, text: SentText, act: str, said: str, *, by: Actor, at: datetime) -> None:
    """A line of the timeline, and whoever shows the text shows it anew."""
    data = {"act": act, "text": text.number, "template": text.template}
    unit.timeline.note(text.incident_id, EntryKind.TEXT, said, by=by, at=at, data=data)
    unit.tell(TextChanged(text.incident_id, text.key))


def named(text: SentText) -> str:
    """The text in a sentence."""
    return f"Text {text.number} ({text.title})"


def _closed(text: SentText) -> Template:
    return Template(
        name=text.template,
        number="",
        title=text.title,
        audience="",
        heading=text.title,
        sections=(),
        required=frozenset(),
        must_not=(),
        written_by=Role.LEGAL,
        approved_by=(),
        different_people=True,
        spoken_by=Role.LEGAL,
        open_to=frozenset({Role.LEGAL, Role.LEAD}),
        types=frozenset(),
        since=Since.DECLARED,
        remind=False,
    )


def _unknown(text: SentText) -> TextKind:
    return TextKind(text.template, "", text.title, "", (), different_people=True, spoken_by=Role.COMMS)
