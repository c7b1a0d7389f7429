"""Texts for people outside the response: written, approved, sent, wanted, made wrong; and the daily brief."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import AnyFact, Fact


@dataclass(frozen=True, slots=True)
class TextStarted(Fact):
    """Somebody began to write a text."""

    text_id: int


@dataclass(frozen=True, slots=True)
class TextChanged(Fact):
    """A text stands elsewhere, or says something else, than before."""

    text_id: int


@dataclass(frozen=True, slots=True)
class TextOwed(Fact):
    """A text was marked as sent into a channel that policy names: Andon posts it there."""

    text_id: int


@dataclass(frozen=True, slots=True)
class TextWanted(Fact):
    """A text is due, or soon: whoever writes it is reminded.."""

    user_id: str
    template: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class BriefDue(AnyFact):
    """The hour has come at which somebody wants the brief."""

    user_id: str
    at: str

    @property
    def owner(self) -> str:
        """Everybody has lanes of their own."""
        return f"brief-{self.user_id}"
