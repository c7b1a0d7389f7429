"""The organisation's own policy files, edited while Andon runs."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import AnyFact


@dataclass(frozen=True, slots=True)
class PolicyRefused(AnyFact):
    """An edit was refused, and what was read before stays in force; ``user_id`` is to hear why."""

    user_id: str
    reason: str

    @property
    def owner(self) -> str:
        """It has to do with no incident."""
        return "policies"
