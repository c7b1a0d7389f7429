"""``/incident list``: what is open, for the asker's eyes."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.slack.listeners.commands import Invocation, Subcommand, Where
from bot.slack.listeners.desk import Answer, Desk, Say


async def show(desk: Desk, invocation: Invocation) -> Answer:
    """Open incidents the person may see."""
    return Say(await desk.services.home.listing(by=invocation.actor))


SUBCOMMANDS = (Subcommand("list", "list", "Show the open incidents.", show, Where.ANYWHERE, ("ls", "open")),)


def register(_app: AsyncApp, _desk: Desk) -> None:
    """Nothing but the subcommand."""
