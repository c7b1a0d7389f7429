"""The list of commands."""

from __future__ import annotations

from bot.domain.notices.help import CommandHelp, Help
from bot.slack.views.blocks import Message, section


def listing(notice: Help) -> Message:
    """Commands in two groups: anywhere, and in an incident's channel."""
    anywhere = [line for line in notice.lines if not line.needs_incident]
    inside = [line for line in notice.lines if line.needs_incident]
    blocks = [
        section(f"*Anybody may pull the cord.* `{notice.command} ‹what happened›` opens the form.\n{_lines(anywhere)}"),
        section(f"*In an incident's channel, or with its number (`AI-0042`) anywhere*\n{_lines(inside[:12])}"),
    ]
    if len(inside) > 12:
        blocks.append(section(_lines(inside[12:])))
    return Message(f"What you can do with {notice.command}", blocks)


def _lines(lines: list[CommandHelp]) -> str:
    return "\n".join(f"`{line.usage.replace('<', '‹').replace('>', '›')}`  {line.text}" for line in lines) or "–"


MESSAGES = {Help: listing}
