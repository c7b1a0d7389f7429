"""Buttons, menus and fields: finding the one a person means, and the state a choice in it leaves behind."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from bot.sandbox.objects import Json, User, View
from bot.sandbox.refusal import Impossible
from bot.sandbox.workspace import Workspace, interactive_elements


@dataclass(frozen=True)
class Field:
    """How one element type keeps its state: the key in `state`, the key of its initial value, the empty value."""

    key: str
    initial: str
    empty: Any = None


_TEXT = Field("value", "initial_value")
_ONE, _MANY = Field("selected_option", "initial_option"), Field("selected_options", "initial_options", [])
FIELDS: Mapping[str, Field] = {
    **dict.fromkeys(("plain_text_input", "email_text_input", "url_text_input", "number_input"), _TEXT),
    **dict.fromkeys(("static_select", "external_select", "radio_buttons"), _ONE),
    **dict.fromkeys(("multi_static_select", "multi_external_select", "checkboxes"), _MANY),
    "users_select": Field("selected_user", "initial_user"),
    "multi_users_select": Field("selected_users", "initial_users", []),
    "conversations_select": Field("selected_conversation", "initial_conversation"),
    "multi_conversations_select": Field("selected_conversations", "initial_conversations", []),
    "channels_select": Field("selected_channel", "initial_channel"),
    "multi_channels_select": Field("selected_channels", "initial_channels", []),
    "datepicker": Field("selected_date", "initial_date"),
    "timepicker": Field("selected_time", "initial_time"),
    "datetimepicker": Field("selected_date_time", "initial_date_time"),
    "file_input": Field("files", "initial_files", []),
}
Place = tuple[Json, Json]


def places(blocks: Iterable[Json]) -> Iterator[Place]:
    """Every block with each of its interactive elements."""
    return ((block, element) for block in blocks for element in interactive_elements(block))


def state_of(element: Json) -> Json:
    """The state an untouched element has."""
    field = FIELDS[element["type"]]
    return {"type": element["type"], field.key: element.get(field.initial, field.empty)}


def state_values(view: View) -> dict[str, Any]:
    """`state.values` as Slack sends it: every field, filled or not, by block and action."""
    values: dict[str, Any] = {}
    for block, element in places(view.blocks):
        if element["type"] in FIELDS:
            state = view.typed.get((block["block_id"], element["action_id"]), state_of(element))
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def is_empty(state: Json) -> bool:
    """Whether a field holds nothing."""
    value = state[FIELDS[state["type"]].key]
    return value is None or value in ("", [])


def words(thing: Json | None) -> str:
    """The visible words of a text object, or nothing."""
    return str(thing["text"]) if thing else ""


def button_texts(blocks: Iterable[Json]) -> list[str]:
    """What the buttons say, overflow entries included, in reading order."""
    texts: list[str] = []
    for _, element in places(blocks):
        if element["type"] == "button":
            texts.append(words(element["text"]))
        if element["type"] == "overflow":
            texts += [words(o["text"]) for o in element["options"]]
    return texts


def find_pressed(blocks: list[Json], action_id: str | None, text: str | None) -> tuple[Place, Json | None]:
    """The button (or overflow entry, given as second value) with this action or these words."""
    for block, element in places(blocks):
        if element["type"] == "button" and _is_meant(element, action_id, text):
            return (block, element), None
        if element["type"] == "overflow" and action_id in (None, element["action_id"]):
            chosen = next((o for o in element["options"] if text in (words(o["text"]), o.get("value"))), None)
            if chosen:
                return (block, element), chosen
    raise Impossible(f"There is no {text or action_id!r} to press; there is: {button_texts(blocks)}")


def _is_meant(element: Json, action_id: str | None, text: str | None) -> bool:
    right_action = action_id in (None, element["action_id"])
    return right_action and (text is None or words(element["text"]) == text)


def find_place(blocks: Iterable[Json], block_id: str, action_id: str) -> Place:
    """The one control with these ids."""
    for block, element in places(blocks):
        if (block["block_id"], element["action_id"]) == (block_id, action_id):
            return block, element
    raise Impossible("That control is not there any more")


def find_field(blocks: list[Json], name: str) -> Place:
    """The field a person means by label, placeholder, block_id or action_id."""
    found = [(block, element) for block, element in places(blocks) if element["type"] in FIELDS]
    for naming in (_exact_names, _beginnings):
        for block, element in found:
            if naming(block, element, name):
                return block, element
    raise Impossible(f"There is no field {name!r}; there is: {[_label(b, e) for b, e in found]}")


def _label(block: Json, element: Json) -> str:
    return words(block.get("label") or block.get("text") or element.get("placeholder")) or str(element["action_id"])


def _exact_names(block: Json, element: Json, name: str) -> bool:
    labels = (words(block.get("label")), words(block.get("text")), words(element.get("placeholder")))
    return name in (block["block_id"], element["action_id"]) or (bool(name) and name in labels)


def _beginnings(block: Json, element: Json, name: str) -> bool:
    return _label(block, element).casefold().startswith(name.casefold())


def options_of(element: Json) -> list[Json]:
    """Everything a menu offers, groups flattened."""
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return [option for group in groups for option in group["options"]]


def enter(element: Json, value: Any, workspace: Workspace, offered: list[Json] | None = None) -> Json:
    """The state after a person put this value in: words of an option, a name, a date, text. None empties it.

    Raises:
        Impossible: the menu does not offer it, or nobody has that name.
    """
    options = options_of(element) if offered is None else offered
    return converted(element, value, _converter(element["type"], options, workspace))


def converted(element: Json, value: Any, convert: Callable[[Any], Any]) -> Json:
    """The state of an element that holds this value, or these, each converted; None empties it."""
    field = FIELDS[element["type"]]
    if value is None:
        return {"type": element["type"], field.key: field.empty}
    many = isinstance(field.empty, list)
    values = value if many and isinstance(value, list | tuple) else [value]
    found = [convert(v) for v in values]
    return {"type": element["type"], field.key: found if many else found[0]}


def _converter(kind: str, options: list[Json], workspace: Workspace) -> Callable[[Any], Any]:
    bare = kind.removeprefix("multi_")
    converters: dict[str, Callable[[Any], Any]] = {
        "static_select": lambda v: _option(options, v),
        "external_select": lambda v: _option(options, v),
        "radio_buttons": lambda v: _option(options, v),
        "checkboxes": lambda v: _option(options, v),
        "users_select": lambda v: _user(workspace, v),
        "channels_select": lambda v: _conversation(workspace, v),
        "conversations_select": lambda v: _conversation(workspace, v),
        "datepicker": lambda v: v.isoformat() if isinstance(v, date) else str(v),
        "timepicker": lambda v: v.strftime("%H:%M") if isinstance(v, time) else str(v),
        "datetimepicker": lambda v: int(v.timestamp()) if isinstance(v, datetime) else int(v),
        "file_input": lambda v: v,
    }
    return converters.get(bare, str)


def _option(options: list[Json], wanted: Any) -> Json:
    for option in options:
        if wanted in (words(option["text"]), option["value"]):
            return option
    for option in options:
        if words(option["text"]).casefold().startswith(str(wanted).casefold()):
            return option
    raise Impossible(f"There is no option {wanted!r}; there is: {[words(o['text']) for o in options]}")


def _user(workspace: Workspace, wanted: Any) -> str:
    user_id = str(getattr(wanted, "id", wanted))
    found: User | None = workspace.users.get(user_id) or workspace.user_by_handle(user_id)
    if found is None:
        raise Impossible(f"Nobody here is called {wanted!r}")
    return found.id


def _conversation(workspace: Workspace, wanted: Any) -> str:
    channel = workspace.channels.get(str(wanted)) or workspace.channel_by_name(str(wanted))
    if channel is None:
        raise Impossible(f"There is no channel {wanted!r}")
    return channel.id
