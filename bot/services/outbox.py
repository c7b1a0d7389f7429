"""Runs what is owed: take, run, retry, give up loudly.

Rows are claimed under a lease, run side by side, and settled once. 429 waits exactly as long as Slack says without
holding a task. A refusal for good becomes a timeline entry a person can read and dams nothing behind it.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain.errors import ChatRateLimited, ChatRefused, ChatUnavailable, ChatUncertain
from bot.domain.events import ProblemNoted
from bot.domain.incident import reference
from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from bot.services.leases import BEAT, LEASE, Lease, LeaseLost, boot_clock, holding
from bot.services.ports import Once
from bot.services.reactions import Attempt
from bot.services.work import Work, revive
from storage.outbox import OutboxRow, OutboxState

PATIENCE = timedelta(hours=24)
OWN_FAULT_TRIES = 5
IDLE_LOOK = 1.0
log = structlog.get_logger(__name__)


class NotYet(Exception):
    """The reaction needs something that is still being made (the channel); it is hurried when that is there."""


class OutboxWorker:
    """Carries out owed reactions until stopped. Any number may run on one database."""

    def __init__(self, work: Work, services: Any, *, at_once: int = 32) -> None:
        self._work = work
        self._services = services
        self._at_once = at_once
        self._me = uuid.uuid4().hex
        self._running: set[asyncio.Task[None]] = set()
        self._leases: dict[int, Lease] = {}
        self._beating: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._stopping = False
        work.when_owed(self._woken.set)

    async def run(self) -> None:
        """Work until :meth:`stop`."""
        self._beating = asyncio.create_task(self._beat(), name="outbox-leases")
        while not self._stopping:
            self._woken.clear()
            took = await self._take_safely()
            if not took:
                await self._wait(IDLE_LOOK)

    async def recover(self) -> None:
        """Take over at once what a killed predecessor had begun; each is looked for before it is repeated.

        Only where no other worker can be alive: with several, a dead one's rows wait for their lease to run out.
        """
        async with self._work() as unit:
            begun = await unit.outbox.free(self._work.now())
        if begun:
            log.warning("the last run was cut off; what it had begun is looked at again", reactions=begun)

    async def stop(self, patience: float = 20.0) -> None:
        """Take nothing more and wait for what runs; what does not end in time is left to its lease."""
        self._stopping = True
        self._woken.set()
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)

    async def drain(self) -> None:
        """Run everything due now, and all that follows from it, to the end."""
        while True:
            # What ends while we look may unblock its lane: only a look that began with nothing running is final.
            was_idle = not self._running
            if not await self._take() and was_idle:
                return
            if self._running:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    @property
    def busy(self) -> int:
        """How many reactions run now."""
        return len(self._running)

    async def _take_safely(self) -> int:
        try:
            return await self._take()
        except Exception:
            log.exception("outbox cannot reach the database")
            return 0

    async def _take(self) -> int:
        room = self._at_once - len(self._running)
        if room <= 0:
            return 0
        began = boot_clock()
        async with self._work() as unit:
            rows = await unit.outbox.claim(self._me, self._work.now(), LEASE, room, besides=tuple(self._leases))
        for row in rows:
            self._leases[row.key] = Lease(began + LEASE.total_seconds())
            task = asyncio.create_task(self._run(row, self._leases[row.key]))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return len(rows)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT.total_seconds())
            try:
                await self._extend()
            except Exception:
                log.exception("outbox cannot extend its leases")

    async def _extend(self) -> None:
        """Keep what takes long; what somebody else has taken is not acted on any more."""
        lasting = {key: lease for key, lease in self._leases.items() if lease.left < (LEASE - BEAT).total_seconds()}
        if not lasting:
            return
        began = boot_clock()
        async with self._work() as unit:
            ours = await unit.outbox.extend(self._me, tuple(lasting), self._work.now(), LEASE)
        for key, lease in lasting.items():
            if key in ours:
                lease.extend(began + LEASE.total_seconds())
            else:
                lease.lose()

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return

    async def _run(self, row: OutboxRow, lease: Lease) -> None:
        about = {"incident": reference(row.incident_id)} if row.incident_id else {}
        with structlog.contextvars.bound_contextvars(reaction=row.reaction, **about):
            try:
                with holding(lease):
                    await self._react(row)
            except Exception as error:  # noqa: BLE001  whatever a reaction raises is settled and told
                await self._fail(row, error)
            else:
                await self._settle(row, state=OutboxState.DONE, finished_at=self._work.now(), last_error=None)
            finally:
                del self._leases[row.key]

    async def _react(self, row: OutboxRow) -> None:
        fact = revive(row.fact, row.payload)
        service, _, method = row.reaction.partition(".")
        react: Callable[[Any, Attempt], Awaitable[None]] = getattr(getattr(self._services, service), method)
        key = f"{row.key}.{int(row.created_at.timestamp() * 1000)}"
        await react(fact, Attempt(Once(key, row.is_doubtful, row.created_at), row.attempts))

    async def _fail(self, row: OutboxRow, error: Exception) -> None:
        try:
            await self._settle_failure(row, error)
        except Exception:
            log.exception("could not settle a failed reaction; its lease will run out and it is looked at again")

    async def _settle_failure(self, row: OutboxRow, error: Exception) -> None:
        now = self._work.now()
        clean = {"clean_attempts": row.clean_attempts + 1, "last_error": str(error)}
        match error:
            case LeaseLost():
                log.warning("too late to act on this reaction; whoever has it now looks first", reason=str(error))
                await self._again(row, now)
            case NotYet():
                await self._again(row, now + timedelta(seconds=30), **clean)
            case ChatRateLimited():
                await self._again(row, now + timedelta(seconds=error.retry_after), **clean)
            case ChatRefused():
                log.warning("reaction refused by Slack", code=error.code)
                await self._give_up(row, OutboxState.REFUSED, error)
            case ChatUnavailable() | ChatUncertain() if now - row.created_at < PATIENCE:
                log.warning("Slack did not answer; trying again", code=error.code, attempt=row.attempts)
                extra = clean if isinstance(error, ChatUnavailable) else {"last_error": str(error)}
                await self._again(row, now + backoff(row.attempts), **extra)
            case _ if row.attempts < OWN_FAULT_TRIES and not isinstance(error, ChatUnavailable | ChatUncertain):
                log.error("reaction failed; trying again", exc_info=error)
                await self._again(row, now + backoff(row.attempts), last_error=repr(error))
            case _:
                log.error("reaction given up", exc_info=error)
                await self._give_up(row, OutboxState.GIVEN_UP, error)

    async def _again(self, row: OutboxRow, due_at: datetime, **values: Any) -> None:
        await self._settle(row, state=OutboxState.PENDING, due_at=due_at, **values)

    async def _settle(self, row: OutboxRow, **values: Any) -> None:
        try:
            async with self._work() as unit:
                if not await unit.outbox.settle(row, **values):
                    log.warning("lease lost; somebody else settles this reaction")
        except Exception:
            log.exception("could not settle a reaction; its lease will run out and it is looked at again")

    async def _give_up(self, row: OutboxRow, state: OutboxState, error: Exception) -> None:
        async with self._work() as unit:
            now = self._work.now()
            if not await unit.outbox.settle(row, state=state, finished_at=now, last_error=str(error)):
                return
            if row.incident_id is not None:
                text = f"{row.reaction}: {error}"
                data = {"reaction": row.reaction, "code": getattr(error, "code", "")}
                unit.timeline.note(row.incident_id, EntryKind.PROBLEM, text, by=ANDON, at=now, data=data)
                if row.reaction != "cards.refresh":
                    unit.tell(ProblemNoted(row.incident_id))


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from half a second to a minute, with a little chance."""
    return timedelta(seconds=min(60.0, 0.5 * 2 ** min(attempts, 8)) * random.uniform(0.9, 1.1))
