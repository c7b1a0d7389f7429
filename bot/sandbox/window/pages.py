"""What somebody sees of a conversation, page by page, with the messages that only they see in their places."""

from collections.abc import Iterator
from itertools import islice

from bot.sandbox.objects import Channel, Ephemeral, Json, Message, User
from bot.sandbox.window.shapes import addressed, message_shape
from bot.sandbox.workspace import Workspace


def conversation(workspace: Workspace, user: User, channel: Channel, before: str, limit: int) -> Json:
    """The newest `limit` messages of the channel itself, all earlier than `before` where that is given."""
    newest_first = (m for m in reversed(channel.messages.values()) if not m.is_reply or m.broadcast)
    return _page(workspace, user, newest_first, _own(workspace, user, channel, None), before, limit)


def thread(workspace: Workspace, user: User, channel: Channel, root: str, before: str, limit: int) -> Json:
    """A thread: its parent, then the newest `limit` replies."""
    newest_first = reversed(channel.replies(root))
    page = _page(workspace, user, newest_first, _own(workspace, user, channel, root), before, limit)
    parent = channel.messages.get(root)
    first = [addressed(message_shape(workspace, parent), user.id)] if parent else []
    return {**page, "messages": [*first, *page["messages"]]}


def _own(workspace: Workspace, user: User, channel: Channel, root: str | None) -> list[Ephemeral]:
    mine = (e for e in workspace.ephemerals if (e.viewer, e.channel) == (user.id, channel.id))
    return [e for e in mine if e.thread_ts == root]


def _page(
    workspace: Workspace,
    user: User,
    newest_first: Iterator[Message],
    own: list[Ephemeral],
    before: str,
    limit: int,
) -> Json:
    found: list[Message] = list(islice((m for m in newest_first if not before or m.ts < before), limit + 1))
    kept, more = found[:limit], len(found) > limit
    since = kept[-1].ts if more else ""
    whispers = [e for e in own if e.ts > since and (not before or e.ts < before)]
    shown: list[Message | Ephemeral] = sorted([*kept, *whispers], key=lambda m: m.ts)
    return {"messages": [addressed(message_shape(workspace, m), user.id) for m in shown], "more": more}
