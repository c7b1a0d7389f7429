"""The clock that looks: every tick of the table at its interval, never two at a time of one tick, none cut short.

APScheduler only keeps the time. Rows are the truth, so a look that comes late or fails costs nothing but time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.jobs.ticks import Tick

log = structlog.get_logger(__name__)

STOP_PATIENCE = 10.0


class Scheduler:
    """Runs ``ticks`` in the running event loop: each looks at once, then every so many seconds."""

    def __init__(self, ticks: Iterable[Tick]) -> None:
        self._ticks = tuple(ticks)
        self._running: set[asyncio.Task[None]] = set()
        # A late look is still due (no misfire), many missed ones are one look (coalesce).
        self._clock = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        """Begin to look. Must be called inside the event loop that shall carry the ticks."""
        for tick in self._ticks:
            self._clock.add_job(
                self._launch,
                "interval",
                args=[tick],
                seconds=tick.seconds,
                id=tick.name,
                next_run_time=datetime.now(UTC),
            )
        self._clock.start()

    async def stop(self, patience: float = STOP_PATIENCE) -> None:
        """Begin no further look and wait up to ``patience`` seconds for those under way; what is left is cancelled."""
        self._clock.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._clock.shutdown(wait=False)

    async def _launch(self, tick: Tick) -> None:
        # APScheduler cancels its own tasks when it stops; ours is shielded and waited for.
        task = asyncio.create_task(self._look(tick), name=f"tick-{tick.name}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    async def _look(self, tick: Tick) -> None:
        try:
            await tick.look()
        except Exception:
            log.exception("a tick failed; it looks again at its next turn", tick=tick.name)
