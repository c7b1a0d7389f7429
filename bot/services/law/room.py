"""The services of the law, wired; see :mod:`bot.services.container`."""

from __future__ import annotations

from functools import cached_property

from bot.services.ground import Ground
from bot.services.particulars import Particulars


class LawRoom(Ground):
    """One of each."""

    @cached_property
    def particulars(self) -> Particulars:
        """What is established."""
        return Particulars(self.work, self.access, self.library)
