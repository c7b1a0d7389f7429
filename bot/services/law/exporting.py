"""The data for authorities' forms: one sheet, versioned, for legal by Slack file and from the command line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from bot.domain import events
from bot.domain.errors import BadInput
from bot.domain.investigation import FindingKind
from bot.domain.lifecycle import utc
from bot.domain.notices.law import SheetPost
from bot.domain.obligations.sheet import Filled, fill, missing
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.law.reckoning import Reckoning, row_of
from bot.services.particulars import Particulars
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from playbooks.markdown import inline
from storage.incidents import Incident
from storage.obligations import Obligation, ObligationExport, ObligationNotice
from storage.store import Unit


@dataclass(frozen=True, slots=True)
class Sheet:
    """A version of the sheet: as Markdown, as data, and whether it is a new one."""

    version: int
    markdown: str
    data: dict[str, object]
    is_new: bool


class Exporting:
    """Hands the sheet out."""

    def __init__(
        self,
        work: Work,
        chat: Chat,
        access: Access,
        particulars: Particulars,
        reckoning: Reckoning,
        library: Library,
    ) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._particulars = particulars
        self._reckoning = reckoning
        self._library = library

    async def make(self, incident_id: int, *, by: Actor, to_slack: bool = False) -> Sheet:
        """The sheet as of now; what nobody knows says so. A new version only where something has changed.

        ``to_slack``: send it to whoever asks, as a file in their direct messages. Raises NotAllowed but for legal.
        """
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.DECIDE_OBLIGATION, by, lock=True)
            data = await self._data(unit, incident)
            content = json.dumps(data)
            found = hashlib.sha256(content.encode()).hexdigest()
            last = await unit.obligations.latest_export(incident.key)
            is_new = last is None or last.sha256 != found
            if last is None or is_new:
                last = await self._keep(unit, incident, content, found, (last.version if last else 0) + 1, by)
            if to_slack:
                unit.tell(events.SheetMade(incident.key, last.version, by.id))
        return Sheet(last.version, _markdown(incident, last), json.loads(last.content), is_new)

    async def announce(self, fact: events.SheetMade, attempt: Attempt) -> None:
        """Tell whoever asked that it comes, and how much of it is not yet known."""
        async with self._work.read() as unit:
            made, incident = await self._made(unit, fact.incident_id, fact.version)
        fields = [Filled(**field) for field in json.loads(made.content)["fields"]]
        notice = SheetPost(summary(incident), fact.version, missing(fields), len(fields))
        posted = await self._chat.dm(fact.user_id, notice, once=attempt.once)
        async with self._work() as unit:
            unit.tell(events.SheetAnnounced(fact.incident_id, fact.version, posted.channel_id, posted.ts))
            await attempt.finish(unit)  # begun again, it would have another file sent

    async def upload(self, fact: events.SheetAnnounced, attempt: Attempt) -> None:
        """Send the bytes; the file is nowhere to be seen yet."""
        async with self._work.read() as unit:
            made, incident = await self._made(unit, fact.incident_id, fact.version)
        name = f"{incident.reference}-authorities-v{fact.version}.md"
        file_id = await self._chat.upload(name, _markdown(incident, made), _title(incident, fact.version))
        async with self._work() as unit:
            unit.tell(events.SheetUploaded(fact.incident_id, fact.version, fact.channel_id, fact.ts, file_id))
            await attempt.finish(unit)  # or this one

    async def share(self, fact: events.SheetUploaded, attempt: Attempt) -> None:
        """Share it in the thread of that message, once."""
        async with self._work.read() as unit:
            _, incident = await self._made(unit, fact.incident_id, fact.version)
        title = _title(incident, fact.version)
        await self._chat.share(fact.file_id, fact.channel_id, title, once=attempt.once, thread_ts=fact.ts)

    async def _data(self, unit: Unit, incident: Incident) -> dict[str, object]:
        clocks = await unit.obligations.of(incident.key)
        known = await self._reckoning.known(unit, incident, clocks)
        instants = {key: utc(at) for key, at in known.instants.items()}
        system = self._library.system_name(incident.system)
        own = {
            **instants,
            "title": incident.title,
            "severity": f"{incident.severity}{', provisional' if incident.is_provisional else ''}",
            **({"system": system} if system else {}),
            **await _found(unit, incident),
        }
        fields = fill(await self._particulars.known(unit, incident), own)
        sent = await unit.obligations.notices(incident.key)
        return {
            "incident": incident.reference,
            "is_drill": incident.is_drill,
            "fields": [{**asdict(field), "forms": dict(field.forms)} for field in fields],
            "clocks": [_clock(one, sent) for one in clocks],
        }

    async def _keep(
        self, unit: Unit, incident: Incident, content: str, sha256: str, version: int, by: Actor
    ) -> ObligationExport:
        now = self._work.now()
        made = ObligationExport(
            incident_id=incident.key, version=version, content=content, sha256=sha256, made_at=now, made_by=str(by)
        )
        text = f"Data for authorities' forms, version {version}, SHA-256 {sha256[:16]}…"
        unit.timeline.note(incident.key, EntryKind.OBLIGATION, text, by=by, at=now, data={"version": version})
        return await unit.obligations.export(made)

    async def _made(self, unit: Unit, incident_id: int, version: int) -> tuple[ObligationExport, Incident]:
        made = await unit.obligations.export_of(incident_id, version)
        incident = await unit.incidents.get(incident_id)
        if made is None or incident is None:
            raise BadInput(f"There is no version {version} of it.")
        return made, incident


async def _found(unit: Unit, incident: Incident) -> dict[str, str]:
    """How often it was reproduced, as last written down."""
    tried = [one for one in await unit.findings.of(incident.key) if one.kind is FindingKind.REPRODUCTION]
    return {"reproduced": tried[-1].text} if tried else {}


def _clock(one: Obligation, sent: Sequence[ObligationNotice]) -> dict[str, object]:
    row = row_of(one)
    return {
        "clock": one.clock,
        "name": row.name,
        "authority": row.authority,
        "content": list(row.content),
        "decision": one.decision,
        "why": one.why,
        "decided_at": utc(one.decided_at) if one.decided_at else None,
        "due_strict": utc(one.due_strict) if one.due_strict else None,
        "due_statutory": utc(one.due_statutory) if one.due_statutory else None,
        "sent": [
            {
                "version": notice.version,
                "at": utc(notice.sent_at),
                "to": notice.recipient,
                "reference": notice.reference,
                "sha256": notice.sha256,
            }
            for notice in sent
            if notice.obligation_id == one.key
        ],
    }


def _title(incident: Incident, version: int) -> str:
    drill = "[DRILL] " if incident.is_drill else ""
    return f"{drill}{incident.reference}: data for authorities' forms, version {version}"


def _markdown(incident: Incident, made: ObligationExport) -> str:
    data = json.loads(made.content)
    lines = [
        f"# {_title(incident, made.version)}",
        "",
        f"As of {utc(made.made_at)}. SHA-256 of its data: `{made.sha256}`.",
        "Facts for legal to use; not a notice, and not legal advice.",
    ]
    fields = [Filled(**field) for field in data["fields"]]
    for part, rows in groupby(fields, key=lambda field: field.part):
        lines += ["", f"## {part}", "", "| Field | What is known | Asked by |", "| --- | --- | --- |"]
        lines += [f"| {row.title} | {inline(row.words)} | {_asked(row)} |" for row in rows]
    lines += ["", "## Clocks", ""]
    lines += [_line(clock) for clock in data["clocks"]] or ["None was proposed."]
    return "\n".join([*lines, ""])


def _asked(field: Filled) -> str:
    return "; ".join(form if name == "yes" else f"{form} ({name})" for form, name in field.forms.items())


def _line(clock: dict[str, object]) -> str:
    sent = clock["sent"]
    said = [f"**{inline(str(clock['name']))}**, to {inline(str(clock['authority']))}: "]
    said.append(str(clock["decision"]).replace("_", " "))
    if clock["why"]:
        said.append(f" ({inline(str(clock['why']))})")
    if clock["due_strict"]:
        said.append(f"; due {clock['due_strict']} (statutory {clock['due_statutory']})")
    if isinstance(sent, list):
        said += [f"; notice {one['version']} sent {one['at']} to {inline(one['to'])}" for one in sent]
    return f"- {''.join(said)}"
