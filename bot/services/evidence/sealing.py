"""What is under seal, for the people whom policy names and for nobody else; each reading enters the custody record."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import structlog

from bot.domain.custody import Deed, canonical, sha256
from bot.domain.errors import BadInput, NotAllowed, NotFound
from bot.domain.hidden import visible
from bot.domain.incident import IncidentType
from bot.domain.notices.evidence import PrivilegedForm, SealedLine, SealedList, SealedShown
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.services.access import NO_SUCH, Access
from bot.services.directory import Directory
from bot.services.evidence.masking import masked
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.evidence import Exhibit
from storage.incidents import Incident
from storage.messages import Message
from storage.sealed import SealedItem, SealedKind
from storage.store import Unit

NOT_NAMED = "Only the people whom the evidence policy names (its `sealing`) may read or write what is sealed."
NOTE_LIMIT = 40_000
log = structlog.get_logger(__name__)


class Sealing:
    """Seals and unseals."""

    def __init__(self, work: Work, access: Access, directory: Directory, library: Library) -> None:
        self._work = work
        self._access = access
        self._directory = directory
        self._library = library

    async def listing(self, incident_id: int, *, by: Actor) -> SealedList:
        """What is under seal, without its content. Raises NotAllowed for whoever policy does not name."""
        async with self._work.read() as unit:
            incident = await self.require(unit, incident_id, by)
            items = await unit.sealed.of(incident_id)
        return SealedList(summary(incident), tuple(_line(item) for item in items))

    async def read(self, item_id: int, *, by: Actor) -> SealedShown:
        """One thing with its content; that it was read, and by whom, is on record before it is shown."""
        async with self._work() as unit:
            item = await unit.sealed.get(item_id)
            if item is None:
                raise NotFound(NO_SUCH)
            incident = await self.require(unit, item.incident_id, by)
            await unit.custody.append(
                incident.key, Deed.SEALED_READ, item.name, by=str(by), how="secrets masked", at=self._work.now()
            )
        log.info("something under seal was read", incident=incident.reference, item=item_id, by=str(by))
        body = await asyncio.to_thread(lambda: visible(masked(_told(item))))
        return SealedShown(summary(incident), _line(item), body)

    async def form(self, incident_id: int, *, by: Actor) -> PrivilegedForm:
        """The form for a privileged note."""
        async with self._work.read() as unit:
            incident = await self.require(unit, incident_id, by)
        return PrivilegedForm(summary(incident))

    async def note(self, incident_id: int, text: str, *, by: Actor, key: str) -> SealedList:
        """Keep a privileged note: on no timeline and in no draft. The same key again keeps it once."""
        said = text.strip()
        if not said:
            raise BadInput("Write what is to be kept.", field="text")
        if len(said) > NOTE_LIMIT:
            raise BadInput(f"That is {len(said):,} characters; {NOTE_LIMIT:,} fit.", field="text")
        async with self._work() as unit:
            await self.require(unit, incident_id, by, lock=True)
            if await unit.sealed.by_source(key) is None:
                text_kept = canonical({"text": said})
                item = SealedItem(
                    incident_id=incident_id,
                    kind=SealedKind.NOTE,
                    content=text_kept,
                    sha256=sha256(text_kept),
                    sealed_at=self._work.now(),
                    sealed_by=str(by),
                    source_key=key,
                )
                await unit.sealed.add(item, Deed.NOTED, how="privileged")
        return await self.listing(incident_id, by=by)

    async def is_named(self, unit: Unit, by: Actor) -> bool:
        """Whether policy names this person."""
        policy = self._library.evidence.sealing
        rosters = [self._library.roster(role) for role in sorted(policy.roles)]
        entries = [entry for roster in rosters for entry in (*roster.primary, *roster.secondary, *roster.manager)]
        return by.is_person and by.id in await self._directory.people(unit, [*entries, *policy.people])

    async def require(self, unit: Unit, incident_id: int, by: Actor, *, lock: bool = False) -> Incident:
        """The incident, if this person may see it and policy names them. Raises NotFound or NotAllowed."""
        incident = await self._access.get(unit, incident_id, Verb.SEE, by, lock=lock)
        if not await self.is_named(unit, by):
            raise NotAllowed(NOT_NAMED)
        return incident

    async def seal_exhibit(self, unit: Unit, incident: Incident, exhibit: Exhibit, by: Actor) -> bool:
        """Seal what an exhibit says, before it is taken out, where policy wants that; whether it did."""
        content = {"title": exhibit.title, "text": exhibit.body, "fields": exhibit.fields, "files": exhibit.files}
        key = f"exhibit:{exhibit.key}"
        return await self._seal(unit, incident, content, exhibit.sha256, key, by, exhibit_id=exhibit.key)

    async def seal_message(self, unit: Unit, incident: Incident, row: Message, by: Actor) -> bool:
        """Seal what a message says and said, before it is taken out, where policy wants that; whether it did."""
        versions = await unit.messages.versions_on(row.channel_id, row.ts)
        files = await unit.messages.files_on(row.channel_id, row.ts)
        content = {
            "text": row.text,
            "author": row.author_id,
            "earlier": [version.text for version in versions],
            "files": [file.name for file in files],
        }
        key = f"message:{row.channel_id}:{row.ts}"
        place = {"channel_id": row.channel_id, "message_ts": row.ts}
        return await self._seal(unit, incident, content, row.sha256, key, by, **place)

    async def _seal(
        self, unit: Unit, incident: Incident, content: dict[str, Any], original: str, key: str, by: Actor, **place: Any
    ) -> bool:
        if IncidentType(incident.type) not in self._library.evidence.sealing.originals_of:
            return False
        if await unit.sealed.by_source(key) is None:
            text = canonical(content)
            item = SealedItem(
                incident_id=incident.key,
                kind=SealedKind.ORIGINAL,
                content=text,
                sha256=sha256(text),
                original_sha256=original,
                sealed_at=self._work.now(),
                sealed_by=str(by),
                source_key=key,
                **place,
            )
            await unit.sealed.add(item, Deed.SEALED, how="redaction")
        return True


def _line(item: SealedItem) -> SealedLine:
    about = f"X{item.exhibit_id}" if item.exhibit_id else "a message" if item.message_ts else "a note"
    return SealedLine(item.key, item.kind.value, about, item.sealed_at, item.sealed_by, item.sha256)


def _told(item: SealedItem) -> str:
    """The content as a person reads it."""
    said = json.loads(item.content)
    if item.kind is SealedKind.NOTE:
        return str(said.get("text", ""))
    lines = [str(said.get("text") or "")]
    lines += [f"Before: {text}" for text in said.get("earlier") or []]
    lines += [f"{name}: {'unknown' if text is None else text}" for name, text in (said.get("fields") or {}).items()]
    lines += [f"File: {file.get('name') if isinstance(file, dict) else file}" for file in said.get("files") or []]
    return "\n".join(line for line in lines if line)
