"""Exhibits as values that notices carry, and the one gate to a single exhibit."""

from __future__ import annotations

from typing import Any

from bot.domain.errors import NotFound
from bot.domain.notices.evidence import ExhibitLine, FileLine
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.services.access import NO_SUCH, Access
from storage.evidence import Exhibit
from storage.incidents import Incident
from storage.store import Unit


async def found(
    unit: Unit, access: Access, exhibit_id: int, verb: Verb, by: Actor, *, lock: bool = False
) -> tuple[Exhibit, Incident]:
    """An exhibit and its incident, if the actor may do this to it. Raises NotFound, alike for what is not open."""
    exhibit = await unit.evidence.get(exhibit_id)
    if exhibit is None:
        raise NotFound(NO_SUCH)
    return exhibit, await access.get(unit, exhibit.incident_id, verb, by, lock=lock)


def line(exhibit: Exhibit) -> ExhibitLine:
    """An exhibit without its content."""
    return ExhibitLine(
        exhibit_id=exhibit.key,
        title=exhibit.title,
        author=f"person:{exhibit.author_id}" if exhibit.author_id else "bot:andon",
        kept_at=exhibit.kept_at,
        kept_by=exhibit.kept_by,
        sha256=shown_hash(exhibit),
        files=len(exhibit.files),
        permalink=exhibit.permalink,
        is_redacted=exhibit.redacted_at is not None,
        how=exhibit.how or "",
        items=tuple(exhibit.items),
    )


def shown_hash(exhibit: Exhibit) -> str:
    """The hash that people compare: of what it says, or of the file where it is nothing but one file."""
    hashes = [str(file.get("sha256") or "") for file in exhibit.files]
    is_a_file = not exhibit.body and not exhibit.fields and len(hashes) == 1
    return hashes[0] or exhibit.sha256 if is_a_file else exhibit.sha256


def file_line(file: dict[str, Any]) -> FileLine:
    """A file of an exhibit."""
    return FileLine(
        name=str(file.get("name") or "a file"),
        size=int(file.get("size") or 0),
        sha256=str(file.get("sha256") or ""),
        problem=str(file.get("problem") or ""),
    )
