"""Starting: from the birth of the process until it is ready, and what it holds in memory at rest and after a long draft."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator

from bot.services.clock import SystemClock
from bot.services.work import Work
from storage.database import Database
from storage.store import Store
from tests.benchmarks.declaring import declare
from tests.benchmarks.memory import most_resident, resident
from tests.benchmarks.rows import Goal, Row, median
from tests.benchmarks.sides import Side, andon
from tests.benchmarks.talk import talk

IMPORTS = (
    "import slack_bolt.async_app, slack_sdk.socket_mode.websockets, aiohttp, sqlalchemy.ext.asyncio, sqlmodel,"
    "apscheduler.schedulers.asyncio, pydantic_settings, structlog, starlette.applications, uvicorn, yaml"
)
READS = {
    "conversations.history",
    "conversations.replies",
    "conversations.info",
    "conversations.members",
    "users.info",
    "users.list",
    "chat.getPermalink",
    "files.info",
}


async def measure(runs: int = 7, size: int = 10_000) -> AsyncIterator[Row]:
    """Starts beside a bare Python that only imports the same libraries; then one process with a long incident."""
    async with andon() as side:
        await side.program.stop()
        pairs = [(await _start(side), await _imports()) for _ in range(runs)]
        ours, bare = (median(pair[of] for pair in pairs) for of in (0, 1))
        yield Row("start to ready", ours, "s", runs, bare, Goal("<=", 1.2))
        await side.program.start()
        await side.sandbox.sockets.connected()
        await side.quiet()
        if (idle := resident(side.program.pid)) is not None:
            yield Row("resident memory, idle", idle, "MB", goal=Goal("<=", 110))
        async for row in _long_draft(side, size):
            yield row


async def _start(side: Side) -> float:
    """Seconds from the birth of the process until it says that it is ready; in the end it is stopped again."""
    started = time.perf_counter()
    await side.program.start()
    seconds = time.perf_counter() - started
    await side.program.stop()
    return seconds


async def _imports() -> float:
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", IMPORTS)
    assert await process.wait() == 0
    return time.perf_counter() - started


async def _long_draft(side: Side, size: int) -> AsyncIterator[Row]:
    """Somebody wants the post-mortem of a long incident."""
    declared = await declare(side, "a long one")
    channel = declared.usable[0].answer["channel"]["id"]
    database = Database(f"sqlite:///{side.directory / 'andon.db'}")
    try:
        await talk(Work(Store(database), SystemClock()), 1, size)
    finally:
        await database.dispose()
    side.sandbox.traffic.clear()
    before = most_resident(side.program.pid)
    rae = side.person("rae")
    await rae.types(channel, "/incident postmortem")
    await side.sandbox.until(lambda: side.sandbox.traffic.calls("files.completeUploadExternal"), timeout=60)
    await side.quiet()
    name = f"post-mortem of {size:,} messages, over the wire"
    asked = side.sandbox.traffic.deliveries("/incident")[-1].started
    uploaded = side.sandbox.traffic.calls("files.completeUploadExternal")[-1].ended or 0.0
    yield Row(f"{name}: until it is uploaded", (uploaded - asked) * 1000, "ms")
    reads = sum(1 for entry in side.sandbox.traffic.calls() if entry.name in READS)
    yield Row(f"{name}: Slack reads", reads, "count", goal=Goal("<=", 0))
    after, most = resident(side.program.pid), most_resident(side.program.pid)
    if before is not None and after is not None and most is not None:
        yield Row(f"resident memory after the post-mortem of {size:,} messages", after, "MB")
        yield Row(f"{name}: most extra memory", most - before, "MB", goal=Goal("<=", 50))
