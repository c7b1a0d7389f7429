"""The timeline and the talk around it, from lines and messages, in one pass over each.

The timeline holds what the bot and people put there; chatter is counted and its longest discussions get one line
each. What was redacted is shown by its mark only, and so is a discussion whose opening was deleted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter

from bot.domain.postmortem.captured import Entry, ExhibitLine, GapKind, Message
from bot.domain.postmortem.draft import Completeness, Day, Line, Redaction, Talk, Thread
from bot.domain.postmortem.reader import Reader
from bot.domain.postmortem.record import PostmortemRecord

LISTED_THREADS = 10
OPENING_LIMIT = 160


@dataclass(slots=True)
class _Count:
    """A thread while it is being counted."""

    replies: int = 0
    people: set[str] = field(default_factory=set)
    last_at: datetime | None = None
    root: Message | None = None


def days(record: PostmortemRecord, reader: Reader) -> tuple[Day, ...]:
    """Every line in the order of its instant, day by day in UTC."""
    redacted = redactions(record, reader)
    lines = [_line(entry, record.incident.declared_at, redacted, reader) for entry in record.entries]
    lines.sort(key=attrgetter("at"))
    return tuple(Day(day, tuple(of_day)) for day, of_day in groupby(lines, key=_utc_day))


def redactions(record: PostmortemRecord, reader: Reader) -> dict[str, Redaction]:
    """What was redacted, by the ``ts`` of a message or the id of an exhibit."""
    marks = {m.ts: _mark(m, m.redacted_at, reader) for m in record.messages if m.redacted_at is not None}
    exhibits = {e.id: _mark(e, e.redacted_at, reader) for e in record.exhibits if e.redacted_at is not None}
    return marks | exhibits


def talk(messages: Sequence[Message], reader: Reader) -> Talk:
    """The longest discussions, in the order in which they opened."""
    counts = _threads(messages)
    known = [(count, count.root) for count in counts.values() if count.root is not None and count.replies]
    listed = sorted(known, key=lambda pair: (-pair[0].replies, pair[1].sent_at))[:LISTED_THREADS]
    listed.sort(key=lambda pair: pair[1].sent_at)
    return Talk(tuple(_thread(count, root, reader) for count, root in listed), len(counts) - len(listed))


def completeness(record: PostmortemRecord) -> Completeness:
    """What the record holds of the channel, in figures."""
    messages = record.messages
    gaps = Counter(gap.kind for gap in record.gaps)
    threads = {m.thread_ts for m in messages if m.thread_ts is not None}
    lost = {gap.what for gap in record.gaps if gap.kind is GapKind.THREAD}
    return Completeness(
        messages=len(messages),
        people=len({m.author for m in messages}),
        threads=len(threads | lost),
        threads_kept=len(threads - lost),
        edits=sum(m.versions - 1 for m in messages),
        deletions=sum(m.deleted_at is not None for m in messages),
        redactions=sum(m.redacted_at is not None for m in messages),
        files=sum(len(m.files) for m in messages),
        files_missing=gaps[GapKind.FILE],
        entries=len(record.entries),
        exhibits=len(record.exhibits),
        gaps=record.gaps,
    )


def _utc_day(line: Line) -> date:
    return line.at.astimezone(UTC).date()


def _line(entry: Entry, declared_at: datetime, redacted: dict[str, Redaction], reader: Reader) -> Line:
    mark = redacted.get(entry.message_ts or "") or redacted.get(entry.exhibit or "")
    return Line(
        at=entry.at,
        offset=entry.at - declared_at,
        kind=entry.kind,
        actor=reader.name(entry.actor),
        text="" if mark else reader.text(entry.text),
        permalink=entry.permalink,
        exhibit=entry.exhibit,
        redaction=mark,
    )


def _mark(of: Message | ExhibitLine, at: datetime, reader: Reader) -> Redaction:
    return Redaction(reader.name(of.redacted_by) if of.redacted_by else "", at, of.sha256)


def _threads(messages: Iterable[Message]) -> dict[str, _Count]:
    threads: dict[str, _Count] = {}
    openings: dict[str, Message] = {}
    for message in messages:
        if message.thread_ts in (None, message.ts):
            openings[message.ts] = message
        if message.thread_ts is not None:
            _count(threads.setdefault(message.thread_ts, _Count()), message)
    for thread_ts, count in threads.items():
        count.root = openings.get(thread_ts)
    return threads


def _count(thread: _Count, message: Message) -> None:
    thread.people.add(message.author)
    thread.replies += message.ts != message.thread_ts
    if thread.last_at is None or message.sent_at > thread.last_at:
        thread.last_at = message.sent_at


def _thread(count: _Count, root: Message, reader: Reader) -> Thread:
    mark = _mark(root, root.redacted_at, reader) if root.redacted_at else None
    is_hidden = mark is not None or root.deleted_at is not None
    return Thread(
        opened_at=root.sent_at,
        opened_by=reader.name(root.author),
        opening="" if is_hidden else _opening(reader.text(root.text[: OPENING_LIMIT * 8])),
        replies=count.replies,
        people=len(count.people | {root.author}),
        last_at=count.last_at or root.sent_at,
        permalink=root.permalink,
        redaction=mark,
        is_deleted=root.deleted_at is not None,
    )


def _opening(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= OPENING_LIMIT else line[: OPENING_LIMIT - 1].rstrip() + "…"
