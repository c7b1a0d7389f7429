"""Redaction: a message leaves every view and draft; its hash, who took it out and why stay.

The original is Slack's: the bot cannot delete what others wrote, so it asks for that, below the message.
"""

from __future__ import annotations

import re

from bot.domain.custody import Deed
from bot.domain.errors import AlreadyDone, BadInput
from bot.domain.events import ExhibitChanged, FilesTakenOut, MessageRedacted, ReportChanged
from bot.domain.messages import instant_of, parse_permalink
from bot.domain.notices.memory import RedactForm, RedactionAsk
from bot.domain.people import ANDON, Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.evidence.sealing import Sealing
from bot.services.guards import name_of
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from storage.evidence import Exhibit
from storage.incidents import Incident
from storage.store import Unit

EXHIBIT = re.compile(r"[XxEe](\d{1,9})")
WHY = "Say in one line why: it stays in the record in place of the message."
NO_LINK = "That is no link to a message. In Slack: the message's menu, then *Copy link*."
ELSEWHERE = "That message is not in this incident's channel or evidence, so it is not in its record."
NOT_OURS = "This message is not in an incident's channel, so Andon keeps nothing of it."


class Redaction:
    """Takes messages out of the record."""

    def __init__(self, work: Work, chat: Chat, access: Access, sealing: Sealing) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._sealing = sealing

    async def form(self, incident_id: int, *, by: Actor, link: str = "") -> RedactForm:
        """The form, for a message named by its link."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REDACT, by)
        return RedactForm(summary(incident), link)

    async def form_for(self, channel_id: str, message_ts: str, *, by: Actor) -> RedactForm:
        """The form, for a message that was pointed at. Raises BadInput when it is in no incident's channel."""
        async with self._work.read() as unit:
            incident = await unit.incidents.by_channel(channel_id)
            if incident is None and (exhibits := await unit.evidence.about_message(channel_id, message_ts)):
                incident = await unit.incidents.get(exhibits[0].incident_id)
            if incident is None:
                raise BadInput(NOT_OURS)
            await self._access.require(unit, incident, Verb.REDACT, by)
        return RedactForm(summary(incident), "", channel_id, message_ts)

    async def redact_link(self, incident_id: int, link: str, reason: str, *, by: Actor) -> str:
        """Redact the message a link leads to, or the exhibit that was named. Raises BadInput, AlreadyDone."""
        if number := EXHIBIT.fullmatch(link.strip()):
            return await self.redact_exhibit(incident_id, int(number.group(1)), reason, by=by)
        found = parse_permalink(link)
        if found is None:
            raise BadInput(NO_LINK, field="link")
        return await self.redact(incident_id, *found, reason, by=by)

    async def redact(self, incident_id: int, channel_id: str, message_ts: str, reason: str, *, by: Actor) -> str:
        """Take a message out of text, versions, files, lines and exhibits; gives the incident's reference."""
        if not reason.strip():
            raise BadInput(WHY, field="reason")
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REDACT, by, lock=True)
            sha256 = await self._forget_message(unit, incident, channel_id, message_ts, reason.strip(), by)
            copy = await self._forget_copies(unit, incident, channel_id, message_ts, by)
            for number in await unit.reports.forget_message(incident_id, channel_id, message_ts):
                unit.tell(ReportChanged(number))
            self._note(unit, incident, message_ts, sha256 or copy or "", reason.strip(), by)
            unit.tell(MessageRedacted(incident_id, channel_id, message_ts, str(by)))
        return incident.reference

    async def redact_exhibit(self, incident_id: int, exhibit_id: int, reason: str, *, by: Actor) -> str:
        """Take an exhibit's content out, and with it the message it was made of; gives the incident's reference."""
        if not reason.strip():
            raise BadInput(WHY, field="reason")
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REDACT, by, lock=True)
            exhibit = await unit.evidence.get(exhibit_id, fresh=True)
            if exhibit is None or exhibit.incident_id != incident_id:
                raise BadInput(f"{incident.reference} has no exhibit X{exhibit_id}.", field="link")
            if exhibit.redacted_at is not None:
                raise AlreadyDone(f"X{exhibit_id} is out of the record already.")
            if exhibit.channel_id is None or exhibit.message_ts is None:
                await self._take_out(unit, incident, exhibit, by)
                said = {"reason": reason.strip(), "sha256": exhibit.sha256, "exhibit": exhibit.key}
                text = f"What X{exhibit_id} says was taken out of the record"
                kind, now = EntryKind.REDACTED, self._work.now()
                unit.timeline.note(incident.key, kind, text, by=by, at=now, data=said)
                unit.tell(ExhibitChanged(incident.key, exhibit.key))
                return incident.reference
            message = (exhibit.channel_id, exhibit.message_ts)
        return await self.redact(incident_id, *message, reason, by=by)

    async def ask(self, fact: MessageRedacted, attempt: Attempt) -> None:
        """Ask, below the original, that it be deleted or sealed in Slack."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            row = await unit.messages.get(fact.channel_id, fact.ts)
        if incident is None or row is None or row.deleted_at is not None or incident.channel_id != fact.channel_id:
            return
        notice = RedactionAsk(summary(incident), fact.by, row.redaction_reason or "", row.author_id)
        await self._chat.post(fact.channel_id, notice, once=attempt.once, thread_ts=row.thread_ts or row.ts)

    async def _forget_message(
        self, unit: Unit, incident: Incident, channel_id: str, message_ts: str, reason: str, by: Actor
    ) -> str:
        """The message itself goes, if it was said in the incident's channel; gives its hash."""
        if incident.channel_id != channel_id:
            return ""
        row = (await unit.messages.expect(incident.key, channel_id, {message_ts}, self._work.now()))[message_ts]
        if row.redacted_at is not None:
            who = await name_of(unit, row.redacted_by or str(ANDON))
            raise AlreadyDone(f"{who} took this message out of the record at {row.redacted_at:%Y-%m-%d %H:%M} UTC.")
        await self._sealing.seal_message(unit, incident, row, by)
        await unit.messages.redact(row, by=str(by), reason=reason, at=self._work.now())
        return row.sha256

    async def _forget_copies(
        self, unit: Unit, incident: Incident, channel_id: str, message_ts: str, by: Actor
    ) -> str | None:
        """Lines and exhibits made from it go, too; a message said elsewhere must have left an exhibit."""
        now = self._work.now()
        copies = await unit.evidence.about_message(channel_id, message_ts)
        exhibits = [exhibit for exhibit in copies if exhibit.incident_id == incident.key]
        if incident.channel_id != channel_id and not exhibits:
            raise BadInput(ELSEWHERE, field="link")
        if incident.channel_id != channel_id and all(exhibit.redacted_at for exhibit in exhibits):
            raise AlreadyDone("This message is out of the record already.")
        for line in await unit.timeline.about_message(channel_id, message_ts):
            if line.incident_id == incident.key:
                line.text, line.data, line.removed_at = "", {}, line.removed_at or now
        for exhibit in exhibits:
            if exhibit.redacted_at is None:
                await self._take_out(unit, incident, exhibit, by)
        return exhibits[0].sha256 if exhibits else None

    async def _take_out(self, unit: Unit, incident: Incident, exhibit: Exhibit, by: Actor) -> None:
        """What it says goes, sealed where policy wants that; its hash stays."""
        is_sealed = await self._sealing.seal_exhibit(unit, incident, exhibit, by)
        files = tuple(str(file["sha256"]) for file in exhibit.files if file.get("sha256"))
        exhibit.title = exhibit.title if exhibit.message_ts else "Taken out"
        exhibit.body, exhibit.fields, exhibit.files, exhibit.redacted_at = "", {}, [], self._work.now()
        sealed = "sealed" if is_sealed else "not sealed"
        await unit.evidence.changed(exhibit, Deed.REDACTED, by=str(by), how=sealed, at=self._work.now())
        for line in await unit.timeline.about_exhibit(incident.key, exhibit.key):
            line.text = exhibit.title
        if files and not is_sealed:
            unit.tell(FilesTakenOut(incident.key, files))

    def _note(self, unit: Unit, incident: Incident, message_ts: str, sha256: str, reason: str, by: Actor) -> None:
        unit.timeline.note(
            incident.key,
            EntryKind.REDACTED,
            f"A message of {instant_of(message_ts):%Y-%m-%d %H:%M} UTC was taken out of the record",
            by=by,
            at=self._work.now(),
            data={"reason": reason, "sha256": sha256, "message_ts": message_ts},
        )
