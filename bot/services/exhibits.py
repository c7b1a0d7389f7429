"""What is preserved, for reading: a list without bodies, and one body for whoever asks."""

from __future__ import annotations

import structlog

from bot.domain.errors import NotFound
from bot.domain.messages import people_in, readable
from bot.domain.notices.memory import EvidenceList, ExhibitLine, ExhibitShown
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.services.access import NO_SUCH, Access
from bot.services.summaries import summary
from bot.services.work import Work
from storage.evidence import Exhibit

SHOWN = 15
log = structlog.get_logger(__name__)


class Exhibits:
    """Lists and shows exhibits."""

    def __init__(self, work: Work, access: Access) -> None:
        self._work = work
        self._access = access

    async def list(self, incident_id: int, *, by: Actor) -> EvidenceList:
        """What is preserved, newest first, without a word of what it says."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            found = await unit.evidence.of(incident_id)
        newest = [_line(exhibit) for exhibit in reversed(found)]
        redacted = sum(one.is_redacted for one in newest)
        return EvidenceList(summary(incident), tuple(newest[:SHOWN]), len(found), redacted)

    async def show(self, exhibit_id: int, *, by: Actor) -> ExhibitShown:
        """One exhibit with its body. Who looked is logged."""
        async with self._work.read() as unit:
            exhibit = await unit.evidence.get(exhibit_id)
            if exhibit is None:
                raise NotFound(NO_SUCH)
            incident = await self._access.get(unit, exhibit.incident_id, Verb.SEE, by)
            people = await unit.people.names(people_in(exhibit.body))
        log.info("an exhibit was shown", incident=incident.reference, exhibit=exhibit_id, to=str(by))
        body = readable(exhibit.body, {user_id: person.name for user_id, person in people.items()})
        file_names = tuple(str(file.get("name") or "a file") for file in exhibit.files)
        return ExhibitShown(summary(incident), _line(exhibit), body, file_names)


def _line(exhibit: Exhibit) -> ExhibitLine:
    if exhibit.id is None:
        raise ValueError("this exhibit is not stored yet")
    return ExhibitLine(
        exhibit_id=exhibit.id,
        title=exhibit.title,
        author=f"person:{exhibit.author_id}" if exhibit.author_id else "bot:andon",
        kept_at=exhibit.kept_at,
        kept_by=exhibit.kept_by,
        sha256=exhibit.sha256,
        files=len(exhibit.files),
        permalink=exhibit.permalink,
        is_redacted=exhibit.redacted_at is not None,
    )
