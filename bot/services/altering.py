"""Whether changing the system could spoil what an authority wants to see, because nobody was told yet."""

from __future__ import annotations

from bot.domain.notices.law import Untold
from storage.store import Unit


async def untold(unit: Unit, incident_id: int) -> tuple[Untold, ...]:
    """The clocks that may forbid altering the system before an authority was told, and nothing was sent for them."""
    rows = [one.row for one in await unit.obligations.of(incident_id) if one.is_open]
    forbidding = [row for row in rows if row.get("no_alteration")]
    return tuple(Untold(f"{row['instrument']}, {row['article']}", str(row["authority"])) for row in forbidding)
