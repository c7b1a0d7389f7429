"""Action items from a terminal: listed and exported."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.errors import BadInput
from bot.errands.seat import Seat, Told
from bot.terminal import action_items as page


async def listing(seat: Seat, reference: str, *, is_own: bool) -> Told:
    """Items of one incident, or of every incident the person may see."""
    incident_id = (await seat.about(reference)).incident_id if reference else None
    items = await seat.services.exporting.visible(by=seat.actor, incident_id=incident_id, is_own=is_own)
    return Told(page.listing(items, seat.now(), seat.names), page.data(items, seat.names))


async def export(seat: Seat, reference: str, *, is_own: bool, form: str, out: Path | None) -> Told:
    """The same as a table, printed or written to a file. Raises BadInput for a file that cannot be written."""
    incident_id = (await seat.about(reference)).incident_id if reference else None
    said, items = await seat.services.exporting.text(form, by=seat.actor, incident_id=incident_id, is_own=is_own)
    if out is None:
        return Told(said.rstrip("\r\n"), {})
    try:
        await asyncio.to_thread(out.write_text, said, encoding="utf-8", newline="")
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}.") from error
    return Told(f"{len(items)} action items are in {out}.", {})
