"""conversations.*: make, name, archive and describe channels."""

import re

from bot.sandbox import acts
from bot.sandbox.api.scopes import MANAGE, OPEN, READ, TOPIC
from bot.sandbox.call import Call, Method
from bot.sandbox.limits import Tier
from bot.sandbox.objects import Channel, Json, Kind
from bot.sandbox.refusal import Refusal
from bot.sandbox.wire import channel_json

NAME_LIMIT, NOTE_LIMIT, GROUP_DM_LIMIT = 80, 250, 8


def _shown(call: Call, channel: Channel) -> Json:
    return {"channel": channel_json(call.workspace, channel, call.bot.id)}


def _check_name(call: Call, name: str) -> None:
    """Names are validated, never mended; an archived channel keeps its name."""
    if not name:
        raise Refusal("invalid_name_required")
    if len(name) > NAME_LIMIT:
        raise Refusal("invalid_name_maxlength")
    if not re.search(r"[^\W_]", name):
        raise Refusal("invalid_name_punctuation")
    if not re.fullmatch(r"[\w-]+", name) or name != name.lower():
        raise Refusal("invalid_name_specials")
    if call.workspace.channel_by_name(name):
        raise Refusal("name_taken")


def create(call: Call) -> Json:
    """A new channel with the bot as its only member."""
    kind = Kind.PRIVATE if call.flag("is_private") else Kind.PUBLIC
    call.allow(kind)
    name = call.text("name")
    _check_name(call, name)
    channel = call.workspace.add_channel(name, kind, call.bot.id)
    acts.join(call.workspace, channel, call.bot.id)
    return _shown(call, channel)


def rename(call: Call) -> Json:
    """Another name, only by the channel's creator."""
    channel = call.channel(member=True, live=True)
    if channel.creator != call.bot.id:
        raise Refusal("not_authorized")
    name = re.sub(r"[\s.]+", "-", call.text("name").strip().lower())
    if name != channel.name:
        _check_name(call, name)
        acts.rename(call.workspace, channel, call.bot.id, name)
    return _shown(call, channel)


def archive(call: Call) -> None:
    """Close a channel for writing."""
    channel = call.channel()
    if channel.archived:
        raise Refusal("already_archived")
    if channel.general:
        raise Refusal("cant_archive_general")
    if call.bot.id not in channel.members:
        raise Refusal("not_in_channel")
    acts.archive(call.workspace, channel, call.bot.id)


def unarchive(call: Call) -> None:
    """Refused for bot tokens, as Slack's long-standing bug has it."""
    channel = call.channel()
    raise Refusal("not_in_channel" if channel.archived else "not_archived")


def _set_note(call: Call, which: str) -> Json:
    value = call.text(which)
    if len(value) > NOTE_LIMIT:
        raise Refusal("too_long")
    channel = call.channel(member=True, live=True)
    acts.set_note(call.workspace, channel, call.bot.id, which, value)
    return _shown(call, channel) | {which: value}


def set_topic(call: Call) -> Json:
    """The line at the top of the channel."""
    return _set_note(call, "topic")


def set_purpose(call: Call) -> Json:
    """What the channel is for."""
    return _set_note(call, "purpose")


def info(call: Call) -> Json:
    """One conversation; private ones only for members."""
    channel = call.channel()
    shown = _shown(call, channel)
    if call.flag("include_num_members"):
        shown["channel"]["num_members"] = len(channel.members)
    return shown


def list_all(call: Call) -> Json:
    """All conversations of the asked kinds the bot may know."""
    names = call.ids("types") or ["public_channel"]
    kinds = [Kind(name.removesuffix("_channel")) for name in names if name.removesuffix("_channel") in list(Kind)]
    if len(kinds) != len(names):
        raise Refusal("invalid_types")
    for kind in kinds:
        call.allow(kind)
    found = [c for c in call.workspace.channels.values() if c.kind in kinds and _listed(call, c)]
    page, metadata = call.page(found, most=1000)
    shown = [channel_json(call.workspace, c, call.bot.id) | {"num_members": len(c.members)} for c in page]
    return {"channels": shown, "response_metadata": metadata}


def _listed(call: Call, channel: Channel) -> bool:
    hidden = call.flag("exclude_archived") and channel.archived
    return call.workspace.visible(channel, call.bot.id) and not hidden


def open_direct(call: Call) -> Json:
    """The direct conversation with one to eight people; the same people always get the same one."""
    users = call.ids("users")
    if not users:
        if call.text("channel"):
            return {"channel": {"id": call.channel().id}}
        raise Refusal("users_list_not_supplied")
    if len(users) > GROUP_DM_LIMIT:
        raise Refusal("too_many_users")
    for user_id in users:
        _check_reachable(call, user_id)
    call.allow(Kind.IM if len(set(users)) == 1 else Kind.MPIM)
    known = len(call.workspace.channels)
    channel = call.workspace.direct(call.bot.id, *users)
    already = {"no_op": True, "already_open": True} if len(call.workspace.channels) == known else {}
    shown = _shown(call, channel)["channel"] if call.flag("return_im") else {"id": channel.id}
    return {"channel": shown, **already}


def _check_reachable(call: Call, user_id: str) -> None:
    user = call.workspace.users.get(user_id)
    if user is None:
        raise Refusal("user_not_found")
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")


METHODS = {
    "conversations.create": Method(create, Tier.TIER2, MANAGE),
    "conversations.rename": Method(rename, Tier.TIER2, MANAGE),
    "conversations.archive": Method(archive, Tier.TIER2, MANAGE),
    "conversations.unarchive": Method(unarchive, Tier.TIER2, MANAGE),
    "conversations.setTopic": Method(set_topic, Tier.TIER2, TOPIC),
    "conversations.setPurpose": Method(set_purpose, Tier.TIER2, TOPIC),
    "conversations.info": Method(info, Tier.TIER3, READ),
    "conversations.list": Method(list_all, Tier.TIER2, READ),
    "conversations.open": Method(open_direct, Tier.TIER3, OPEN),
}
