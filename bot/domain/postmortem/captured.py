"""What was captured while it happened: lines of the timeline, messages, exhibits, and what could not be fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.timeline import EntryKind


class GapKind(StrEnum):
    """What could not be captured."""

    FILE = "file"
    THREAD = "thread"
    HISTORY = "history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the timeline. ``message_ts`` names the message it comes from, ``exhibit`` the exhibit it cites."""

    at: datetime
    kind: EntryKind
    actor: str
    text: str
    permalink: str | None = None
    message_ts: str | None = None
    exhibit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A captured message. ``thread_ts`` is the ``ts`` of the message that opened the thread, None outside threads.

    ``versions`` counts the texts it has had, 1 when it was never edited. A redacted message may come without text.
    """

    ts: str
    author: str
    sent_at: datetime
    text: str = ""
    thread_ts: str | None = None
    versions: int = 1
    files: tuple[str, ...] = ()
    reactions: int = 0
    permalink: str | None = None
    deleted_at: datetime | None = None
    redacted_at: datetime | None = None
    redacted_by: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitLine:
    """One preserved item. ``id`` is what timeline entries cite."""

    id: str
    title: str
    sha256: str
    kept_at: datetime
    kept_by: str
    permalink: str | None = None
    redacted_at: datetime | None = None
    redacted_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitFile:
    """A file of an exhibit. ``problem`` says why it is not kept."""

    exhibit: str
    name: str
    sha256: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLine:
    """A thing of the evidence catalogue that the type requires, and how it stands with it."""

    id: str
    name: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBefore:
    """An earlier incident like this one, and in what it is."""

    reference: str
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """What is known of the evidence as a whole: what is required, its files, and where its record ends."""

    wanted: tuple[WantedLine, ...] = ()
    files: tuple[ExhibitFile, ...] = ()
    entries: int = 0
    head: str = ""
    seen_before: tuple[SeenBefore, ...] = ()

    @property
    def kept(self) -> int:
        """How many of the required things are kept."""
        return sum(line.state == "kept" for line in self.wanted)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the capture could not fetch: ``what`` (a file name, the ``ts`` of a thread, a span), and why."""

    kind: GapKind
    what: str
    reason: str = ""
