"""One stage after the other at one address: each with a fresh workspace and database, each with its bot at work."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from bot.domain.errors import AndonError
from bot.sandbox.server import Sandbox
from bot.stage.stage import Stage, living, staged


class Theatre:
    """`async with Theatre(directory, port) as theatre`; port 0 takes any, and keeps it from stage to stage."""

    world: Stage

    def __init__(self, directory: Path, port: int = 0) -> None:
        self._directory = directory
        self._port = port
        self._number = 0
        self._stack = AsyncExitStack()
        self._is_there = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Open the first stage. Raises AndonError with one sentence when somebody else has the port."""
        try:
            await self._open(None)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise AndonError(
                f"Port {self._port} of this machine is taken, perhaps by another sandbox. "
                f"Stop that one, or choose another port: andon sandbox --port {self._port % 65535 + 1}"
            ) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def sandbox(self) -> Sandbox:
        """The present workspace and its people."""
        return self.world.sandbox

    def now(self) -> datetime:
        """The instant it is on the present stage."""
        return self.world.now()

    async def hears(self, source: str, body: str) -> str:
        """As World says, of the present stage."""
        return await self.world.hears(source, body)

    async def settle(self) -> None:
        """As World says, of the present stage."""
        await self._is_there.wait()
        await self.world.settle()

    async def until(self, instant: datetime, seen: Callable[[], None]) -> None:
        """As World says, of the present stage."""
        await self._is_there.wait()
        await self.world.until(instant, seen)

    async def linger(self, span: timedelta, seen: Callable[[], None]) -> None:
        """As World says, of the present stage."""
        await self._is_there.wait()
        await self.world.linger(span, seen)

    async def renew(self, start: datetime | None = None) -> None:
        """A fresh stage: at ``start``, where time stands still, or at the present instant, where it goes by itself."""
        self._is_there.clear()
        await self._stack.aclose()
        await self._open(start)

    async def _open(self, start: datetime | None) -> None:
        self._number += 1
        directory = self._directory / str(self._number)
        directory.mkdir()
        stage = await self._stack.enter_async_context(
            staged(directory, start=start, runs=start is None, port=self._port)
        )
        await self._stack.enter_async_context(living(stage))
        self._port = urlsplit(stage.sandbox.base_url).port or 0
        self.world = stage
        self._is_there.set()
