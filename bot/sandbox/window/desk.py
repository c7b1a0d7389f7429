"""One person's desk: who and what they can find, and what waits for them there."""

from typing import Any

from bot.sandbox.objects import Canvas, Channel, Json, User
from bot.sandbox.window.shapes import addressed, message_shape, person_shape
from bot.sandbox.window.unread import Unread
from bot.sandbox.workspace import Workspace


class Desks:
    """Desks of all people. What is costly to say of a channel is said once, until the channel is said to be changed."""

    def __init__(self, workspace: Workspace, unread: Unread) -> None:
        self._workspace, self._unread = workspace, unread
        self._facts: dict[str, Json] = {}

    def changed(self, channel: Channel) -> None:
        """Say anew what was said of this channel."""
        self._facts.pop(channel.id, None)

    def desk(self, user: User) -> Json:
        """Everything on it, but for what stands backstage."""
        workspace = self._workspace
        talk = workspace.direct(workspace.app.bot_user, user.id)
        found = [c for c in workspace.channels.values() if workspace.visible(c, user.id)]
        groups = workspace.user_groups.values()
        return {
            "team": {"id": workspace.team_id, "name": workspace.name},
            "me": user.id,
            "now": workspace.instant().isoformat(),
            "people": [person_shape(one) for one in workspace.users.values()],
            "groups": [{"id": g.id, "handle": g.handle, "name": g.name, "users": list(g.users)} for g in groups],
            "channels": [self._channel(channel, user.id) for channel in found],
            "app": {"user": workspace.app.bot_user, "name": workspace.bot.real_name, "dm": talk.id},
            "commands": [_kept(one, "command", "description", "usage_hint") for one in workspace.app.commands.values()],
            "shortcuts": [
                _kept(one, "type", "callback_id", "name", "description") for one in workspace.app.shortcuts.values()
            ],
        }

    def _channel(self, channel: Channel, user: str) -> Json:
        if channel.id not in self._facts:
            self._facts[channel.id] = self._said_of(channel)
        facts = self._facts[channel.id]
        unread, mentions = self._unread.counts(user, channel)
        others = [member for member in channel.members if member != user] if channel.direct else []
        return {
            **facts,
            "is_member": user in channel.members,
            "members": list(channel.members),
            "unread": unread,
            "mentions": mentions,
            "pinned": [addressed(shape, user) for shape in facts["pinned"]],
            "with": others,
        }

    def _said_of(self, channel: Channel) -> Json:
        workspace = self._workspace
        pinned = [channel.messages[ts] for ts in channel.pins if ts in channel.messages]
        return {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind.value,
            "archived": channel.archived,
            "general": channel.general,
            "topic": channel.topic.value,
            "purpose": channel.purpose.value,
            "pins": list(channel.pins),
            "pinned": [message_shape(workspace, message) for message in pinned],
            "bookmarks": [
                {"id": b.id, "title": b.title, "link": b.link, "emoji": b.emoji} for b in channel.bookmarks.values()
            ],
            "canvas": self._canvas(channel),
        }

    def _canvas(self, channel: Channel) -> Json | None:
        """The channel's own canvas, else the newest that was tabbed into it."""
        canvases = self._workspace.canvases
        tabbed = [one for one in canvases.values() if one.channel == channel.id and not one.deleted]
        own: Canvas | None = canvases.get(channel.canvas) or next(reversed(tabbed), None)
        return {"title": own.title, "markdown": own.markdown} if own and not own.deleted else None


def _kept(row: Json, *names: str) -> dict[str, Any]:
    return {name: row.get(name, "") for name in names}
