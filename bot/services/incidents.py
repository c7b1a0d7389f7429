"""Declaring: taken in one small transaction that is acknowledged at once; everything else follows from the fact.

What a new incident needs and nobody waits for (its people, its ladder, its seats) is owed with it and made right after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.domain.custody import How
from bot.domain.declaration import Declaration, SourceFile, SourceMessage
from bot.domain.errors import NotFound
from bot.domain.events import ExhibitKept, Fact, IncidentDeclared
from bot.domain.evidence import MESSAGES
from bot.domain.incident import DEFAULT_SEVERITY, Severity
from bot.domain.notices.incident import DeclareForm, Summary
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH, Access
from bot.services.cadence import Cadence
from bot.services.directory import Directory
from bot.services.moments import Moment, Moments
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.together import Together
from bot.services.work import Work
from playbooks.library import Library
from storage.evidence import Exhibit, digest
from storage.incidents import Incident, TakenMeanwhile
from storage.store import Unit
from storage.timeline import Line


@dataclass(frozen=True, slots=True)
class Declared:
    """What became of a declaration. ``was_already`` tells that this very submission had been taken before."""

    summary: Summary
    was_already: bool


@dataclass(frozen=True, slots=True)
class Noticed:
    """When what is declared now was noticed, and whether it is a drill."""

    at: datetime
    is_drill: bool = False


@dataclass(slots=True)
class _Submission:
    """A declaration handed in, and what became of it."""

    declaration: Declaration
    by: Actor
    key: str
    declared: Declared | None = None


class Incidents:
    """Declares incidents and finds them for a person."""

    def __init__(self, work: Work, access: Access, directory: Directory, library: Library, moments: Moments) -> None:
        self._work = work
        self._access = access
        self._directory = directory
        self._library = library
        self._moments = moments
        self._intake = Together(self._take)

    async def declare(self, declaration: Declaration, *, by: Actor, key: str) -> Declared:
        """Take a declaration. ``key`` names the submission: the same key again gives the incident it made.

        Raises BadInput, naming the field, before anything is stored.
        """
        declaration.check()
        submission = _Submission(declaration, by, key)
        try:
            await self._intake.add(submission)
        except TakenMeanwhile:
            await self._intake.add(submission)
        if submission.declared is None:
            raise RuntimeError("a declaration was taken without an answer")
        structlog.contextvars.bind_contextvars(incident=submission.declared.summary.reference)
        return submission.declared

    async def declare_in(
        self, unit: Unit, declaration: Declaration, *, by: Actor, key: str, noticed: Noticed | None = None
    ) -> Incident:
        """As :meth:`declare`, one by one within the caller's transaction, which holds what the incident comes from."""
        declaration.check()
        known = await unit.incidents.by_declared_keys([key])
        if key in known:
            return known[key]
        submission = _Submission(declaration, by, key)
        columns = self._columns(submission)
        if noticed is not None:
            columns |= {"detected_at": noticed.at, "is_drill": noticed.is_drill}
        incident = (await unit.incidents.add_all([columns]))[key]
        await self._begin(unit, [(incident, submission)])
        return incident

    async def prepare(self, fact: Fact, attempt: Attempt) -> None:
        """Let its first people in, plan its ladder, ask for its seats."""
        async with self._work() as unit:
            incident = await unit.incidents.get(fact.incident_id, lock=True)
            if incident is not None and incident.is_open:
                await self._moments.reach(Moment.DECLARED, unit, incident)
            await attempt.finish(unit)

    async def let_in_first(self, unit: Unit, incident: Incident) -> None:
        """Whoever declared and whoever is on duty have access from the beginning. A hook."""
        by = Actor.parse(incident.declared_by)
        wanted = self._library.on_duty(incident.severity, incident.type, incident.system)
        on_duty = await self._directory.people(unit, wanted)
        first = [by.id, *on_duty] if by.is_person else on_duty
        await unit.participants.let_in(incident.key, first, incident.declared_at)
        if by.is_person:
            await unit.participants.follow(incident.key, by.id, incident.declared_at)

    def form(
        self,
        *,
        what_happened: str = "",
        origin_channel_id: str | None = None,
        source: SourceMessage | None = None,
        source_key: str | None = None,
        similar: tuple[Summary, ...] = (),
        details: dict[str, str] | None = None,
    ) -> DeclareForm:
        """The form, with the choices of the policy files and what is known already. Asks no database."""
        return DeclareForm(
            types=self._library.type_choices(),
            severities=self._library.severity_choices(),
            systems=self._library.system_choices(),
            what_happened=what_happened,
            origin_channel_id=origin_channel_id,
            source_excerpt=source.text if source else None,
            source_key=source_key,
            similar=similar,
            details=details or {},
        )

    async def keep_source(self, key: str, source: SourceMessage) -> None:
        """Keep a reported message until its form is handed in."""
        async with self._work() as unit:
            await unit.drafts.keep(key, asdict(source), self._work.now())

    async def source(self, key: str) -> SourceMessage | None:
        """The reported message kept under this key."""
        if not key:
            return None
        async with self._work.read() as unit:
            payload = await unit.drafts.get(key)
        if payload is None:
            return None
        files = tuple(SourceFile(**file) for file in payload["files"])
        return SourceMessage(**{**payload, "files": files})

    async def in_channel(self, channel_id: str, actor: Actor) -> Summary | None:
        """The incident whose channel this is, if the actor may see it."""
        async with self._work.read() as unit:
            incident = await unit.incidents.by_channel(channel_id)
            if incident is None:
                return None
            try:
                await self._access.require(unit, incident, Verb.SEE, actor)
            except NotFound:
                return None
            return summary(incident)

    async def by_number(self, number: int, actor: Actor) -> Summary:
        """The incident by number. Raises NotFound for none, or none the actor may see."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(number)
            if incident is None:
                raise NotFound(NO_SUCH)
            return summary(await self._access.require(unit, incident, Verb.SEE, actor))

    async def open_for(self, actor: Actor) -> tuple[Summary, ...]:
        """Open incidents the actor may see, gravest and newest first."""
        async with self._work.read() as unit:
            rows = await unit.cards.open_incidents(actor.id, sees_all=self._access.is_admin(actor.id))
        return tuple(summary(row.incident, row.lead_id) for row in rows)

    async def similar(self, system: str | None, actor: Actor) -> tuple[Summary, ...]:
        """Open incidents on the same AI system that the actor may see; at most three."""
        if not system:
            return ()
        same = [found for found in await self.open_for(actor) if found.system == system]
        return tuple(same[:3])

    async def _take(self, batch: Sequence[_Submission]) -> None:
        """Keep every submission once: those that come at once are kept in one transaction."""
        by_key: dict[str, _Submission] = {}
        for one in batch:
            by_key.setdefault(one.key, one)
        async with self._work() as unit:
            known = await unit.incidents.by_declared_keys(by_key)
            wanted = [one for key, one in by_key.items() if key not in known]
            new = await unit.incidents.add_all([self._columns(one) for one in wanted])
            await self._begin(unit, [(new[one.key], one) for one in wanted])
        for one in batch:
            was_already = one.key in known or by_key[one.key] is not one
            one.declared = Declared(summary(known[one.key] if one.key in known else new[one.key]), was_already)

    async def _begin(self, unit: Unit, declared: Sequence[tuple[Incident, _Submission]]) -> None:
        for incident, submission in declared:
            await self._keep_source(unit, incident, submission.declaration.source, submission.by)
            unit.tell(IncidentDeclared(incident.key))
        await unit.timeline.note_all([_first_line(incident, submission.by) for incident, submission in declared])

    def _columns(self, submission: _Submission) -> dict[str, Any]:
        declaration, by, now = submission.declaration, submission.by, self._work.now()
        severity, is_provisional = self._severity(declaration)
        source = declaration.source
        return {
            "declared_key": submission.key,
            "title": declaration.title,
            "what_happened": declaration.what_happened,
            "type": declaration.type,
            "severity": severity,
            "is_provisional": is_provisional,
            "system": declaration.system,
            "is_private": declaration.is_private,
            "declared_by": str(by),
            "declared_at": now,
            "detected_at": now,
            "next_update_at": Cadence(self._library).first_due(severity, now),
            "origin_channel_id": source.channel_id if source else declaration.origin_channel_id,
            "origin_ts": source.ts if source else None,
            "origin_permalink": (source.permalink or None) if source else None,
            "facts": dict(declaration.details),
        }

    def _severity(self, declaration: Declaration) -> tuple[Severity, bool]:
        chosen = declaration.severity or DEFAULT_SEVERITY
        floor = self._library.severity_floor(declaration.type)
        if floor is not None and floor.is_worse_than(chosen):
            return floor, True
        return chosen, declaration.severity is None

    async def _keep_source(self, unit: Unit, incident: Incident, source: SourceMessage | None, by: Actor) -> None:
        if source is None:
            return
        exhibit = await unit.evidence.add(
            Exhibit(
                incident_id=incident.key,
                title="The reported message",
                body=source.text,
                sha256=digest(source.text),
                files=[
                    {"id": f.id, "name": f.name, "mimetype": f.mimetype, "size": f.size, "permalink": f.permalink}
                    for f in source.files
                ],
                author_id=source.author_id,
                channel_id=source.channel_id,
                message_ts=source.ts,
                permalink=source.permalink or None,
                kept_at=incident.declared_at,
                kept_by=str(by),
                source_key=f"{incident.key}:{source.channel_id}:{source.ts}",
                items=[MESSAGES],
                how=How.REPORT.value,
            )
        )
        if exhibit.files:
            unit.tell(ExhibitKept(incident.key, exhibit.key))


def _first_line(incident: Incident, by: Actor) -> Line:
    data = {"severity": incident.severity, "provisional": incident.is_provisional, "type": incident.type}
    at, permalink = incident.declared_at, incident.origin_permalink
    return Line(incident.key, EntryKind.DECLARED, incident.title, by, at, data, permalink)
