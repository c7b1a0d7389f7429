"""reactions.* and pins.*: marks on messages."""

import re

from bot.sandbox import acts
from bot.sandbox.call import Call, Method
from bot.sandbox.limits import Tier
from bot.sandbox.objects import Json, Message, Reaction
from bot.sandbox.refusal import Refusal
from bot.sandbox.wire import message_json

MOST_EMOJI, MOST_PINS = 23, 100


def _target(call: Call, *, live: bool = True) -> Message:
    channel = call.channel(live=live)
    if call.bot.id not in channel.members and channel.direct:
        raise Refusal("channel_not_found")
    return call.message(channel, "timestamp")


def _emoji(call: Call) -> str:
    name = call.need("name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise Refusal("invalid_name")
    return name


def react(call: Call) -> None:
    """The bot's emoji on a message."""
    name, message = _emoji(call), _target(call)
    if call.bot.id not in call.workspace.channels[message.channel].members:
        raise Refusal("not_in_channel")
    if Reaction(name, call.bot.id) in message.reactions:
        raise Refusal("already_reacted")
    if len({r.name for r in message.reactions} | {name}) > MOST_EMOJI:
        raise Refusal("too_many_emoji")
    acts.react(call.workspace, message, call.bot.id, name)


def unreact(call: Call) -> None:
    """Take the bot's emoji back."""
    name, message = _emoji(call), _target(call)
    if Reaction(name, call.bot.id) not in message.reactions:
        raise Refusal("no_reaction")
    acts.unreact(call.workspace, message, call.bot.id, name)


def reactions(call: Call) -> Json:
    """A message with its emoji."""
    message = _target(call, live=False)
    return {"type": "message", "channel": message.channel, "message": message_json(call.workspace, message)}


def pin(call: Call) -> None:
    """Pin a message to its channel."""
    channel = call.channel(member=True, live=True)
    message = call.message(channel, "timestamp")
    if message.ts in channel.pins:
        raise Refusal("already_pinned")
    if len(channel.pins) >= MOST_PINS:
        raise Refusal("too_many_pins")
    acts.pin(call.workspace, channel, call.bot.id, message)


def unpin(call: Call) -> None:
    """Take a pin off."""
    channel = call.channel(member=True, live=True)
    message = call.message(channel, "timestamp")
    if message.ts not in channel.pins:
        raise Refusal("no_pin")
    acts.unpin(call.workspace, channel, call.bot.id, message)


def pins(call: Call) -> Json:
    """Everything pinned, latest first."""
    channel = call.channel(member=True)
    shown = [message_json(call.workspace, channel.messages[ts]) for ts in reversed(channel.pins)]
    return {"items": [{"type": "message", "channel": channel.id, "message": m} for m in shown]}


METHODS = {
    "reactions.add": Method(react, Tier.TIER3, ("reactions:write",)),
    "reactions.remove": Method(unreact, Tier.TIER2, ("reactions:write",)),
    "reactions.get": Method(reactions, Tier.TIER3, ("reactions:read",)),
    "pins.add": Method(pin, Tier.TIER2, ("pins:write",)),
    "pins.remove": Method(unpin, Tier.TIER2, ("pins:write",)),
    "pins.list": Method(pins, Tier.TIER2, ("pins:read",)),
}
