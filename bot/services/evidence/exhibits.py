"""What is preserved, for reading: a list without bodies, and one body for whoever asks."""

from __future__ import annotations

import asyncio

import structlog

from bot.domain.custody import Deed
from bot.domain.evidence import ExhibitField
from bot.domain.hidden import count_hidden, visible
from bot.domain.incident import IncidentType
from bot.domain.messages import people_in, readable
from bot.domain.notices.evidence import EvidenceList, ExhibitShown
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.services.access import Access
from bot.services.completeness import wanted
from bot.services.evidence.masking import masked
from bot.services.evidence.shown import file_line, found, line
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library

SHOWN = 15
log = structlog.get_logger(__name__)


class Exhibits:
    """Lists and shows exhibits."""

    def __init__(self, work: Work, access: Access, library: Library) -> None:
        self._work = work
        self._access = access
        self._library = library

    async def list(self, incident_id: int, *, by: Actor, most: int = SHOWN) -> EvidenceList:
        """What is preserved, newest first, without a word of what it says, and what the type wants beside it."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            kept = await unit.evidence.of(incident_id)
        newest = [line(exhibit) for exhibit in reversed(kept)]
        redacted = sum(one.is_redacted for one in newest)
        items = [item for exhibit in kept if exhibit.redacted_at is None for item in exhibit.items]
        state = wanted(self._library, IncidentType(incident.type), items)
        return EvidenceList(summary(incident), tuple(newest[:most]), len(kept), redacted, state)

    async def show(self, exhibit_id: int, *, by: Actor) -> ExhibitShown:
        """One exhibit with its content, secrets masked. Who looked is entered in the custody record."""
        async with self._work() as unit:
            exhibit, incident = await found(unit, self._access, exhibit_id, Verb.SEE, by)
            people = await unit.people.names(people_in(exhibit.body))
            await unit.custody.append(
                incident.key, Deed.SHOWN, exhibit.name, by=str(by), how="secrets masked", at=self._work.now()
            )
        log.info("an exhibit was shown", incident=incident.reference, exhibit=exhibit_id, to=str(by))
        raw = readable(exhibit.body, {user_id: person.name for user_id, person in people.items()})
        body, fields = await asyncio.to_thread(_for_eyes, raw, exhibit.fields)
        texts = [exhibit.body, *(text for text in exhibit.fields.values() if text)]
        return ExhibitShown(
            summary=summary(incident),
            line=line(exhibit),
            body=body,
            files=tuple(file_line(file) for file in exhibit.files),
            fields=fields,
            hidden=sum(count_hidden(text) for text in texts),
            masked=body != visible(raw) or fields != _written(exhibit.fields),
        )


def _for_eyes(body: str, fields: dict[str, str | None]) -> tuple[str, tuple[tuple[str, str | None], ...]]:
    safe = {name: None if text is None else masked(text) for name, text in fields.items()}
    return visible(masked(body)), _written(safe)


def _written(fields: dict[str, str | None]) -> tuple[tuple[str, str | None], ...]:
    order = [name.value for name in ExhibitField]
    known = sorted(fields.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))
    return tuple((name, None if text is None else visible(text)) for name, text in known)
