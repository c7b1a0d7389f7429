"""Marks: a pinned message becomes a line of the timeline at its own time, a receipt makes it a hashed exhibit."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.domain.custody import How
from bot.domain.errors import AlreadyDone, AndonError, BadInput, ChatRefused
from bot.domain.events import ExhibitKept, MarkKept, MarkPlaced, MarkWithdrawn
from bot.domain.evidence import MESSAGES
from bot.domain.messages import CONFIRMED, Mark, Seen, SeenFile, unescape
from bot.domain.people import ANDON, Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.guards import require_unmerged
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.work import Work
from storage.evidence import Exhibit, digest
from storage.incidents import Incident
from storage.messages import Message, MessageFile
from storage.store import Unit
from storage.timeline import TimelineEntry

BY_SHORTCUT = "by_shortcut"
VERBS = {Mark.PIN: Verb.NOTE, Mark.EXHIBIT: Verb.MARK_EVIDENCE}
ELSEWHERE = (
    "Only messages of an incident's own channel go on its timeline. "
    "Copy what matters with `note`, or report the message with *Report AI output*."
)
log = structlog.get_logger(__name__)


class Marks:
    """Places marks and confirms them where they were made."""

    def __init__(self, work: Work, chat: Chat, access: Access) -> None:
        self._work = work
        self._chat = chat
        self._access = access

    async def pin(self, seen: Seen, *, by: Actor) -> str:
        """Put a message on the timeline by shortcut; gives the incident's reference.

        Raises BadInput for a message of another channel, AlreadyDone when it stands there.
        """
        async with self._work() as unit:
            incident = await unit.incidents.by_channel(seen.channel_id, lock=True)
            if incident is None:
                raise BadInput(ELSEWHERE)
            await self._access.require(unit, incident, Verb.NOTE, by)
            await require_unmerged(unit, incident)
            row = (await unit.messages.take(incident.key, [seen], self._work.now()))[seen.ts]
            if row.redacted_at is not None:
                raise BadInput("This message was redacted: it is kept out of the timeline.")
            if not await self._keep_line(unit, incident, row, by, {BY_SHORTCUT: True}):
                raise AlreadyDone("This message is on the timeline already.")
            unit.tell(MarkKept(incident.key, row.channel_id, row.ts, Mark.PIN))
            return incident.reference

    async def place(self, fact: MarkPlaced, _: Attempt) -> None:
        """Do what an emoji asks for; a message that is not known yet is looked up first."""
        found = await self._look_up(fact)
        async with self._work() as unit:
            incident = await unit.incidents.get(fact.incident_id, lock=True)
            if found is not None:
                await unit.messages.take(fact.incident_id, [found], self._work.now())
            row = await unit.messages.get(fact.channel_id, fact.ts)
            if incident is None or row is None or row.redacted_at is not None:
                return
            by = Actor.person(fact.user_id)
            try:
                await self._access.require(unit, incident, VERBS[Mark(fact.mark)], by)
            except AndonError:
                log.info("an emoji of somebody without access marks nothing", user=fact.user_id)
                return
            if await self._keep(unit, incident, row, by, fact):
                unit.tell(MarkKept(fact.incident_id, fact.channel_id, fact.ts, fact.mark))

    async def link(self, fact: MarkKept, _: Attempt) -> None:
        """Fetch the message's link for its line and its exhibit."""
        try:
            permalink = await self._chat.permalink(fact.channel_id, fact.ts)
        except ChatRefused as refusal:
            log.info("a kept message has no link any more", reason=refusal.code)
            return
        async with self._work() as unit:
            lines = await unit.timeline.about_message(fact.channel_id, fact.ts)
            exhibits = await unit.evidence.about_message(fact.channel_id, fact.ts)
            row = await unit.messages.get(fact.channel_id, fact.ts)
            await unit.evidence.link(exhibits, permalink, by=str(ANDON), at=self._work.now())
            all_kept: list[TimelineEntry | Message] = [*lines, *([row] if row else [])]
            for kept in all_kept:
                kept.permalink = kept.permalink or permalink

    async def confirm(self, fact: MarkKept, _: Attempt) -> None:
        """Show on the message that it was kept."""
        try:
            await self._chat.react(fact.channel_id, fact.ts, CONFIRMED)
        except ChatRefused as refusal:
            log.info("a mark was kept but could not be confirmed", reason=refusal.code)

    async def unconfirm(self, fact: MarkWithdrawn, _: Attempt) -> None:
        """Take the confirmation back, unless the message is still kept as an exhibit."""
        async with self._work.read() as unit:
            exhibits = await unit.evidence.about_message(fact.channel_id, fact.ts)
            entry = await unit.timeline.by_source(pin_key(fact.incident_id, fact.channel_id, fact.ts))
        if not exhibits and (entry is None or entry.removed_at is not None):
            await self._chat.unreact(fact.channel_id, fact.ts, CONFIRMED)

    async def _look_up(self, fact: MarkPlaced) -> Seen | None:
        async with self._work.read() as unit:
            known = await unit.messages.get(fact.channel_id, fact.ts)
        if known is not None and (known.version is not None or known.redacted_at is not None):
            return None
        return await self._chat.message(fact.channel_id, fact.ts)

    async def _keep(self, unit: Unit, incident: Incident, row: Message, by: Actor, fact: MarkPlaced) -> bool:
        if row.version is None:
            return False
        if fact.mark == Mark.EXHIBIT:
            return await self._keep_exhibit(unit, incident, row, by)
        there = await unit.reactions.on(row.channel_id, [row.ts])
        if not any(one.user_id == fact.user_id and one.is_there for one in there):
            return False
        return await self._keep_line(unit, incident, row, by, {})

    async def _keep_line(self, unit: Unit, incident: Incident, row: Message, by: Actor, data: dict[str, bool]) -> bool:
        """Whether a line was added, or one that had been taken back stands again."""
        key = pin_key(incident.key, row.channel_id, row.ts)
        entry = await unit.timeline.by_source(key)
        if entry is not None:
            was_removed, entry.removed_at = entry.removed_at is not None, None
            entry.data = {**entry.data, **data}
            return was_removed
        files = await unit.messages.files_on(row.channel_id, row.ts)
        unit.timeline.note(
            incident.key,
            EntryKind.PINNED,
            unescape(row.text) or ", ".join(f.name for f in files),
            by=Actor.person(row.author_id) if row.author_id else ANDON,
            at=row.sent_at,
            recorded_at=self._work.now(),
            data={"pinned_by": by.id, "files": len(files), **data},
            channel_id=row.channel_id,
            message_ts=row.ts,
            permalink=row.permalink,
            source_key=key,
        )
        return True

    async def _keep_exhibit(self, unit: Unit, incident: Incident, row: Message, by: Actor) -> bool:
        key = f"{incident.key}:{row.channel_id}:{row.ts}"
        if await unit.evidence.by_source(key) is not None:
            return False
        files = await unit.messages.files_on(row.channel_id, row.ts)
        body = exhibit_body(row, files)
        now = self._work.now()
        exhibit = await unit.evidence.add(
            Exhibit(
                incident_id=incident.key,
                title=f"Message of {row.sent_at:%Y-%m-%d %H:%M} UTC",
                body=body,
                sha256=digest(body),
                files=[_reference(file) for file in files],
                author_id=row.author_id,
                channel_id=row.channel_id,
                message_ts=row.ts,
                permalink=row.permalink,
                kept_at=now,
                kept_by=str(by),
                source_key=key,
                items=[MESSAGES],
                how=How.RECEIPT.value,
            )
        )
        if exhibit.files:
            unit.tell(ExhibitKept(incident.key, exhibit.key))
        unit.timeline.note(
            incident.key,
            EntryKind.EVIDENCE,
            exhibit.title,
            by=by,
            at=now,
            data={"exhibit": exhibit.id, "sha256": exhibit.sha256},
            channel_id=row.channel_id,
            message_ts=row.ts,
            permalink=row.permalink,
            source_key=f"{incident.key}:exhibit:{row.channel_id}:{row.ts}",
        )
        return True


def pin_key(incident_id: int, channel_id: str, ts: str) -> str:
    """What makes a message's line unique."""
    return f"{incident_id}:pin:{channel_id}:{ts}"


def exhibit_body(row: Message, files: Sequence[MessageFile]) -> str:
    """Text and files of a message as one text, so that one hash covers both."""
    names = [str(SeenFile(f.file_id, f.name, f.mimetype, f.size)) for f in files]
    return "\n".join([unescape(row.text), *names]).strip()


def _reference(file: MessageFile) -> dict[str, str | int]:
    return {
        "id": file.file_id,
        "name": file.name,
        "mimetype": file.mimetype,
        "size": file.size,
        "permalink": file.permalink,
    }
