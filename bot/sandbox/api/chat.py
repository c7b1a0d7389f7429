"""chat.*: say, change, take back."""

from bot.sandbox import acts
from bot.sandbox.call import Call, Method
from bot.sandbox.content import checked_content, checked_metadata
from bot.sandbox.limits import Tier
from bot.sandbox.objects import Channel, Ephemeral, Json, Kind, Message
from bot.sandbox.refusal import Refusal
from bot.sandbox.wire import message_json

UPDATE_LIMIT = 4_000


def _content(call: Call) -> Json:
    if call.text("markdown_text"):
        if call.text("text") or call.data("blocks"):
            raise Refusal("markdown_text_conflict")
        return {"text": call.text("markdown_text"), "blocks": [], "attachments": []}
    parsed = {name: call.data(name) for name in ("blocks", "attachments")}
    return checked_content(call.workspace, {"text": call.args.get("text"), **parsed})


def post_message(call: Call) -> Json:
    """Say something in a channel, a thread, or to a person by their id."""
    channel = _destination(call)
    content = _content(call)
    thread_ts = call.text("thread_ts") or None
    if thread_ts and thread_ts not in channel.messages:
        raise Refusal("thread_not_found")
    metadata = checked_metadata(call.data("metadata"))
    message = acts.post(
        call.workspace,
        channel,
        call.bot.id,
        content.pop("text"),
        **content,
        thread_ts=thread_ts,
        broadcast=bool(thread_ts) and call.flag("reply_broadcast"),
        metadata=metadata,
    )
    shown = message_json(call.workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def _destination(call: Call) -> Channel:
    """A channel by id or name, or the direct conversation with a person."""
    workspace, wanted = call.workspace, call.need("channel")
    if wanted in workspace.users:
        return _direct(call, wanted)
    channel = workspace.channels.get(wanted) or workspace.channel_by_name(wanted)
    if channel is None or not workspace.visible(channel, call.bot.id):
        raise Refusal("channel_not_found")
    if channel.archived:
        raise Refusal("is_archived")
    outsider = call.bot.id not in channel.members
    if outsider and not (channel.kind is Kind.PUBLIC and "chat:write.public" in call.app.scopes):
        raise Refusal("not_in_channel")
    if channel.kind is Kind.IM:
        _check_messages_tab(call)
    return channel


def _direct(call: Call, user_id: str) -> Channel:
    user = call.workspace.users[user_id]
    if user.deleted or user.id == call.bot.id:
        raise Refusal("channel_not_found")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    _check_messages_tab(call)
    return call.workspace.direct(call.bot.id, user_id)


def _check_messages_tab(call: Call) -> None:
    if not call.app.home.get("messages_tab_enabled", True):
        raise Refusal("messages_tab_disabled")


def update(call: Call) -> Json:
    """Change one of the bot's own messages; text without blocks removes the blocks."""
    channel = call.channel()
    message = _own(call, channel, "cant_update_message")
    if channel.archived:
        raise Refusal("is_inactive")
    if len(call.text("text")) > UPDATE_LIMIT:
        raise Refusal("msg_too_long")
    changes = _changes(call, message)
    acts.edit(call.workspace, message, changes, mark=not changes["blocks"] and not message.blocks)
    shown = message_json(call.workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def _changes(call: Call, message: Message) -> Json:
    changes = _content(call)
    if call.args.get("text") is None:
        changes["text"] = message.text
    if call.args.get("attachments") is None:
        changes["attachments"] = message.attachments
    if "metadata" in call.args:
        changes["metadata"] = checked_metadata(call.data("metadata"))
    return changes


def _own(call: Call, channel: Channel, refusal: str) -> Message:
    message = call.message(channel)
    if message.user != call.bot.id or (message.subtype or "").startswith(("channel_", "group_")):
        raise Refusal(refusal)
    return message


def delete(call: Call) -> Json:
    """Take one of the bot's own messages back."""
    channel = call.channel()
    message = _own(call, channel, "cant_delete_message")
    acts.delete(call.workspace, message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(call: Call) -> Json:
    """Say something only one person in the channel sees."""
    workspace = call.workspace
    channel = _destination(call)
    if call.user().id not in channel.members:
        raise Refusal("user_not_in_channel")
    content = _content(call)
    note = Ephemeral(
        channel.id, workspace.next_ts(channel), call.need("user"), **content, thread_ts=call.text("thread_ts") or None
    )
    workspace.whisper(note)
    return {"message_ts": note.ts}


def permalink(call: Call) -> Json:
    """The address of a message."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    link = f"https://{call.workspace.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


METHODS = {
    "chat.postMessage": Method(post_message, Tier.POSTING, ("chat:write",)),
    "chat.update": Method(update, Tier.TIER3, ("chat:write",)),
    "chat.delete": Method(delete, Tier.TIER3, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, Tier.TIER4, ("chat:write",)),
    "chat.getPermalink": Method(permalink, Tier.SPECIAL),
}
