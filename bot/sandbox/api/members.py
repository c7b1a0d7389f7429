"""conversations.*: who is in a channel."""

from bot.sandbox import acts
from bot.sandbox.api.scopes import INVITE, MANAGE, READ
from bot.sandbox.call import Call, Method
from bot.sandbox.limits import Tier
from bot.sandbox.objects import Channel, Json, Kind
from bot.sandbox.refusal import Refusal
from bot.sandbox.wire import channel_json

MOST_INVITED = 100


def invite(call: Call) -> Json:
    """Seat people. One who cannot come refuses the whole call, unless `force` seats the others."""
    channel = call.channel(member=True, live=True)
    if channel.direct:
        raise Refusal("method_not_supported_for_channel_type")
    users = call.ids("users")
    if not users:
        raise Refusal("no_user")
    if len(users) > MOST_INVITED:
        raise Refusal("too_many_users")
    problems = {user: code for user in users if (code := _problem(call, channel, user))}
    seated = [user for user in users if user not in problems]
    if problems and (not seated or not call.flag("force")):
        raise Refusal(next(iter(problems.values())), errors=_errors(problems))
    for user in dict.fromkeys(seated):
        acts.join(call.workspace, channel, user, inviter=call.bot.id)
    shown: Json = {"channel": channel_json(call.workspace, channel, call.bot.id)}
    return shown | ({"errors": _errors(problems)} if problems else {})


def _errors(problems: dict[str, str]) -> list[Json]:
    return [{"user": user, "ok": False, "error": code} for user, code in problems.items()]


def _problem(call: Call, channel: Channel, user_id: str) -> str | None:
    user = call.workspace.users.get(user_id)
    if user is None:
        return "user_not_found"
    if user_id == call.bot.id:
        return "cant_invite_self"
    if user_id in channel.members:
        return "already_in_channel"
    if user.deleted:
        return "cant_invite"
    return "ura_max_channels" if user.is_guest else None


def kick(call: Call) -> None:
    """Take somebody out."""
    channel = call.channel(member=True)
    user = call.user()
    if user.id == call.bot.id:
        raise Refusal("cant_kick_self")
    if channel.general:
        raise Refusal("cant_kick_from_general")
    if user.id not in channel.members:
        raise Refusal("not_in_channel")
    acts.leave(call.workspace, channel, user.id)


def join(call: Call) -> Json:
    """The bot enters a public channel by itself."""
    channel = call.channel(live=True)
    if channel.kind is not Kind.PUBLIC:
        raise Refusal("method_not_supported_for_channel_type")
    shown: Json = {}
    if call.bot.id in channel.members:
        shown = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    else:
        acts.join(call.workspace, channel, call.bot.id)
    return {"channel": channel_json(call.workspace, channel, call.bot.id), **shown}


def leave(call: Call) -> Json | None:
    """The bot goes."""
    channel = call.channel(live=True)
    if channel.general:
        raise Refusal("cant_leave_general")
    if call.bot.id not in channel.members:
        return {"not_in_channel": True}
    acts.leave(call.workspace, channel, call.bot.id)
    return None


def members(call: Call) -> Json:
    """Ids of everybody in it."""
    page, metadata = call.page(call.channel().members, most=1000)
    return {"members": page, "response_metadata": metadata}


METHODS = {
    "conversations.invite": Method(invite, Tier.TIER3, INVITE),
    "conversations.kick": Method(kick, Tier.TIER3, MANAGE),
    "conversations.join": Method(join, Tier.TIER3, {Kind.PUBLIC: ("channels:join",)}),
    "conversations.leave": Method(leave, Tier.TIER3, MANAGE),
    "conversations.members": Method(members, Tier.TIER4, READ),
}
