"""Every policy file, read and checked by itself: the shipped ones, each replaced by the same file of a directory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.domain.incident import IncidentType
from bot.domain.playbook import CORE
from playbooks.alerts import AlertsFile
from playbooks.catalogue import ContainmentFile
from playbooks.communications import CommunicationsFile
from playbooks.errors import PolicyError
from playbooks.evidence import EvidenceFile
from playbooks.obligations import ObligationsFile
from playbooks.particulars import ParticularsFile
from playbooks.plans import PlaybookFile
from playbooks.promises import SeveritiesFile
from playbooks.reading import Page, read
from playbooks.review import ReviewFile
from playbooks.schema import (
    CalendarFile,
    EscalationFile,
    PeopleFile,
    RolesFile,
    SystemsFile,
    TiersFile,
    TypesFile,
)
from playbooks.texts import Sheet, file_of, load_sheets
from playbooks.triage import TriageFile
from playbooks.values import Model

ModelT = TypeVar("ModelT", bound=Model)
FOLDERS = ("policies", "responses")
SUFFIXES = (".yaml", ".yml")
POLICIES = (
    "severities",
    "escalation",
    "calendar",
    "people",
    "systems",
    "types",
    "roles",
    "tiers",
    "evidence",
    "containment",
    "communications",
    "alerts",
    "particulars",
    "obligations",
    "triage",
    "review",
)
# Nobody who is unsure of the type has a plan beyond what every type begins with.
RESPONSES = (CORE, *(kind.value for kind in IncidentType if kind is not IncidentType.UNSURE))
NAMES = (*(f"policies/{name}.yaml" for name in POLICIES), *(f"responses/{name}.yaml" for name in RESPONSES))


@dataclass(frozen=True, slots=True)
class Loaded(Generic[ModelT]):
    """A file that is right by itself, and the page it was read from, to point at when it does not fit the others."""

    page: Page
    model: ModelT


@dataclass(frozen=True, slots=True)
class Shelf:
    """All files together. ``content_hash`` is the SHA-256 of everything that was read."""

    severities: Loaded[SeveritiesFile]
    escalation: Loaded[EscalationFile]
    calendar: Loaded[CalendarFile]
    people: Loaded[PeopleFile]
    systems: Loaded[SystemsFile]
    types: Loaded[TypesFile]
    roles: Loaded[RolesFile]
    tiers: Loaded[TiersFile]
    evidence: Loaded[EvidenceFile]
    containment: Loaded[ContainmentFile]
    communications: Loaded[CommunicationsFile]
    sheets: Mapping[str, Sheet]
    alerts: Loaded[AlertsFile]
    particulars: Loaded[ParticularsFile]
    obligations: Loaded[ObligationsFile]
    triage: Loaded[TriageFile]
    review: Loaded[ReviewFile]
    responses: Mapping[str, Loaded[PlaybookFile]]
    content_hash: str


def load_shelf(directory: Path | None) -> Shelf:
    """Read every file; raises PolicyError for the first that is wrong, and for a file of no known name."""
    pages = dict(_pages(directory))
    words = _checked(pages["policies/communications.yaml"], CommunicationsFile)
    sheets = load_sheets([text.name for text in words.model.texts], directory)
    return Shelf(
        severities=_checked(pages["policies/severities.yaml"], SeveritiesFile),
        escalation=_checked(pages["policies/escalation.yaml"], EscalationFile),
        calendar=_checked(pages["policies/calendar.yaml"], CalendarFile),
        people=_checked(pages["policies/people.yaml"], PeopleFile),
        systems=_checked(pages["policies/systems.yaml"], SystemsFile),
        types=_checked(pages["policies/types.yaml"], TypesFile),
        roles=_checked(pages["policies/roles.yaml"], RolesFile),
        tiers=_checked(pages["policies/tiers.yaml"], TiersFile),
        evidence=_checked(pages["policies/evidence.yaml"], EvidenceFile),
        containment=_checked(pages["policies/containment.yaml"], ContainmentFile),
        communications=words,
        sheets=sheets,
        alerts=_checked(pages["policies/alerts.yaml"], AlertsFile),
        particulars=_checked(pages["policies/particulars.yaml"], ParticularsFile),
        obligations=_checked(pages["policies/obligations.yaml"], ObligationsFile),
        triage=_checked(pages["policies/triage.yaml"], TriageFile),
        review=_checked(pages["policies/review.yaml"], ReviewFile),
        responses={name: _checked(pages[f"responses/{name}.yaml"], PlaybookFile) for name in RESPONSES},
        content_hash=_digest(pages, sheets),
    )


def _pages(directory: Path | None) -> Iterator[tuple[str, Page]]:
    own = _own_files(directory) if directory else {}
    for name in NAMES:
        yield name, read(name, _bytes(name, own[name])) if name in own else _shipped(name)


@cache
def _shipped(name: str) -> Page:
    """A file of the package, which does not change while it runs."""
    return read(name, files("playbooks").joinpath(name).read_bytes())


def _own_files(directory: Path) -> dict[str, Path]:
    if not directory.is_dir():
        raise PolicyError(str(directory), None, "there is no such directory")
    found = {
        f"{folder}/{file.name}": file
        for folder in FOLDERS
        for file in sorted((directory / folder).glob("*"))
        if file.suffix.lower() in SUFFIXES
    }
    for name in found:
        if name not in NAMES:
            close = get_close_matches(name, NAMES, 1)
            raise PolicyError(name, None, f"is no policy file{f'; did you mean {close[0]}?' if close else ''}")
    return found


def _bytes(name: str, file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PolicyError(name, None, f"cannot be read ({error.strerror})") from error


def _checked(page: Page, model: type[ModelT]) -> Loaded[ModelT]:
    try:
        return Loaded(page, model.model_validate(page.value))
    except ValidationError as error:
        # A key that is not known is usually the misspelt one that is missing: it is the better place to look.
        told = [(e["type"] == "missing", page.error(_path(e["loc"]), _sentence(e))) for e in error.errors()]
        raise min(told, key=lambda pair: (pair[0], pair[1].line or 0))[1] from error


def _path(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return tuple(part for part in location if not (isinstance(part, str) and part.startswith("[")))


def _sentence(wrong: ErrorDetails) -> str:
    *around, last = _path(wrong["loc"]) or ("the file",)
    where = f" in {'.'.join(map(str, around))}" if around else ""
    match wrong["type"]:
        case "extra_forbidden":
            return f"{str(last)!r} is not known{where}"
        case "missing":
            return f"{str(last)!r} is missing{where}"
        case "value_error":
            return f"{last}: {wrong['msg'].removeprefix('Value error, ')}"
        case _:
            return f"{last}: {wrong['msg'][:1].lower()}{wrong['msg'][1:]}"


def _digest(pages: Mapping[str, Page], sheets: Mapping[str, Sheet]) -> str:
    hashes = {name: page.sha256 for name, page in pages.items()}
    hashes |= {file_of(name): sheet.sha256 for name, sheet in sheets.items()}
    listing = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(hashes.items()))
    return hashlib.sha256(listing.encode()).hexdigest()
