"""What Slack sends an app when a person does something, as plain JSON."""

from typing import Any

from bot.sandbox.controls import state_values
from bot.sandbox.objects import Channel, Ephemeral, InstalledApp, Json, Kind, Message, ResponseUrl, User, View
from bot.sandbox.wire import ephemeral_json, message_json, view_json
from bot.sandbox.workspace import Workspace


def shown_name(channel: Channel) -> str:
    """How payloads name a conversation: direct ones and private ones hide their names."""
    names = {Kind.IM: "directmessage", Kind.MPIM: channel.name, Kind.PRIVATE: "privategroup"}
    return names.get(channel.kind, channel.name)


def response_url(workspace: Workspace, kind: str, ticket: ResponseUrl) -> str:
    """A fresh address the app may answer to, on the sandbox's own host."""
    token = workspace.mint_token()
    workspace.response_urls[token] = ticket
    return f"{workspace.base_url}/{kind}/{workspace.team_id}/{token}"


def _common(workspace: Workspace, user: User) -> Json:
    app: InstalledApp = workspace.app
    return {
        "token": app.verification_token,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": workspace.team_id},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(workspace: Workspace, user: User, channel: Channel, name: str, text: str) -> Json:
    """A slash command, form fields rather than nested objects."""
    ticket = ResponseUrl(user.id, channel.id, workspace.instant())
    return {
        "token": workspace.app.verification_token,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": shown_name(channel),
        "user_id": user.id,
        "user_name": user.handle,
        "command": name,
        "text": text,
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url(workspace, "commands", ticket),
        "trigger_id": workspace.mint_trigger(user.id),
    }


def global_shortcut(workspace: Workspace, user: User, callback_id: str) -> Json:
    """The lightning-bolt menu; no channel, no response_url."""
    trigger = {"callback_id": callback_id, "trigger_id": workspace.mint_trigger(user.id)}
    return {"type": "shortcut", "action_ts": workspace.next_ts(), **trigger, **_common(workspace, user)}


def message_shortcut(workspace: Workspace, user: User, callback_id: str, message: Message) -> Json:
    """A shortcut on a message, also in channels the app is not in."""
    channel = workspace.channels[message.channel]
    ticket = ResponseUrl(user.id, channel.id, workspace.instant(), thread_ts=message.thread_ts)
    return {
        "type": "message_action",
        "action_ts": workspace.next_ts(),
        "callback_id": callback_id,
        "trigger_id": workspace.mint_trigger(user.id),
        "response_url": response_url(workspace, "app", ticket),
        "channel": {"id": channel.id, "name": shown_name(channel)},
        "message_ts": message.ts,
        "message": message_json(workspace, message),
        **_common(workspace, user),
    }


def message_action(workspace: Workspace, user: User, on: Message | Ephemeral, action: Json) -> Json:
    """A press or choice in a message, ephemeral ones included."""
    channel = workspace.channels[on.channel]
    ticket = ResponseUrl(user.id, channel.id, workspace.instant(), thread_ts=on.thread_ts)
    if isinstance(on, Ephemeral):
        ticket.ephemeral_ts = on.ts
    else:
        ticket.message_ts = on.ts
    return {
        "type": "block_actions",
        "api_app_id": workspace.app.id,
        "trigger_id": workspace.mint_trigger(user.id),
        **_of_message(workspace, on),
        "state": {"values": _chosen(action)},
        "response_url": response_url(workspace, "actions", ticket),
        "actions": [action],
        **_common(workspace, user),
    }


def _chosen(action: Json) -> dict[str, Any]:
    stateless = ("button", "overflow")
    if action["type"] in stateless:
        return {}
    extra = ("block_id", "action_id", "action_ts", "confirm", "placeholder")
    state = {key: value for key, value in action.items() if key not in extra}
    return {action["block_id"]: {action["action_id"]: state}}


def view_action(workspace: Workspace, user: User, view: View, action: Json) -> Json:
    """A press or choice in a modal or on the Home tab."""
    return {
        "type": "block_actions",
        "api_app_id": workspace.app.id,
        "trigger_id": workspace.mint_trigger(user.id, view.id),
        **_of_view(workspace, view),
        "actions": [action],
        **_common(workspace, user),
    }


def view_submission(workspace: Workspace, user: User, view: View) -> Json:
    """A submitted modal with everything in its fields."""
    return {
        "type": "view_submission",
        "api_app_id": workspace.app.id,
        "trigger_id": workspace.mint_trigger(user.id, view.id),
        "view": view_json(workspace, view, state_values(view)),
        "response_urls": [],
        **_common(workspace, user),
    }


def view_closed(workspace: Workspace, user: User, view: View, *, cleared: bool) -> Json:
    """A modal the person closed, sent where the app asked for it."""
    return {
        "type": "view_closed",
        "api_app_id": workspace.app.id,
        "view": view_json(workspace, view, state_values(view)),
        "is_cleared": cleared,
        **_common(workspace, user),
    }


def suggestion(
    workspace: Workspace, user: User, on: Message | Ephemeral | View, block_id: str, action_id: str, typed: str
) -> Json:
    """A person typing into a menu whose options the app supplies."""
    about = _of_view(workspace, on) if isinstance(on, View) else _of_message(workspace, on)
    return {
        "type": "block_suggestion",
        "api_app_id": workspace.app.id,
        "block_id": block_id,
        "action_id": action_id,
        "value": typed,
        **about,
        **_common(workspace, user),
    }


def _of_view(workspace: Workspace, view: View) -> Json:
    container = {"type": "view", "view_id": view.id}
    return {"container": container, "view": view_json(workspace, view, state_values(view))}


def _of_message(workspace: Workspace, on: Message | Ephemeral) -> Json:
    channel = workspace.channels[on.channel]
    hidden = isinstance(on, Ephemeral)
    shown = ephemeral_json(workspace, on) if isinstance(on, Ephemeral) else message_json(workspace, on)
    container = {"type": "message", "message_ts": on.ts, "channel_id": channel.id, "is_ephemeral": hidden}
    return {
        "container": container | ({"thread_ts": on.thread_ts} if on.thread_ts else {}),
        "channel": {"id": channel.id, "name": shown_name(channel)},
        "message": shown,
    }


def event_callback(workspace: Workspace, event: Json) -> Json:
    """The envelope Slack puts around an event; `event_id` stays the same through every retry."""
    bot = workspace.app.bot_user
    authorization = {"enterprise_id": None, "team_id": workspace.team_id, "user_id": bot, "is_bot": True}
    return {
        "token": workspace.app.verification_token,
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.mint("Ev"),
        "event_time": workspace.epoch(),
        "authorizations": [authorization | {"is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event_context": workspace.mint_token(40),
    }
