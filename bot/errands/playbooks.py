"""What people suggested for the playbooks, from a terminal."""

from __future__ import annotations

from bot.errands.seat import Seat, Told
from bot.terminal import suggestions
from bot.terminal.suggestions import Row


async def suggested(seat: Seat, *, export: bool) -> Told:
    """Everything suggested in incidents that the person may see; ``export``: as YAML to put into the files."""
    found = await seat.services.suggesting.listing(by=seat.actor)
    rows = [Row(one.reference, one.text, one.by, one.at, one.file, one.step) for one in found]
    said = suggestions.fragment(rows, seat.names) if export else suggestions.listing(rows, seat.names)
    return Told(said, suggestions.data(rows, seat.names))
