"""The scheduler keeps the time and nothing else: looks at once, never doubles, survives errors, cuts nothing short."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, tzinfo

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import StorageUnavailable
from bot.jobs.scheduler import Scheduler
from bot.jobs.ticks import Tick

OFTEN = 0.01


class Looks:
    """A tick that counts, can be held, and can fail."""

    def __init__(self, name: str = "looks", *, failing: bool = False) -> None:
        self.tick = Tick(name, OFTEN, self._look)
        self.begun, self.ended, self.at_once, self.most_at_once = 0, 0, 0, 0
        self.reached, self.go_on, self.failing = asyncio.Event(), asyncio.Event(), failing
        self.thrice = asyncio.Event()
        self.go_on.set()

    async def _look(self) -> None:
        self.begun += 1
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        self.reached.set()
        if self.begun >= 3:
            self.thrice.set()
        try:
            await self.go_on.wait()
            if self.failing:
                raise RuntimeError("the look failed")
            self.ended += 1
        finally:
            self.at_once -= 1


async def test_looks_at_once_and_then_again() -> None:
    """The first look comes with the start, not one interval later: after a restart nothing waits for nothing."""
    looks, rare = Looks(), Looks("rare")
    scheduler = Scheduler([looks.tick, Tick("rare", 86400, rare.tick.look)])
    scheduler.start()
    await rare.reached.wait()
    await looks.thrice.wait()
    await scheduler.stop()
    assert 1 == rare.begun
    assert looks.begun == looks.ended


async def test_one_tick_never_looks_twice_at_the_same_time() -> None:
    """A look slower than its interval is followed, not joined, by the next; other ticks go on meanwhile."""
    slow, quick = Looks("slow"), Looks("quick")
    slow.go_on.clear()
    scheduler = Scheduler([slow.tick, quick.tick])
    scheduler.start()
    await slow.reached.wait()
    await quick.thrice.wait()
    assert 1 == slow.begun
    slow.go_on.set()
    await slow.thrice.wait()
    await scheduler.stop()
    assert 1 == slow.most_at_once


async def test_failing_tick_is_logged_and_looks_again() -> None:
    """An error costs one look: it is told by name, with its traceback, and the next look comes."""
    failing = Looks("failing", failing=True)
    scheduler = Scheduler([failing.tick])
    with capture_logs() as told:
        scheduler.start()
        await failing.thrice.wait()
        await scheduler.stop()
    assert {("failing", "error")} == {(entry["tick"], entry["log_level"]) for entry in told}
    assert told[0]["exc_info"]


async def test_stopping_waits_for_the_look_under_way() -> None:
    """APScheduler would cancel it in the middle of its transaction."""
    looks = Looks()
    looks.go_on.clear()
    scheduler = Scheduler([looks.tick])
    scheduler.start()
    await looks.reached.wait()
    stopping = asyncio.create_task(scheduler.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    looks.go_on.set()
    await stopping
    assert 1 == looks.begun == looks.ended


async def test_stopping_does_not_wait_for_ever() -> None:
    """A look that hangs is cancelled after the patience given, and nothing looks afterwards."""
    looks = Looks()
    looks.go_on.clear()
    scheduler = Scheduler([looks.tick])
    scheduler.start()
    await looks.reached.wait()
    await scheduler.stop(patience=0.01)
    assert (1, 0, 0) == (looks.begun, looks.ended, looks.at_once)


async def test_stopping_before_anything_ran_is_fine() -> None:
    """Started and stopped at once."""
    scheduler = Scheduler([Looks().tick])
    scheduler.start()
    await scheduler.stop()


def test_needs_a_running_loop() -> None:
    """There is no second loop in this house."""
    with pytest.raises(RuntimeError, match="loop"):
        Scheduler([]).start()


class Wall(datetime):
    """The machine's wall clock, which the test sets."""

    step = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.step


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> type[Wall]:
    monkeypatch.setattr(Wall, "step", timedelta())
    for module in ("apscheduler.schedulers.base", "apscheduler.triggers.interval", "bot.jobs.scheduler"):
        monkeypatch.setattr(f"{module}.datetime", Wall)
    return Wall


@pytest.mark.parametrize("hours", [-2, 2, 24 * 365 * 50])
async def test_a_clock_that_is_set_changes_no_interval(wall: type[Wall], hours: int) -> None:
    """Set back or forward, by hours or from 1976: looks go on at their pace, neither pausing nor catching up."""
    looks, rare = Looks(), Looks("rare")
    scheduler = Scheduler([looks.tick, Tick("rare", 3000, rare.tick.look)])
    scheduler.start()
    await rare.reached.wait()
    await looks.thrice.wait()
    with capture_logs() as told:
        wall.step = timedelta(hours=hours)
        before = looks.begun
        async with asyncio.timeout(5):
            while looks.begun < before + 3:
                looks.reached.clear()
                await looks.reached.wait()
    await scheduler.stop()
    assert 1 == rare.begun
    assert ["the machine's clock was set"] == [entry["event"] for entry in told]


async def test_a_database_out_of_reach_is_said_once_by_each_tick() -> None:
    """A look every second that fails every second writes one line, without a traceback, until it succeeds again."""
    looks = Looks()

    async def fail() -> None:
        await looks.tick.look()
        if looks.begun < 5:
            raise StorageUnavailable("database or disk is full")

    scheduler = Scheduler([Tick("looks", OFTEN, fail)])
    with capture_logs() as told:
        scheduler.start()
        while looks.begun < 7:
            looks.reached.clear()
            await looks.reached.wait()
        await scheduler.stop()
    assert [("looks", "warning", "database or disk is full")] == [
        (entry["tick"], entry["log_level"], entry["reason"]) for entry in told
    ]
