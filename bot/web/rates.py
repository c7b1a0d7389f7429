"""How many bodies a source may send: so many a minute, in any rhythm."""

from __future__ import annotations

from datetime import datetime

MINUTE = 60.0


class Rates:
    """Counts in this process alone; a restart forgives."""

    def __init__(self) -> None:
        self._paid_until: dict[str, float] = {}

    def wait(self, source: str, per_minute: int, now: datetime) -> float:
        """Seconds to wait before one more is taken; 0 when it is taken, and counted."""
        instant, each = now.timestamp(), MINUTE / per_minute
        paid_until = max(self._paid_until.get(source, 0.0), instant) + each
        if paid_until - instant > MINUTE + each / 2:
            return paid_until - instant - MINUTE
        self._paid_until[source] = paid_until
        return 0.0
