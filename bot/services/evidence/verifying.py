"""Is everything still as it was kept? Records, rows and stored files, from the database and the store alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.custody import Finding, Link, Verified, breaks, row_digest, rows_of, sha256
from bot.domain.incident import reference
from bot.services.evidence.keeping import KEPT
from bot.services.evidence.stamping import Stamping
from bot.services.work import Work
from storage.blobs import BlobMissing, BlobStore
from storage.evidence import digest, exhibit_name
from storage.sealed import sealed_files, sealed_name
from storage.store import Unit

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Stored:
    """Everything of one incident, as the database has it to the byte."""

    links: list[Link]
    head: tuple[int, str] | None
    exhibits: Rows
    sealed: Rows
    stamps: Rows


class Verifying:
    """Compares what is stored with what the record says."""

    def __init__(self, work: Work, blobs: BlobStore, stamping: Stamping) -> None:
        self._work = work
        self._blobs = blobs
        self._stamping = stamping

    async def everything(self) -> list[Verified]:
        """Every incident that has evidence, a record, or a part of either."""
        async with self._work.read() as unit:
            numbers = await unit.custody.known() | await unit.evidence.incidents() | await unit.sealed.incidents()
        return [await self.incident(number) for number in sorted(numbers)]

    async def incident(self, number: int) -> Verified:
        """One incident."""
        async with self._work.read() as unit:
            stored = await _read(unit, number)
        name = reference(number)
        length, head = stored.head or (None, None)
        found = breaks(name, stored.links, length, head)
        expected = rows_of(stored.links)
        for kind in KINDS:
            found += _altered(name, kind, expected, kind.rows(stored))
        found += self._stamping.problems(name, stored.links, stored.stamps)
        files = _files(stored)
        found += [one for file in files for one in await self._file_problem(*file)]
        return Verified(
            reference=name,
            entries=len(stored.links),
            exhibits=len(stored.exhibits),
            files=len(files),
            sealed=len(stored.sealed),
            stamps=len(stored.stamps),
            findings=tuple(found),
        )

    async def _file_problem(self, owner: str, name: str, expected: str) -> list[Finding]:
        about = f"file {expected[:12]} of {owner}"
        try:
            data = await self._blobs.get(expected)
        except BlobMissing:
            return [Finding(about, f"The file “{name}” of {owner} is missing from the store ({expected}).")]
        except OSError as error:
            return [Finding(about, f"The file “{name}” of {owner} cannot be read: {error.strerror or error}.")]
        if await asyncio.to_thread(sha256, data) != expected:
            return [Finding(about, f"The file “{name}” of {owner} was altered: its SHA-256 is not {expected}.")]
        return []


async def _read(unit: Unit, number: int) -> _Stored:
    links = await unit.custody.links(number)
    names = set(rows_of(links))
    return _Stored(
        links=links,
        head=await unit.custody.head(number),
        exhibits=await unit.evidence.raw(number, _ids(names, "exhibit X")),
        sealed=await unit.sealed.raw(number, _ids(names, "sealed S")),
        stamps=await unit.custody.raw_stamps(number, _ids(names, "stamp T")),
    )


def _ids(names: Iterable[str], prefix: str) -> list[int]:
    found = (name.removeprefix(prefix) for name in names if name.startswith(prefix))
    return [int(one) for one in found if one.isascii() and one.isdigit()]


def _altered(where: str, kind: Kind, expected: Mapping[str, str], rows: Rows) -> list[Finding]:
    found = []
    by_name = {f"{kind.prefix}{row['id']}": row for row in rows}
    for name in sorted({*by_name, *(one for one in expected if one.startswith(kind.prefix))}):
        row, wanted, called = by_name.get(name), expected.get(name), f"{name[:1].upper()}{name[1:]}"
        if row is None:
            found.append(Finding(name, f"{called} of {where} is missing from the database."))
        elif wanted is None:
            found.append(Finding(name, f"{called} is in the database, but the record of {where} never took it in."))
        elif row_digest(row) != wanted:
            found.append(Finding(name, f"{called} of {where} was altered{kind.where(row)}."))
    return found


def _in_exhibit(row: Mapping[str, Any]) -> str:
    if row.get("redacted_at") is not None or not isinstance(row.get("fields"), dict):
        return ""
    return _content(digest(str(row.get("body")), row["fields"]) == row.get("sha256"))


def _in_sealed(row: Mapping[str, Any]) -> str:
    return _content(sha256(str(row.get("content"))) == row.get("sha256"))


def _content(is_same: bool) -> str:
    return ", though not its content, which has its SHA-256" if is_same else ": its content has another SHA-256"


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows that the record vouches for: how it calls them, and where in one the change is."""

    prefix: str
    rows: Callable[[_Stored], Rows]
    where: Callable[[Mapping[str, Any]], str]


KINDS = (
    Kind("exhibit X", lambda stored: stored.exhibits, _in_exhibit),
    Kind("sealed S", lambda stored: stored.sealed, _in_sealed),
    Kind("stamp T", lambda stored: stored.stamps, lambda _: ""),
)


def _files(stored: _Stored) -> list[tuple[str, str, str]]:
    """Owner, name and SHA-256 of every file that should be in the store."""
    found = []
    for row in stored.exhibits:
        files = row["files"] if isinstance(row["files"], list) else []
        found += [
            (exhibit_name(row["id"]), str(file.get("name")), str(file.get("sha256")))
            for file in files
            if isinstance(file, dict) and file.get("state") == KEPT
        ]
    for row in stored.sealed:
        found += [(sealed_name(row["id"]), str(file["name"]), str(file["sha256"])) for file in sealed_files(row)]
    return found
