"""The clock that looks: every tick of the table at its interval, never two at a time of one tick, none cut short.

APScheduler only keeps the time. Rows are the truth, so a look that comes late or fails costs nothing but time.
Its times are those of the wall clock: when that is set, they are moved along, or looks would pause for as long.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.errors import StorageUnavailable
from bot.jobs.ticks import Tick

log = structlog.get_logger(__name__)

STOP_PATIENCE = 10.0
LEAST_STEP = timedelta(seconds=1)  # clocks that are slewed move by less between two looks


class Scheduler:
    """Runs ``ticks`` in the running event loop: each looks at once, then every so many seconds."""

    def __init__(self, ticks: Iterable[Tick]) -> None:
        self._ticks = tuple(ticks)
        self._running: set[asyncio.Task[None]] = set()
        self._failing: set[str] = set()
        # A late look is still due (no misfire), many missed ones are one look (coalesce).
        self._clock = _SteadyScheduler(
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
        await asyncio.sleep(0)  # what was launched in this very moment begins
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await asyncio.sleep(0)  # and ends, or APScheduler complains of having to cancel it
        self._clock.shutdown(wait=False)

    async def _launch(self, tick: Tick) -> None:
        # APScheduler cancels its own tasks when it stops, and complains of those that were cancelled; ours is neither.
        task = asyncio.create_task(self._look(tick), name=f"tick-{tick.name}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait({task})

    async def _look(self, tick: Tick) -> None:
        try:
            await tick.look()
        except StorageUnavailable as error:
            if tick.name not in self._failing:  # one that looks five times a second would say it as often
                log.warning("a tick waits for the database", tick=tick.name, reason=str(error))
            self._failing.add(tick.name)
        except Exception:
            log.exception("a tick failed; it looks again at its next turn", tick=tick.name)
        else:
            self._failing.discard(tick.name)


class _SteadyScheduler(AsyncIOScheduler):  # type: ignore[misc]
    """Whose jobs come at their intervals whatever is done to the wall clock meanwhile."""

    def start(self, paused: bool = False) -> None:
        self._ahead = _wall_ahead()
        super().start(paused)

    def _process_jobs(self) -> Any:
        step = _wall_ahead() - self._ahead
        if abs(step) >= LEAST_STEP:
            log.warning("the machine's clock was set", by=str(step))
            self._ahead += step
            for job in self.get_jobs():
                job.modify(next_run_time=job.next_run_time + step)
        return super()._process_jobs()


def _wall_ahead() -> timedelta:
    """How far the wall clock is ahead of the one that nobody sets."""
    return timedelta(seconds=datetime.now(UTC).timestamp() - time.monotonic())
