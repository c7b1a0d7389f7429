"""The bot and the sandbox together on one steered clock: what tests, stories and `andon sandbox` stand on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.main import Andon
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from bot.services.clock import SteerableClock
from bot.slack.connection import SocketConnection
from bot.slack.manifest import manifest
from bot.stage.machines import send
from bot.stage.process import BotState, Process
from storage import schema

QUIET_ROUNDS = 200
SILENT_ROUNDS = 3
LONGEST_STRIDE = timedelta(minutes=5)
MOST_IDLE_STOPS = 48


def _nothing() -> None:
    """Nobody looks."""


def _as_it_is(_: Sandbox) -> None:
    """The workspace stays as it was seeded."""


class Stage:
    """A sandbox workspace with Andon installed in it."""

    def __init__(self, sandbox: Sandbox, clock: SteerableClock, process: Process) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self.process = process
        self._moving = asyncio.Lock()

    @property
    def andon(self) -> Andon:
        """The present run of the bot, or the last one."""
        return self.process.andon

    @property
    def connection(self) -> SocketConnection:
        """Its connection to Slack."""
        return self.process.connection

    @property
    def bot(self) -> BotState:
        """Whether the bot runs."""
        return self.process.state

    @property
    def is_moving(self) -> bool:
        """Whether time is being moved now."""
        return self._moving.locked()

    def person(self, handle: str) -> Person:
        """Somebody of the cast."""
        return self.sandbox.person(handle)

    def now(self) -> datetime:
        """The instant it is on both sides of the wire."""
        return self.clock.now()

    async def hears(self, source: str, body: str) -> str:
        """A machine sends this body to the door of a source; what it is answered. Raises Impossible."""
        return await self.process.lend(lambda: send(self.andon.services, source, body)) or ""

    async def settle(self) -> None:
        """Let everything that is under way or due come to its end, on both sides of the wire."""
        silent = 0
        for _ in range(QUIET_ROUNDS):
            said, written = len(self.sandbox.traffic), self.process.changes
            await self.sandbox.delivery.settled()
            await self.process.settle()
            await self.sandbox.delivery.settled()
            silent = silent + 1 if len(self.sandbox.traffic) == said else 0
            # What was written may be news to a look that was over; but a look that always writes says nothing new.
            if silent and (self.process.changes == written or silent == SILENT_ROUNDS):
                return
        raise RuntimeError("Andon and the sandbox keep each other busy for ever")

    async def forward(self, **span: float) -> None:
        """Move time on by a span as for timedelta; what falls due meanwhile happens at its own time."""
        await self.until(self.now() + timedelta(**span))

    async def until(self, instant: datetime, seen: Callable[[], None] = _nothing) -> None:
        """Move time on to an instant, from one due instant to the next; ``seen`` is called wherever time stood still.

        Between distant ones it stops every few minutes, too, since the auditor looks at ages rather than due times.
        One move waits for the other.
        """
        async with self._moving:
            stride = max(LONGEST_STRIDE, (instant - self.now()) / MOST_IDLE_STOPS)
            await self.settle()
            seen()
            while (now := self.now()) < instant:
                due = await self.next_due()
                self.clock.set(min(instant, now + stride, due or instant))
                await self.sandbox.delivery.redeliver_due()
                await self.settle()
                seen()

    async def linger(self, span: timedelta, seen: Callable[[], None] = _nothing) -> None:
        """A moment goes by after everything has settled: as ``until``, and not even looked at where nothing is due."""
        instant = self.now() + span
        due = await self.next_due()
        if due is not None and due <= instant:
            await self.until(instant, seen)
        else:
            async with self._moving:
                self.clock.set(instant)

    async def next_due(self) -> datetime | None:
        """When anything that waits for its time next happens; None when nothing waits."""
        now = self.now()
        again = [lost.due_at for lost in self.sandbox.delivery.waiting if lost.due_at and lost.due_at > now]
        ours = await self.process.next_due()
        return min([*again, *([ours] if ours else [])], default=None)

    async def restart(self) -> None:
        """Kill the bot wherever it stands and start it anew on the same database and clock."""
        await self.process.kill()
        await self.process.start()

    def keep_limits(self, keep: bool) -> None:
        """Slack's published limits hold from now on, and the bot keeps them; or neither."""
        self.sandbox.limits.on = keep
        self.andon.keep_limits(keep)

    async def hear_that_slack_is_back(self) -> None:
        """Have the bot try again at once what failed while Slack could not be reached."""
        await self.process.hear_that_slack_is_back()

    @property
    def time_runs(self) -> bool:
        """Whether time goes by itself."""
        return self.clock.runs

    def let_time_run(self, runs: bool) -> None:
        """Time goes by itself from now on, or stands still between moves."""
        self.clock.let_run(runs)


@asynccontextmanager
async def staged(
    directory: Path,
    *,
    start: datetime | None = None,
    runs: bool = False,
    port: int = 0,
    database_url: str = "",
    announce: str = "ai-incidents",
    limits: bool = False,
    furnish: Callable[[Sandbox], None] = _as_it_is,
) -> AsyncIterator[Stage]:
    """A stage with its database in ``directory`` (or at ``database_url``); Andon is connected by Socket Mode.

    ``furnish`` may change the workspace before Andon comes to it. With ``limits`` Slack's published limits hold there,
    and Andon keeps them.
    """
    clock = SteerableClock(start or datetime.now(UTC), runs=runs)
    async with Sandbox(
        manifest=manifest("/incident", socket_mode=True, request_url=None), now=clock.now, port=port
    ) as sandbox:
        furnish(sandbox)
        sandbox.limits.on = limits
        database_url = database_url or f"sqlite:///{directory / 'andon.db'}"
        await schema.ensure(database_url)
        process = Process(sandbox, clock, database_url, announce)
        await process.start()
        try:
            yield Stage(sandbox, clock, process)
        finally:
            await process.stop()


@asynccontextmanager
async def living(stage: Stage) -> AsyncIterator[None]:
    """Everything at work by itself: the bot as `andon run` has it, and Slack delivering lost events again."""
    redelivering = asyncio.create_task(stage.sandbox.delivery.keep_redelivering(), name="redelivery")
    stage.process.run_by_itself()
    try:
        yield
    finally:
        # Nothing of it is kept, so nobody waits for it: as if killed.
        await stage.process.kill()
        redelivering.cancel()
        await asyncio.gather(redelivering, return_exceptions=True)
