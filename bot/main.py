"""The only wiring: settings → store → services → Bolt → web → jobs, and what the command line starts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.jobs.ticks import ticks
from bot.services.access import Access
from bot.services.announcements import Announcements
from bot.services.ask_news import AskNews
from bot.services.asks import Asks
from bot.services.auditor import Auditor
from bot.services.backfill import Backfill
from bot.services.cadence import Cadence
from bot.services.capture import Recorder
from bot.services.cards import Cards
from bot.services.catchup import Catchup
from bot.services.channels import Channels
from bot.services.clock import SystemClock
from bot.services.closing import Closing
from bot.services.container import Services
from bot.services.details import Details
from bot.services.directory import Directory
from bot.services.escalations import Escalations
from bot.services.exhibits import Exhibits
from bot.services.following import Following
from bot.services.home import Home
from bot.services.incidents import Incidents
from bot.services.lifecycle import Lifecycle
from bot.services.marks import Marks
from bot.services.merging import Merging
from bot.services.moments import Moment, Moments
from bot.services.naming import Naming
from bot.services.offers import Offers
from bot.services.outbox import OutboxWorker
from bot.services.panel import Panel
from bot.services.ports import Chat, Clock
from bot.services.postmortems import Postmortems
from bot.services.private import Private
from bot.services.redaction import Redaction
from bot.services.reporters import Reporters
from bot.services.role_news import RoleNews
from bot.services.roles import Roles
from bot.services.seating import Seating
from bot.services.seats import Seats
from bot.services.severities import Severities
from bot.services.task_news import TaskNews
from bot.services.targets import Targets
from bot.services.tasks import Tasks
from bot.services.timeline import Timelines
from bot.services.updates import Updates
from bot.services.voice import Voice
from bot.services.work import Work
from bot.settings import Settings
from bot.slack import app as slack_app
from bot.slack.client import PATIENCE, Bolt, connect
from bot.slack.gateway import SlackChat
from bot.slack.listeners.desk import Desk
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
    desk: Desk
    bolt: Bolt
    outbox: OutboxWorker

    async def settle(self) -> None:
        """Carry out everything that is due now: looks first, then what is owed, to the end."""
        for tick in ticks(self.services):
            if tick.on_settle:
                await tick.look()
        await self.desk.finish()
        await self.outbox.drain()


def build_services(
    work: Work, chat: Chat, library: Library, *, admins: Sequence[str] = (), announce: str = "", command: str = "/incident",
    playbooks: Path | None = None,
) -> Services:
    """Every service, wired."""
    access = Access(admins)
    directory = Directory(work, chat, library.roster_entries(), announce)
    channels = Channels(work, chat)
    cards = Cards(work, chat, channels, library)
    moments, voice, cadence = Moments(), Voice(work, chat, channels), Cadence(library)
    escalations = Escalations(work, library, Targets(library, directory), moments)
    incidents = Incidents(work, access, directory, library, moments)
    severities = Severities(work, chat, access, voice, cadence, library, moments)
    lifecycle = Lifecycle(work, access, voice, severities, cadence, library, moments)
    closing = Closing(work, chat, access, voice, cadence, moments)
    moments.at(Moment.STOPPED, severities.drop_proposals)
    naming, seats = Naming(work, directory), Seats(work, library)
    seating = Seating(work, seats, directory, library)
    for moment in (Moment.DECLARED, Moment.SEVERITY, Moment.TYPE, Moment.REOPENED):
        moments.at(moment, seating.ask_for_empty_seats)
    moments.at(Moment.STOPPED, seating.stand_down)
    return Services(
        work=work,
        library=library,
        access=access,
        directory=directory,
        incidents=incidents,
        channels=channels,
        cards=cards,
        announcements=Announcements(work, chat, directory, library),
        reporters=Reporters(work, chat),
        moments=moments,
        severities=severities,
        lifecycle=lifecycle,
        closing=closing,
        merging=Merging(work, access, voice, closing, incidents),
        updates=Updates(work, chat, access, voice, cadence, moments),
        following=Following(work, chat, access, channels),
        details=Details(work, access, voice, lifecycle, severities, library),
        private=Private(work, chat, access, naming),
        naming=naming,
        roles=Roles(work, access, seats, seating),
        offers=Offers(work, access, naming, seats, seating),
        role_news=RoleNews(work, chat, channels, voice, library),
        tasks=Tasks(work, access, naming, command),
        task_news=TaskNews(work, chat, channels),
        auditor=Auditor(work, chat, cadence, escalations),
        capture=Recorder(work, directory),
        timeline=Timelines(work, access),
        marks=Marks(work, chat, access),
        exhibits=Exhibits(work, access),
        redaction=Redaction(work, chat, access),
        backfill=Backfill(work, chat),
        catchup=Catchup(work, chat, access, directory, library),
        home=Home(work, chat, access, command),
        panel=Panel(work, access, cards),
        escalations=escalations,
        asks=Asks(work, access, directory, library, escalations),
        postmortems=Postmortems(work, chat, access, channels, library, playbooks),
        ask_news=AskNews(work, chat, voice, library),
    )


@asynccontextmanager
async def assembled(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Andon]:
    """Andon with its database and Slack client open; nothing listens yet and nothing runs by itself."""
    library = Library.load(settings.playbooks_dir)
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url)
        stack.push_async_callback(database.dispose)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=PATIENCE))
        client = connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
        chat = SlackChat(client)
        work = Work(Store(database), clock)
        services = build_services(
            work, chat, library, admins=settings.admins, announce=settings.announce_channel, command=settings.command,
            playbooks=settings.playbooks_dir,
        )
        desk = Desk(services, chat, settings.command)
        secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else None
        bolt = slack_app.build(client, desk, secret)
        outbox = OutboxWorker(work, services)
        yield Andon(clock, database, services, chat, desk, bolt, outbox)
