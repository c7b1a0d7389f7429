"""What there is in the end, in Slack and in the database, as lines that are equal in two runs that went alike.

Lines are counted, not ordered: messages may come in another order after a fault, but none may be missing or doubled.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.sandbox.objects import Channel, Ephemeral, Message
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.faults.matrix.mask import Mask

# How work was carried out, not what came of it: the outbox is looked at by itself, the others are caches.
BOOKKEEPING = frozenset({"outbox", "captures", "directory", "people", "drafts", "alembic_version", "sqlite_sequence"})
DUE = "SELECT key, state FROM escalation_steps WHERE next_look_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')"
UNFINISHED = "SELECT reaction, state, last_error FROM outbox WHERE state IN ('pending', 'claimed')"
FAILED = "SELECT reaction, state, last_error FROM outbox WHERE state NOT IN ('pending', 'claimed', 'done')"


def state(sandbox: Sandbox, database: Path) -> Counter[str]:
    """Every line of the workspace and of the database."""
    return Counter([*_workspace(sandbox), *_database(database, Mask(sandbox.workspace))])


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    """What a SQLite file answers, whoever else has it open."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as connection:
        return list(connection.execute(query))


def _workspace(sandbox: Sandbox) -> Iterator[str]:
    mask = Mask(sandbox.workspace)
    for channel in sandbox.workspace.channels.values():
        yield from _channel(sandbox, mask, channel)
    for note in sandbox.workspace.ephemerals:
        yield f"for the eyes of {mask.name(note.viewer)} in {mask.name(note.channel)}: {_content(mask, note)}"
    for user in sandbox.workspace.users.values():
        yield from _screens(mask, sandbox.person(user.id))
    for file in sandbox.workspace.files.values():
        if file.shared:  # an upload that was never completed is nowhere to be seen, and Slack drops it
            content = mask.text((file.content or b"").decode())
            shared = [mask.name(channel) for channel in file.channels]
            yield f"file {file.name} {mask.text(file.title)} in {shared} deleted={file.deleted}: {content}"


def _channel(sandbox: Sandbox, mask: Mask, channel: Channel) -> Iterator[str]:
    place = mask.place(channel)
    if not channel.direct:
        yield f"{place} {channel.kind} archived={channel.archived} topic={mask.text(channel.topic.value)}"
        yield from (f"{place} member {mask.name(user)}" for user in channel.members)
    yield from (f"{place} pin {_head(mask, channel, ts)}" for ts in channel.pins)
    for bookmark in channel.bookmarks.values():
        yield f"{place} bookmark {bookmark.title} {mask.text(bookmark.link)}"
    if channel.canvas:
        yield f"{place} canvas {mask.text(sandbox.workspace.canvases[channel.canvas].markdown)}"
    for message in channel.messages.values():
        thread = f" under {_head(mask, channel, message.thread_ts)}" if message.is_reply else ""
        extras = [f"{reaction.name} by {mask.name(reaction.user)}" for reaction in message.reactions]
        extras += [mask.name(file) for file in message.files]
        said = _content(mask, message)
        yield f"{place} message {mask.name(message.user)}{thread} {message.subtype or ''} {sorted(extras)}: {said}"


def _head(mask: Mask, channel: Channel, ts: str | None) -> str:
    message = channel.messages.get(ts or "")
    return mask.text(message.text)[:60] if message else "a message that is gone"


def _content(mask: Mask, said: Message | Ephemeral) -> str:
    return json.dumps([mask.text(said.text), mask.data(said.blocks), mask.data(said.attachments)], sort_keys=True)


def _screens(mask: Mask, person: Person) -> Iterator[str]:
    if person.modal is not None:
        yield f"form before {person.name}: {mask.text(person.modal.text)}"
    if person.home is not None:
        yield f"home of {person.name}: {mask.text(person.home.text)}"


def _database(database: Path, mask: Mask) -> Iterator[str]:
    tables = [name for (name,) in rows(database, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in sorted(set(tables) - BOOKKEEPING):
        columns = [row[1] for row in rows(database, f"PRAGMA table_info({table})")]
        for row in rows(database, f"SELECT * FROM {table}"):  # noqa: S608  the name comes from the file itself
            told = {column: _value(mask, column, value) for column, value in zip(columns, row, strict=True)}
            if table == "messages" and told["author_id"] is None:
                continue  # the place kept for a message of Andon's own, once somebody answers below it
            yield f"row of {table}: {json.dumps(told, sort_keys=True)}"


def _value(mask: Mask, column: str, value: Any) -> Any:
    if column == "id" or column.endswith(("_at", "_ts")) or column == "at":
        return value is not None
    return mask.text(value) if isinstance(value, str) else value
