"""auth.*, team.*, bots.*, users.* and usergroups.*: who is here."""

from bot.sandbox.api.scopes import READ
from bot.sandbox.call import Call, Method
from bot.sandbox.limits import Tier
from bot.sandbox.objects import Json, User
from bot.sandbox.refusal import Refusal
from bot.sandbox.wire import channel_json, group_json, user_json


def auth_test(call: Call) -> Json:
    """Whose token this is."""
    workspace = call.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": call.bot.handle,
        "team_id": workspace.team_id,
        "user_id": call.bot.id,
        "bot_id": call.bot.bot_id,
        "is_enterprise_install": False,
    }


def team_info(call: Call) -> Json:
    """The workspace itself."""
    workspace = call.workspace
    email_domain = next((u.email.partition("@")[2] for u in workspace.users.values() if u.email), "")
    about = {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain, "plan": workspace.plan}
    return {"team": about | {"email_domain": email_domain, "icon": {}}}


def bots_info(call: Call) -> Json:
    """The bot behind a bot_id."""
    wanted = call.need("bot")
    bot = next((u for u in call.workspace.users.values() if u.bot_id == wanted), None)
    if bot is None:
        raise Refusal("bot_not_found")
    about = {"id": bot.bot_id, "deleted": False, "name": bot.real_name, "app_id": bot.app_id, "user_id": bot.id}
    return {"bot": about | {"updated": 0, "icons": {}}}


def _user(call: Call, user: User) -> Json:
    return user_json(call.workspace, user, email="users:read.email" in call.app.scopes)


def users_info(call: Call) -> Json:
    """One member, deactivated ones included."""
    return {"user": _user(call, call.user())}


def users_list(call: Call) -> Json:
    """Every member, deactivated ones included."""
    page, metadata = call.page(list(call.workspace.users.values()), most=1000)
    return {
        "members": [_user(call, u) for u in page],
        "cache_ts": call.workspace.epoch(),
        "response_metadata": metadata,
    }


def lookup_by_email(call: Call) -> Json:
    """The active member with this address."""
    wanted = call.need("email").casefold()
    found = (u for u in call.workspace.users.values() if u.email.casefold() == wanted and not u.deleted)
    user = next(found, None)
    if user is None:
        raise Refusal("users_not_found")
    return {"user": _user(call, user)}


def users_conversations(call: Call) -> Json:
    """Conversations a member (or the bot) is in, as far as the bot may know them."""
    workspace = call.workspace
    user = call.text("user", call.bot.id)
    if user not in workspace.users:
        raise Refusal("user_not_found")
    types = _types(call)
    found = [
        c
        for c in workspace.channels.values()
        if user in c.members and workspace.visible(c, call.bot.id) and c.kind.value in types
        if not (call.flag("exclude_archived") and c.archived)
    ]
    page, metadata = call.page(found)
    return {"channels": [channel_json(workspace, c, call.bot.id) for c in page], "response_metadata": metadata}


def _types(call: Call) -> set[str]:
    names = call.ids("types") or ["public_channel"]
    return {name.removesuffix("_channel") for name in names}


def _check_plan(call: Call) -> None:
    if call.workspace.plan == "free":
        raise Refusal("plan_upgrade_required")


def usergroups_list(call: Call) -> Json:
    """Every user group."""
    _check_plan(call)
    groups = call.workspace.user_groups.values()
    return {"usergroups": [group_json(call.workspace, g, users=call.flag("include_users")) for g in groups]}


def usergroups_users_list(call: Call) -> Json:
    """Who is in one user group."""
    _check_plan(call)
    group = call.workspace.user_groups.get(call.need("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}


METHODS = {
    "auth.test": Method(auth_test, Tier.SPECIAL),
    "team.info": Method(team_info, Tier.TIER3, ("team:read",)),
    "bots.info": Method(bots_info, Tier.TIER3, ("users:read",)),
    "users.info": Method(users_info, Tier.TIER4, ("users:read",)),
    "users.list": Method(users_list, Tier.TIER2, ("users:read",)),
    "users.lookupByEmail": Method(lookup_by_email, Tier.TIER3, ("users:read.email",)),
    "users.conversations": Method(users_conversations, Tier.TIER3, READ),
    "usergroups.list": Method(usergroups_list, Tier.TIER2, ("usergroups:read",)),
    "usergroups.users.list": Method(usergroups_users_list, Tier.TIER2, ("usergroups:read",)),
}
