"""The port to whoever outside is told of action items."""

from __future__ import annotations

from typing import Any, Protocol

from bot.services.containment.ports import SwitchRefused


class Outward(Protocol):
    """Sends signed webhooks to hosts of the allow-list. Raises SwitchError and nothing else."""

    async def deliver(self, url: str, secret: str, key: str, body: dict[str, Any]) -> None:
        """Deliver a body; ``secret`` names the environment variable that signs it, ``key`` is its id however often."""


class NobodyOutside:
    """The way out of a program that has none."""

    async def deliver(self, url: str, secret: str, key: str, body: dict[str, Any]) -> None:
        """Raises SwitchRefused."""
        raise SwitchRefused("This program reaches no other system.")


NOBODY_OUTSIDE = NobodyOutside()
