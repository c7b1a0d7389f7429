"""What people add to an incident that exists: answers to its questions, another example, their own report of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.custody import How
from bot.domain.declaration import SourceMessage
from bot.domain.errors import BadInput
from bot.domain.events import DetailsAdded, ExampleAdded, ExhibitKept
from bot.domain.evidence import MESSAGES
from bot.domain.incident import IncidentType, Severity
from bot.domain.lifecycle import REASON_LIMIT, reason
from bot.domain.notices.incident import Summary
from bot.domain.notices.updates import AnswersForm, AnswersPost, ExampleForm, ExamplePost
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.guards import require_open
from bot.services.lifecycle import Lifecycle
from bot.services.reaction import Attempt
from bot.services.severities import Severities
from bot.services.summaries import summary
from bot.services.voice import Voice
from bot.services.work import Work
from playbooks.library import Library
from storage.evidence import Exhibit, digest
from storage.incidents import Incident
from storage.store import Unit

OPENING = 500


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to the questions; what was left out is None or empty. ``system`` is a slug or free text."""

    system: str | None = None
    type: IncidentType | None = None
    affected: str = ""
    severity: Severity | None = None
    started_at: datetime | None = None


class Details:
    """Adds what people know."""

    def __init__(
        self,
        work: Work,
        access: Access,
        voice: Voice,
        lifecycle: Lifecycle,
        severities: Severities,
        library: Library,
    ) -> None:
        self._work = work
        self._access = access
        self._voice = voice
        self._lifecycle = lifecycle
        self._severities = severities
        self._library = library

    async def answers_form(self, incident_id: int, *, by: Actor) -> AnswersForm:
        """The form's questions."""
        return AnswersForm(
            await self._open_one(incident_id, by),
            self._library.type_choices(),
            self._library.severity_choices(),
            self._library.system_choices(),
        )

    async def example_form(self, incident_id: int, *, by: Actor) -> ExampleForm:
        """The form for another example."""
        return ExampleForm(await self._open_one(incident_id, by))

    async def answer(self, incident_id: int, answers: Answers, *, by: Actor, key: str) -> None:
        """Take the answers. What is graver takes effect as for anybody; what is milder is noted for the lead."""
        if answers == Answers():
            raise BadInput("Answer at least one of the questions.", field="affected")
        if answers.started_at is not None and answers.started_at > self._work.now():
            raise BadInput("That is still to come: choose when it started.", field="started_at")
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.CHANGE_TYPE, by, lock=True)
            await require_open(unit, incident)
            entry_key = f"details:{key}"
            if await unit.timeline.by_source(entry_key) is not None:
                return
            if answers.system:
                incident.system = answers.system
            incident.facts = {**incident.facts, **_known(answers)}
            data = {"system": answers.system, "type": answers.type, "severity": answers.severity, **_known(answers)}
            text = answers.affected.strip() or "Answers to the questions of the form"
            unit.timeline.note(
                incident.key, EntryKind.DETAILS, text, by=by, at=self._work.now(), data=data, source_key=entry_key
            )
            unit.tell(DetailsAdded(incident.key, entry_key))
            if answers.type is not None and answers.type is not incident.type:
                await self._lifecycle.set_type(unit, incident, answers.type, "answered by whoever reported it", by)
            if answers.severity is not None:
                await self._severities.estimate(unit, incident, answers.severity, by)

    async def add_example(
        self, incident_id: int, text: str, *, by: Actor, key: str, source: SourceMessage | None = None
    ) -> Summary:
        """Keep another example as evidence with its line on the timeline; who gave it hears how the incident ends."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.NOTE, by, lock=True)
            await require_open(unit, incident)
            if text:
                reason(text, field="text")
            await self.take_in(unit, incident, text, by=by, key=key, source=source)
        return summary(incident)

    async def take_in(
        self, unit: Unit, incident: Incident, text: str, *, by: Actor, key: str, source: SourceMessage | None = None
    ) -> None:
        """As :meth:`add_example`, within the caller's transaction, for an open incident that it holds.

        Of a long text the timeline has the beginning, the exhibit all of it.
        """
        opening = (text or _opening(source))[:REASON_LIMIT]
        said = reason(opening, "Say in a few words what happened, or paste what the AI said.", "text")
        entry_key = f"example:{key}"
        if await unit.timeline.by_source(entry_key) is not None:
            return
        now = self._work.now()
        permalink = source.permalink or None if source else None
        if text.strip():
            await self._keep(unit, incident, said if len(text) <= REASON_LIMIT else text, by, entry_key)
        if source is not None:
            await self._keep(unit, incident, source.text, by, f"{entry_key}:message", source)
        unit.timeline.note(incident.key, EntryKind.NOTE, said, by=by, at=now, permalink=permalink, source_key=entry_key)
        if by.is_person:
            await unit.participants.follow(incident.key, by.id, now)
        unit.tell(ExampleAdded(incident.key, entry_key))

    async def post_details(self, fact: DetailsAdded, attempt: Attempt) -> None:
        """Say in the channel what was answered."""
        async with self._work.read() as unit:
            entry = await unit.timeline.by_source(fact.entry_key)
        if entry is not None:
            answers = self._worded(entry.data)
            await self._voice.say(fact, attempt, lambda s: AnswersPost(s, entry.actor, answers))

    async def post_example(self, fact: ExampleAdded, attempt: Attempt) -> None:
        """Say in the channel that another example came in."""
        async with self._work.read() as unit:
            entry = await unit.timeline.by_source(fact.entry_key)
            kept = len(await unit.evidence.of(fact.incident_id))
        if entry is not None:
            await self._voice.say(fact, attempt, lambda s: ExamplePost(s, entry.actor, entry.text, kept))

    def _worded(self, data: dict[str, str | None]) -> tuple[tuple[str, str], ...]:
        choices = dict(self._library.severity_choices())
        kind, level = data.get("type"), data.get("severity")
        rows = (
            ("AI system", self._library.system_name(data.get("system")) or ""),
            ("Type", self._library.type_name(IncidentType(kind)) if kind else ""),
            ("Who was affected", data.get("affected") or ""),
            ("Started", _utc(data.get("started_at"))),
            ("How bad", f"{choices.get(Severity(level), '')} ({level})" if level else ""),
        )
        return tuple((label, value) for label, value in rows if value)

    async def _keep(
        self,
        unit: Unit,
        incident: Incident,
        body: str,
        by: Actor,
        source_key: str,
        source: SourceMessage | None = None,
    ) -> None:
        exhibit = await unit.evidence.add(
            Exhibit(
                incident_id=incident.key,
                title="The reported message" if source else "Another example",
                body=body,
                sha256=digest(body),
                files=[
                    {"id": f.id, "name": f.name, "mimetype": f.mimetype, "size": f.size, "permalink": f.permalink}
                    for f in (source.files if source else ())
                ],
                author_id=source.author_id if source else by.id,
                channel_id=source.channel_id if source else None,
                message_ts=source.ts if source else None,
                permalink=(source.permalink or None) if source else None,
                kept_at=self._work.now(),
                kept_by=str(by),
                source_key=source_key,
                items=[MESSAGES],
                how=(How.REPORT if source else How.EXAMPLE).value,
            )
        )
        if exhibit.files:
            unit.tell(ExhibitKept(incident.key, exhibit.key))

    async def _open_one(self, incident_id: int, by: Actor) -> Summary:
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.NOTE, by)
            await require_open(unit, incident)
        return summary(incident)


def _known(answers: Answers) -> dict[str, str]:
    """The answers that are kept with the incident as facts."""
    started = answers.started_at.isoformat() if answers.started_at else ""
    facts = {"affected": answers.affected.strip(), "started_at": started}
    return {name: value for name, value in facts.items() if value}


def _utc(stored: str | None) -> str:
    return f"{datetime.fromisoformat(stored):%Y-%m-%d %H:%M} UTC" if stored else ""


def _opening(source: SourceMessage | None) -> str:
    return source.text.strip()[:OPENING] if source else ""
