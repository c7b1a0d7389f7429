"""Forgetting what serves nobody any more: reactions long done, forms never handed in, limits long unused.

The record is never swept.
"""

from __future__ import annotations

from datetime import timedelta

from bot.services.work import Work

DONE_FOR = timedelta(days=7)
DRAFTS_FOR = timedelta(days=1)
PACES_FOR = timedelta(days=1)
TOLD_FOR = timedelta(days=30)
TALLIES_FOR = timedelta(days=8)  # longer than any window of a threshold


class Sweeping:
    """Sweeps; what was refused or given up stays to be seen."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def sweep(self) -> None:
        """A tick."""
        now = self._work.now()
        async with self._work() as unit:
            await unit.outbox.sweep(now - DONE_FOR)
            await unit.drafts.sweep(now - DRAFTS_FOR)
            await unit.paces.sweep(now - PACES_FOR)
            await unit.tellings.sweep(now - TOLD_FOR)
            await unit.alerts.sweep(now - TALLIES_FOR)
