"""The record of custody: entries in a chain, each holding the hash of all before it, and how a break is found.

``h_n = SHA256(h_(n-1) || canonical(entry_n))``, hashes in lower-case hexadecimal, ``h_0`` 64 zeros, so that anybody can
follow it with nothing but a tool for SHA-256. Entries say who did what to which exhibit, never what an exhibit says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64
# An end mark that was altered may name any number: so many missing entries are named one by one.
MOST_MISSING = 100


class Deed(StrEnum):
    """What was done to something in custody."""

    ADDED = "added"
    ADOPTED = "adopted"
    LINKED = "linked"
    FETCHED = "fetched"
    NOT_FETCHED = "could not be fetched"
    CLASSIFIED = "classified"
    SHOWN = "shown"
    SEALED_READ = "read while sealed"
    REDACTED = "redacted"
    SEALED = "sealed"
    NOTED = "privileged note kept"
    EXPORTED = "exported"
    STAMPED = "time-stamped"


class How(StrEnum):
    """By which door something came into custody."""

    MODAL = "modal"
    SHORTCUT = "message shortcut"
    RECEIPT = "receipt emoji"
    REPORT = "reported message"
    EXAMPLE = "another example"
    FILE = "file"
    COMMAND_LINE = "command line"
    HTTP = "HTTP"
    EARLIER = "kept by an earlier version"


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it is stored: its place, its canonical text, and the hash of the chain up to it."""

    seq: int
    entry: str
    hash: str

    def fields(self) -> dict[str, Any]:
        """What the entry says; empty where it is no JSON object any more."""
        try:
            said = json.loads(self.entry)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was kept: which thing, and what is wrong with it, in one sentence."""

    about: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what is not as it was kept."""

    reference: str
    entries: int = 0
    exhibits: int = 0
    files: int = 0
    sealed: int = 0
    stamps: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is amiss."""
        return not self.findings


def canonical(value: Any) -> str:
    """The one text of a JSON value: keys sorted, no spaces, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def stamp(at: datetime) -> str:
    """An instant as entries hold it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha256(data: bytes | str) -> str:
    """SHA-256 in hexadecimal; of a text, its UTF-8."""
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")).hexdigest()


def row_digest(columns: Mapping[str, Any]) -> str:
    """The digest of a stored row: every column enters it, instants in their one form."""
    return sha256(canonical({name: _plain(value) for name, value in columns.items()}))


def chained(previous: str, entry: str) -> str:
    """The hash of the chain with one entry more."""
    return sha256(previous + entry)


def breaks(reference: str, links: Sequence[Link], length: int | None, head: str | None) -> list[Finding]:
    """Where a chain was altered, cut or put in another order. ``length`` and ``head`` say where it should end."""
    by_seq = {link.seq: link for link in links}
    last = max(by_seq, default=0)
    wanted = range(1, min(max(last, length or 0), len(by_seq) + MOST_MISSING) + 1)
    found = [_finding(reference, seq, "is missing") for seq in wanted if seq not in by_seq]
    for link in sorted(links, key=lambda one: one.seq):
        found += _wrong(reference, link, by_seq.get(link.seq - 1))
    if links and (length is None or head is None):
        found.append(Finding(f"record of {reference}", f"The end mark of the record of {reference} is missing."))
    elif (length or 0) != last or (last and by_seq[last].hash != head):
        found.append(
            Finding(
                f"record of {reference}",
                f"The record of {reference} does not end where it should: its end mark names entry {length or 0}, "
                f"its last entry is {last}.",
            )
        )
    return found


def rows_of(links: Iterable[Link]) -> dict[str, str]:
    """What each thing in custody should look like by now: its name, and the digest of its row."""
    expected: dict[str, str] = {}
    for link in sorted(links, key=lambda one: one.seq):
        said = link.fields()
        if isinstance(said.get("about"), str) and isinstance(said.get("row"), str):
            expected[said["about"]] = said["row"]
    return expected


def _wrong(reference: str, link: Link, before: Link | None) -> list[Finding]:
    found = []
    said = link.fields()
    if said.get("n") != link.seq:
        where = said.get("n")
        found.append(
            _finding(reference, link.seq, f"says that it is entry {where}" if where else "cannot be read any more")
        )
    previous = GENESIS if link.seq == 1 else before.hash if before else None
    if previous is not None and chained(previous, link.entry) != link.hash:
        found.append(_finding(reference, link.seq, "was altered, or the hash before it was"))
    return found


def _finding(reference: str, seq: int, what: str) -> Finding:
    return Finding(f"entry {seq} of {reference}", f"Entry {seq} of the record of {reference} {what}.")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    return value.hex() if isinstance(value, bytes) else value
