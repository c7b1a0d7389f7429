"""conversations.history and conversations.replies: what was said, newest first and oldest first."""

from bot.sandbox.api.scopes import HISTORY
from bot.sandbox.call import Call, Method
from bot.sandbox.limits import Tier
from bot.sandbox.objects import Channel, Json, Message
from bot.sandbox.refusal import Refusal
from bot.sandbox.wire import message_json


def history(call: Call) -> Json:
    """Messages of the channel itself; replies only where they were broadcast."""
    channel = call.channel(member=True)
    found = [m for m in channel.messages.values() if not m.is_reply or m.broadcast]
    return _answer(call, channel, sorted(_between(call, found), key=lambda m: m.ts, reverse=True))


def replies(call: Call) -> Json:
    """A thread: its parent, then its replies, oldest first. A reply's own `ts` leads nowhere but to itself."""
    channel = call.channel(member=True)
    parent = channel.messages.get(call.need("ts"))
    if parent is None:
        raise Refusal("thread_not_found")
    return _answer(call, channel, [parent, *_between(call, channel.replies(parent.ts))])


def _between(call: Call, found: list[Message]) -> list[Message]:
    oldest, latest, inclusive = call.text("oldest"), call.text("latest"), call.flag("inclusive")
    return [m for m in found if _after(m.ts, oldest, inclusive) and _before(m.ts, latest, inclusive)]


def _after(ts: str, bound: str, inclusive: bool) -> bool:
    return not bound or _key(ts) > _key(bound) or (inclusive and _key(ts) == _key(bound))


def _before(ts: str, bound: str, inclusive: bool) -> bool:
    return not bound or _key(ts) < _key(bound) or (inclusive and _key(ts) == _key(bound))


def _key(ts: str) -> tuple[int, str]:
    seconds, _, fraction = ts.partition(".")
    if not seconds.isdigit():
        raise Refusal("invalid_ts_oldest")
    return int(seconds), fraction.ljust(6, "0")


def _answer(call: Call, channel: Channel, found: list[Message]) -> Json:
    page, metadata = call.page(found)
    wants_metadata = call.flag("include_all_metadata")
    return {
        "messages": [message_json(call.workspace, m, metadata=wants_metadata) for m in page],
        "has_more": bool(metadata["next_cursor"]),
        "pin_count": len(channel.pins),
        "response_metadata": metadata,
    }


METHODS = {
    "conversations.history": Method(history, Tier.TIER3, HISTORY),
    "conversations.replies": Method(replies, Tier.TIER3, HISTORY),
}
