"""The right to carry out a reaction: while a replica's lease lasts, no other replica acts in its place.

A replica that was frozen wakes up not knowing it. So it asks its lease before every act: the lease is measured by a
clock that runs on while the process or the machine sleeps, and it ends here before it ends in the database.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import timedelta

from storage.database import LONGEST_IDLE

LEASE = timedelta(seconds=30)
MARGIN = 1.0  # seconds by which a lease ends here before another replica may take over
LEAST = 1.0  # seconds: nothing is begun that could not even be sent in time


def beat(lease: timedelta) -> timedelta:
    """How often the leases of what takes long are extended: one beat may fail, and no act has to wait for the next."""
    return lease * 4 / 15


def longest_idle(lease: timedelta) -> timedelta:
    """How long a transaction may stand still, so that what a lease allowed is committed well before it ends."""
    return min(LONGEST_IDLE, lease / 3)


class LeaseLost(Exception):
    """Another replica may be acting on this reaction by now: whoever goes on would double it."""


class Lease:
    """The lease of one running reaction, in force until ``until`` on :func:`boot_clock`."""

    def __init__(self, until: float) -> None:
        self._until = until

    @property
    def left(self) -> float:
        """For how many seconds nobody else can have the reaction; 0 when somebody may."""
        return max(0.0, self._until - MARGIN - boot_clock())

    def assert_ours(self, seconds: float) -> None:
        """Nothing, if the reaction stays ours for that many seconds. Raises LeaseLost."""
        if self.left < seconds:
            raise LeaseLost(f"the lease has {self.left:.1f} s left")

    def extend(self, until: float) -> None:
        """In force until then."""
        self._until = until

    def lose(self) -> None:
        """Another replica has it."""
        self._until = 0.0


_held: ContextVar[Lease | None] = ContextVar("lease", default=None)


def held() -> Lease | None:
    """The lease of the reaction that runs here; None outside of reactions (listeners, ticks, the command line)."""
    return _held.get()


@contextmanager
def holding(lease: Lease) -> Iterator[None]:
    """What runs inside acts under this lease."""
    token = _held.set(lease)
    try:
        yield
    finally:
        _held.reset(token)


@asynccontextmanager
async def acting() -> AsyncIterator[None]:
    """One act upon the outside world: entered after all waiting, right before the call.

    Inside a reaction it begins only while the lease is ours, raising LeaseLost otherwise, and is cut off with
    TimeoutError when the lease ends: what was sent by then may have an effect, the rest is not sent late. Elsewhere it
    changes nothing.
    """
    lease = held()
    if lease is None:
        yield
        return
    lease.assert_ours(LEAST)
    async with asyncio.timeout(lease.left):
        yield


def boot_clock() -> float:
    """Seconds on a clock that nobody sets and that counts the time a process or a machine was asleep."""
    return time.clock_gettime(_BOOT) if _BOOT is not None else time.monotonic()


_BOOT: int | None = getattr(time, "CLOCK_BOOTTIME", None)
