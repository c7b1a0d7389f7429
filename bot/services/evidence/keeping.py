"""Evidence taken in: from a form, a message, a file, the command line, another machine. Exact bytes, once per key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.custody import Deed, How
from bot.domain.declaration import SourceMessage
from bot.domain.errors import BadInput
from bot.domain.events import ExhibitChanged, ExhibitKept
from bot.domain.evidence import UNKNOWN_MARK, items_of
from bot.domain.exhibits import ExhibitWish, FileBytes
from bot.domain.incident import IncidentType
from bot.domain.messages import instant_of, is_ts, unescape
from bot.domain.notices.evidence import ClassifyForm, ExhibitForm, ExhibitReceipt
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.completeness import wanted
from bot.services.evidence.shown import found, shown_hash
from bot.services.guards import require_unmerged
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.blobs import BlobStore
from storage.evidence import Exhibit, digest
from storage.incidents import Incident
from storage.store import Unit

NOT_OURS = "This message is in no incident's channel. Use *Report AI output* on it, or name the incident: {}."
OWED, KEPT, LOST = "owed", "kept", "could not be fetched"
TITLE_LIMIT = 200


class Keeping:
    """Takes evidence in."""

    def __init__(self, work: Work, access: Access, library: Library, blobs: BlobStore, command: str) -> None:
        self._work = work
        self._access = access
        self._library = library
        self._blobs = blobs
        self._command = command

    async def form(self, incident_id: int, *, by: Actor, typed: str = "") -> ExhibitForm:
        """The form for a structured exhibit."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.MARK_EVIDENCE, by)
        return ExhibitForm(summary(incident), self._choices(), typed=typed)

    async def form_for(self, source: SourceMessage, *, by: Actor) -> ExhibitForm:
        """The form for a message of an incident's channel. Raises BadInput for a message of another."""
        async with self._work.read() as unit:
            incident = await unit.incidents.by_channel(source.channel_id)
            if incident is None:
                raise BadInput(NOT_OURS.format(f"`{self._command} example AI-0042 …` in any channel"))
            await self._access.require(unit, incident, Verb.MARK_EVIDENCE, by)
        return ExhibitForm(summary(incident), self._choices(), source.channel_id, source.ts, source.text)

    async def keep(self, incident_id: int, wish: ExhibitWish, *, by: Actor, how: How, key: str) -> ExhibitReceipt:
        """Keep an exhibit. ``key`` names the submission: the same key again gives what it made. Raises BadInput."""
        wish.check()
        self._check_items(wish.items)
        files = [*wish.files]
        body = wish.body
        if not _is_text(body):  # databases hold no NUL and no half of a character: to the byte, it is a file
            files.append(FileBytes("text.txt", body.encode("utf-8", "surrogatepass"), "text/plain"))
            body = ""
        rows = [await self._stored(file) for file in files]
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.MARK_EVIDENCE, by, lock=True)
            await require_unmerged(unit, incident)
            exhibit = await unit.evidence.by_source(key)
            was_there = exhibit is not None
            if exhibit is None:
                exhibit = await unit.evidence.add(self._exhibit(incident, wish, body, rows, by, how, key))
                self._note(unit, incident, exhibit, by)
                unit.tell(ExhibitKept(incident.key, exhibit.key))
            return await self._receipt(unit, incident, exhibit, was_there=was_there)

    async def keep_message(
        self, incident_id: int, channel_id: str, ts: str, wish: ExhibitWish, *, by: Actor, key: str
    ) -> ExhibitReceipt:
        """Keep a message of the incident's channel, as it stands in the record, with what is known beside it."""
        async with self._work.read() as unit:
            row = await unit.messages.get(channel_id, ts)
            files = await unit.messages.files_on(channel_id, ts)
        if row is None or row.incident_id != incident_id or row.version is None or row.redacted_at is not None:
            raise BadInput("This message is not in the incident's record, or was taken out of it.")
        body = unescape(row.text)
        source = SourceMessage(channel_id, ts, body, row.author_id, permalink=row.permalink or "")
        rows = [file_row(f.file_id, f.name, f.mimetype, f.size, f.permalink, f.problem) for f in files]
        given = ExhibitWish(wish.title, body, wish.fields, wish.items, source=source)
        given.check()
        self._check_items(wish.items)
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.MARK_EVIDENCE, by, lock=True)
            exhibit = await unit.evidence.by_source(key)
            was_there = exhibit is not None
            if exhibit is None:
                made = self._exhibit(incident, given, body, rows, by, How.SHORTCUT, key)
                exhibit = await unit.evidence.add(made)
                self._note(unit, incident, exhibit, by)
                unit.tell(ExhibitKept(incident.key, exhibit.key))
            return await self._receipt(unit, incident, exhibit, was_there=was_there)

    async def classify_form(self, exhibit_id: int, *, by: Actor) -> ClassifyForm:
        """The form that asks what an exhibit counts as."""
        async with self._work.read() as unit:
            exhibit, incident = await found(unit, self._access, exhibit_id, Verb.MARK_EVIDENCE, by)
        chosen = tuple(item for item in exhibit.items if not item.startswith(UNKNOWN_MARK))
        return ClassifyForm(summary(incident), exhibit_id, self._choices(), chosen)

    async def classify(self, exhibit_id: int, items: Sequence[str], *, by: Actor) -> ExhibitReceipt:
        """Say what an exhibit counts as, beside what its fields satisfy by themselves."""
        self._check_items(items)
        async with self._work() as unit:
            exhibit, incident = await found(unit, self._access, exhibit_id, Verb.MARK_EVIDENCE, by, lock=True)
            counted = self._items(exhibit.fields, items)
            if counted != exhibit.items:
                exhibit.items = counted
                await unit.evidence.changed(exhibit, Deed.CLASSIFIED, by=str(by), how="", at=self._work.now())
                unit.tell(ExhibitChanged(incident.key, exhibit.key))
            return await self._receipt(unit, incident, exhibit)

    async def _receipt(
        self, unit: Unit, incident: Incident, exhibit: Exhibit, *, was_there: bool = False
    ) -> ExhibitReceipt:
        all_kept = await unit.evidence.of(incident.key)
        items = [item for one in all_kept if one.redacted_at is None for item in one.items]
        state = wanted(self._library, IncidentType(incident.type), items)
        return ExhibitReceipt(summary(incident), exhibit.key, exhibit.title, shown_hash(exhibit), state, was_there)

    def _exhibit(
        self,
        incident: Incident,
        wish: ExhibitWish,
        body: str,
        files: list[dict[str, Any]],
        by: Actor,
        how: How,
        key: str,
    ) -> Exhibit:
        source, fields = wish.source, dict(wish.fields)
        return Exhibit(
            incident_id=incident.key,
            title=_title(wish),
            body=body,
            fields=fields,
            items=self._items(fields, wish.items),
            sha256=digest(body, fields),
            files=files,
            author_id=source.author_id if source else by.id if by.is_person else None,
            channel_id=source.channel_id if source else None,
            message_ts=source.ts if source else None,
            permalink=(source.permalink or None) if source else None,
            kept_at=self._work.now(),
            kept_by=str(by),
            source_key=key,
            how=how.value,
        )

    def _items(self, fields: Mapping[str, str | None], chosen: Sequence[str]) -> list[str]:
        by_item = {item.id: [name.value for name in item.fields] for item in self._library.evidence.catalogue}
        satisfied, unknown = items_of(fields, by_item)
        kept = satisfied | set(chosen)
        return [*sorted(kept), *sorted(UNKNOWN_MARK + item for item in unknown - kept)]

    def _check_items(self, items: Sequence[str]) -> None:
        known = self._library.evidence.items()
        for item in items:
            if item not in known:
                raise BadInput(f"The catalogue has no “{item}”; it has {', '.join(known)}.", field="items")

    def _choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((item.id, f"{item.id} {item.name}") for item in self._library.evidence.catalogue)

    async def _stored(self, file: FileBytes) -> dict[str, Any]:
        name = await self._blobs.put(file.data)
        row = file_row("", file.name, file.mimetype, len(file.data), "")
        return {**row, "state": KEPT, "sha256": name}

    def _note(self, unit: Unit, incident: Incident, exhibit: Exhibit, by: Actor) -> None:
        unit.timeline.note(
            incident.key,
            EntryKind.EVIDENCE,
            exhibit.title,
            by=by,
            at=self._work.now(),
            data={"exhibit": exhibit.key, "sha256": exhibit.sha256},
            channel_id=exhibit.channel_id,
            message_ts=exhibit.message_ts,
            permalink=exhibit.permalink,
            source_key=f"exhibit:{exhibit.key}",
        )


def file_row(
    file_id: str, name: str, mimetype: str, size: int, permalink: str, problem: str | None = None
) -> dict[str, Any]:
    """A file of Slack's as an exhibit holds it until it is fetched."""
    row = {"id": file_id, "name": name, "mimetype": mimetype, "size": size, "permalink": permalink, "state": OWED}
    return {**row, "state": LOST, "problem": problem} if problem else row


def _is_text(body: str) -> bool:
    return "\0" not in body and not any(0xD800 <= ord(character) <= 0xDFFF for character in body)


def _title(wish: ExhibitWish) -> str:
    if title := " ".join(wish.title.split()):
        return "".join(c for c in title if _is_text(c))[:TITLE_LIMIT]
    if wish.source is not None and is_ts(wish.source.ts):
        return f"Message of {instant_of(wish.source.ts):%Y-%m-%d %H:%M} UTC"
    if wish.fields:
        return "An exchange with the AI system"
    return wish.files[0].name[:TITLE_LIMIT] if wish.files else "A text"
