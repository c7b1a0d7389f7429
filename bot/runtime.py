"""`andon run`: everything started in order, and stopped so that nothing is lost.

The way down: take no new looks, finish the listeners under way, answer Slack, finish what is being carried out, close.
What does not end in time is in the database and goes on at the next start; a database or a Slack that never answers
does not keep the program from leaving.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import structlog
from starlette.routing import Route

from bot.domain.errors import AndonError, ChatError, StorageUnavailable
from bot.jobs.scheduler import Scheduler
from bot.jobs.ticks import Tick, ticks
from bot.main import Andon, assembled
from bot.services.backfill import Backfill
from bot.services.status import Status
from bot.settings import Settings
from bot.slack.connection import SocketConnection
from bot.slack.errors import DEAD_CREDENTIALS
from bot.slack.http import receiver
from bot.switches.board import environment
from bot.web.admin import Probe, build_admin
from bot.web.alerts import alerts_route
from bot.web.evidence import evidence_route
from bot.web.metrics import Metrics
from bot.web.public import build_public
from bot.web.reports import reports_route
from bot.web.server import serve
from storage import schema

LONGEST_STOP = 20.0  # seconds: supervisors kill after thirty, or ten where nobody told them otherwise
LOOK_BACK_PAUSE = 5.0
log = structlog.get_logger(__name__)


async def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Raises SchemaError or AndonError, with one sentence, when it cannot start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _asked_to_stop, loop, stop)
    async with assembled(settings) as andon:  # first, so that a mistake in a policy file leaves no trace
        await schema.ensure(settings.database_url)
        async with started(andon, settings):
            gc.collect()
            gc.freeze()  # what is there now stays for good: no collection walks through it again, however much comes
            log.info("Andon is ready", command=settings.command)
            await stop.wait()
            log.info("stopping; what is under way is finished first")


def _asked_to_stop(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    if not stop.is_set():
        stop.set()
        loop.call_later(LONGEST_STOP, _leave)


def _leave() -> None:
    """Leave whatever still hangs, as if killed, which loses nothing: the database is the only memory."""
    log.error("something never ends; leaving it to the next start", after_seconds=LONGEST_STOP)
    sys.stderr.flush()
    os._exit(0)


@asynccontextmanager
async def started(andon: Andon, settings: Settings) -> AsyncIterator[None]:
    """Doors open, ticks looking, reactions carried out; all of it undone in the reverse order."""
    await _check_credentials(andon)
    await andon.services.directory.prepare()
    async with AsyncExitStack() as stack:
        status = Status(andon.services.work)
        probes: dict[str, Probe] = {"database": status.database}
        if andon.database.is_sqlite:
            await andon.outbox.recover()
        working = asyncio.create_task(andon.outbox.run(), name="outbox")
        stack.push_async_callback(_finish, andon, working)
        await stack.enter_async_context(running(andon.pulse.beat()))
        if not andon.database.is_sqlite:
            from bot.services.wakeup import answer

            await stack.enter_async_context(running(answer(andon.database, andon.outbox.wake)))
        connection = await _connect(stack, andon, settings)
        if connection is not None:
            probes["slack"] = connection.problem
        handler = receiver(andon.bolt) if connection is None else None
        door = build_public(handler, machine_doors(andon, settings))
        public = await stack.enter_async_context(serve(door, settings.http_host, settings.http_port))
        admin_app = build_admin(probes, metrics(status))
        admin = await stack.enter_async_context(serve(admin_app, settings.admin_host, settings.admin_port))
        watching = [Tick("outage", 5, andon.outbox.look_for_slack)]
        if connection is not None:
            watching.append(Tick("connection", 5, connection.watch))
        scheduler = Scheduler((*ticks(andon.services), *watching))
        scheduler.start()
        stack.push_async_callback(scheduler.stop)
        log.info("doors are open", public_port=public, admin_port=admin)
        yield


def machine_doors(andon: Andon, settings: Settings) -> list[Route]:
    """What machines may call, each with its own proof."""
    evidence, report = settings.evidence_token, settings.report_token
    return [
        evidence_route(andon.services, evidence.get_secret_value() if evidence else None),
        reports_route(andon.services, report.get_secret_value() if report else None),
        alerts_route(andon.services, environment()),
    ]


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Something that goes on beside everything else, and is cancelled in the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def metrics(status: Status) -> Metrics:
    """What Prometheus sees."""
    shown = Metrics()
    shown.watch("andon_outbox_rows", "Reactions owed to facts, by state", status.outbox, label="state")
    shown.watch("andon_outbox_lag_seconds", "How late the earliest waiting reaction is", status.outbox_lag)
    shown.watch("andon_outbox_age_seconds", "How long the oldest unfinished reaction is owed", status.outbox_age)
    shown.watch("andon_unreadable_steps", "Steps of open incidents that asked nobody", status.unreadable_steps)
    shown.watch("andon_waiting_reports", "Reports that nobody has judged", status.waiting_reports)
    shown.watch("andon_open_incidents", "Open incidents by severity", status.open_incidents, label="severity")
    return shown


async def _connect(stack: AsyncExitStack, andon: Andon, settings: Settings) -> SocketConnection | None:
    look_back = partial(look_back_until_noted, andon.services.backfill)
    if settings.slack_app_token is None:
        await look_back()
        return None
    connection = SocketConnection(andon.bolt, settings.slack_app_token.get_secret_value(), on_connected=look_back)
    stack.push_async_callback(connection.stop)
    await connection.start()
    return connection


async def look_back_until_noted(backfill: Backfill) -> None:
    """Have channels read again for what was missed; a database that is away just now must not leave a gap."""
    while True:
        try:
            await backfill.check()
        except StorageUnavailable as error:
            log.warning("what was missed cannot be noted yet; trying again", reason=str(error))
            await asyncio.sleep(LOOK_BACK_PAUSE)
        else:
            return


async def _check_credentials(andon: Andon) -> None:
    try:
        await andon.chat.check()
    except ChatError as error:
        if error.code not in DEAD_CREDENTIALS:
            log.warning("Slack cannot be asked yet; work goes on and is told to it later", reason=str(error))
            return
        raise AndonError(f"Slack does not accept SLACK_BOT_TOKEN ({error.code}): run `andon doctor`.") from error


async def _finish(andon: Andon, working: asyncio.Task[None]) -> None:
    await andon.desk.finish()
    await andon.outbox.stop()
    await working
