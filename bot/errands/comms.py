"""Texts from a terminal: the same services, rules and permissions as Slack's doors."""

from __future__ import annotations

from bot.errands.seat import Seat, Told
from bot.terminal import comms as page


async def listing(seat: Seat, reference: str) -> Told:
    """The incident's texts."""
    about = await seat.about(reference)
    found = await seat.services.texts.listing(about.incident_id, by=seat.actor)
    return Told(page.listing(found, seat.names), page.listing_data(found))


async def show(seat: Seat, reference: str, number: int) -> Told:
    """One text in full."""
    about = await seat.about(reference)
    text_id = await seat.services.texts.numbered(about.incident_id, number, by=seat.actor)
    shown = await seat.services.texts.shown(text_id, by=seat.actor)
    return Told(page.shown(shown, seat.names), page.shown_data(shown))
