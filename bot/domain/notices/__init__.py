"""What the bot says, as values: services speak these, only views know what they look like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be said to somebody. Every notice has one view in ``bot.slack.views``."""


@dataclass(frozen=True, slots=True)
class Apology(Notice):
    """An error told to the person who met it: one sentence, and what they had typed, so that nothing is lost."""

    sentence: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Confirmation(Notice):
    """One plain sentence telling the person that what they asked for is done."""

    sentence: str
