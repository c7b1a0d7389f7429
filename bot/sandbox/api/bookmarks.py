"""bookmarks.*: the links above a channel."""

from bot.sandbox.call import Call, Method
from bot.sandbox.limits import Tier
from bot.sandbox.objects import Bookmark, Channel, Json
from bot.sandbox.refusal import Refusal

MOST_BOOKMARKS = 100


def _shown(bookmark: Bookmark) -> Json:
    return {
        "id": bookmark.id,
        "channel_id": bookmark.channel,
        "title": bookmark.title,
        "link": bookmark.link,
        "emoji": bookmark.emoji,
        "type": "link",
        "date_created": bookmark.created,
    }


def _link(call: Call) -> str:
    link = call.need("link")
    if not link.startswith(("https://", "http://")):
        raise Refusal("invalid_link")
    return link


def _channel(call: Call) -> Channel:
    return call.channel("channel_id", member=True)


def add(call: Call) -> Json:
    """A new link; Slack does not mind two the same."""
    channel = _channel(call)
    if channel.archived:
        raise Refusal("permission_denied")
    if call.need("type") != "link":
        raise Refusal("invalid_bookmark_type")
    if len(channel.bookmarks) >= MOST_BOOKMARKS:
        raise Refusal("too_many_bookmarks")
    bookmark = Bookmark(
        call.workspace.mint("Bk"),
        channel.id,
        call.need("title"),
        _link(call),
        call.text("emoji"),
        call.workspace.epoch(),
    )
    channel.bookmarks[bookmark.id] = bookmark
    call.workspace.changed(channel)
    return {"bookmark": _shown(bookmark)}


def _existing(call: Call) -> tuple[Channel, Bookmark]:
    channel = _channel(call)
    bookmark = channel.bookmarks.get(call.need("bookmark_id"))
    if bookmark is None:
        raise Refusal("not_found")
    return channel, bookmark


def edit(call: Call) -> Json:
    """Other title, link or emoji."""
    channel, bookmark = _existing(call)
    bookmark.title = call.text("title", bookmark.title)
    bookmark.emoji = call.text("emoji", bookmark.emoji)
    if call.text("link"):
        bookmark.link = _link(call)
    call.workspace.changed(channel)
    return {"bookmark": _shown(bookmark)}


def remove(call: Call) -> None:
    """Take a link away."""
    channel, bookmark = _existing(call)
    del channel.bookmarks[bookmark.id]
    call.workspace.changed(channel)


def list_all(call: Call) -> Json:
    """All links of a channel."""
    return {"bookmarks": [_shown(b) for b in _channel(call).bookmarks.values()]}


METHODS = {
    "bookmarks.add": Method(add, Tier.TIER2, ("bookmarks:write",)),
    "bookmarks.edit": Method(edit, Tier.TIER2, ("bookmarks:write",)),
    "bookmarks.remove": Method(remove, Tier.TIER2, ("bookmarks:write",)),
    "bookmarks.list": Method(list_all, Tier.TIER3, ("bookmarks:read",)),
}
