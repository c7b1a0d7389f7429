"""What is swept and what never is."""

from __future__ import annotations

from sqlmodel import select

from bot.domain.declaration import SourceMessage
from storage.owed import OutboxRow, OutboxState
from tests.workshop import Workshop


async def test_done_reactions_and_old_forms_go_and_trouble_stays(workshop: Workshop) -> None:
    """A week after it was done a reaction is forgotten; what was refused stays; a form's draft lives a day."""
    await workshop.declare()
    await workshop.services.incidents.keep_source("k", SourceMessage("C1", "1.0", "text"))
    async with workshop.work() as unit:
        row = (await unit.session.exec(select(OutboxRow).limit(1))).one()
        row.state = OutboxState.REFUSED
    workshop.clock.forward(days=2)
    await workshop.services.sweeping.sweep()
    assert await workshop.services.incidents.source("k") is None
    workshop.clock.forward(days=6)
    await workshop.services.sweeping.sweep()
    async with workshop.work.read() as unit:
        assert set(await unit.outbox.counts()) == {OutboxState.REFUSED}
        assert await unit.incidents.get(1) is not None
