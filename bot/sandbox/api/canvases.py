"""canvases.* and conversations.canvases.*: Markdown documents in channels and on their own."""

from typing import Any

from bot.sandbox.call import Call, Method
from bot.sandbox.limits import Tier
from bot.sandbox.objects import Canvas, Json
from bot.sandbox.refusal import Refusal

OPERATIONS = ("insert_at_start", "insert_at_end", "replace", "rename")


def _markdown(content: Any) -> str:
    if content is None:
        return ""
    if (
        not isinstance(content, dict)
        or content.get("type") != "markdown"
        or not isinstance(content.get("markdown"), str)
    ):
        raise Refusal("invalid_arguments", ["[ERROR] document_content must be markdown"])
    return str(content["markdown"])


def _add(call: Call, channel: str = "") -> Canvas:
    markdown = _markdown(call.data("document_content"))
    canvas = Canvas(call.workspace.mint("F"), call.text("title"), markdown, call.bot.id, channel)
    call.workspace.canvases[canvas.id] = canvas
    _changed(call, canvas)
    return canvas


def _changed(call: Call, canvas: Canvas) -> None:
    if canvas.channel:
        call.workspace.changed(call.workspace.channels[canvas.channel])


def create(call: Call) -> Json:
    """A canvas of the bot's own, or tabbed into a channel where `channel_id` says so."""
    channel = call.channel("channel_id", member=True).id if call.text("channel_id") else ""
    if call.workspace.plan == "free" and not channel:
        raise Refusal("free_teams_cannot_create_non_tabbed_canvases")
    return {"canvas_id": _add(call, channel).id}


def create_in_channel(call: Call) -> Json:
    """The channel's one canvas."""
    channel = call.channel("channel_id", member=True)
    if call.workspace.plan == "free":
        raise Refusal("team_tier_cannot_create_channel_canvases")
    if channel.canvas:
        raise Refusal("channel_canvas_already_exists")
    channel.canvas = _add(call, channel.id).id
    return {"canvas_id": channel.canvas}


def _existing(call: Call) -> Canvas:
    canvas = call.workspace.canvases.get(call.need("canvas_id"))
    if canvas is None or canvas.deleted:
        raise Refusal("canvas_not_found")
    return canvas


def edit(call: Call) -> None:
    """One change per call: insert at start or end, replace the whole, rename."""
    canvas = _existing(call)
    changes = call.data("changes")
    if not isinstance(changes, list) or len(changes) != 1 or not isinstance(changes[0], dict):
        raise Refusal("invalid_arguments", ["[ERROR] changes must hold exactly one operation"])
    change = changes[0]
    if change.get("operation") not in OPERATIONS or change.get("section_id"):
        raise Refusal("canvas_editing_failed", [f"[ERROR] the sandbox knows {', '.join(OPERATIONS)}"])
    _apply(canvas, change)
    _changed(call, canvas)


def _apply(canvas: Canvas, change: Json) -> None:
    if change["operation"] == "rename":
        canvas.title = _markdown(change.get("title_content"))
        return
    markdown = _markdown(change.get("document_content"))
    joined = {
        "insert_at_start": f"{markdown}\n{canvas.markdown}",
        "insert_at_end": f"{canvas.markdown}\n{markdown}",
        "replace": markdown,
    }
    canvas.markdown = joined[change["operation"]]


def delete(call: Call) -> None:
    """Take a canvas away."""
    canvas = _existing(call)
    canvas.deleted = True
    _changed(call, canvas)
    for channel in call.workspace.channels.values():
        if channel.canvas == canvas.id:
            channel.canvas = ""


def set_access(call: Call) -> None:
    """Let people or channels read or write a canvas."""
    canvas, level = _existing(call), call.need("access_level")
    if level not in ("read", "write", "owner"):
        raise Refusal("invalid_arguments", ["[ERROR] access_level must be read, write or owner"])
    users, channels = call.ids("user_ids"), call.ids("channel_ids")
    if bool(users) == bool(channels):
        raise Refusal("invalid_arguments", ["[ERROR] give either user_ids or channel_ids"])
    unknown = [i for i in (*users, *channels) if i not in call.workspace.users and i not in call.workspace.channels]
    if unknown:
        raise Refusal("user_not_found" if users else "channel_not_found")
    canvas.access |= dict.fromkeys((*users, *channels), level)


METHODS = {
    "canvases.create": Method(create, Tier.TIER2, ("canvases:write",)),
    "canvases.edit": Method(edit, Tier.TIER3, ("canvases:write",)),
    "canvases.delete": Method(delete, Tier.TIER3, ("canvases:write",)),
    "canvases.access.set": Method(set_access, Tier.TIER3, ("canvases:write",)),
    "conversations.canvases.create": Method(create_in_channel, Tier.TIER2, ("canvases:write",)),
}
