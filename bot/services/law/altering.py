"""Whether changing the system could spoil what an authority wants to see, because nobody was told yet."""

from __future__ import annotations

from bot.domain.notices.law import Untold
from bot.services.law.reckoning import row_of
from storage.store import Unit


async def untold(unit: Unit, incident_id: int) -> tuple[Untold, ...]:
    """The clocks that may forbid altering the system before an authority was told, and nothing was sent for them."""
    rows = [row_of(one) for one in await unit.obligations.of(incident_id) if one.is_open]
    return tuple(Untold(row.name, row.authority) for row in rows if row.no_alteration)
