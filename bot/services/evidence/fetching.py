"""Files of exhibits fetched from Slack and stored, so that nothing is only linked. What cannot be had is said."""

from __future__ import annotations

from typing import Any

import structlog

from bot.domain.custody import Deed
from bot.domain.errors import ChatRefused
from bot.domain.events import ExhibitKept, FilesNotFetched, FilesTakenOut
from bot.domain.exhibits import LARGEST_FILE, too_large
from bot.domain.notices.evidence import FilesLost
from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from bot.services.evidence.keeping import KEPT, LOST, OWED
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.voice import Voice
from bot.services.work import Work
from storage.blobs import BlobStore
from storage.evidence import Exhibit
from storage.store import Unit

# Slack's words for a file that cannot be had, as people read them.
REASONS = {
    "file_not_found": "Slack does not have it any more",
    "file_deleted": "it was deleted in Slack",
    "not_visible": "Slack does not let Andon see it; invite Andon to where it was shared, and keep it again",
    "external": "it is not stored in Slack but linked from elsewhere",
    "access_denied": "Slack does not let Andon read it",
}
log = structlog.get_logger(__name__)


class Fetching:
    """Fetches what exhibits name."""

    def __init__(self, work: Work, chat: Chat, voice: Voice, blobs: BlobStore) -> None:
        self._work = work
        self._chat = chat
        self._voice = voice
        self._blobs = blobs

    async def fetch(self, fact: ExhibitKept, _: Attempt) -> None:
        """Fetch what of the exhibit is still in Slack; a file that cannot be had keeps the reason."""
        while (file := await self._next(fact.exhibit_id)) is not None:
            await self._settle(fact.exhibit_id, file, await self._fetched(file))
        async with self._work() as unit:
            exhibit = await unit.evidence.get(fact.exhibit_id)
            if exhibit is not None and (lost := await self._note_lost(unit, exhibit)):
                unit.tell(FilesNotFetched(exhibit.incident_id, exhibit.key, lost))

    async def tell_lost(self, fact: FilesNotFetched, attempt: Attempt) -> None:
        """Say in the channel what could not be fetched, and why."""
        async with self._work.read() as unit:
            exhibit = await unit.evidence.get(fact.exhibit_id)
        if exhibit is None or exhibit.redacted_at is not None:
            return
        reasons = tuple(str(file["problem"]) for file in exhibit.files if file.get("state") == LOST)
        await self._voice.say(fact, attempt, lambda s: FilesLost(s, exhibit.key, reasons))

    async def forget(self, fact: FilesTakenOut, _: Attempt) -> None:
        """Forget files that were taken out, unless another exhibit holds the same bytes."""
        for name in fact.files:
            async with self._work.read() as unit:
                is_held = await unit.evidence.holds_file(name) or await unit.sealed.holds_file(name)
            if not is_held:
                await self._blobs.drop(name)

    async def _next(self, exhibit_id: int) -> dict[str, Any] | None:
        async with self._work.read() as unit:
            exhibit = await unit.evidence.get(exhibit_id)
        if exhibit is None or exhibit.redacted_at is not None:
            return None
        return next((file for file in exhibit.files if _is_owed(file)), None)

    async def _fetched(self, file: dict[str, Any]) -> dict[str, Any]:
        """What is known of the file from now on."""
        name, size = str(file.get("name") or "a file"), int(file.get("size") or 0)
        if size > LARGEST_FILE:
            return {"state": LOST, "problem": too_large(name, size)}
        try:
            data = await self._chat.download(str(file["id"]), LARGEST_FILE)
        except ChatRefused as refusal:
            if refusal.code == "too_large":
                return {"state": LOST, "problem": too_large(name, max(size, LARGEST_FILE + 1048576))}
            why = REASONS.get(refusal.code, f"Slack says {refusal.code}")
            return {"state": LOST, "problem": f"“{name}” could not be fetched: {why}."}
        return {"state": KEPT, "sha256": await self._blobs.put(data), "size": len(data)}

    async def _settle(self, exhibit_id: int, file: dict[str, Any], became: dict[str, Any]) -> None:
        async with self._work() as unit:
            exhibit = await unit.evidence.get(exhibit_id)
            if exhibit is None:
                return
            await unit.incidents.get(exhibit.incident_id, lock=True)
            exhibit = await unit.evidence.get(exhibit_id, fresh=True)
            if exhibit is None or file not in exhibit.files:
                if became["state"] == KEPT and exhibit is not None:  # it was taken out while it came
                    unit.tell(FilesTakenOut(exhibit.incident_id, (became["sha256"],)))
                return
            exhibit.files = [{**one, **became} if one == file else one for one in exhibit.files]
            deed = Deed.FETCHED if became["state"] == KEPT else Deed.NOT_FETCHED
            await unit.evidence.changed(exhibit, deed, by=str(ANDON), how="from Slack", at=self._work.now())

    async def _note_lost(self, unit: Unit, exhibit: Exhibit) -> tuple[str, ...]:
        """Write each file that cannot be had on the timeline, once; gives the names of those not written before."""
        names = []
        for file in exhibit.files:
            key = f"lost:{exhibit.key}:{file.get('id')}"
            if file.get("state") != LOST or await unit.timeline.by_source(key) is not None:
                continue
            what = f"A file of X{exhibit.key} could not be fetched"
            data = {"exhibit": exhibit.key}
            kind, at = EntryKind.EVIDENCE, self._work.now()
            unit.timeline.note(exhibit.incident_id, kind, what, by=ANDON, at=at, data=data, source_key=key)
            names.append(str(file.get("name")))
        return tuple(names)


def _is_owed(file: dict[str, Any]) -> bool:
    return file.get("state") == OWED or ("state" not in file and bool(file.get("id")))
