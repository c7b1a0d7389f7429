"""The post-mortem: compiled from storage alone, written by people.

A compile never touches what people wrote, and makes no call to Slack: what is seen there is in ``postmortem_news``.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from bot.domain.errors import BadInput, NotFound
from bot.domain.events import (
    Fact,
    MessageRedacted,
    PostmortemCompiled,
    PostmortemWanted,
    PostmortemWithdrawn,
    PostmortemWritten,
)
from bot.domain.incident import parse_reference
from bot.domain.notices.postmortem import DraftRequested, SectionForm
from bot.domain.people import ANDON, Actor
from bot.domain.permissions import Verb
from bot.domain.postmortem import SectionKey, assemble
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.postmortem_record import gather
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from playbooks.rendering import render_html, render_json, render_markdown
from storage.incidents import Incident
from storage.postmortems import PostmortemDraft, PostmortemSection
from storage.store import Unit

SECTION_LIMIT = 20_000


class Postmortems:
    """Compiles and keeps drafts. ``playbooks`` is where an organisation's own templates are."""

    def __init__(
        self,
        work: Work,
        access: Access,
        library: Library,
        playbooks: Path | None = None,
    ) -> None:
        self._work = work
        self._access = access
        self._library = library
        self._playbooks = playbooks

    async def want(self, incident_id: int, *, by: Actor) -> DraftRequested:
        """Ask for a draft of what is known now; it is compiled and posted at once."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.WRITE_POSTMORTEM, by)
            newest = await unit.postmortems.newest(incident.key)
            written = tuple(SectionKey(key) for key in await unit.postmortems.sections(incident.key))
            unit.tell(PostmortemWanted(incident.key, str(by)))
        link = newest.permalink if newest else None
        return DraftRequested(summary(incident), link, written, missing(written))

    async def section_form(self, incident_id: int, section: SectionKey, *, by: Actor) -> SectionForm:
        """The form for one section, with what stands there."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.WRITE_POSTMORTEM, by)
            found = (await unit.postmortems.sections(incident.key)).get(section)
        if found is None:
            return SectionForm(summary(incident), section, "")
        return SectionForm(summary(incident), section, found.text, found.written_by, found.written_at)

    async def write(self, incident_id: int, section: SectionKey, text: str, *, by: Actor, key: str) -> None:
        """Keep what a person wrote for a section; earlier versions stay. The draft follows. Raises BadInput."""
        if not text.strip():
            raise BadInput("Write something first; an empty section stays marked as open.", field="text")
        if len(text) > SECTION_LIMIT:
            raise BadInput(f"That is {len(text):,} characters; {SECTION_LIMIT:,} fit.", field="text")
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.WRITE_POSTMORTEM, by, lock=True)
            if await unit.postmortems.section_by_source(key) is not None:
                return
            now = self._work.now()
            await unit.postmortems.write(
                PostmortemSection(
                    incident_id=incident.key,
                    key=section,
                    text=text.strip(),
                    written_by=str(by),
                    written_at=now,
                    source_key=key,
                )
            )
            await self._follow(unit, incident, by)

    async def text(self, reference: str, form: str) -> str:
        """The draft as ``md``, ``html`` or ``json``, for whoever runs Andon. Raises NotFound."""
        number = parse_reference(reference)
        async with self._work.read() as unit:
            incident = await unit.incidents.get(number) if number is not None else None
            if incident is None:
                raise NotFound(f"There is no incident {reference}.")
            record = await gather(unit, incident, self._library)
        draft = await asyncio.to_thread(assemble, record, self._work.now())
        if form == "json":
            return await asyncio.to_thread(render_json, draft)
        render = render_html if form == "html" else render_markdown
        return await asyncio.to_thread(render, draft, self._playbooks)

    async def compile(self, fact: Fact, attempt: Attempt) -> None:
        """Compile and keep a draft; one that says the same as the last is not kept again.

        What was kept ends the reaction: begun again, it would find its own draft on the timeline and make another.
        """
        await self._compile(fact, attempt.finish)

    async def _compile(self, fact: Fact, finish: Callable[[Unit], Awaitable[None]] | None = None) -> None:
        by = fact.by if isinstance(fact, PostmortemWanted | PostmortemWritten) else str(ANDON)
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            if incident is None:
                return
            record = await gather(unit, incident, self._library)
        now = self._work.now()
        draft = await asyncio.to_thread(assemble, record, now)
        markdown = await asyncio.to_thread(render_markdown, draft, self._playbooks)
        async with self._work() as unit:
            if await self._keep(unit, incident.key, markdown, now, by) and finish is not None:
                await finish(unit)

    async def compile_redacted(self, fact: MessageRedacted, _: Attempt) -> None:
        """A draft that exists is compiled without what was redacted; the files of older ones are taken back."""
        async with self._work.read() as unit:
            if await unit.postmortems.newest(fact.incident_id) is None:
                return
        await self._compile(fact)
        async with self._work() as unit:
            newest = await unit.postmortems.newest(fact.incident_id)
            for draft_id in await unit.postmortems.with_files(fact.incident_id, newest.version if newest else 0):
                unit.tell(PostmortemWithdrawn(fact.incident_id, draft_id))

    async def _follow(self, unit: Unit, incident: Incident, by: Actor) -> None:
        """A draft that people have seen is compiled again when they add to it."""
        if await unit.postmortems.newest(incident.key) is not None:
            unit.tell(PostmortemWritten(incident.key, str(by)))

    async def _keep(self, unit: Unit, incident_id: int, markdown: str, now: datetime, by: str) -> bool:
        """Keep what says anything new; whether it does."""
        incident = await unit.incidents.get(incident_id, lock=True)
        newest = await unit.postmortems.newest(incident_id)
        sha = hashlib.sha256(_undated(markdown).encode()).hexdigest()
        if incident is None or (newest is not None and newest.sha256 == sha):
            return False
        draft = await unit.postmortems.add_draft(
            PostmortemDraft(
                incident_id=incident_id,
                version=newest.version + 1 if newest else 1,
                markdown=markdown,
                sha256=sha,
                compiled_at=now,
                compiled_by=by,
                message_ts=newest.message_ts if newest else None,
                canvas_id=newest.canvas_id if newest else None,
            )
        )
        await unit.postmortems.forget_older(draft)
        incident.facts = {**incident.facts, "postmortem_drafted": True}
        if newest is None:
            actor, text = Actor.parse(by), "Post-mortem draft compiled"
            unit.timeline.note(incident_id, EntryKind.POSTMORTEM, text, by=actor, at=now)
        unit.tell(PostmortemCompiled(incident_id, draft.key))
        return True


WANTED = (
    SectionKey.IMPACT,
    SectionKey.ROOT_CAUSE,
    SectionKey.CONTRIBUTING_FACTORS,
    SectionKey.WENT_WELL,
    SectionKey.WENT_BADLY,
    SectionKey.LUCKY,
    SectionKey.PLAYBOOK_CHANGES,
)


def missing(written: tuple[SectionKey, ...]) -> tuple[SectionKey, ...]:
    """The sections that only people can write and nobody has."""
    return tuple(section for section in WANTED if section not in written)


def _undated(markdown: str) -> str:
    """The draft without the line that says when it was compiled: only what changed makes a new version."""
    return "\n".join(line for line in markdown.splitlines() if not line.startswith("Compiled "))
