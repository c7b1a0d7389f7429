"""The only wiring: settings → store → services → Bolt → web → jobs, and what the command line starts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bot.jobs.ticks import Finds, ticks
from bot.services.choices import Choices
from bot.services.clock import SystemClock
from bot.services.container import Services
from bot.services.leases import longest_idle
from bot.services.outbox import OutboxWorker
from bot.services.pacing import Pacer, PacesInDatabase, PacesInMemory
from bot.services.ports import Clock
from bot.services.work import Work
from bot.settings import Settings
from bot.slack import app as slack_app
from bot.slack.client import PATIENCE, Bolt, Client, connect
from bot.slack.gateway import SlackChat
from bot.slack.listeners.desk import Desk
from bot.slack.pulse import Pulse
from bot.switches.board import Board, environment, invented
from bot.switches.hook import Hook
from bot.switches.wire import Wire
from playbooks.catalogue import ContainmentFile
from playbooks.library import Library
from storage.database import Database
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Andon:
    """A running Andon without its doors: what tests, stories and the real program share."""

    clock: Clock
    database: Database
    services: Services
    chat: SlackChat
    client: Client
    desk: Desk
    bolt: Bolt
    outbox: OutboxWorker
    pulse: Pulse

    def keep_limits(self, keep: bool) -> None:
        """From now on keep Slack's published limits, or call as fast as it goes; nothing is known of calls before."""
        self.client.pacer = _pacer(self.database, self.clock) if keep else None

    async def settle(self, without: Collection[Finds] = ()) -> None:
        """Carry out everything that is due now: looks first, then what is owed, to the end."""
        for tick in ticks(self.services):
            if tick.on_settle and tick.finds not in without:
                await tick.look()
        await self.desk.finish()
        await self.outbox.drain()


@dataclass(frozen=True, slots=True)
class Core:
    """Services with their database and Slack client: all that can be done without listening."""

    clock: Clock
    database: Database
    services: Services
    chat: SlackChat
    client: Client


@asynccontextmanager
async def opened(
    settings: Settings, clock: Clock | None = None, via: str = "", control_plane: str = ""
) -> AsyncIterator[Core]:
    """The core, open. It needs no token as long as nobody speaks to Slack.

    ``via`` is the door, if not Slack, that people's acts come through: their timeline entries name it.
    ``control_plane``: the sandbox's, which every switch then hangs on; no other system is reached.
    """
    library = Library.load(settings.playbooks_dir)
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, longest_idle(settings.lease))
        stack.push_async_callback(database.dispose)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=PATIENCE))
        store = Store(database, via)
        pacer = _pacer(database, clock) if settings.slack_limits == "published" else None
        client = connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session, pacer)
        chat = SlackChat(client)
        choices = Choices(
            admins=settings.admins,
            announce=settings.announce_channel,
            triage=settings.triage_channel,
            command=settings.command,
            playbooks=settings.playbooks_dir,
            evidence=settings.evidence_at(settings.database_url),
            timestamp_url=settings.timestamp_url,
            timestamp_certificate=settings.timestamp_certificate,
        )
        board, hook = _outward(library, clock, control_plane)
        services = Services(Work(store, clock), chat, library, choices, board, hook)
        yield Core(clock, database, services, chat, client)


def _outward(library: Library, clock: Clock, control_plane: str) -> tuple[Board, Hook]:
    """Both ways to other systems, through the one guarded door."""

    def policy() -> ContainmentFile:
        return library.containment  # as it is in force at that moment

    find = invented if control_plane else environment()
    wire = Wire(policy, only_to=control_plane)
    return Board(policy, wire, find, clock.now), Hook(wire, find, clock.now)


def _pacer(database: Database, clock: Clock) -> Pacer:
    """Replicas share what they know of Slack's limits; the one program of a SQLite file need not write it down."""
    return Pacer(PacesInMemory(clock) if database.is_sqlite else PacesInDatabase(Store(database), clock))


@asynccontextmanager
async def assembled(settings: Settings, clock: Clock | None = None, control_plane: str = "") -> AsyncIterator[Andon]:
    """Andon with its database and Slack client open; nothing listens yet and nothing runs by itself."""
    async with opened(settings, clock, control_plane=control_plane) as core:
        desk = Desk(core.services, core.chat, settings.command)
        secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None
        pulse = Pulse()
        bolt = slack_app.build(core.client, desk, secret, pulse)
        outbox = OutboxWorker(core.services.work, core.services, lease=settings.lease)
        yield Andon(core.clock, core.database, core.services, core.chat, core.client, desk, bolt, outbox, pulse)
