"""What was said in an incident's channel: sightings of messages, in any order, and how they make one record.

Slack promises neither order nor single delivery. A text is therefore known by its *version*: empty for the text as
first sent, the instant of the edit (Slack's ``ts``) for each later one. The highest version is what stands now, all
others are kept beside it; the same sighting twice changes nothing, whichever arrives first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

FIRST = ""
PUSHPIN, RECEIPT, CONFIRMED = "pushpin", "receipt", "white_check_mark"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TS = re.compile(r"^\d{1,12}\.\d{1,6}$")
PERMALINK = re.compile(r"/archives/([A-Z0-9]{2,32})/p(\d{7,12})(\d{6})\b")
ENTITY = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


class MessageKind(StrEnum):
    """What sort of message it is. ``system`` lines (joins, topics) and our ``own`` posts are not kept."""

    MESSAGE = "message"
    ME = "me"
    BROADCAST = "broadcast"
    BOT = "bot"
    OTHER = "other"
    SYSTEM = "system"
    OWN = "own"


class Mark(StrEnum):
    """What a person made of a message by an emoji or a shortcut."""

    PIN = "pin"
    EXHIBIT = "exhibit"


MARKS = {PUSHPIN: Mark.PIN, RECEIPT: Mark.EXHIBIT}


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file on a message. ``problem`` says why Slack would not show it."""

    id: str
    name: str
    mimetype: str = ""
    size: int = 0
    permalink: str = ""
    problem: str | None = None

    def __str__(self) -> str:
        """The line that stands for the file in an exhibit, and enters its hash."""
        return f"[file] {self.name} ({self.mimetype or 'unknown type'}, {self.size} bytes, {self.id})"


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as Slack showed it once. ``text`` is raw, as Slack escapes it.

    ``noticed_ts`` is the version to give a text that changed without Slack saying when; empty where a differing text
    is only an echo of the past. ``reactions`` is None where the sighting does not tell them.
    """

    channel_id: str
    ts: str
    text: str
    author_id: str | None = None
    kind: MessageKind = MessageKind.MESSAGE
    thread_ts: str | None = None
    version: str = FIRST
    noticed_ts: str = ""
    is_bot: bool = False
    files: tuple[SeenFile, ...] = ()
    reply_count: int = 0
    latest_reply: str | None = None
    reactions: Mapping[str, tuple[str, ...]] | None = None

    @property
    def is_kept(self) -> bool:
        """Whether it belongs in the record: not Slack's own lines, not what Andon said itself."""
        return self.kind not in {MessageKind.SYSTEM, MessageKind.OWN}


@dataclass(frozen=True, slots=True)
class Heard:
    """A message event: what it shows of one message, oldest state first, and whether the message is gone since."""

    channel_id: str
    ts: str
    sightings: tuple[Seen, ...] = ()
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody put an emoji on a message, or took it off."""

    channel_id: str
    ts: str
    emoji: str
    user_id: str
    at: datetime
    is_added: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody is in a channel now."""

    channel_id: str
    user_id: str


class Placement(StrEnum):
    """Where a sighted text belongs in the record of its message."""

    KNOWN = "known"
    NEWEST = "newest"
    OLDER = "older"
    NOTICED = "noticed"


def place(seen: Seen, version: str | None, text: str) -> Placement:
    """Where this sighting goes beside what stands now; ``version`` None when only the message's existence is known."""
    if version is None:
        return Placement.NEWEST
    if seen.version > version:
        return Placement.NEWEST
    if seen.text == text:
        return Placement.KNOWN
    if seen.noticed_ts > version and seen.version == version:
        return Placement.NOTICED
    return Placement.KNOWN if seen.version == version else Placement.OLDER


def is_ts(text: object) -> bool:
    """Whether this is Slack's ``seconds.micros``."""
    return isinstance(text, str) and bool(TS.match(text))


def instant_of(ts: str) -> datetime:
    """The instant a Slack ``ts`` names, exact to the microsecond. Raises ValueError for anything else."""
    if not is_ts(ts):
        raise ValueError(f"not a Slack ts: {ts!r}")
    seconds, _, micros = ts.partition(".")
    return EPOCH + timedelta(seconds=int(seconds), microseconds=int(micros.ljust(6, "0")))


def ts_of(instant: datetime) -> str:
    """The ``ts`` of an instant."""
    passed = instant - EPOCH
    return f"{passed.days * 86_400 + passed.seconds}.{passed.microseconds:06d}"


def parse_permalink(text: str) -> tuple[str, str] | None:
    """Channel and ts of the message a link leads to; None when it leads to none."""
    found = PERMALINK.search(text)
    return (found.group(1), f"{found.group(2)}.{found.group(3)}") if found else None


def unescape(text: str) -> str:
    """Slack's escaping undone; entities such as ``<@U1>`` stay."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def readable(text: str, names: Mapping[str, str]) -> str:
    """Entities written out as a person reads them: ``@Lena``, ``#general``, links with their real target."""
    return ENTITY.sub(lambda found: _entity(found.group(1), found.group(2), found.group(3), names), text)


def people_in(text: str) -> set[str]:
    """The ids of people a text mentions."""
    return {found.group(2) for found in ENTITY.finditer(text) if found.group(1) == "@"}


def _entity(sign: str, target: str, label: str | None, names: Mapping[str, str]) -> str:
    match sign:
        case "@":
            return f"@{names.get(target) or label or target}"
        case "#":
            return f"#{label or target}"
        case "!":
            return label or f"@{target.partition('^')[0]}"
        case _ if label and label != target:
            return f"{label} ({target})"
        case _ if "://" in target or target.startswith("mailto:"):
            return target
        case _:
            return f"<{target}>"
