"""The services of reviews and action items, wired; see :mod:`bot.services.container`."""

from __future__ import annotations

from functools import cached_property

from bot.services.ground import Ground
from bot.services.review.booking import Booking
from bot.services.review.chasing import Chasing
from bot.services.review.closing import ReviewClosing
from bot.services.review.exporting import Exporting
from bot.services.review.item_news import ItemNews
from bot.services.review.items import ActionItems
from bot.services.review.leading import Leading
from bot.services.review.news import ReviewNews
from bot.services.review.ports import NOBODY_OUTSIDE, Outward


class ReviewRoom(Ground):
    """One of each. ``outward`` is given before anything is asked for; without one nobody outside is told."""

    outward: Outward = NOBODY_OUTSIDE

    @cached_property
    def booking(self) -> Booking:
        """Reviews booked."""
        return Booking(self.work, self.access, self.naming, self.library, self._choices.command)

    @cached_property
    def review_closing(self) -> ReviewClosing:
        """Reviews closed."""
        return ReviewClosing(self.work, self.access, self.library)

    @cached_property
    def reviewing(self) -> Leading:
        """Reviews led through."""
        return Leading(self.work, self.access, self.review_closing, self._choices.command)

    @cached_property
    def review_news(self) -> ReviewNews:
        """What is said about reviews."""
        return ReviewNews(self.work, self.chat, self.access)

    @cached_property
    def action_items(self) -> ActionItems:
        """Action items promised and kept."""
        return ActionItems(self.work, self.access, self.naming, self.library, self._choices.command)

    @cached_property
    def chasing(self) -> Chasing:
        """Owners reminded."""
        return Chasing(self.work, self.library)

    @cached_property
    def item_news(self) -> ItemNews:
        """What is said about action items."""
        return ItemNews(self.work, self.chat, self.access, self.directory)

    @cached_property
    def exporting(self) -> Exporting:
        """Action items handed out."""
        return Exporting(self.work, self.access, self.library, self.outward)
