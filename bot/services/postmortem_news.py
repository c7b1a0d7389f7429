"""News of the post-mortem: the draft's message in the channel, its file, its canvas.

Every public method is one reaction with one effect in Slack. Only the newest draft is shown: one that was overtaken
while it waited is passed over.
"""

from __future__ import annotations

import structlog

from bot.domain.errors import ChatRefused
from bot.domain.events import PostmortemCompiled, PostmortemShared, PostmortemUploaded, PostmortemWithdrawn
from bot.domain.notices.postmortem import DraftPost
from bot.domain.postmortem import SectionKey
from bot.services.channels import Channels
from bot.services.ports import Chat, Posted
from bot.services.postmortems import missing
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from storage.incidents import Incident
from storage.postmortems import PostmortemDraft

log = structlog.get_logger(__name__)


class PostmortemNews:
    """Shows drafts in Slack."""

    def __init__(self, work: Work, chat: Chat, channels: Channels) -> None:
        self._work = work
        self._chat = chat
        self._channels = channels

    async def post(self, fact: PostmortemCompiled, attempt: Attempt) -> None:
        """Say in the channel that there is a draft, or bring that message up to date."""
        channel_id = await self._channels.channel_of(fact.incident_id)
        draft, notice = await self._notice(fact.draft_id)
        if channel_id is None or draft is None or notice is None:
            return
        async with self._work.read() as unit:
            known_ts = await unit.postmortems.message_ts(fact.incident_id)
        if known_ts:
            await self._chat.edit(Posted(channel_id, known_ts), notice)
        else:
            known_ts = (await self._chat.post(channel_id, notice, once=attempt.once)).ts
        async with self._work() as unit:
            stored = await unit.postmortems.draft(fact.draft_id)
            if stored is not None:
                stored.message_ts = known_ts

    async def upload(self, fact: PostmortemCompiled, _: Attempt) -> None:
        """Send the bytes; the file is nowhere to be seen yet."""
        draft, incident = await self._newest(fact.incident_id, fact.draft_id)
        if draft is None or incident is None or draft.file_id:
            return
        if await self._channels.channel_of(incident.key) is None:
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
        draft, incident = await self._newest(fact.incident_id, fact.draft_id)
        if channel_id is None or draft is None or incident is None or draft.file_id is None or draft.permalink:
            return
        title = _file_title(incident, draft)
        link = await self._chat.share(draft.file_id, channel_id, title, once=attempt.once, thread_ts=draft.message_ts)
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

    async def withdraw(self, fact: PostmortemWithdrawn, _: Attempt) -> None:
        """Delete the file of an older draft, wherever it was shared."""
        async with self._work.read() as unit:
            draft = await unit.postmortems.draft(fact.draft_id)
        if draft is None or draft.file_id is None:
            return
        await self._chat.delete_file(draft.file_id)
        async with self._work() as unit:
            stored = await unit.postmortems.draft(fact.draft_id)
            if stored is not None:
                stored.file_id = stored.permalink = None

    async def canvas(self, fact: PostmortemCompiled, _: Attempt) -> None:
        """Write the draft into the channel's canvas, where the workspace has canvases."""
        draft, incident = await self._newest(fact.incident_id, fact.draft_id)
        channel_id = await self._channels.channel_of(fact.incident_id)
        if draft is None or incident is None or channel_id is None:
            return
        async with self._work.read() as unit:
            known_id = await unit.postmortems.canvas_id(fact.incident_id)
        try:
            canvas_id = await self._chat.channel_canvas(channel_id, draft.markdown, known_id=known_id)
        except ChatRefused as refusal:
            log.info("this workspace takes no canvas; the file has it all", code=refusal.code)
            return
        async with self._work() as unit:
            stored = await unit.postmortems.draft(fact.draft_id)
            if stored is not None:
                stored.canvas_id = canvas_id

    async def _newest(self, incident_id: int, draft_id: int) -> tuple[PostmortemDraft, Incident] | tuple[None, None]:
        """The draft with its incident, unless a newer one has overtaken it."""
        async with self._work.read() as unit:
            draft = await unit.postmortems.newest(incident_id)
            incident = await unit.incidents.get(incident_id)
        if draft is None or incident is None or draft.key != draft_id:
            return None, None
        return draft, incident

    async def _notice(self, draft_id: int) -> tuple[PostmortemDraft | None, DraftPost | None]:
        async with self._work.read() as unit:
            draft = await unit.postmortems.draft(draft_id)
            incident = await unit.incidents.get(draft.incident_id) if draft else None
            if draft is None or incident is None:
                return None, None
            written = tuple(SectionKey(key) for key in await unit.postmortems.sections(incident.key))
            items = len(await unit.action_items.of(incident.key))
            kept = await unit.captures.completeness(incident.key)
            entries = len(await unit.timeline.of(incident.key))
        return draft, DraftPost(
            summary=summary(incident),
            version=draft.version,
            compiled_at=draft.compiled_at,
            compiled_by=draft.compiled_by,
            permalink=draft.permalink,
            written=written,
            missing=missing(written),
            items=items,
            messages=kept.messages,
            entries=entries,
        )


def _file_title(incident: Incident, draft: PostmortemDraft) -> str:
    return f"Post-mortem draft of {incident.reference}, version {draft.version}"
