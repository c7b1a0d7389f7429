"""What Slack's client itself refuses before a modal is submitted: empty required fields, lengths, malformed input."""

import re
from decimal import Decimal
from typing import Any

from bot.sandbox.controls import FIELDS, is_empty, places, state_of
from bot.sandbox.objects import Json, View

LONGEST = 3_000


def client_errors(view: View) -> dict[str, str]:
    """Sentences by block_id for every field the client would not let through."""
    errors: dict[str, str] = {}
    for block, element in places(view.blocks):
        if block["type"] != "input":
            continue
        state = view.typed.get((block["block_id"], element["action_id"]), state_of(element))
        problem = _problem(block, element, state)
        if problem:
            errors[block["block_id"]] = problem
    return errors


def _problem(block: Json, element: Json, state: Json) -> str | None:
    if is_empty(state):
        return None if block.get("optional") else "Please complete this required field."
    check = _CHECKS.get(element["type"])
    return check(element, state[FIELDS[element["type"]].key]) if check else _too_many(element, state)


def _text(element: Json, value: Any) -> str | None:
    if len(value) > element.get("max_length", LONGEST):
        return f"This entry can be up to {element.get('max_length', LONGEST)} characters."
    if len(value) < element.get("min_length", 0):
        return f"This entry needs at least {element['min_length']} characters."
    return "Please complete this required field." if not value.strip() else None


def _number(element: Json, value: Any) -> str | None:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", value, re.ASCII):
        return "Please enter a number."
    amount = Decimal(value)
    if not element["is_decimal_allowed"] and amount != amount.to_integral_value():
        return "Please enter a whole number."
    if "min_value" in element and amount < Decimal(element["min_value"]):
        return f"The number must be at least {element['min_value']}."
    if "max_value" in element and amount > Decimal(element["max_value"]):
        return f"The number must be at most {element['max_value']}."
    return None


def _email(_element: Json, value: Any) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Please enter an email address."


def _url(_element: Json, value: Any) -> str | None:
    return None if re.match(r"https?://\S+$", value) else "Please enter a URL."


def _too_many(element: Json, state: Json) -> str | None:
    chosen = state[FIELDS[element["type"]].key]
    most = element.get("max_selected_items")
    return f"Please choose at most {most}." if most and isinstance(chosen, list) and len(chosen) > most else None


_CHECKS = {
    "plain_text_input": _text,
    "number_input": _number,
    "email_text_input": _email,
    "url_text_input": _url,
}
