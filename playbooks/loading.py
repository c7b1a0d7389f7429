"""Every policy file, read and checked by itself: the shipped ones, each replaced by the same file of a directory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from bot.domain.incident import IncidentType
from playbooks.errors import PolicyError
from playbooks.promises import SeveritiesFile
from playbooks.reading import Page, read
from playbooks.schema import (
    CalendarFile,
    EscalationFile,
    PeopleFile,
    PlaybookFile,
    RolesFile,
    SystemsFile,
    TiersFile,
    TypesFile,
)
from playbooks.values import Model

ModelT = TypeVar("ModelT", bound=Model)
CORE = "core"
FOLDERS = ("policies", "responses")
SUFFIXES = (".yaml", ".yml")
POLICIES = ("severities", "escalation", "calendar", "people", "systems", "types", "roles", "tiers")
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
    responses: Mapping[str, Loaded[PlaybookFile]]
    content_hash: str


def load_shelf(directory: Path | None) -> Shelf:
    """Read every file; raises PolicyError for the first that is wrong, and for a file of no known name."""
    contents = dict(_contents(directory))
    pages = {name: read(name, content) for name, content in contents.items()}
    return Shelf(
        severities=_checked(pages["policies/severities.yaml"], SeveritiesFile),
        escalation=_checked(pages["policies/escalation.yaml"], EscalationFile),
        calendar=_checked(pages["policies/calendar.yaml"], CalendarFile),
        people=_checked(pages["policies/people.yaml"], PeopleFile),
        systems=_checked(pages["policies/systems.yaml"], SystemsFile),
        types=_checked(pages["policies/types.yaml"], TypesFile),
        roles=_checked(pages["policies/roles.yaml"], RolesFile),
        tiers=_checked(pages["policies/tiers.yaml"], TiersFile),
        responses={name: _checked(pages[f"responses/{name}.yaml"], PlaybookFile) for name in RESPONSES},
        content_hash=_digest(contents),
    )


def _contents(directory: Path | None) -> Iterator[tuple[str, bytes]]:
    shipped = files("playbooks")
    own = _own_files(directory) if directory else {}
    for name in NAMES:
        yield name, _bytes(name, own[name]) if name in own else shipped.joinpath(name).read_bytes()


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
        errors = [page.error(_path(found["loc"]), _sentence(found["loc"], found)) for found in error.errors()]
        raise min(errors, key=lambda wrong: wrong.line or 0) from error


def _path(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return tuple(part for part in location if part != "[key]")


def _sentence(location: tuple[int | str, ...], found: Mapping[str, object]) -> str:
    path = _path(location)
    where, last = ".".join(map(str, path[:-1])), path[-1] if path else "the file"
    match found["type"]:
        case "extra_forbidden":
            return f"{str(last)!r} is not known{f' in {where}' if where else ''}"
        case "missing":
            return f"{str(last)!r} is missing{f' in {where}' if where else ''}"
        case "value_error":
            return f"{last}: {str(found['msg']).removeprefix('Value error, ')}"
        case _:
            return f"{last}: {str(found['msg'])[:1].lower()}{str(found['msg'])[1:]}"


def _digest(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(contents.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
