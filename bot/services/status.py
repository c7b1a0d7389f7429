"""How Andon itself is doing: numbers for /metrics, reasons for /readyz. Numbers carry no incident's words."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

from bot.domain.errors import StorageUnavailable
from bot.domain.notices.backlog import Backlog
from bot.services.work import Work
from storage.owed import OutboxState

LATE = timedelta(seconds=30)
PROBE_BYTES = 8192  # more than a page, so that room on the disk is asked for


class Status:
    """Reads numbers from storage."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._probe = f"probe-{uuid.uuid4().hex}"

    async def database(self) -> str | None:
        """Why the database cannot be used; None when it can be read and written."""
        try:
            async with self._work() as unit:
                await unit.drafts.keep(self._probe, {"room": " " * PROBE_BYTES}, self._work.now())
        except StorageUnavailable as error:
            return f"cannot be written: {error}"
        return f"could not be written a moment ago: {self._work.trouble}" if self._work.trouble else None

    async def outbox(self) -> dict[str, float]:
        """Owed reactions by state."""
        async with self._work.read() as unit:
            counts = await unit.outbox.counts()
        return {state.value: float(counts.get(state, 0)) for state in OutboxState}

    async def outbox_lag(self) -> float:
        """How many seconds the earliest waiting reaction is late; 0 when nothing is late."""
        async with self._work.read() as unit:
            due_at = await unit.outbox.next_due()
        return max(0.0, (self._work.now() - due_at).total_seconds()) if due_at else 0.0

    async def backlog(self) -> Backlog | None:
        """What Slack should have heard by now and has not; None when nothing is late."""
        before = self._work.now() - LATE
        async with self._work.read() as unit:
            rows = await unit.outbox.unfinished_since(before)
        late = [row for row in rows if row.attempts or row.due_at < before]
        return Backlog(len(late), late[0].created_at, late[0].last_error or "") if late else None

    async def unreadable_steps(self) -> float:
        """How many steps of open incidents could not be read and asked nobody."""
        async with self._work.read() as unit:
            return float(len(await unit.audits.unreadable_steps()))

    async def outbox_age(self) -> float:
        """For how many seconds the oldest unfinished reaction is owed; 0 when nothing is."""
        async with self._work.read() as unit:
            oldest = await unit.outbox.unfinished_since(self._work.now(), limit=1)
        return (self._work.now() - oldest[0].created_at).total_seconds() if oldest else 0.0

    async def waiting_reports(self) -> float:
        """How many reports wait for somebody's judgement."""
        async with self._work.read() as unit:
            return float(await unit.reports.waiting())

    async def open_incidents(self) -> dict[str, float]:
        """Open incidents by severity; drills apart."""
        async with self._work.read() as unit:
            found = await unit.incidents.open_ones()
        return {
            name: float(n) for name, n in Counter("drill" if i.is_drill else str(i.severity) for i in found).items()
        }
