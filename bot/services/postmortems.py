"""The post-mortem: compiled from storage alone, written by people, posted once and kept up to date in place.

A compile never touches what people wrote. No Slack call is made for the document itself; the upload, the share and
the canvas are each one reaction.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from pathlib import Path

import structlog

from bot.domain.deadlines import due_at
from bot.domain.errors import BadInput, ChatRefused, NotFound
from bot.domain.events import Fact, PostmortemCompiled, PostmortemShared, PostmortemUploaded, PostmortemWanted, PostmortemWritten
from bot.domain.incident import parse_reference
from bot.domain.notices.postmortem import ActionForm, DraftPost, DraftRequested, SectionForm
from bot.domain.people import ANDON, Actor
from bot.domain.permissions import Verb
from bot.domain.postmortem import ActionKind, SectionKey, assemble
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.channels import Channels
from bot.services.ports import Chat, Posted
from bot.services.postmortem_record import gather
from bot.services.reactions import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from playbooks.rendering import render_html, render_json, render_markdown
from storage.incidents import Incident
from storage.postmortems import ActionItem, PostmortemDraft, PostmortemSection
from storage.store import Unit

SECTION_LIMIT = 20_000
log = structlog.get_logger(__name__)


class Postmortems:
    """Compiles, keeps and posts drafts. ``playbooks`` is where an organisation's own templates are."""

    def __init__(
        self,
        work: Work,
        chat: Chat,
        access: Access,
        channels: Channels,
        library: Library,
        playbooks: Path | None = None,
    ) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._channels = channels
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
        return DraftRequested(summary(incident), link, written, _missing(written))

    async def section_form(self, incident_id: int, section: SectionKey, *, by: Actor) -> SectionForm:
        """The form for one section, with what stands there."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.WRITE_POSTMORTEM, by)
            found = (await unit.postmortems.sections(incident.key)).get(section)
        if found is None:
            return SectionForm(summary(incident), section, "")
        return SectionForm(summary(incident), section, found.text, found.written_by, found.written_at)

    async def action_form(self, incident_id: int, *, by: Actor) -> ActionForm:
        """The form for one promise, due when policy says."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.WRITE_POSTMORTEM, by)
        wait = self._library.deadlines(incident.severity).actions
        return ActionForm(summary(incident), due_at(self._work.now(), wait, self._library.calendar) if wait else None)

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

    async def promise(
        self,
        incident_id: int,
        text: str,
        kind: ActionKind,
        *,
        owner_id: str | None,
        due: datetime | None,
        eval_added: bool | None,
        by: Actor,
        key: str,
    ) -> None:
        """Keep an action item. The draft follows. Raises BadInput."""
        if not text.strip():
            raise BadInput("Say what will be done.", field="text")
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.WRITE_POSTMORTEM, by, lock=True)
            if await unit.postmortems.item_by_source(key) is not None:
                return
            await unit.postmortems.promise(
                ActionItem(
                    incident_id=incident.key,
                    text=text.strip(),
                    kind=kind,
                    owner_id=owner_id,
                    due_at=due,
                    eval_added=eval_added,
                    added_by=str(by),
                    added_at=self._work.now(),
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

    async def compile(self, fact: Fact, _: Attempt) -> None:
        """Compile and keep a draft; one that says the same as the last is not kept again."""
        by = fact.by if isinstance(fact, PostmortemWanted | PostmortemWritten) else str(ANDON)
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            if incident is None:
                return
            record = await gather(unit, incident, self._library)
        now = self._work.now()
        draft = await asyncio.to_thread(assemble, record, now)
        markdown = await asyncio.to_thread(render_markdown, draft, self._playbooks)
        await self._keep(incident.key, markdown, now, by)

    async def post(self, fact: PostmortemCompiled, attempt: Attempt) -> None:
        """Say in the channel that there is a draft, or bring that message up to date."""
        channel_id = await self._channels.channel_of(fact.incident_id)
        draft, notice = await self._notice(fact.draft_id)
        if channel_id is None or draft is None or notice is None:
            return
        if draft.message_ts:
            await self._chat.edit(Posted(channel_id, draft.message_ts), notice)
            return
        posted = await self._chat.post(channel_id, notice, once=attempt.once)
        async with self._work() as unit:
            stored = await unit.postmortems.draft(fact.draft_id)
            if stored is not None:
                stored.message_ts = posted.ts

    async def upload(self, fact: PostmortemCompiled, _: Attempt) -> None:
        """Send the bytes; the file is nowhere to be seen yet."""
        async with self._work.read() as unit:
            draft = await unit.postmortems.draft(fact.draft_id)
            incident = await unit.incidents.get(fact.incident_id)
        if draft is None or incident is None or draft.file_id or incident.channel_id is None:
            return
        file_id = await self._chat.upload(f"{incident.reference}.md", draft.markdown, _file_title(incident, draft))
        async with self._work() as unit:
            stored = await unit.postmortems.draft(fact.draft_id)
            if stored is not None:
                stored.file_id = file_id
                unit.tell(PostmortemUploaded(fact.incident_id, fact.draft_id))

    async def share(self, fact: PostmortemUploaded, attempt: Attempt) -> None:
        """Share the file in the thread of the draft's message, once; the message then links it."""
        channel_id = await self._channels.channel_of(fact.incident_id)
        async with self._work.read() as unit:
            draft = await unit.postmortems.draft(fact.draft_id)
            incident = await unit.incidents.get(fact.incident_id)
        if channel_id is None or draft is None or incident is None or draft.file_id is None or draft.permalink:
            return
        title = _file_title(incident, draft)
        link = await self._chat.share(
            draft.file_id, channel_id, title, once=attempt.once, thread_ts=draft.message_ts
        )
        async with self._work() as unit:
            stored = await unit.postmortems.draft(fact.draft_id)
            if stored is not None:
                stored.permalink = link
                unit.tell(PostmortemShared(fact.incident_id, fact.draft_id))

    async def refresh(self, fact: PostmortemShared, _: Attempt) -> None:
        """The draft's message links the file."""
        channel_id = await self._channels.channel_of(fact.incident_id)
        draft, notice = await self._notice(fact.draft_id)
        if channel_id and draft and notice and draft.message_ts:
            await self._chat.edit(Posted(channel_id, draft.message_ts), notice)

    async def canvas(self, fact: PostmortemCompiled, _: Attempt) -> None:
        """Write the draft into the channel's canvas, where the workspace has canvases."""
        async with self._work.read() as unit:
            draft = await unit.postmortems.draft(fact.draft_id)
            incident = await unit.incidents.get(fact.incident_id)
        if draft is None or incident is None or incident.channel_id is None:
            return
        try:
            canvas_id = await self._chat.channel_canvas(
                incident.channel_id, draft.markdown, known_id=draft.canvas_id
            )
        except ChatRefused as refusal:
            log.info("this workspace takes no canvas; the file has it all", code=refusal.code)
            return
        async with self._work() as unit:
            stored = await unit.postmortems.draft(fact.draft_id)
            if stored is not None:
                stored.canvas_id = canvas_id

    async def _follow(self, unit: Unit, incident: Incident, by: Actor) -> None:
        """A draft that people have seen is compiled again when they add to it."""
        if await unit.postmortems.newest(incident.key) is not None:
            unit.tell(PostmortemWritten(incident.key, str(by)))

    async def _keep(self, incident_id: int, markdown: str, now: datetime, by: str) -> None:
        async with self._work() as unit:
            incident = await unit.incidents.get(incident_id, lock=True)
            newest = await unit.postmortems.newest(incident_id)
            sha = hashlib.sha256(_undated(markdown).encode()).hexdigest()
            if incident is None or (newest is not None and newest.sha256 == sha):
                return
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
            incident.facts = {**incident.facts, "postmortem_drafted": True}
            if newest is None:
                actor, text = Actor.parse(by), "Post-mortem draft compiled"
                unit.timeline.note(incident_id, EntryKind.POSTMORTEM, text, by=actor, at=now)
            unit.tell(PostmortemCompiled(incident_id, draft.key))

    async def _notice(self, draft_id: int) -> tuple[PostmortemDraft | None, DraftPost | None]:
        async with self._work.read() as unit:
            draft = await unit.postmortems.draft(draft_id)
            incident = await unit.incidents.get(draft.incident_id) if draft else None
            if draft is None or incident is None:
                return None, None
            written = tuple(SectionKey(key) for key in await unit.postmortems.sections(incident.key))
            items = len(await unit.postmortems.items(incident.key))
            kept = await unit.captures.completeness(incident.key)
            entries = len(await unit.timeline.of(incident.key))
        return draft, DraftPost(
            summary=summary(incident),
            version=draft.version,
            compiled_at=draft.compiled_at,
            compiled_by=draft.compiled_by,
            permalink=draft.permalink,
            written=written,
            missing=_missing(written),
            items=items,
            open_questions=draft.markdown.count("\n- [ ]"),
            messages=kept.messages,
            entries=entries,
        )


WANTED = (
    SectionKey.IMPACT,
    SectionKey.ROOT_CAUSE,
    SectionKey.CONTRIBUTING_FACTORS,
    SectionKey.WENT_WELL,
    SectionKey.WENT_BADLY,
    SectionKey.LUCKY,
    SectionKey.PLAYBOOK_CHANGES,
)


def _missing(written: tuple[SectionKey, ...]) -> tuple[SectionKey, ...]:
    return tuple(section for section in WANTED if section not in written)


def _undated(markdown: str) -> str:
    """The draft without the line that says when it was compiled: only what changed makes a new version."""
    return "\n".join(line for line in markdown.splitlines() if not line.startswith("Compiled "))


def _file_title(incident: Incident, draft: PostmortemDraft) -> str:
    return f"Post-mortem draft of {incident.reference}, version {draft.version}"

