"""What a fact owes: a reaction, by name, and one try at it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.services.ports import Once
from storage.store import Unit


async def _later(_: Unit) -> None:
    """Whoever runs the reaction notes its end."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a reaction; hand ``once`` to whatever Slack call makes its effect.

    ``finish(unit)``, if a reaction awaits it, ends the reaction with that transaction, its last act: what comes next in
    its lane need not wait, and it is never repeated. Raises LeaseLost when somebody else has taken it over.
    """

    once: Once
    number: int
    finish: Callable[[Unit], Awaitable[None]] = _later


@dataclass(frozen=True, slots=True)
class Reaction:
    """One thing to do about a fact."""

    name: str
    lane: str | None = None
    coalesce: bool = False
    after: timedelta = timedelta()
