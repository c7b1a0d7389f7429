"""What can happen in a workspace, by whomever: each act changes the state and tells the app what Slack would tell it.

The Web API and the people share these, so that the app sees the same events whoever acts. Permission is asked before.
"""

from typing import Any

from bot.sandbox import mrkdwn
from bot.sandbox.objects import Channel, File, Json, Kind, Message, Note, Reaction
from bot.sandbox.wire import CHANNEL_TYPES, message_json
from bot.sandbox.workspace import Workspace


def post(workspace: Workspace, channel: Channel, user: str, text: str, **details: Any) -> Message:
    """Put a message into a channel; `details` are further fields of `Message`."""
    author = workspace.users[user]
    message = Message(channel.id, workspace.next_ts(channel), user, text, bot_id=author.bot_id, **details)
    parent = channel.messages.get(message.thread_ts or "")
    if parent and parent.is_reply:
        message.thread_ts = parent.thread_ts
    if message.broadcast:
        message.subtype = "thread_broadcast"
    channel.add(message)
    _changed(workspace, channel, message)
    _tell_message(workspace, channel, message)
    return message


def _changed(workspace: Workspace, channel: Channel, message: Message) -> None:
    """A message came, changed or went; a reply shows on its parent, too."""
    workspace.changed(message)
    if message.is_reply and (parent := channel.messages.get(message.thread_ts or "")):
        workspace.changed(parent)


def _tell_message(workspace: Workspace, channel: Channel, message: Message) -> None:
    body = message_json(workspace, message) | {"channel": channel.id, "event_ts": message.ts}
    workspace.publish(body | {"channel_type": CHANNEL_TYPES[channel.kind]}, channel)
    if workspace.app.bot_user in mrkdwn.mentions_of(message.text) and message.user != workspace.app.bot_user:
        kept = ("user", "text", "ts", "team", "thread_ts", "blocks", "bot_id")
        mention = {key: body[key] for key in kept if key in body}
        workspace.publish({"type": "app_mention", **mention, "channel": channel.id, "event_ts": message.ts}, channel)
    for file_id in message.files:
        shared = {"type": "file_shared", "file_id": file_id, "user_id": message.user, "file": {"id": file_id}}
        workspace.publish(shared | {"channel_id": channel.id, "event_ts": message.ts}, channel)


def edit(workspace: Workspace, message: Message, changes: Json, *, mark: bool) -> None:
    """Change fields of a message, keeping its earlier text; `mark` shows "(edited)"."""
    channel = workspace.channels[message.channel]
    previous = message_json(workspace, message)
    if "text" in changes and changes["text"] != message.text:
        message.versions.append(message.text)
    for name, value in changes.items():
        setattr(message, name, value)
    stamp = workspace.next_ts(channel)
    if mark:
        message.edited = {"user": message.user, "ts": stamp}
    workspace.changed(message)
    _tell_hidden(workspace, channel, "message_changed", stamp, previous, message=message_json(workspace, message))


def delete(workspace: Workspace, message: Message) -> None:
    """Take a message out; a thread parent with replies leaves a tombstone, as in Slack."""
    channel = workspace.channels[message.channel]
    previous = message_json(workspace, message)
    stamp = workspace.next_ts(channel)
    if message.ts in channel.pins:
        channel.pins.remove(message.ts)
        workspace.changed(channel)
    if channel.replies(message.ts):
        message.subtype, message.user, message.bot_id = "tombstone", "USLACKBOT", ""
        message.text, message.blocks, message.files = "This message was deleted.", [], []
        message.attachments, message.reactions, message.metadata = [], [], None
        message.extra = {"hidden": True}
        workspace.changed(message)
        _tell_hidden(workspace, channel, "message_changed", stamp, previous, message=message_json(workspace, message))
        return
    channel.remove(message)
    _changed(workspace, channel, message)
    _tell_hidden(workspace, channel, "message_deleted", stamp, previous, deleted_ts=message.ts)


def _tell_hidden(
    workspace: Workspace, channel: Channel, subtype: str, stamp: str, previous: Json, **details: Any
) -> None:
    body = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id, "ts": stamp}
    body |= {"event_ts": stamp, "channel_type": CHANNEL_TYPES[channel.kind], "previous_message": previous}
    workspace.publish(body | details, channel)


def react(workspace: Workspace, message: Message, user: str, name: str) -> None:
    """Add one emoji of one person."""
    message.reactions.append(Reaction(name, user))
    _tell_reaction(workspace, message, user, name, "reaction_added")


def unreact(workspace: Workspace, message: Message, user: str, name: str) -> None:
    """Take one emoji of one person back."""
    message.reactions.remove(Reaction(name, user))
    _tell_reaction(workspace, message, user, name, "reaction_removed")


def _tell_reaction(workspace: Workspace, message: Message, user: str, name: str, kind: str) -> None:
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    body = {"type": kind, "user": user, "reaction": name, "item": item, "item_user": message.user}
    workspace.changed(message)
    workspace.publish(body | {"event_ts": workspace.next_ts()}, workspace.channels[message.channel])


def join(workspace: Workspace, channel: Channel, user: str, inviter: str = "") -> None:
    """Seat somebody in a channel, with the line Slack writes about it."""
    channel.members.append(user)
    workspace.changed(channel)
    invited = {"inviter": inviter} if inviter else {}
    body = {"type": "member_joined_channel", "user": user, **_membership(workspace, channel), **invited}
    workspace.publish(body, channel)
    noun = "group" if channel.kind is Kind.PRIVATE else "channel"
    post(
        workspace, channel, user, f"<@{user}> has joined the {noun}", subtype=f"{_family(channel)}_join", extra=invited
    )


def leave(workspace: Workspace, channel: Channel, user: str) -> None:
    """Take somebody out of a channel."""
    post(workspace, channel, user, f"<@{user}> has left the channel", subtype=f"{_family(channel)}_leave")
    workspace.publish({"type": "member_left_channel", "user": user, **_membership(workspace, channel)}, channel)
    channel.members.remove(user)
    workspace.changed(channel)


def _membership(workspace: Workspace, channel: Channel) -> Json:
    letter = "C" if channel.kind is Kind.PUBLIC else "G"
    return {
        "channel": channel.id, "channel_type": letter, "team": workspace.team_id, "event_ts": workspace.next_ts(),
    }  # fmt: skip


def _family(channel: Channel) -> str:
    return "group" if channel.kind is Kind.PRIVATE else "channel"


def set_note(workspace: Workspace, channel: Channel, user: str, which: str, value: str) -> None:
    """Set the "topic" or the "purpose", with the line Slack writes about it."""
    setattr(channel, which, Note(value, user, workspace.epoch()))
    workspace.changed(channel)
    words = f"<@{user}> set the channel {which}: {value}"
    post(workspace, channel, user, words, subtype=f"{_family(channel)}_{which}", extra={which: value})


def rename(workspace: Workspace, channel: Channel, user: str, name: str) -> None:
    """Give a channel another name."""
    old, channel.name = channel.name, name
    channel.previous_names.insert(0, old)
    workspace.changed(channel)
    about = {"id": channel.id, "name": name, "created": channel.created}
    body = {"type": f"{_family(channel)}_rename", "channel": about, "event_ts": workspace.next_ts()}
    workspace.publish(body, channel)
    words = f'<@{user}> has renamed the channel from "{old}" to "{name}"'
    post(workspace, channel, user, words, subtype=f"{_family(channel)}_name", extra={"old_name": old, "name": name})


def archive(workspace: Workspace, channel: Channel, user: str) -> None:
    """Close a channel for writing."""
    words = f"<@{user}> archived the channel"
    post(workspace, channel, user, words, subtype=f"{_family(channel)}_archive")
    channel.archived = True
    _tell_archived(workspace, channel, user, "archive")


def unarchive(workspace: Workspace, channel: Channel, user: str) -> None:
    """Open an archived channel again."""
    channel.archived = False
    _tell_archived(workspace, channel, user, "unarchive")


def _tell_archived(workspace: Workspace, channel: Channel, user: str, verb: str) -> None:
    body = {"type": f"{_family(channel)}_{verb}", "channel": channel.id, "user": user}
    workspace.changed(channel)
    workspace.publish(body | {"event_ts": workspace.next_ts()}, channel)


def pin(workspace: Workspace, channel: Channel, user: str, message: Message) -> None:
    """Pin a message, with the line Slack writes about it."""
    channel.pins.append(message.ts)
    _tell_pin(workspace, channel, user, message, "pin_added")
    post(workspace, channel, user, f"<@{user}> pinned a message to this channel.", subtype="pinned_item")


def unpin(workspace: Workspace, channel: Channel, user: str, message: Message) -> None:
    """Take a pin off."""
    channel.pins.remove(message.ts)
    _tell_pin(workspace, channel, user, message, "pin_removed")


def _tell_pin(workspace: Workspace, channel: Channel, user: str, message: Message, kind: str) -> None:
    item = {"type": "message", "channel": channel.id, "message": message_json(workspace, message)}
    body = {"type": kind, "user": user, "channel_id": channel.id, "item": item}
    workspace.changed(channel)
    workspace.changed(message)
    workspace.publish(body | {"event_ts": workspace.next_ts()}, channel)


def add_file(workspace: Workspace, user: str, name: str, content: bytes | None, size: int, title: str = "") -> File:
    """Make a file; nobody sees it until a message carries it."""
    file = File(workspace.mint("F"), name, title or name, user, size, workspace.epoch(), content)
    workspace.files[file.id] = file
    return file


def share(workspace: Workspace, channel: Channel, user: str, files: list[File], text: str, **details: Any) -> Message:
    """Post files into a channel with a comment."""
    for file in files:
        file.shared = True
        file.channels.append(channel.id)
    message = post(workspace, channel, user, text, subtype="file_share", files=[f.id for f in files], **details)
    for file in files:
        file.messages.append(message)
    return message


def delete_file(workspace: Workspace, file: File) -> None:
    """Delete a file; the messages that carried it stay."""
    file.deleted, file.content = True, None
    for message in file.messages:
        workspace.changed(message)
