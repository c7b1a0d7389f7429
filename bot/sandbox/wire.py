"""The workspace's things in the JSON shapes Slack puts on the wire; pure reads, no change."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.objects import Channel, Ephemeral, File, Json, Kind, Message, User, UserGroup, View
from bot.sandbox.workspace import Workspace

CHANNEL_TYPES = {Kind.PUBLIC: "channel", Kind.PRIVATE: "group", Kind.IM: "im", Kind.MPIM: "mpim"}


def message_json(workspace: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message as history shows it; metadata only where it was asked for."""
    body: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    body["team"] = workspace.team_id
    if message.bot_id:
        author = workspace.users[message.user]
        body |= {"bot_id": message.bot_id, "app_id": author.app_id, "bot_profile": bot_profile(workspace, author)}
    files = [file_json(workspace, workspace.files[f]) for f in message.files]
    optional: Json = {
        "subtype": message.subtype,
        "thread_ts": message.thread_ts,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "files": files,
        "edited": message.edited,
        "reactions": reactions_json(message),
        "metadata": message.metadata if metadata else None,
    }
    body |= {key: value for key, value in optional.items() if value}
    if message.files:
        body |= {"upload": True, "display_as_bot": False}
    channel = workspace.channels[message.channel]
    if message.ts in channel.pins:
        body["pinned_to"] = [channel.id]
    return body | message.extra | _thread(channel, message)


def _thread(channel: Channel, message: Message) -> Json:
    if message.is_reply and message.thread_ts in channel.messages:
        return {"parent_user_id": channel.messages[message.thread_ts].user}
    replies = channel.replies(message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(r.user for r in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people[:5],
        "latest_reply": replies[-1].ts,
    }


def reactions_json(message: Message) -> list[Json]:
    """Reactions grouped by emoji, in order of first use."""
    names = dict.fromkeys(r.name for r in message.reactions)
    people = {name: [r.user for r in message.reactions if r.name == name] for name in names}
    return [{"name": name, "users": users, "count": len(users)} for name, users in people.items()]


def ephemeral_json(workspace: Workspace, note: Ephemeral) -> Json:
    """What an ephemeral message looks like inside an interaction payload: little more than its identity."""
    bot = workspace.bot
    body: Json = {"type": "message", "subtype": "bot_message", "text": note.text, "ts": note.ts, "bot_id": bot.bot_id}
    body |= {"blocks": note.blocks, "is_ephemeral": True}
    return body | ({"thread_ts": note.thread_ts} if note.thread_ts else {})


def bot_profile(workspace: Workspace, bot: User) -> Json:
    """The profile Slack attaches to messages of apps."""
    return {
        "id": bot.bot_id,
        "app_id": bot.app_id,
        "name": bot.real_name,
        "icons": {},
        "deleted": False,
        "updated": 0,
        "team_id": workspace.team_id,
    }


def user_json(workspace: Workspace, user: User, *, email: bool) -> Json:
    """A member; the e-mail address only for apps with users:read.email."""
    zone = ZoneInfo(user.tz)
    offset = workspace.instant().astimezone(zone).utcoffset()
    profile: Json = {
        "title": user.title,
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": "" if user.is_bot else user.first_name,
        "display_name_normalized": "" if user.is_bot else user.first_name,
        "team": workspace.team_id,
    }
    if email and user.email:
        profile["email"] = user.email
    body: Json = {"id": user.id, "team_id": workspace.team_id, "name": user.handle, "deleted": user.deleted}
    body |= {"profile": profile, "is_bot": user.is_bot, "is_app_user": False, "updated": 0}
    if user.deleted:
        return body
    return body | {
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
    }


def channel_json(workspace: Workspace, channel: Channel, viewer: str) -> Json:
    """A conversation as one member or outsider is told about it."""
    body: Json = {
        "id": channel.id,
        "created": channel.created,
        "creator": channel.creator,
        "is_archived": channel.archived,
        "is_im": channel.kind is Kind.IM,
        "is_mpim": channel.kind is Kind.MPIM,
        "is_channel": channel.kind is Kind.PUBLIC,
        "is_group": channel.kind is Kind.PRIVATE,
        "is_private": channel.kind is not Kind.PUBLIC,
        "context_team_id": workspace.team_id,
        "updated": channel.created * 1000,
    }
    if channel.kind is Kind.IM:
        return body | {"user": next((m for m in channel.members if m != viewer), viewer), "is_open": True}
    body |= {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.general,
        "is_shared": False,
        "is_org_shared": False,
        "is_ext_shared": False,
        "is_member": viewer in channel.members,
        "topic": channel.topic.to_json(),
        "purpose": channel.purpose.to_json(),
        "previous_names": channel.previous_names,
    }
    if channel.canvas:
        body["properties"] = {"canvas": {"file_id": channel.canvas, "is_empty": False}}
    return body


def file_json(workspace: Workspace, file: File) -> Json:
    """A file with the address of its bytes on the sandbox's own host."""
    if file.deleted:
        return {"id": file.id, "mode": "tombstone"}
    kind = file.name.rpartition(".")[2].lower() if "." in file.name else "text"
    base = f"{workspace.base_url}/files-pri/{workspace.team_id}-{file.id}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": MIME_TYPES.get(kind, "application/octet-stream"),
        "filetype": kind,
        "user": file.user,
        "user_team": workspace.team_id,
        "mode": "hosted",
        "size": file.size,
        "is_external": False,
        "url_private": f"{base}/{file.name}",
        "url_private_download": f"{base}/download/{file.name}",
        "permalink": f"https://{workspace.domain}.slack.com/files/{file.user}/{file.id}/{file.name}",
        "file_access": "visible",
    }


MIME_TYPES = {
    "md": "text/markdown",
    "txt": "text/plain",
    "text": "text/plain",
    "json": "application/json",
    "html": "text/html",
    "csv": "text/csv",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "pdf": "application/pdf",
}


def view_json(workspace: Workspace, view: View, values: dict[str, Any] | None = None) -> Json:
    """A view as views.* answers and as interactions carry it; `values` are what a person entered."""
    body: Json = {
        "id": view.id,
        "team_id": workspace.team_id,
        "state": {"values": values or {}},
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": workspace.app.id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.app.bot_id,
        "callback_id": "",
        "external_id": "",
        "private_metadata": "",
        "title": None,
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return body | view.body


def group_json(workspace: Workspace, group: UserGroup, *, users: bool) -> Json:
    """A user group, with its members where asked."""
    body: Json = {"id": group.id, "team_id": workspace.team_id, "is_usergroup": True, "name": group.name}
    body |= {"handle": group.handle, "description": "", "date_delete": 0, "user_count": len(group.users)}
    return body | ({"users": list(group.users)} if users else {})
