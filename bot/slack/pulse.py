"""The pulse: whether this process was frozen, and everything that Slack has sent it meanwhile is old.

Whoever types a command sees an error when it is not acknowledged within three seconds, and types it again. A replica
that was frozen for longer and then went on with what waits in its sockets would do it a second time.
"""

from __future__ import annotations

import asyncio

import structlog

from bot.services.leases import boot_clock

EVERY = 0.25
NAP = 10.0  # seconds; shorter than that, it may be but a busy machine
DROWSY = 1.0  # seconds in which all that waited is read
log = structlog.get_logger(__name__)


class Pulse:
    """Notices naps, once :meth:`beat` runs."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._woke_at: float | None = None

    @property
    def is_drowsy(self) -> bool:
        """Whether what is read now may have waited while nobody was awake."""
        self._feel(boot_clock())
        return self._woke_at is not None and boot_clock() - self._woke_at < DROWSY

    async def beat(self) -> None:
        """Count the time, until cancelled."""
        while True:
            self._feel(boot_clock())
            self._last = boot_clock()
            await asyncio.sleep(EVERY)

    def _feel(self, now: float) -> None:
        if self._last is not None and now - self._last > NAP:
            log.warning(
                "this process was frozen; commands sent to it meanwhile are not acted on", seconds=now - self._last
            )
            self._woke_at, self._last = now, now
