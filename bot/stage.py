"""The bot and the sandbox together on one steered clock: what tests, stories and `andon sandbox` stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.main import Andon, assembled
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from bot.services.clock import SteerableClock
from bot.settings import Settings
from bot.slack.connection import SocketConnection
from bot.slack.manifest import manifest
from storage import schema

QUIET_ROUNDS = 200
STEP = timedelta(minutes=1)
MOST_STEPS = 240


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
        """Move time on by a span as for timedelta, in small steps, so that what falls due happens at its own time."""
        await self.settle()
        left = timedelta(**span)
        step = max(STEP, left / MOST_STEPS)
        while left > timedelta():
            stride = min(step, left)
            self.clock.forward(seconds=stride.total_seconds())
            left -= stride
            await self.sandbox.delivery.redeliver_due()
            await self.settle()


@asynccontextmanager
async def staged(
    directory: Path,
    *,
    start: datetime | None = None,
    runs: bool = False,
    port: int = 0,
    database_url: str = "",
    announce: str = "ai-incidents",
) -> AsyncIterator[Stage]:
    """A stage with its database in ``directory`` (or at ``database_url``); Andon is connected by Socket Mode."""
    clock = SteerableClock(start or datetime.now(UTC), runs=runs)
    async with Sandbox(manifest=manifest("/incident", socket_mode=True, request_url=None), now=clock.now, port=port) as sandbox:
        settings = Settings.load(
            {
                "SLACK_BOT_TOKEN": sandbox.bot_token,
                "SLACK_APP_TOKEN": sandbox.app_token,
                "SLACK_API_URL": sandbox.api_url,
                "DATABASE_URL": database_url or f"sqlite:///{directory / 'andon.db'}",
                "ANDON_ANNOUNCE_CHANNEL": announce,
            },
            env_file=None,
        )
        await schema.ensure(settings.database_url)
        async with assembled(settings, clock) as andon:
            await andon.services.directory.refresh()
            connection = SocketConnection(andon.bolt, sandbox.app_token)
            await connection.start()
            try:
                yield Stage(sandbox, andon, clock, connection)
            finally:
                await connection.stop()
                await andon.desk.finish()
                await andon.outbox.stop()
