"""Follow, stop following, join: buttons on the announcement and one-line commands."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.slack import ids, payloads
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Say
from bot.slack.payloads import Body


async def follow(desk: Desk, invocation: Invocation) -> Answer:
    """``follow``: updates come as direct messages."""
    return Say(await desk.services.following.follow(invocation.about.incident_id, by=invocation.actor))


async def unfollow(desk: Desk, invocation: Invocation) -> Answer:
    """``unfollow``: no more."""
    return Say(await desk.services.following.unfollow(invocation.about.incident_id, by=invocation.actor))


async def join(desk: Desk, invocation: Invocation) -> Answer:
    """``join``: into the channel."""
    return Say(await desk.services.following.join(invocation.about.incident_id, by=invocation.actor))


async def press_follow(desk: Desk, body: Body) -> Answer:
    """*Follow*."""
    press = payloads.press(body)
    return Say(await desk.services.following.follow(press.target_id, by=press.actor))


async def press_unfollow(desk: Desk, body: Body) -> Answer:
    """*Stop following*."""
    press = payloads.press(body)
    return Say(await desk.services.following.unfollow(press.target_id, by=press.actor))


async def press_join(desk: Desk, body: Body) -> Answer:
    """*Join*."""
    press = payloads.press(body)
    return Say(await desk.services.following.join(press.target_id, by=press.actor))


SUBCOMMANDS = (
    Subcommand("follow", "follow", "Get updates as direct messages, without joining.", follow),
    Subcommand("unfollow", "unfollow", "Get no more updates.", unfollow),
    Subcommand("join", "join AI-0042", "Come into the channel.", join),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons."""
    app.action(ids.FOLLOW)(desk.press_listener(press_follow))
    app.action(ids.UNFOLLOW)(desk.press_listener(press_unfollow))
    app.action(ids.JOIN)(desk.press_listener(press_join))
