"""Evidence from a terminal: the same services, rules and permissions as Slack's doors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.custody import How
from bot.domain.errors import BadInput
from bot.domain.exhibits import LARGEST_FILE, ExhibitWish, FileBytes, too_large
from bot.domain.incident import parse_reference
from bot.errands.seat import Seat, Told
from bot.main import opened
from bot.settings import Settings
from bot.terminal import evidence as page
from storage import schema

EXHIBIT = re.compile(r"[XxEe](\d{1,9})")
SEALED = re.compile(r"[Ss](\d{1,9})")
MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Given:
    """An exhibit as typed: ``piped`` is standard input, ``fields`` read ``name=value`` or ``name=@file``."""

    title: str = ""
    text: str = ""
    piped: bytes | None = None
    fields: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    def wish(self) -> ExhibitWish:
        """What is to be kept. Raises BadInput for a field or file that cannot be read."""
        files = [_file(path) for path in self.files]
        body = self.text
        if self.piped is not None:
            try:
                body = self.piped.decode()
            except UnicodeDecodeError:  # no text: to the byte, it is a file
                files.append(FileBytes("stdin.bin", self.piped))
        fields: dict[str, str | None] = dict.fromkeys(self.unknown)
        fields |= dict(_field(one) for one in self.fields)
        items = tuple(item.upper() for item in self.items)
        return ExhibitWish(title=self.title, body=body, fields=fields, items=items, files=tuple(files))


async def add(seat: Seat, reference: str, given: Given, *, key: str | None = None) -> Told:
    """Keep an exhibit."""
    about, wish = await seat.about(reference), given.wish()
    how = How.FILE if wish.files and not wish.fields else How.COMMAND_LINE
    made = await seat.services.keeping.keep(about.incident_id, wish, by=seat.actor, how=how, key=seat.key(key))
    data = {"exhibit": f"X{made.exhibit_id}", "sha256": made.sha256, "was_there": made.was_there}
    return Told(page.receipt(made), {**data, "missing": [item.id for item in made.wanted.missing]})


async def listing(seat: Seat, reference: str) -> Told:
    """What is kept and what is wanted."""
    about = await seat.about(reference)
    found = await seat.services.exhibits.list(about.incident_id, by=seat.actor, most=MOST_LISTED)
    return Told(page.listing(found, seat.names), page.listing_data(found))


async def show(seat: Seat, name: str) -> Told:
    """One exhibit, or one sealed thing."""
    if found := EXHIBIT.fullmatch(name.strip()):
        shown = await seat.services.exhibits.show(int(found.group(1)), by=seat.actor)
        return Told(page.shown(shown, seat.names), page.shown_data(shown))
    if found := SEALED.fullmatch(name.strip()):
        unsealed = await seat.services.sealing.read(int(found.group(1)), by=seat.actor)
        return Told(page.unsealed(unsealed, seat.names), {"sealed": name.upper(), "content": unsealed.body})
    raise BadInput(f"“{name}” names no exhibit: write it like X12. `andon evidence list AI-0001` shows them.")


async def sealed(seat: Seat, reference: str) -> Told:
    """What is under seal."""
    about = await seat.about(reference)
    found = await seat.services.sealing.listing(about.incident_id, by=seat.actor)
    items: list[dict[str, Any]] = [{"sealed": f"S{i.item_id}", "kind": i.kind, "sha256": i.sha256} for i in found.items]
    return Told(page.sealed(found, seat.names), {"items": items})


async def export(seat: Seat, reference: str, to: Path, *, with_sealed: bool) -> Told:
    """Write the bundle."""
    about = await seat.about(reference)
    made = await seat.services.bundling.export(about.incident_id, to, by=seat.actor, with_sealed=with_sealed)
    data = {"directory": str(made.directory), "exhibits": made.exhibits, "files": made.files, "head": made.head}
    return Told(page.bundled(made), {**data, "problems": list(made.problems)})


async def verify(settings: Settings, reference: str = "") -> tuple[str, bool]:
    """What verifying says, and whether all is sound. Raises BadInput for what names no incident."""
    number = parse_reference(reference) if reference else None
    if reference and number is None:
        raise BadInput(f"“{reference}” names no incident: write it like AI-0042.")
    await schema.require(settings.database_url)
    async with opened(settings) as core:
        verifying = core.services.verifying
        found = [await verifying.incident(number)] if number is not None else await verifying.everything()
    return page.verified(found), all(one.is_sound for one in found)


def _file(path: Path) -> FileBytes:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise BadInput(too_large(path.name, size))
    return FileBytes(path.name, path.read_bytes())


def _field(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not equals:
        raise BadInput(f"“{typed[:60]}” is no field: write it like model_answered=gpt-4.1.")
    if not value.startswith("@"):
        return name.strip(), value
    try:
        return name.strip(), Path(value[1:]).read_bytes().decode()
    except OSError as error:
        raise BadInput(f"{value[1:]} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{value[1:]} is no UTF-8 text: keep it as a file, then it is kept to the byte.") from error
