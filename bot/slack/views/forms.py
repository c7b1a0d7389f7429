"""Forms: modals and their inputs, clipped to Slack's limits. A block's id is the name of the field in the errors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.slack.views.blocks import Block, clip, option, plain

INPUT = "input"


def modal(
    title: str,
    blocks: list[Block],
    *,
    callback_id: str,
    submit: str | None = None,
    close: str = "Cancel",
    private_metadata: str = "",
) -> dict[str, Any]:
    """A modal of at most 100 blocks; ``private_metadata`` carries ids, never state."""
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "close": plain(close, 24),
        "blocks": blocks[:100],
        "private_metadata": private_metadata[:3000],
    }
    if submit:
        view["submit"] = plain(submit, 24)
    return view


def field(
    block_id: str, label: str, element: Block, *, optional: bool = False, hint: str = "", dispatch: bool = False
) -> Block:
    """One labelled input."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, 2000)
    if dispatch:
        block["dispatch_action"] = True
    return block


def text_input(initial: str = "", *, placeholder: str = "", multiline: bool = False, limit: int = 3000) -> Block:
    """A text field; what was typed before is put back."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": INPUT,
        "multiline": multiline,
        "max_length": min(limit, 3000),
    }
    if initial:
        element["initial_value"] = clip(initial, min(limit, 3000))
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    return element


def select(
    choices: Sequence[Block], *, initial: str | None = None, placeholder: str = "Choose", action_id: str = INPUT
) -> Block:
    """A menu of up to a hundred choices."""
    element: Block = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, 150),
        "options": list(choices)[:100],
    }
    chosen = next((choice for choice in choices if choice["value"] == initial), None)
    if chosen:
        element["initial_option"] = chosen
    return element


def radio(choices: Sequence[Block], *, initial: str | None = None) -> Block:
    """Up to ten choices, all seen at once."""
    element: Block = {"type": "radio_buttons", "action_id": INPUT, "options": list(choices)[:10]}
    chosen = next((choice for choice in choices if choice["value"] == initial), None)
    if chosen:
        element["initial_option"] = chosen
    return element


def checkboxes(choices: Sequence[Block]) -> Block:
    """Up to ten boxes to tick."""
    return {"type": "checkboxes", "action_id": INPUT, "options": list(choices)[:10]}


def person_select(placeholder: str = "Choose a person", initial: str | None = None) -> Block:
    """One person of the workspace."""
    element: Block = {"type": "users_select", "action_id": INPUT, "placeholder": plain(placeholder, 150)}
    if initial:
        element["initial_user"] = initial
    return element


def people_select(initial: Sequence[str] = (), placeholder: str = "Choose people") -> Block:
    """Several people of the workspace."""
    element: Block = {"type": "multi_users_select", "action_id": INPUT, "placeholder": plain(placeholder, 150)}
    if initial:
        element["initial_users"] = list(initial)
    return element


def instant_select(initial: datetime | None = None) -> Block:
    """A date and time, in the zone of whoever fills it."""
    element: Block = {"type": "datetimepicker", "action_id": INPUT}
    if initial:
        element["initial_date_time"] = int(initial.timestamp())
    return element


def yes_no(yes: str, no: str, *, initial: str = "no") -> Block:
    """Two radio buttons, ``yes`` and ``no``."""
    return radio([option(no, "no"), option(yes, "yes")], initial=initial)
