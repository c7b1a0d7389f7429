"""Reactions whose end is lost: done, but not written down, as if the program was killed in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.services.settling import Settling
from storage.owed import OutboxRow


@contextmanager
def each_end_lost_once() -> Iterator[set[int]]:
    """Inside, every reaction is taken over and begun again after its end; gives the ids of those that were."""
    write, lost = Settling.done, set[int]()

    async def done(settling: Settling, row: OutboxRow) -> None:
        if row.key in lost:
            await write(settling, row)
        else:
            lost.add(row.key)
            await settling._settle(row)  # the lease is over, and that is all

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Settling, "done", done)
        yield lost
