"""Statements: how many each listener asks before it answers, with one incident and among a hundred."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.slack import app
from bot.stage import Stage, staged
from storage.database import Database
from tests.benchmarks.rows import Goal, Row
from tests.benchmarks.tour import tour
from tests.clock import FRIDAY

NOT_ASKED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")
COMMANDS = {
    name: one.name
    for room in app.ROOMS
    for one in getattr(room, "SUBCOMMANDS", ())
    for name in (one.name, *one.aliases)
}
_asking: ContextVar[list[str] | None] = ContextVar("asking", default=None)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements sent to a database meanwhile."""
    asked: list[str] = []
    with _listened(database, asked.append):
        yield asked


@contextmanager
def per_listener(stage: Stage) -> Iterator[dict[str, int]]:
    """The most statements that any request to each listener asked, by the listener's name; what follows is not counted."""
    requests: list[tuple[str, list[str]]] = []
    most: dict[str, int] = {}

    async def attribute(body: dict[str, Any], next_: Any) -> None:
        asked: list[str] = []
        requests.append((name_of(body, stage), asked))
        _asking.set(asked)
        await next_()

    def note(statement: str) -> None:
        if (asked := _asking.get()) is not None:
            asked.append(statement)

    stage.andon.bolt.use(attribute)
    with _listened(stage.andon.database, note):
        yield most
    for name, asked in requests:
        most[name] = max(most.get(name, 0), len(asked))


@contextmanager
def _listened(database: Database, note: Any) -> Iterator[None]:
    def before(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(NOT_ASKED):
            note(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", before)


def name_of(body: dict[str, Any], stage: Stage) -> str:
    """What a person did, as listeners are registered for it."""
    if "command" in body:
        verb = str(body.get("text", "")).partition(" ")[0].lower()
        return f"{body['command']} {COMMANDS.get(verb, '')}".strip()
    if "event" in body:
        channel = stage.sandbox.workspace.channels.get(body["event"].get("channel", ""))
        is_elsewhere = channel is not None and channel.name in ("general", "support", "ai-incidents")
        return f"event {body['event']['type']}" + (" elsewhere" if is_elsewhere else "")
    if body["type"] == "block_actions":
        return f"press {body['actions'][0]['action_id'].partition(':')[0]}"
    if body["type"] == "view_submission":
        return f"submit {body['view']['callback_id']}"
    return f"shortcut {body['callback_id']}"


class _Register:
    """Stands for Bolt where rooms register: keeps what they listen to."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getattr__(self, kind: str) -> Any:
        words = {"action": "press", "view": "submit", "event": "event"}

        def register(key: str | re.Pattern[str]) -> Any:
            plain = key if isinstance(key, str) else key.pattern.strip("^:")
            self.names.add(f"{words.get(kind, 'shortcut')} {plain}")
            return lambda listener: listener

        return register


def listeners(stage: Stage) -> set[str]:
    """Every listener there is, by the name that :func:`name_of` gives it."""
    register: Any = _Register()
    for room in app.ROOMS:
        room.register(register, stage.andon.desk)
    return register.names | {f"/incident {name}" for name in COMMANDS.values()} | {"/incident"}


async def measure(crowds: int = 90) -> AsyncIterator[Row]:
    """Per listener: statements among many incidents, beside those with few as the floor."""
    alone, _ = await toured(0)
    among_many, _ = await toured(crowds)
    for name, count in sorted(among_many.items()):
        yield Row(f"statements: {name}", count, "count", floor=alone.get(name), goal=Goal("<=", alone.get(name, 0)))


async def toured(crowds: int) -> tuple[dict[str, int], set[str]]:
    """Statements per listener on a tour of everything that people can do, and all listeners there are."""
    with tempfile.TemporaryDirectory() as directory:
        async with staged(Path(directory), start=FRIDAY) as stage:
            with per_listener(stage) as most:
                await tour(stage, crowds)
            return most, listeners(stage)
