"""What the program does around its services."""

from __future__ import annotations

from typing import cast

import pytest

from bot import runtime
from bot.domain.errors import StorageUnavailable
from bot.services.backfill import Backfill


async def test_a_gap_is_noted_when_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connected again while PostgreSQL restarts: what was missed is noted as soon as it can be."""
    monkeypatch.setattr(runtime, "LOOK_BACK_PAUSE", 0.0)
    answers = [StorageUnavailable("restarting"), StorageUnavailable("restarting"), None]

    class Gaps:
        async def check(self) -> None:
            if (trouble := answers.pop(0)) is not None:
                raise trouble

    await runtime.look_back_until_noted(cast("Backfill", Gaps()))
    assert [] == answers
