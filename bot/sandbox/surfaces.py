"""Modals and Homes: opening, stacking, replacing, closing, whoever asks (the Web API or an acknowledgement)."""

from typing import Any

from bot.sandbox.blocks import VIEW_BYTES, lint_view, view_bytes
from bot.sandbox.objects import Json, View
from bot.sandbox.refusal import Refusal
from bot.sandbox.workspace import Workspace

STACK_LIMIT = 3


def checked_view(workspace: Workspace, view: Any, kind: str) -> Json:
    """A view Slack would take, with block and action ids filled in.

    Raises:
        Refusal: `invalid_arguments` with a complaint per fault, `view_too_large`, `duplicate_external_id`.
    """
    if not isinstance(view, dict):
        raise Refusal("invalid_arguments", ["[ERROR] missing required field: view"])
    sent = {key: value for key, value in view.items() if value is not None}
    complaints = lint_view(sent)
    if view_bytes(sent) > VIEW_BYTES:
        raise Refusal("view_too_large")
    if sent.get("type") != kind:
        complaints.append(f"[ERROR] expected a {kind} view [json-pointer:/view/type]")
    if complaints:
        raise Refusal("invalid_arguments", complaints)
    return {**sent, "blocks": workspace.furnish(sent["blocks"])}


def check_external_id(workspace: Workspace, body: Json, own: View | None = None) -> None:
    """External ids are unique among the views that are open."""
    external_id = body.get("external_id")
    taken = external_id and any(
        v.body.get("external_id") == external_id and v is not own for v in every_view(workspace)
    )
    if taken:
        raise Refusal("duplicate_external_id")


def every_view(workspace: Workspace) -> list[View]:
    """All open modals and published Homes."""
    return [*workspace.views.values(), *workspace.homes.values()]


def open_modal(workspace: Workspace, user: str, body: Json) -> View:
    """Show a modal, in place of whatever modal the person had open."""
    check_external_id(workspace, body)
    clear(workspace, user)
    view = _new(workspace, user, body)
    workspace.views[view.id] = view
    workspace.stacks[user] = [view.id]
    workspace.changed(view)
    return view


def push_modal(workspace: Workspace, user: str, body: Json) -> View:
    """Put a modal on top of the one the person has open; three is the most."""
    stack = workspace.stacks.get(user)
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= STACK_LIMIT:
        raise Refusal("push_limit_reached")
    check_external_id(workspace, body)
    view = _new(workspace, user, body)
    view.root_id, view.previous_id = workspace.views[stack[-1]].root_id, stack[-1]
    workspace.views[view.id] = view
    stack.append(view.id)
    workspace.changed(view)
    return view


def replace_view(workspace: Workspace, view: View, body: Json) -> None:
    """Other content in the same view; what was typed stays where block, action and type are the same."""
    check_external_id(workspace, body, view)
    view.body, view.hash, view.errors = body, _hash(workspace), {}
    kept = {(b["block_id"], e["action_id"]): e["type"] for b in body["blocks"] for e in _inputs(b)}
    view.typed = {key: value for key, value in view.typed.items() if kept.get(key) == value.get("type")}
    workspace.changed(view)


def _inputs(block: Json) -> list[Json]:
    parts = [block.get("accessory"), block.get("element"), *block.get("elements", ())]
    return [p for p in parts if isinstance(p, dict) and "action_id" in p]


def publish_home(workspace: Workspace, user: str, body: Json, expected_hash: str) -> View:
    """Show this on a person's Home tab; a stale hash is refused."""
    current = workspace.homes.get(user)
    if expected_hash and current and expected_hash != current.hash:
        raise Refusal("hash_conflict")
    if current is None:
        current = workspace.homes[user] = _new(workspace, user, body)
        workspace.changed(current)
    else:
        replace_view(workspace, current, body)
    return current


def close_top(workspace: Workspace, user: str) -> View | None:
    """Take the topmost modal off and forget it."""
    stack = workspace.stacks.get(user)
    if not stack:
        return None
    view = workspace.views.pop(stack.pop())
    workspace.changed(view)
    return view


def clear(workspace: Workspace, user: str) -> list[View]:
    """Close every modal of a person, topmost first."""
    closed = []
    while view := close_top(workspace, user):
        closed.append(view)
    return closed


def _new(workspace: Workspace, user: str, body: Json) -> View:
    view_id = workspace.mint("V")
    return View(view_id, user, body, _hash(workspace), view_id)


def _hash(workspace: Workspace) -> str:
    return f"{workspace.epoch()}.{workspace.mint_token(8)}"
