"""What a story needs to be played: a workspace with people, a bot that comes to rest, and time that can be moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bot.sandbox.server import Sandbox


class World(Protocol):
    """A sandbox with an app installed, on one steered clock."""

    @property
    def sandbox(self) -> Sandbox:
        """The workspace and its people."""

    def now(self) -> datetime:
        """The instant it is there."""

    async def settle(self) -> None:
        """Return when everything under way or due has come to its end."""

    async def until(self, instant: datetime, seen: Callable[[], None]) -> None:
        """Move time on to an instant; whatever falls due happens at its own time, and after each ``seen`` is called."""
