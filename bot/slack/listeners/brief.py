"""The executive brief: now, or daily at the hour of one's choice."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.slack.listeners.commands import Invocation, Subcommand, Where
from bot.slack.listeners.desk import Answer, Desk, Say


async def brief(desk: Desk, invocation: Invocation) -> Answer:
    """``brief`` for this incident or for everything grave; ``brief daily 8:00``, ``brief off``."""
    briefing, by = desk.services.briefing, invocation.actor
    if invocation.text.strip():
        return Say(await briefing.wish(invocation.text, by=by))
    if invocation.incident is not None:
        return Say(await briefing.one(invocation.incident.incident_id, by=by))
    return Say(await briefing.everything(by=by))


SUBCOMMANDS = (
    Subcommand(
        "brief", "brief · brief daily 8:00", "One screen: decisions wanted, then what is grave.", brief, Where.ANYWHERE
    ),
)


def register(_app: AsyncApp, _desk: Desk) -> None:
    """The command is all there is."""
