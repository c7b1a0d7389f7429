"""The Slack app's manifest, made from what the code listens to and calls: each event and scope with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack import ids

NAME = "Andon"
ABOUT = "Pull the cord when an AI system does harm: one command opens the room, calls the people and keeps the record."
STORY = (
    "Andon runs the response to AI incidents inside Slack. Anyone declares with one command or from a message;"
    " Andon opens a channel, seats a lead and technical, legal and communications people, keeps the clocks that policy"
    " and law set, remembers what was said and done, and writes the first draft of the post-mortem."
)
COLOUR = "#8c1d18"
USAGE = "[what happened] | help"

# Kind, callback id, name (24 characters at most), what it does.
SHORTCUTS = (
    ("global", ids.DECLARE_SHORTCUT, "Declare AI incident", "Tell us about an AI system that does harm or may"),
    ("message", ids.REPORT_OUTPUT, "Report AI output", "Declare an incident from this message"),
    ("message", ids.PIN_TIMELINE, "Add to timeline", "Put this message on the incident's timeline"),
    ("message", ids.KEEP_MESSAGE, "Keep as evidence", "Keep this message and its files, with what you know beside it"),
    ("message", ids.REDACT_MESSAGE, "Redact message", "Take this message out of every view and draft"),
)
EVENTS: Mapping[str, str] = {
    "app_home_opened": "shows open incidents on Home",
    "channel_archive": "notices that an incident's channel was closed",
    "channel_rename": "keeps links by name right",
    "channel_unarchive": "notices that it is open again",
    "group_archive": "as channel_archive, for private incidents",
    "group_rename": "as channel_rename, for private incidents",
    "group_unarchive": "as channel_unarchive, for private incidents",
    "member_joined_channel": "catches newcomers up",
    "message.channels": "keeps the record of an incident",
    "message.groups": "keeps the record of a private incident",
    "message.im": "answers people who write to the bot",
    "reaction_added": "puts a message on the timeline or among the evidence",
    "reaction_removed": "takes it off again",
}
SCOPES: Mapping[str, str] = {
    "bookmarks:read": "looks before it adds a bookmark twice",
    "bookmarks:write": "bookmarks the card and the post-mortem",
    "canvases:write": "writes the post-mortem as a canvas",
    "channels:history": "keeps the record, and fills its gaps",
    "channels:manage": "opens an incident's channel",
    "channels:read": "finds channels and hears of joins",
    "chat:write": "speaks",
    "chat:write.public": "announces in a channel it is not in",
    "commands": "is there for the command and the shortcuts",
    "files:read": "keeps files as evidence",
    "files:write": "shares the post-mortem as a file",
    "groups:history": "as channels:history, for private incidents",
    "groups:read": "as channels:read, for private incidents",
    "groups:write": "opens the channel of a private incident",
    "im:history": "reads what people write to the bot",
    "im:read": "finds a conversation again",
    "im:write": "tells people what concerns them alone",
    "pins:write": "pins the card",
    "reactions:read": "hears the reactions that mark messages",
    "reactions:write": "confirms what it has kept",
    "usergroups:read": "asks who is on duty",
    "users:read": "knows names, time zones and who has left",
    "users:read.email": "finds the people that policies name by e-mail",
}


def manifest(command: str, *, socket_mode: bool, request_url: str | None) -> dict[str, Any]:
    """The manifest for this slash command.

    With Socket Mode there are no addresses; over HTTP ``request_url`` is where Slack reaches ``/slack/events``, whole.
    """
    if socket_mode == (request_url is not None):
        raise ValueError("a request address is for HTTP, and HTTP needs one")
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": ABOUT,
            "long_description": STORY,
            "background_color": COLOUR,
        },
        "features": _features(command, request_url),
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": _settings(request_url),
    }


def _features(command: str, request_url: str | None) -> dict[str, Any]:
    return {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": NAME.lower(), "always_online": True},
        "shortcuts": [
            {"name": name, "type": kind, "callback_id": callback_id, "description": description}
            for kind, callback_id, name, description in SHORTCUTS
        ],
        "slash_commands": [
            {
                "command": command,
                "description": "Declare and run AI incidents",
                "usage_hint": USAGE,
                "should_escape": True,
                **_at(request_url, "url"),
            }
        ],
    }


def _settings(request_url: str | None) -> dict[str, Any]:
    return {
        "event_subscriptions": {**_at(request_url, "request_url"), "bot_events": list(EVENTS)},
        "interactivity": {"is_enabled": True, **_at(request_url, "request_url")},
        "org_deploy_enabled": False,
        "socket_mode_enabled": request_url is None,
        "token_rotation_enabled": False,
    }


def _at(request_url: str | None, key: str) -> dict[str, str]:
    return {} if request_url is None else {key: request_url}
