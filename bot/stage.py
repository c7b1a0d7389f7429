"""The bot and the sandbox together on one steered clock: what tests, stories and `andon sandbox` stand on."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from bot.drill.playing import Play
from bot.drill.prompt import converse, welcome
from bot.jobs.scheduler import Scheduler
from bot.jobs.ticks import ticks
from bot.main import Andon, assembled
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from bot.services.clock import SteerableClock
from bot.settings import Settings
from bot.slack.connection import SocketConnection
from bot.slack.manifest import manifest
from playbooks import stories
from storage import schema
from storage.agenda import Agenda

QUIET_ROUNDS = 200
LONGEST_STRIDE = timedelta(minutes=5)
MOST_IDLE_STOPS = 48


def _nothing() -> None:
    """Nobody looks."""


def _as_it_is(_: Sandbox) -> None:
    """The workspace stays as it was seeded."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A sandbox workspace with Andon installed in it."""

    sandbox: Sandbox
    andon: Andon
    clock: SteerableClock
    connection: SocketConnection

    def person(self, handle: str) -> Person:
        """Somebody of the cast."""
        return self.sandbox.person(handle)

    def now(self) -> datetime:
        """The instant it is on both sides of the wire."""
        return self.clock.now()

    async def settle(self) -> None:
        """Let everything that is under way or due come to its end, on both sides of the wire."""
        for _ in range(QUIET_ROUNDS):
            before = len(self.sandbox.traffic)
            await self.sandbox.delivery.settled()
            await self.andon.settle()
            await self.sandbox.delivery.settled()
            if len(self.sandbox.traffic) == before:
                return
        raise RuntimeError("Andon and the sandbox keep each other busy for ever")

    async def forward(self, **span: float) -> None:
        """Move time on by a span as for timedelta; what falls due meanwhile happens at its own time."""
        await self.until(self.now() + timedelta(**span))

    async def until(self, instant: datetime, seen: Callable[[], None] = _nothing) -> None:
        """Move time on to an instant, from one due instant to the next; ``seen`` is called wherever time stood still.

        Between distant ones it stops every few minutes, too, since the auditor looks at ages rather than due times.
        """
        stride = max(LONGEST_STRIDE, (instant - self.now()) / MOST_IDLE_STOPS)
        await self.settle()
        seen()
        while (now := self.now()) < instant:
            due = await self._next_due(now)
            self.clock.set(min(instant, now + stride, due or instant))
            await self.sandbox.delivery.redeliver_due()
            await self.settle()
            seen()

    async def _next_due(self, now: datetime) -> datetime | None:
        again = [lost.due_at for lost in self.sandbox.delivery.waiting if lost.due_at and lost.due_at > now]
        async with self.andon.services.work.read() as unit:
            ours = await Agenda(unit.session).next_after(now)
        return min([*again, *([ours] if ours else [])], default=None)


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
        settings = _settings(sandbox, database_url or f"sqlite:///{directory / 'andon.db'}", announce)
        await schema.ensure(settings.database_url)
        async with assembled(settings, clock) as andon:
            await andon.services.directory.refresh()
            connection = SocketConnection(andon.bolt, sandbox.app_token, on_connected=andon.services.backfill.check)
            await connection.start()
            try:
                yield Stage(sandbox, andon, clock, connection)
            finally:
                await connection.stop()
                await andon.desk.finish()
                await andon.outbox.stop()


def _settings(sandbox: Sandbox, database_url: str, announce: str) -> Settings:
    return Settings.load(
        {
            "SLACK_BOT_TOKEN": sandbox.bot_token,
            "SLACK_APP_TOKEN": sandbox.app_token,
            "SLACK_API_URL": sandbox.api_url,
            "DATABASE_URL": database_url,
            "ANDON_ANNOUNCE_CHANNEL": announce,
            "ANDON_SLACK_LIMITS": "published" if sandbox.limits.on else "none",
        },
        env_file=None,
    )


async def sandbox(port: int, play: str | None, out: Path | None) -> int:
    """Serve a sandbox until SIGINT or SIGTERM, or play a story in one and leave; the exit code."""
    with tempfile.TemporaryDirectory(prefix="andon-") as directory:
        if play is not None:
            return await _play(Path(directory), stories.load(play), out)
        return await _serve(Path(directory), port)


async def _play(directory: Path, story: stories.Story, out: Path | None) -> int:
    async with staged(directory, start=story.starts_at) as stage:
        happened = await Play(stage, story, click.echo).perform(out)
    return 0 if happened else 1


async def _serve(directory: Path, port: int) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with staged(directory, runs=True, port=port) as stage, living(stage):
        click.echo(welcome(stage.sandbox))
        if sys.stdin.isatty():
            await converse(stage, stop, click.echo)
        else:
            await stop.wait()
    return 0


@asynccontextmanager
async def living(stage: Stage) -> AsyncIterator[None]:
    """Andon at work by itself, as `andon run` has it: reactions carried out, ticks looking, events delivered again."""
    scheduler = Scheduler(ticks(stage.andon.services))
    tasks = [
        asyncio.create_task(stage.andon.outbox.run(), name="outbox"),
        asyncio.create_task(stage.sandbox.delivery.keep_redelivering(), name="redelivery"),
    ]
    scheduler.start()
    try:
        yield
    finally:
        await scheduler.stop()
        await stage.andon.outbox.stop()
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
