"""What happens between a person's click and the app: interactions sent, answers applied, errors shown.

Each function returns the code of the error the person sees, or None.
"""

from typing import Any

from bot.sandbox import payloads, surfaces
from bot.sandbox.controls import Place, enter, options_of, places, words
from bot.sandbox.delivery import Delivery
from bot.sandbox.dispatch import Dispatch
from bot.sandbox.elements import SUGGESTIONS
from bot.sandbox.entry import client_errors
from bot.sandbox.objects import Ephemeral, Json, Message, ResponseUrl, User, View
from bot.sandbox.refusal import Impossible, Refusal
from bot.sandbox.responses import say
from bot.sandbox.workspace import Workspace

Surface = Message | Ephemeral | View


class Gestures:
    """One person's hands on the app's surfaces."""

    def __init__(self, workspace: Workspace, delivery: Delivery, user: User) -> None:
        self._workspace, self._delivery, self._user = workspace, delivery, user

    async def command(self, name: str, text: str, channel: str) -> str | None:
        """Send a slash command and show what the acknowledgement says."""
        where = self._workspace.channels[channel]
        payload = payloads.command(self._workspace, self._user, where, name, text)
        dispatch = await self._delivery.send("slash_commands", name, payload)
        if dispatch.acked and dispatch.answer:
            token = payload["response_url"].rpartition("/")[2]
            return self._show(self._workspace.response_urls[token], dispatch.answer)
        return dispatch.error

    def _show(self, ticket: ResponseUrl, answer: Json) -> str | None:
        try:
            say(self._workspace, ticket, answer)
        except Refusal as refusal:
            self._delivery.complain(f"an acknowledgement Slack cannot show: {refusal.code} {refusal.body}")
            return "invalid_response"
        return None

    async def shortcut(self, payload: Json) -> str | None:
        """Send a global or message shortcut."""
        return (await self._interact(payload)).error

    async def act(self, surface: Surface, place: Place, change: Json) -> str | None:
        """Send a press or choice; `change` is what the element's type adds to the action."""
        action = self._action(place, change)
        if isinstance(surface, View):
            payload = payloads.view_action(self._workspace, self._user, surface, action)
        else:
            payload = payloads.message_action(self._workspace, self._user, surface, action)
        return (await self._interact(payload)).error

    def _action(self, place: Place, change: Json) -> Json:
        block, element = place
        kept = ("type", "action_id", "text", "value", "style", "placeholder", "url")
        action = {name: element[name] for name in kept if name in element}
        return action | {"block_id": block["block_id"], "action_ts": self._workspace.next_ts()} | change

    async def fill(self, view: View, place: Place, value: Any) -> str | None:
        """Put a value into a field; a field that dispatches tells the app at once."""
        offered = None
        if "external_select" in place[1]["type"]:
            typed = str(value if not isinstance(value, list) else value[0])
            offered = options_of((await self.suggestions(view, place, typed)).answer)
        return await self.put(view, place, enter(place[1], value, self._workspace, offered))

    async def put(self, view: View, place: Place, state: Json) -> str | None:
        """Leave a field in this state; one that dispatches tells the app at once."""
        block, _ = place
        self.keep(view, place, state)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return None
        return await self.act(view, place, state)

    def keep(self, view: View, place: Place, state: Json) -> None:
        """Leave a field in this state and tell nobody."""
        block, element = place
        view.typed[(block["block_id"], element["action_id"])] = state
        view.errors.pop(block["block_id"], None)
        self._workspace.changed(view)

    async def suggestions(self, surface: Surface, place: Place, typed: str) -> Dispatch:
        """Ask the app what it offers for what was typed; its options, or groups of them, are in the answer."""
        ids = place[0]["block_id"], place[1]["action_id"]
        dispatch = await self._interact(payloads.suggestion(self._workspace, self._user, surface, *ids, typed))
        if dispatch.acked and (complaints := list(SUGGESTIONS(dispatch.answer, ""))):
            self._delivery.complain(f"suggestions Slack cannot show: {complaints}")
            dispatch.answer, dispatch.error = {}, "invalid_response"
        return dispatch

    async def submit(self, view: View) -> str | None:
        """Submit a modal as the client would: its own checks first, then the app's answer."""
        if not view.body.get("submit"):
            raise Impossible(f"The modal {words(view.body['title'])!r} has nothing to submit")
        view.errors = client_errors(view)
        self._workspace.changed(view)
        if view.errors:
            return None
        payload = payloads.view_submission(self._workspace, self._user, view)
        dispatch = await self._interact(payload)
        if not dispatch.acked:
            return dispatch.error
        return await self._obey(view, dispatch.answer)

    async def _obey(self, view: View, answer: Json) -> str | None:
        """Apply a response_action; without one the modal closes."""
        try:
            match answer.get("response_action"):
                case None if not answer:
                    self._drop(view)
                case "errors":
                    view.errors = self._app_errors(view, answer.get("errors"))
                    self._workspace.changed(view)
                case "update":
                    body = surfaces.checked_view(self._workspace, answer.get("view"), "modal")
                    surfaces.replace_view(self._workspace, view, body)
                case "push":
                    body = surfaces.checked_view(self._workspace, answer.get("view"), "modal")
                    surfaces.push_modal(self._workspace, self._user.id, body)
                case "clear":
                    surfaces.clear(self._workspace, self._user.id)
                case _:
                    raise Refusal("invalid_response_action")
        except Refusal as refusal:
            self._delivery.complain(f"a response to a submission Slack cannot use: {refusal.code} {refusal.body}")
            return "invalid_response"
        return None

    def _drop(self, view: View) -> None:
        """Close the submitted modal, wherever in the stack it is by now."""
        stack = self._workspace.stacks.get(self._user.id, [])
        if view.id in stack:
            stack.remove(view.id)
            self._workspace.views.pop(view.id, None)
            self._workspace.changed(view)

    @staticmethod
    def _app_errors(view: View, errors: Any) -> dict[str, str]:
        inputs = {block["block_id"] for block, _ in places(view.blocks) if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or set(errors) - inputs:
            raise Refusal("invalid_errors", [f"errors name {errors!r}; the input blocks are {sorted(inputs)}"])
        return {str(block): str(words_) for block, words_ in errors.items()}

    async def close(self, view: View) -> str | None:
        """Close the topmost modal, or all of them where the view says so."""
        cleared = bool(view.body.get("clear_on_close"))
        closed = surfaces.clear(self._workspace, self._user.id) if cleared else [view]
        if not cleared:
            surfaces.close_top(self._workspace, self._user.id)
        error = None
        for gone in closed:
            if gone.body.get("notify_on_close"):
                payload = payloads.view_closed(self._workspace, self._user, gone, cleared=cleared)
                error = (await self._interact(payload)).error or error
        return error

    async def _interact(self, payload: Json) -> Dispatch:
        if not self._workspace.app.interactive:
            raise Impossible("Interactivity is off in the app's manifest")
        return await self._delivery.send("interactive", str(payload["type"]), payload)
