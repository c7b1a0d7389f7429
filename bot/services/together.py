"""One transaction for all who wait: under load a commit costs as much for many as for one.

Whoever comes while a transaction runs waits for the next, which takes everybody who waits; alone nobody waits at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.domain.errors import StorageUnavailable

Item = TypeVar("Item")
MOST = 200


class Together(Generic[Item]):
    """Hands items to ``do`` in the order they came, as many at a time as wait, up to ``most``.

    ``do`` does all of them or, raising, none; then each is tried alone, so that a bad one fails only for itself. A
    database that cannot work is told to all at once: it is nobody's fault, and each alone would wait for it as long.
    """

    def __init__(self, do: Callable[[Sequence[Item]], Awaitable[None]], most: int = MOST) -> None:
        self._do = do
        self._most = most
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._working: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> None:
        """Return when the item is done; raise what went wrong with it. It is done even if nobody waits any more."""
        told = asyncio.get_running_loop().create_future()
        self._waiting.append((item, told))
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        await told

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._try(batch)
        finally:
            self._working = None

    async def _try(self, batch: list[tuple[Item, asyncio.Future[None]]]) -> None:
        try:
            await self._do([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001  whoever waits gets it
            if len(batch) > 1 and not isinstance(error, StorageUnavailable):
                for one in batch:
                    await self._try([one])
            else:
                _tell(batch, error)
        else:
            _tell(batch, None)


def _tell(batch: list[tuple[Item, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, told in batch:
        if told.done():  # who waited was cancelled
            continue
        if error is None:
            told.set_result(None)
        else:
            told.set_exception(error)
