"""Andon at work by itself on a clock that runs, as `andon sandbox` has it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.stage import Stage, living, staged


@asynccontextmanager
async def at_work() -> AsyncIterator[Stage]:
    """A stage on a fresh database that has come to rest after its start."""
    with tempfile.TemporaryDirectory() as directory:
        async with staged(Path(directory), runs=True) as stage, living(stage):
            await stage.settle()
            yield stage
            await stage.settle()
