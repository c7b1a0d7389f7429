"""policies/communications.yaml: the texts there are, who approves and sends them, by when, what they must not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from bot.domain.deadlines import Duration
from bot.domain.incident import IncidentType, Role, Severity
from bot.domain.texts.template import MustNot, Template
from bot.domain.texts.words import Since
from playbooks.errors import PolicyError
from playbooks.promises import Deadlines, SeverityPolicy
from playbooks.reading import Page
from playbooks.texts import INCIDENT_VALUES, Sheet, unknown_values
from playbooks.values import Key, Label, Model, Words

Phrase = Annotated[str, Field(min_length=2, max_length=80)]
MOST_TEXTS = 40


class MustNotPolicy(Model):
    """What a text must not hold, and phrases that often mean it is there."""

    what: Words
    phrases: tuple[Phrase, ...] = ()


class DuePolicy(Model):
    """By when a text is ready and sent: durations, or names of deadlines of that severity."""

    ready: str | None = None
    sent: str


class TextPolicy(Model):
    """One kind of text."""

    name: Key
    id: Annotated[str, Field(pattern=r"\AT\d{1,2}\Z")]
    title: Label
    audience: Words
    written_by: Role
    approved_by: tuple[Role, ...] = Field(min_length=1)
    different_people: bool = True
    spoken_by: Role
    open_to: frozenset[Role] = frozenset()
    required: tuple[Key, ...] = Field(min_length=1)
    must_not: tuple[MustNotPolicy, ...] = ()
    types: frozenset[IncidentType] = frozenset()
    since: Since
    due: Mapping[Severity, DuePolicy] = Field(default_factory=dict)
    remind: bool = True


class Place(Model):
    """Where a text can have been sent. With ``slack`` Andon posts it into that channel itself, once.

    ``update``: Andon sends it as an update of the incident, to its channel, the announcement and followers.
    """

    name: Key
    title: Label
    slack: Annotated[str, Field(pattern=r"\A#?[a-z0-9][a-z0-9_-]{0,79}\Z|\A[CG][A-Z0-9]{8,}\Z")] | None = None
    update: bool = False


class CommunicationsFile(Model):
    """policies/communications.yaml."""

    contacts: Mapping[Key, Words]
    places: tuple[Place, ...] = Field(min_length=1, max_length=60)
    texts: tuple[TextPolicy, ...] = Field(min_length=1, max_length=MOST_TEXTS)


@dataclass(frozen=True, slots=True)
class DueTimes:
    """By when a text is ready, where policy says so, and sent."""

    ready: Duration | None
    sent: Duration


@dataclass(frozen=True, slots=True)
class Communications:
    """What policy says of texts. ``templates`` are in the order of the file."""

    templates: Mapping[str, Template]
    due: Mapping[tuple[str, Severity], DueTimes]
    places: tuple[Place, ...]
    contacts: Mapping[str, str]

    def place(self, name: str) -> Place | None:
        """A place by name."""
        return next((place for place in self.places if place.name == name), None)

    def find(self, typed: str) -> Template | None:
        """The template that is meant by ``T1``, ``holding_statement`` or the beginning of a title."""
        word = "_".join(typed.lower().replace("-", " ").split())
        exact = [one for one in self.templates.values() if word in (one.name, one.number.lower())]
        near = [one for one in self.templates.values() if word and one.name.startswith(word)]
        return exact[0] if exact else near[0] if len(near) == 1 else None


def communications(
    file: CommunicationsFile, sheets: Mapping[str, Sheet], severities: Mapping[Severity, SeverityPolicy]
) -> Communications:
    """The file with its templates. It fits: :func:`misfits` has seen it."""
    due = {
        (text.name, severity): DueTimes(
            _duration(severities[severity], times.ready) if times.ready else None,
            _duration(severities[severity], times.sent),
        )
        for text in file.texts
        for severity, times in text.due.items()
    }
    templates = {text.name: _template(text, sheets[text.name]) for text in file.texts}
    return Communications(templates, due, file.places, file.contacts)


def misfits(
    page: Page,
    file: CommunicationsFile,
    sheets: Mapping[str, Sheet],
    severities: Mapping[Severity, SeverityPolicy],
    particulars: frozenset[str],
) -> Iterator[PolicyError]:
    """What does not fit: a name twice, a section that is missing, a value nobody has, a time no severity promises."""
    known = {*INCIDENT_VALUES, *(f"contact.{name}" for name in file.contacts)}
    known |= {f"particular.{key}" for key in particulars}
    for field, names in (("name", [t.name for t in file.texts]), ("id", [t.id for t in file.texts])):
        yield from _once(page, "texts", field, names)
    yield from _once(page, "places", "name", [place.name for place in file.places])
    for index, text in enumerate(file.texts):
        sheet = sheets[text.name]
        yield from unknown_values(sheet, known)
        yield from _unwritten(page, index, text, sheet)
        yield from _wrong_times(page, index, text, severities)


def _unwritten(page: Page, index: int, text: TextPolicy, sheet: Sheet) -> Iterator[PolicyError]:
    there = {section.key for section in sheet.sections}
    for number, key in enumerate(text.required):
        if key not in there:
            yield page.error(("texts", index, "required", number), f"{sheet.name} has no section {key!r}")
    if len(set(text.approved_by)) != len(text.approved_by):
        yield page.error(("texts", index, "approved_by"), f"{text.name!r} names a role twice")
    if text.open_to and not {*text.approved_by, text.spoken_by} <= text.open_to:
        yield page.error(("texts", index, "open_to"), f"whoever approves or sends {text.name!r} must read it")


def _wrong_times(
    page: Page, index: int, text: TextPolicy, severities: Mapping[Severity, SeverityPolicy]
) -> Iterator[PolicyError]:
    for severity, times in text.due.items():
        for word, written in (("ready", times.ready), ("sent", times.sent)):
            try:
                if written is not None:
                    _duration(severities[severity], written)
            except ValueError as error:
                yield page.error(("texts", index, "due", severity, word), f"{severity}: {error}")


def _once(page: Page, table: str, field: str, values: list[str]) -> Iterator[PolicyError]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield page.error((table, index, field), f"{field} {value!r} stands twice")


def _duration(policy: SeverityPolicy, written: str) -> Duration:
    if written not in Deadlines.model_fields:
        return Duration.parse(written)
    promised = getattr(policy.deadlines, written)
    if not isinstance(promised, Duration):
        raise ValueError(f"this severity promises no {written!r}")  # noqa: TRY004 - a wrong value of a file, not a type
    return promised


def _template(text: TextPolicy, sheet: Sheet) -> Template:
    return Template(
        name=text.name,
        number=text.id,
        title=text.title,
        audience=text.audience,
        heading=sheet.heading,
        sections=sheet.sections,
        required=frozenset(text.required),
        must_not=tuple(MustNot(one.what, one.phrases) for one in text.must_not),
        written_by=text.written_by,
        approved_by=text.approved_by,
        different_people=text.different_people,
        spoken_by=text.spoken_by,
        open_to=text.open_to,
        types=text.types,
        since=text.since,
        remind=text.remind,
    )
