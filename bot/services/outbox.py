"""Runs what is owed: take, run, retry, give up loudly.

Rows are claimed under a lease, run side by side, and settled once. 429 waits exactly as long as Slack says without
holding a task. A refusal for good becomes a timeline entry a person can read and dams nothing behind it.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain.errors import StorageUnavailable
from bot.domain.incident import reference
from bot.services.clock import Setbacks
from bot.services.failing import Endless, NotUnderstood, is_ours_to_judge
from bot.services.leases import LEASE, Lease, LeaseLost, beat, boot_clock, holding
from bot.services.pacing import waiting_as
from bot.services.ports import Once
from bot.services.reaction import Attempt
from bot.services.settling import Settling
from bot.services.work import Work, revive
from storage.owed import OutboxRow
from storage.store import Unit

IDLE_LOOK = 1.0  # seconds between looks when nobody wakes us
RING_PAUSE = 0.2  # seconds: a replica that stays full calls for help this often
LONGEST_RUN = 60.0  # seconds: what has not ended by then is cut off and looked for before it is tried again
log = structlog.get_logger(__name__)


class OutboxWorker:
    """Carries out owed reactions until stopped. Any number may run on one database.

    ``lease``: how long others wait before they take over what a dead or frozen worker had begun.
    """

    def __init__(self, work: Work, services: Any, *, at_once: int = 32, lease: timedelta = LEASE) -> None:
        self._work = work
        self._services = services
        self._at_once = at_once
        self._lease = lease
        self._me = uuid.uuid4().hex
        self._running: set[asyncio.Task[None]] = set()
        self._taking = asyncio.Lock()
        self._leases: dict[int, Lease] = {}
        self._beating: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._next_due: datetime | None = None
        self._rang_at = 0.0
        self._setbacks = Setbacks()
        self._stopping = self._is_waiting = False
        self._settling = Settling(work, self._check)
        work.when_owed(self.wake)

    async def run(self) -> None:
        """Work until :meth:`stop`."""
        self._beating = asyncio.create_task(self._beat(), name="outbox-leases")
        while not self._stopping:
            self._woken.clear()
            took = await self._take_safely()
            if not took:
                await self._wait(self._pause())

    async def _check(self) -> None:
        await self._services.chat.check()

    def wake(self) -> None:
        """Look at once: there may be work."""
        self._woken.set()

    async def look_for_slack(self) -> None:
        """A tick: whoever waits out an outage is called as soon as it ends."""
        if await self._settling.look_for_slack():
            self.wake()

    async def recover(self) -> None:
        """Take over at once what a killed predecessor had begun; each is looked for before it is repeated.

        Only where no other worker can be alive: with several, a dead one's rows wait for their lease to run out.
        """
        async with self._work() as unit:
            begun = await unit.outbox.free(self._work.now())
        if begun:
            log.warning("the last run was cut off; what it had begun is looked at again", reactions=begun)

    async def stop(self, patience: float = 20.0) -> None:
        """Take nothing more and wait for what runs; what does not end in time is left to its lease.

        Other replicas are woken for what was not begun.
        """
        self._stopping = True
        self._settling.hurry()
        self._work.leave_owed(self.wake)
        self.wake()
        await self._hand_over()
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)

    async def drain(self) -> None:
        """Run everything due now, and all that follows from it, to the end."""
        while True:
            # What ends while we look may unblock its lane: only a look that began with nothing running is final.
            # The lock: what somebody else has claimed just now runs before we look whether anything does.
            async with self._taking:
                was_idle = not self._running
                took = await self._take()
            if not took and was_idle:
                return
            if self._running:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    @property
    def busy(self) -> int:
        """How many reactions run now."""
        return len(self._running)

    async def _take_safely(self) -> int:
        try:
            async with self._taking:
                took = await self._take()
        except StorageUnavailable as error:
            if not self._is_waiting:
                log.warning("the outbox waits for the database", reason=str(error))
            self._is_waiting, self._next_due = True, None  # what is due is looked for when it can be found
        except Exception:
            log.exception("the outbox could not take anything")
            self._next_due = None
        else:
            self._is_waiting = False
            return took
        return 0

    async def _take(self) -> int:
        room = self._at_once - len(self._running)
        if room <= 0:
            return 0
        began, now = boot_clock(), self._work.now()
        step = self._setbacks.since_last_look(now)
        async with self._work() as unit:
            if step is not None:
                log.warning("the clock was set back; what waits for an instant of the old one is due", by=str(step))
                await unit.outbox.hurry_all(now)
                await unit.outbox.clip(now, self._lease)
            rows = await unit.outbox.claim(self._me, now, self._lease, room, besides=tuple(self._leases))
            self._next_due = None if rows else await unit.outbox.next_due(after=now)
            if len(rows) == room and began - self._rang_at >= RING_PAUSE:  # full, and there may be more
                self._rang_at = began
                await unit.outbox.ring()
        for row in rows:
            self._leases[row.key] = Lease(began + self._lease.total_seconds())
            task = asyncio.create_task(self._run(row, self._leases[row.key]))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return len(rows)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(beat(self._lease).total_seconds())
            try:
                await self._extend()
            except Exception:
                log.exception("outbox cannot extend its leases")

    async def _extend(self) -> None:
        """Keep what takes long; what somebody else has taken is not acted on any more."""
        young = (self._lease - beat(self._lease)).total_seconds()
        lasting = {key: lease for key, lease in self._leases.items() if lease.left < young}
        if not lasting:
            return
        began = boot_clock()
        async with self._work() as unit:
            ours = await unit.outbox.extend(self._me, tuple(lasting), self._work.now(), self._lease)
        for key, lease in lasting.items():
            if key in ours:
                lease.extend(began + self._lease.total_seconds())
            else:
                lease.lose()

    async def _hand_over(self) -> None:
        try:
            async with self._work() as unit:
                await unit.outbox.ring()
        except StorageUnavailable as error:
            log.warning("nobody could be told to take over", reason=str(error))

    def _pause(self) -> float:
        """Until the next row is due, at most until the next idle look: seconds."""
        if self._next_due is None:
            return IDLE_LOOK
        return min(IDLE_LOOK, max(0.0, (self._next_due - self._work.now()).total_seconds()))

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return

    async def _run(self, row: OutboxRow, lease: Lease) -> None:
        about = {"incident": reference(row.incident_id)} if row.incident_id else {}
        with structlog.contextvars.bound_contextvars(reaction=row.reaction, **about):
            try:
                with holding(lease), waiting_as(str(row.key)):
                    is_finished = await self._react(row)
            except BaseException as error:
                if not is_ours_to_judge(error):
                    raise
                await self._settling.failed(row, error)
            else:
                if not is_finished:
                    await self._settling.done(row)
            finally:
                del self._leases[row.key]

    async def _react(self, row: OutboxRow) -> bool:
        """Carry it out; whether its end is written down already."""
        finished: list[Unit] = []

        async def finish(unit: Unit) -> None:
            if not await unit.outbox.finish([row], self._work.now()):
                raise LeaseLost("somebody else has taken it over")
            finished.append(unit)

        try:
            fact = revive(row.fact, row.payload)
            service, _, method = row.reaction.partition(".")
            react: Callable[[Any, Attempt], Awaitable[None]] = getattr(getattr(self._services, service), method)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise NotUnderstood(f"{row.reaction} after {row.fact} is not known here: {error!r}") from error
        key = f"{row.key}.{int(row.created_at.timestamp() * 1000)}"
        attempt = Attempt(Once(key, row.is_doubtful, row.created_at), row.attempts, finish)
        try:
            async with asyncio.timeout(LONGEST_RUN) as limit:
                await react(fact, attempt)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise Endless(f"did not end within {LONGEST_RUN:g} s") from error
        return bool(finished)
