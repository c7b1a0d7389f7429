"""The port to the systems that hold the switches, and what can go wrong there.

Every sentence in an order's answer, plan and errors is free of secrets: they may be shown and stored as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.containment.words import Direction
from playbooks.actions import Action


class SwitchError(Exception):
    """The other system did not do it, or did not say so. ``str(error)`` is a sentence without secrets."""


class SwitchRefused(SwitchError):
    """Surely nothing changed, and asking again would change nothing."""


class SwitchUnavailable(SwitchError):
    """Surely nothing changed, but it may answer later."""


class SwitchUncertain(SwitchError):
    """The switch may have moved or not: look before anything else."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to turn which way, and on whose word. ``key`` names the one run of it, however often it is sent."""

    action: Action
    direction: Direction
    key: str
    reference: str
    requested_by: str = ""
    approved_by: tuple[str, ...] = ()
    expires_at: datetime | None = None
    is_drill: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen: as wanted, or not, or None where nobody can tell; and what it was, in words."""

    is_as_wanted: bool | None
    what: str


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call exactly as it would be sent, its secrets masked."""

    text: str


class Switchboard(Protocol):
    """Turns switches and looks at them. ``turn`` raises SwitchError and nothing else; looking raises nothing."""

    def plan(self, order: Order) -> tuple[PlannedCall, ...]:
        """What :meth:`turn` would send, in order, and what the verification would ask. Nothing is sent."""

    def missing(self, action: Action) -> tuple[str, ...]:
        """The environment variables that the action needs and that are not set."""

    async def unreachable(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """A sentence for each host of these actions that cannot be called from here. Nothing is sent."""

    async def turn(self, order: Order) -> str:
        """Turn it; what was answered. Repeating it with the same key turns it no second time."""

    async def read(self, order: Order) -> Sighting:
        """Where the control plane says the switch stands."""

    async def probe(self, order: Order) -> Sighting | None:
        """What its users get; None where the action names no probe."""


class Nowhere:
    """The switchboard of a program that reaches no other system: every call is refused, nothing is seen."""

    def plan(self, order: Order) -> tuple[PlannedCall, ...]:
        """Nothing would be sent."""
        return ()

    def missing(self, action: Action) -> tuple[str, ...]:
        """Nothing is needed."""
        return ()

    async def unreachable(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """None is called."""
        return ()

    async def turn(self, order: Order) -> str:
        """Raises SwitchRefused."""
        raise SwitchRefused("This program reaches no other system.")

    async def read(self, order: Order) -> Sighting:
        """Nobody can tell."""
        return Sighting(None, "this program reaches no other system")

    async def probe(self, order: Order) -> Sighting | None:
        """Nothing."""
        return None


NOWHERE = Nowhere()
