"""The list of commands, made from the table that routes them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """One line of the list."""

    usage: str
    text: str
    needs_incident: bool


@dataclass(frozen=True, slots=True)
class Help(Notice):
    """What can be typed."""

    command: str
    lines: tuple[CommandHelp, ...]
    incident: Summary | None
