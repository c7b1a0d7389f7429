"""What Slack accepts as text, option, confirmation and interactive element, as tables of checkers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.checks import Check, both, choice, complain, flag, items, number, one_of, record, string, tagged

ID = string(255)
URL_LIMIT, ALT_LIMIT = 3_000, 2_000


def text(most: int, *, plain: bool = False, least: int = 1) -> Check:
    """A text object of up to `most` characters, plain_text only where Slack insists."""
    body = {"type": string(), "text": string(most, least)}
    kinds: dict[str, Check] = {"plain_text": record(body, {"emoji": flag})}
    if not plain:
        kinds["mrkdwn"] = record(body, {"verbatim": flag})
    return tagged(kinds, "text type")


def _date(value: Any, pointer: str) -> Iterator[str]:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        yield complain("must be a date as YYYY-MM-DD", pointer)


def _time(value: Any, pointer: str) -> Iterator[str]:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        yield complain("must be a time as HH:mm", pointer)


def _url(value: Any, pointer: str) -> Iterator[str]:
    yield from string(URL_LIMIT, 1)(value, pointer)
    if isinstance(value, str) and not value.startswith(("https://", "http://", "slack://", "mailto:", "tel:")):
        yield complain("must be a valid URL", pointer)


def option(*, plain: bool = True, link: bool = False) -> Check:
    """One selectable thing; `link` for overflow menus, whose options may carry a URL."""
    optional = {"description": text(75, plain=plain), **({"url": _url} if link else {})}
    return record({"text": text(75, plain=plain), "value": string(150)}, optional)


CONFIRM = record(
    {"title": text(100, plain=True), "text": text(300)},
    {"confirm": text(30, plain=True), "deny": text(30, plain=True), "style": choice("primary", "danger")},
)
GROUP = record({"label": text(75, plain=True), "options": items(option(), 1, 100)}, {})
DISPATCH = record({}, {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), 1, 2)})
FILTER = both(
    record(
        {},
        {
            "include": items(choice("im", "mpim", "private", "public"), 1, 4),
            "exclude_external_shared_channels": flag,
            "exclude_bot_users": flag,
        },
    ),
    lambda value, pointer: iter(()) if value else iter([complain("must not be empty", pointer)]),
)
SLACK_FILE = both(one_of("id", "url"), record({}, {"id": string(), "url": string(URL_LIMIT)}))
IMAGE = both(
    one_of("image_url", "slack_file"),
    record({"type": string(), "alt_text": string(ALT_LIMIT)}, {"image_url": _url, "slack_file": SLACK_FILE}),
)
COMMON: Mapping[str, Check] = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": flag}
PLACED: Mapping[str, Check] = {**COMMON, "placeholder": text(150, plain=True)}
TYPED: Mapping[str, Check] = {
    "action_id": ID, "focus_on_load": flag, "placeholder": text(150, plain=True), "dispatch_action_config": DISPATCH,
}  # fmt: skip
MANY: Mapping[str, Check] = {"max_selected_items": number(1, 100)}


def _initial_is_offered(value: Any, pointer: str) -> Iterator[str]:
    """An initial option that is not among the options is refused by Slack."""
    groups = value.get("option_groups") or [{"options": value.get("options", [])}]
    offered = [o for group in groups if isinstance(group, dict) for o in group.get("options", [])]
    initial = value.get("initial_options", [value["initial_option"]] if "initial_option" in value else [])
    for chosen in initial if isinstance(initial, list) else []:
        if chosen not in offered:
            yield complain("initial option must be one of the options", pointer)


def _element(required: Mapping[str, Check], optional: Mapping[str, Check], *extra: Check) -> Check:
    return both(record({"type": string(), **required}, optional), *extra)


def _static(optional: Mapping[str, Check]) -> Check:
    offered = {"options": items(option(), 1, 100), "option_groups": items(GROUP, 1, 100)}
    return _element({}, {**PLACED, **offered, **optional}, one_of("options", "option_groups"), _initial_is_offered)


def _listed(initial: Mapping[str, Check], least: int = 1) -> Check:
    options = items(option(plain=False), least, 10)
    return _element({"options": options}, {**COMMON, **initial}, _initial_is_offered)


def _select(initial: str, **more: Check) -> Check:
    return _element({}, {**PLACED, initial: string(), **more})


def _multi(initial: str, **more: Check) -> Check:
    return _element({}, {**PLACED, **MANY, initial: items(string(), 0, 100), **more})


_QUERY: Mapping[str, Check] = {"min_query_length": number(0, 100)}
_CONVERSATIONS: Mapping[str, Check] = {"default_to_current_conversation": flag, "filter": FILTER}
_LENGTHS: Mapping[str, Check] = {"min_length": number(0, 3_000), "max_length": number(1, 3_000), "multiline": flag}

ELEMENTS: Mapping[str, Check] = {
    "button": _element(
        {"text": text(75, plain=True)},
        {
            "action_id": ID, "url": _url, "value": string(2_000), "style": choice("primary", "danger"),
            "confirm": CONFIRM, "accessibility_label": string(75),
        },
    ),
    "overflow": _element(
        {"options": items(option(link=True), 1, 5)}, {"action_id": ID, "confirm": CONFIRM}
    ),
    "image": IMAGE,
    "checkboxes": _listed({"initial_options": items(option(plain=False), 1, 10)}),
    "radio_buttons": _listed({"initial_option": option(plain=False)}),
    "datepicker": _element({}, {**PLACED, "initial_date": _date}),
    "timepicker": _element({}, {**PLACED, "initial_time": _time, "timezone": string()}),
    "datetimepicker": _element({}, {**COMMON, "initial_date_time": number(1_000_000_000, 9_999_999_999)}),
    "static_select": _static({"initial_option": option()}),
    "multi_static_select": _static({"initial_options": items(option(), 1, 100), **MANY}),
    "external_select": _element({}, {**PLACED, **_QUERY, "initial_option": option()}),
    "multi_external_select": _element({}, {**PLACED, **_QUERY, **MANY, "initial_options": items(option(), 1, 100)}),
    "users_select": _select("initial_user"),
    "multi_users_select": _multi("initial_users"),
    "conversations_select": _select("initial_conversation", response_url_enabled=flag, **_CONVERSATIONS),
    "multi_conversations_select": _multi("initial_conversations", **_CONVERSATIONS),
    "channels_select": _select("initial_channel", response_url_enabled=flag),
    "multi_channels_select": _multi("initial_channels"),
    "plain_text_input": _element({}, {**TYPED, **_LENGTHS, "initial_value": string(3_000)}),
    "email_text_input": _element({}, {**TYPED, "initial_value": string(3_000)}),
    "url_text_input": _element({}, {**TYPED, "initial_value": string(3_000)}),
    "number_input": _element(
        {"is_decimal_allowed": flag},
        {**TYPED, "initial_value": string(), "min_value": string(), "max_value": string()},
    ),
    "file_input": _element({}, {"action_id": ID, "filetypes": items(string(), 1, 100), "max_files": number(1, 10)}),
}  # fmt: skip

SINGLE = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
SELECTS = (*SINGLE, *(f"multi_{name}" for name in SINGLE))
PICKERS = ("datepicker", "timepicker", "checkboxes", "radio_buttons")


def only(*names: str) -> Check:
    """An element of one of these types."""
    return tagged({name: ELEMENTS[name] for name in names}, "element type")


ACCESSORY = only("button", "overflow", "image", *PICKERS, *SELECTS)
ACTION = only("button", "overflow", "datetimepicker", *PICKERS, *SELECTS)
INPUT = only(
    "plain_text_input", "email_text_input", "url_text_input", "number_input", "datetimepicker", "file_input",
    *PICKERS, *SELECTS,
)  # fmt: skip
SUGGESTIONS = record({}, {"options": items(option(), 0, 100), "option_groups": items(GROUP, 0, 100)})
