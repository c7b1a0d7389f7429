"""files.*: the three-step upload, and reading about files."""

from typing import Any

from bot.sandbox import acts
from bot.sandbox.call import Call, Method
from bot.sandbox.limits import Tier
from bot.sandbox.objects import Channel, File, Json
from bot.sandbox.refusal import Refusal
from bot.sandbox.wire import file_json
from bot.sandbox.workspace import Workspace

MOST_CHANNELS, SNIPPET_BYTES = 100, 1_000_000


def upload_url(call: Call) -> Json:
    """Announce a file; the answer says where its bytes go."""
    length = call.number("length", 0)
    if length <= 0:
        raise Refusal("missing_argument", ["[ERROR] length must be greater than 0"])
    if call.text("snippet_type") and length > SNIPPET_BYTES:
        raise Refusal("snippet_too_large")
    file = acts.add_file(call.workspace, call.bot.id, call.need("filename"), None, length)
    return {"upload_url": f"{call.workspace.base_url}/upload/v1/{file.id}", "file_id": file.id}


def complete(call: Call) -> Json:
    """Make announced files real, and share them where asked."""
    wanted = call.data("files")
    if not isinstance(wanted, list) or not wanted:
        raise Refusal("invalid_arguments", ["[ERROR] missing required field: files"])
    files = [_uploaded(call, item) for item in wanted]
    names = call.ids("channels") or call.ids("channel_id")
    if len(names) > MOST_CHANNELS:
        raise Refusal("channels_limit_exceeded")
    channels = [_channel(call, name) for name in names]
    thread_ts = call.text("thread_ts") or None
    comment = call.text("initial_comment")
    for channel in channels:
        thread = thread_ts if thread_ts in channel.messages else None
        acts.share(call.workspace, channel, call.bot.id, files, comment, thread_ts=thread)
    return {"files": [file_json(call.workspace, f) for f in files]}


def _uploaded(call: Call, item: Any) -> File:
    file = call.workspace.files.get(item.get("id", "")) if isinstance(item, dict) else None
    if file is None or file.user != call.bot.id or file.content is None:
        raise Refusal("file_not_found")
    if file.shared:
        raise Refusal("file_already_completed")
    file.title = str(item.get("title") or file.name)
    return file


def _channel(call: Call, name: str) -> Channel:
    channel = call.workspace.channels.get(name)
    if channel is None or not call.workspace.visible(channel, call.bot.id):
        raise Refusal("channel_not_found")
    if call.bot.id not in channel.members:
        raise Refusal("not_in_channel")
    if channel.archived:
        raise Refusal("is_archived")
    return channel


def readable(workspace: Workspace, file: File, user: str) -> bool:
    """Whether this member may see the file: their own, or shared where they can look."""
    places = [workspace.channels[c] for c in file.channels]
    return not file.deleted and (file.user == user or any(workspace.visible(c, user) for c in places))


def info(call: Call) -> Json:
    """About one file."""
    file = call.workspace.files.get(call.need("file"))
    if file is None or not readable(call.workspace, file, call.bot.id):
        raise Refusal("file_not_found")
    return {"file": file_json(call.workspace, file) | {"channels": list(file.channels)}, "comments": []}


def delete(call: Call) -> None:
    """Delete one of the bot's own files."""
    file = call.workspace.files.get(call.need("file"))
    if file is None or file.deleted:
        raise Refusal("file_not_found")
    if file.user != call.bot.id:
        raise Refusal("cant_delete_file")
    acts.delete_file(call.workspace, file)


METHODS = {
    "files.getUploadURLExternal": Method(upload_url, Tier.TIER4, ("files:write",)),
    "files.completeUploadExternal": Method(complete, Tier.TIER4, ("files:write",)),
    "files.info": Method(info, Tier.TIER4, ("files:read",)),
    "files.delete": Method(delete, Tier.TIER3, ("files:write",)),
}
