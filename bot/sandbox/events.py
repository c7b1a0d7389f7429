"""Which events the app hears: those its manifest subscribes to, its scopes allow and its memberships reach."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.objects import Channel, InstalledApp, Json, Kind

MESSAGE_EVENTS = {
    Kind.PUBLIC: "message.channels",
    Kind.PRIVATE: "message.groups",
    Kind.IM: "message.im",
    Kind.MPIM: "message.mpim",
}
# What each subscription needs; several scopes mean that one of them is enough.
EVENT_SCOPES: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "tokens_revoked": (),
    "channel_archive": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "file_shared": ("files:read",),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "user_change": ("users:read",),
}
HEARD_FROM_OUTSIDE = {"channel_archive", "channel_unarchive", "channel_rename", "channel_created", "channel_deleted"}


def heard(app: InstalledApp, event: Json, channel: Channel | None) -> bool:
    """Whether Slack delivers this event to the app."""
    name = event["type"]
    if name == "message" and channel is not None:
        name = MESSAGE_EVENTS[channel.kind]
    if name not in app.events:
        return False
    return channel is None or name in HEARD_FROM_OUTSIDE or app.bot_user in channel.members


def manifest_faults(manifest: Mapping[str, Any]) -> list[str]:
    """Why Slack would not install this manifest: events without their scopes, commands without `commands`."""
    scopes = set(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ()))
    faults = []
    for event in manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", ()):
        needed = EVENT_SCOPES.get(event)
        if needed is None:
            faults.append(f"the sandbox knows no event {event}")
        elif needed and not scopes.intersection(needed):
            faults.append(f"event {event} needs the scope {' or '.join(needed)}")
    features = manifest.get("features", {})
    if (features.get("slash_commands") or features.get("shortcuts")) and "commands" not in scopes:
        faults.append("slash commands and shortcuts need the scope commands")
    return faults
