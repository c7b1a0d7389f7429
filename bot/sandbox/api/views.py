"""views.*: modals and the Home tab."""

from bot.sandbox.call import Call, Method
from bot.sandbox.controls import state_values
from bot.sandbox.limits import Tier
from bot.sandbox.objects import Json, Trigger, View
from bot.sandbox.refusal import Refusal
from bot.sandbox.surfaces import checked_view, every_view, open_modal, publish_home, push_modal, replace_view
from bot.sandbox.wire import view_json


def _shown(call: Call, view: View) -> Json:
    return {"view": view_json(call.workspace, view, state_values(view))}


def _trigger(call: Call) -> Trigger:
    return call.workspace.exchange_trigger(call.text("trigger_id") or call.need("interactivity_pointer"))


def open_view(call: Call) -> Json:
    """Open a modal for whoever the trigger came from."""
    body = checked_view(call.workspace, call.data("view"), "modal")
    return _shown(call, open_modal(call.workspace, _trigger(call).user, body))


def push(call: Call) -> Json:
    """Put a modal on top of the one the trigger came from."""
    body = checked_view(call.workspace, call.data("view"), "modal")
    return _shown(call, push_modal(call.workspace, _trigger(call).user, body))


def update(call: Call) -> Json:
    """Replace an open modal, found by its id or the app's own external id."""
    view = _existing(call)
    if call.text("hash") and call.text("hash") != view.hash:
        raise Refusal("hash_conflict")
    replace_view(call.workspace, view, checked_view(call.workspace, call.data("view"), "modal"))
    return _shown(call, view)


def _existing(call: Call) -> View:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not (view_id or external_id):
        raise Refusal("invalid_arguments", ["[ERROR] missing required field: view_id"])
    found = (v for v in every_view(call.workspace) if external_id and v.body.get("external_id") == external_id)
    view = call.workspace.views.get(view_id) or next(found, None)
    if view is None:
        raise Refusal("not_found")
    return view


def publish(call: Call) -> Json:
    """Show a view on somebody's Home tab."""
    if not call.app.home.get("home_tab_enabled"):
        raise Refusal("not_enabled")
    user = call.user("user_id")
    body = checked_view(call.workspace, call.data("view"), "home")
    return _shown(call, publish_home(call.workspace, user.id, body, call.text("hash")))


METHODS = {
    "views.open": Method(open_view, Tier.TIER4),
    "views.push": Method(push, Tier.TIER4),
    "views.update": Method(update, Tier.TIER4),
    "views.publish": Method(publish, Tier.TIER4),
}
