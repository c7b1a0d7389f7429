"""Declaring: one transaction, then everything else follows from the fact."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import structlog

from bot.domain.declaration import Declaration, SourceFile, SourceMessage
from bot.domain.errors import NotFound
from bot.domain.events import IncidentDeclared
from bot.domain.incident import DEFAULT_SEVERITY, Severity
from bot.domain.notices.incident import DeclareForm, Summary
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import NO_SUCH, Access
from bot.services.cadence import Cadence
from bot.services.directory import Directory
from bot.services.moments import Moment, Moments
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.evidence import Exhibit, digest
from storage.incidents import Incident
from storage.store import Unit


@dataclass(frozen=True, slots=True)
class Declared:
    """What became of a declaration. ``was_already`` tells that this very submission had been taken before."""

    summary: Summary
    was_already: bool


class Incidents:
    """Declares incidents and finds them for a person."""

    def __init__(self, work: Work, access: Access, directory: Directory, library: Library, moments: Moments) -> None:
        self._work = work
        self._access = access
        self._directory = directory
        self._library = library
        self._moments = moments

    async def declare(self, declaration: Declaration, *, by: Actor, key: str) -> Declared:
        """Take a declaration. ``key`` names the submission: the same key again gives the incident it made.

        Raises BadInput, naming the field, before anything is stored.
        """
        declaration.check()
        async with self._work() as unit:
            existing = await unit.incidents.by_declared_key(key)
            if existing is not None:
                return Declared(summary(existing), was_already=True)
            incident = await unit.incidents.add(self._incident(declaration, by, key))
            structlog.contextvars.bind_contextvars(incident=incident.reference)
            await self._let_in(unit, incident, by)
            await self._keep_source(unit, incident, declaration.source, by)
            unit.timeline.note(
                incident.key,
                EntryKind.DECLARED,
                incident.title,
                by=by,
                at=incident.declared_at,
                data={"severity": incident.severity, "provisional": incident.is_provisional, "type": incident.type},
                permalink=incident.origin_permalink,
            )
            unit.tell(IncidentDeclared(incident.key))
            await self._moments.reach(Moment.DECLARED, unit, incident)
        return Declared(summary(incident), was_already=False)

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

    def _incident(self, declaration: Declaration, by: Actor, key: str) -> Incident:
        now = self._work.now()
        severity, is_provisional = self._severity(declaration)
        source = declaration.source
        return Incident(
            declared_key=key,
            title=declaration.title,
            what_happened=declaration.what_happened,
            type=declaration.type,
            severity=severity,
            is_provisional=is_provisional,
            system=declaration.system,
            is_private=declaration.is_private,
            declared_by=str(by),
            declared_at=now,
            detected_at=now,
            next_update_at=Cadence(self._library).first_due(severity, now),
            origin_channel_id=source.channel_id if source else declaration.origin_channel_id,
            origin_ts=source.ts if source else None,
            origin_permalink=(source.permalink or None) if source else None,
            facts=dict(declaration.details),
        )

    def _severity(self, declaration: Declaration) -> tuple[Severity, bool]:
        chosen = declaration.severity or DEFAULT_SEVERITY
        floor = self._library.severity_floor(declaration.type)
        if floor is not None and floor.is_worse_than(chosen):
            return floor, True
        return chosen, declaration.severity is None

    async def _let_in(self, unit: Unit, incident: Incident, by: Actor) -> None:
        wanted = self._library.on_duty(incident.severity, incident.type, incident.system)
        on_duty = await self._directory.people(unit, wanted)
        people = [by.id, *on_duty] if by.is_person else on_duty
        follower = by.id if by.is_person else None
        unit.participants.begin(incident.key, people, incident.declared_at, follower=follower)

    async def _keep_source(self, unit: Unit, incident: Incident, source: SourceMessage | None, by: Actor) -> None:
        if source is None:
            return
        await unit.evidence.add(
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
            )
        )
