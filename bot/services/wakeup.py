"""Woken by other replicas: what one of them cannot carry out at once, the others begin within milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import structlog

from bot.services.failing import backoff
from storage.database import Database
from storage.doorbell import Gone, rings

log = structlog.get_logger(__name__)


async def answer(database: Database, wake: Callable[[], None]) -> None:
    """Call ``wake`` whenever another replica rings, until cancelled; while it cannot be heard, try again and again."""
    tries = 0
    while True:
        try:
            async with aclosing(rings(database.url)) as heard:
                async for _ in heard:
                    tries = 0
                    wake()
        except Gone as error:
            log.warning("other replicas cannot be heard; work is looked for every second", reason=str(error).strip())
        await asyncio.sleep(backoff(tries).total_seconds())
        tries += 1
