"""One life of the bot inside a process that lives on: whatever was begun in it can be ended with it, as `kill -9` does.

Tasks belong to the life in whose context they were begun, and so do those that they begin. The loop's task factory
enrols them; it knows nothing else of them.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

PATIENCE = 5.0  # seconds for giving back what was held; none of it takes a tenth of that
SQLALCHEMY = f"{os.sep}sqlalchemy{os.sep}"
_present: ContextVar[Life | None] = ContextVar("life", default=None)


class Life:
    """From its making to :meth:`end`. Must be made in the event loop that carries it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_over = False
        asyncio.get_running_loop().set_task_factory(_enrol)

    @contextmanager
    def lived(self) -> Iterator[None]:
        """What begins inside belongs to this life."""
        token = _present.set(self)
        try:
            yield
        finally:
            _present.reset(token)

    def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin something in this life."""
        with self.lived():
            return asyncio.create_task(work)

    async def end(self) -> None:
        """Cut off whatever is under way, wherever it stands; nothing of this life goes on afterwards."""
        self._is_over = True
        for task in [task for task in self._tasks if not _tidies_up(task)]:
            task.cancel()
        await self._last(PATIENCE)
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await self._last(PATIENCE)

    async def _last(self, seconds: float) -> None:
        """Return when all have ended, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._tasks:
                    await asyncio.wait(set(self._tasks))

    def enrol(self, task: asyncio.Task[Any]) -> None:
        """It ends with this life."""
        self._tasks.add(task)
        task.add_done_callback(self._leave)

    def _leave(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if self._is_over and not task.cancelled():
            task.exception()  # whoever would have asked for it may have been cut off, too


@contextmanager
def unheard() -> Iterator[None]:
    """Nothing is logged meanwhile: a process that is killed says nothing of what it was in the middle of."""
    heard = logging.root.manager.disable
    logging.disable()
    try:
        yield
    finally:
        logging.disable(heard)


def _tidies_up(task: asyncio.Task[Any]) -> bool:
    """Whether SQLAlchemy began it: all it ever begins is to give back connections, and cut off it would lose them."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and SQLALCHEMY in code.co_filename


def _enrol(loop: asyncio.AbstractEventLoop, work: Any, **how: Any) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **how)
    if (life := _present.get()) is not None:
        life.enrol(task)
    return task
