"""The two clocks: the system's, and one that a test, a story or a drill steers; and who notices when one is set."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from bot.services.leases import boot_clock

LEAST_STEP = timedelta(minutes=1)  # by less, waiting it out costs less than looking


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


class SteerableClock:
    """A clock that runs on from ``start`` and can be moved; frozen when ``runs`` is false."""

    def __init__(self, start: datetime, *, runs: bool = False) -> None:
        self._base = start.astimezone(UTC)
        self._runs = runs
        self._since = time.monotonic()

    def now(self) -> datetime:
        """The instant this clock shows, in UTC."""
        passed = timedelta(seconds=time.monotonic() - self._since) if self._runs else timedelta()
        return self._base + passed

    def forward(self, **span: float) -> None:
        """Move on by a span given as for timedelta, ``forward(minutes=16)``."""
        self._base += timedelta(**span)

    def set(self, instant: datetime) -> None:
        """Jump to an instant."""
        self._base = instant.astimezone(UTC)
        self._since = time.monotonic()

    def let_run(self, runs: bool) -> None:
        """Run on by itself from the instant it shows, or freeze there."""
        self.set(self.now())
        self._runs = runs

    @property
    def runs(self) -> bool:
        """Whether it runs on by itself."""
        return self._runs


class Setbacks:
    """Notices, from look to look, that a clock was set back, by one that nobody sets."""

    def __init__(self) -> None:
        self._ahead: float | None = None

    def since_last_look(self, now: datetime) -> timedelta | None:
        """By how much the clock that shows ``now`` was set back since the last look; None when it was not."""
        ahead, before = now.timestamp() - boot_clock(), self._ahead
        self._ahead = ahead
        step = timedelta(seconds=before - ahead) if before is not None else timedelta()
        return step if step >= LEAST_STEP else None
