"""The bot as a process of its own would be: started, at work by itself, stopped in order, or killed in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from bot.jobs.scheduler import Scheduler
from bot.jobs.ticks import Finds, Tick, ticks
from bot.main import Andon, assembled
from bot.sandbox.server import Sandbox
from bot.services.clock import SteerableClock
from bot.settings import Settings
from bot.slack.connection import SocketConnection
from bot.stage.life import Life, unheard
from bot.stage.switches import hang
from storage.agenda import Agenda
from storage.changes import Changes

Result = TypeVar("Result")
BotState = Literal["running", "stopped", "starting"]
Seen = tuple[int, timedelta]


class Process:
    """One run of the bot after the other, on one database and clock, each connected by Socket Mode."""

    andon: Andon
    connection: SocketConnection

    def __init__(self, sandbox: Sandbox, clock: SteerableClock, database_url: str, announce: str) -> None:
        self.state: BotState = "stopped"
        self._sandbox, self._clock = sandbox, clock
        self._database_url, self._announce = database_url, announce
        self._runs_by_itself = False
        self._scheduler: Scheduler | None = None
        self._up = asyncio.Event()
        self._slack_is_back = asyncio.Event()
        # What had changed when the agenda was looked up, and when all looks found nothing; None for never.
        self._known_at: Seen | None = None
        self._quiet_at: Seen | None = None
        self._looked_at: datetime | None = None
        self._due: datetime | None = None

    async def start(self) -> None:
        """Assemble it and connect. What an earlier run had begun is looked at again at once."""
        is_first = not hasattr(self, "andon")
        self.state, self._life, self._stack = "starting", Life(), AsyncExitStack()
        try:
            with self._life.lived():
                await self._come_up(is_first)
        except BaseException:
            self.state = "stopped"
            await self._life.end()
            await self._stack.aclose()
            raise
        self.state = "running"
        self._up.set()

    async def _come_up(self, is_first: bool) -> None:
        self.andon = await self._stack.enter_async_context(
            assembled(self._settings(), self._clock, f"{self._sandbox.base_url}/control")
        )
        self._changes = Changes(self.andon.database)
        self._known_at = self._quiet_at = self._looked_at = None
        hang(self.andon.services.library, self._sandbox.control)
        if is_first:
            await self.andon.services.directory.refresh()
        else:
            await self.andon.outbox.recover()
        self.connection = SocketConnection(
            self.andon.bolt,
            self._sandbox.app_token,
            on_connected=self.andon.services.backfill.check,
            sleep=self._sit_out,
        )
        await self.connection.start()
        if self._runs_by_itself:
            self._work()

    def run_by_itself(self) -> None:
        """From now on, and after each start, it works as `andon run` does: reactions carried out, ticks looking."""
        self._runs_by_itself = True
        with self._life.lived():
            self._work()

    async def stop(self) -> None:
        """Finish what is under way and leave; nothing, if it was killed already."""
        if self.state == "stopped":
            return
        self._go_down()
        await self.connection.stop()
        await self.andon.desk.finish()
        await self.andon.outbox.stop()
        await self._life.end()
        await self._stack.aclose()

    async def kill(self) -> None:
        """End it wherever it stands: nothing is drained, answered or closed in order. Nothing, if it is not running."""
        if self.state != "running":
            return
        self._go_down()
        self._sandbox.sockets.drop()
        with unheard():
            if self._scheduler is not None:
                await self._scheduler.stop(patience=0)
                self._scheduler = None
            await self._life.end()
        await self._stack.aclose()

    async def settle(self) -> None:
        """Carry out everything that is due; a run that is killed meanwhile leaves it to the next."""
        await self.lend(self._settle)

    async def lend(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result | None:
        """Have the present run do this, once it is up; None when it was killed meanwhile."""
        await self._up.wait()
        doing = self._life.begin(work())
        try:
            await asyncio.wait({doing})
        except asyncio.CancelledError:
            doing.cancel()
            await asyncio.wait({doing})
            raise
        return None if doing.cancelled() else doing.result()

    async def hear_that_slack_is_back(self) -> None:
        """Do not sit out the pause before the next try: connect, and do what waits, now."""
        self._slack_is_back.set()
        self._slack_is_back.clear()
        await self._up.wait()
        await self.andon.outbox.look_for_slack()

    async def next_due(self) -> datetime | None:
        """When anything of the agenda is next due; None when nothing waits, or when the run was killed meanwhile."""
        if not self._knows_agenda:
            self._known_at, seen = None, self._seen
            self._due = await self.lend(self._look_up_agenda)
            self._known_at = seen
        return self._due

    async def _look_up_agenda(self) -> datetime | None:
        async with self.andon.services.work.read() as unit:
            return await Agenda(unit.session).next_after(self._clock.now())

    async def _is_due(self, seen: Seen, now: datetime) -> bool:
        """Whether anything of the agenda is to be looked at; not asked where nothing was written or fell due since."""
        if self._quiet_at == seen and (now == self._looked_at or self._knows_agenda):
            return False
        # In the writers' turn: what somebody has begun to write is counted already, and not to be seen before its end.
        async with self.andon.services.work() as unit:
            return await Agenda(unit.session).is_to_be_looked_at(now)

    @property
    def changes(self) -> int:
        """How often the present run, or the last one, wrote anything."""
        return self._changes.count

    @property
    def _knows_agenda(self) -> bool:
        """Whether it was looked up, and nothing was written or fell due since."""
        count, skew = self._seen
        return self._known_at == (count, skew) and not skew and (self._due is None or self._clock.now() < self._due)

    @property
    def _seen(self) -> Seen:
        """How often anything was written, and how wrong the bot's own clock goes."""
        return self._changes.count, self.andon.services.work.now() - self._clock.now()

    async def _settle(self) -> None:
        before, now = self._seen, self.andon.services.work.now()
        without: list[Finds] = ["the old"] if now == self._looked_at else []
        if not await self._is_due(before, now):
            without.append("the due")
        await self.andon.settle(without)
        self._quiet_at, self._looked_at = before if self._seen == before else None, now

    def _go_down(self) -> None:
        self.state = "stopped"
        self._up.clear()

    def _work(self) -> None:
        watching = (
            Tick("outage", 5, self.andon.outbox.look_for_slack),
            Tick("connection", 5, self.connection.watch),
        )
        self._scheduler = Scheduler((*ticks(self.andon.services), *watching))
        self._scheduler.start()
        self._life.begin(self.andon.outbox.run())

    async def _sit_out(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._slack_is_back.wait(), seconds)
        except TimeoutError:
            return

    def _settings(self) -> Settings:
        return Settings.load(
            {
                "SLACK_BOT_TOKEN": self._sandbox.bot_token,
                "SLACK_APP_TOKEN": self._sandbox.app_token,
                "SLACK_API_URL": self._sandbox.api_url,
                "DATABASE_URL": self._database_url,
                "ANDON_ANNOUNCE_CHANNEL": self._announce,
                "ANDON_SLACK_LIMITS": "published" if self._sandbox.limits.on else "none",
            },
            env_file=None,
        )
