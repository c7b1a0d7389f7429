"""What can go wrong with Slack, as switches: slow, down for the bot alone, or keeping to its published limits.

The page shares the sandbox's port with the Web API, so that "down" refuses calls and connections of the bot only.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import ClassVar

from bot.drill.world import LiveWorld


class Switches:
    """The faults of one world. All are off to begin with."""

    slowness: ClassVar[float] = 2.0
    """Seconds that each call takes while Slack is slow: a form still opens in time, nothing is given up."""

    def __init__(self, world: LiveWorld) -> None:
        self._world = world
        self._on = dict.fromkeys(("slow", "down", "limited"), False)
        world.sandbox.faults.add("*", "cut_before", sys.maxsize, where=lambda _call: self._on["down"])

    @property
    def states(self) -> Mapping[str, bool]:
        """Which are on, by name."""
        return dict(self._on)

    async def turn(self, name: str, on: bool) -> None:
        """Turn one on or off. Raises LookupError with the names there are."""
        if name not in self._on:
            raise LookupError(f"There is no fault {name!r}; there is: {', '.join(self._on)}.")
        if self._on[name] is on:
            return
        self._on[name] = on
        match name:
            case "slow":
                self._world.sandbox.faults.latency = self.slowness if on else 0.0
            case "limited":
                self._world.keep_limits(on)
            case "down" if on:
                self._world.sandbox.sockets.refuse_tickets(sys.maxsize)
                self._world.sandbox.sockets.drop()
            case _:
                self._world.sandbox.sockets.refused_tickets = 0
                await self._world.hear_that_slack_is_back()
