"""The two clocks: the system's, and one that a test, a story or a drill steers."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


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
