"""Statements: how many each listener asks before it answers, with one incident and with a hundred."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from storage.database import Database
from tests.benchmarks.crowd import crowd
from tests.benchmarks.rows import Goal, Row
from tests.office import Office, open_office
from tests.scenarios.seats import seat

NOT_ASKED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements sent to a database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(NOT_ASKED):
            asked.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def measure(crowds: int = 100) -> AsyncIterator[Row]:
    """Per listener: statements with one incident as the floor, beside those with many more."""
    with tempfile.TemporaryDirectory() as directory:
        async with open_office(Path(directory)) as office:
            channel = await office.declare()
            await seat(office, "rae")  # who holds no role may not send updates: a refusal costs less
            alone = await _listeners(office, channel)
            await crowd(office.andon.database, 1, crowds)
            among_many = await _listeners(office, channel)
    for name, count in among_many.items():
        yield Row(f"statements: {name}", count, "count", floor=alone[name], goal=Goal("<=", 1.0, "ratio"))


async def _listeners(office: Office, channel: str) -> dict[str, int]:
    rae, otto = office.person("rae"), office.person("otto")
    said = await rae.says(channel, "said before")
    await office.settle()
    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "a message in a channel of no incident": lambda: otto.says("general", "lunch?"),
        "a message": lambda: rae.says(channel, "what was said"),
        "an edit": lambda: rae.edits(said, "what was meant"),
        "an emoji": lambda: rae.reacts(said, "pushpin"),
        "an emoji taken back": lambda: rae.unreacts(said, "pushpin"),
        "open the form": lambda: otto.types("support", "/incident The bot lies"),
        "hand in the form": otto.submits,
        "declare at once": lambda: otto.types("support", "/incident now The bot lies again"),
        "list": lambda: rae.types(channel, "/incident list"),
        "panel": lambda: rae.types(channel, "/incident"),
        "tasks": lambda: rae.types(channel, "/incident tasks"),
        "add a task": lambda: rae.types(channel, "/incident task look at the logs"),
        "send an update": lambda: rae.types(channel, "/incident update Refunds are stopped"),
        "open App Home": rae.opens_home,
    }
    counts: dict[str, int] = {}
    for name, act in acts.items():
        with counted(office.andon.database) as asked:
            await act()
            await office.andon.desk.finish()
        counts[name] = len(asked)
        await office.settle()
    return counts
