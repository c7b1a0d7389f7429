"""Plain values as a client sends them, ids, option values, dates: taken exactly or not at all, never by words."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.sandbox.controls import FIELDS, converted, options_of, state_of
from bot.sandbox.objects import Channel, Json
from bot.sandbox.refusal import Impossible
from bot.sandbox.workspace import Workspace

LONGEST_TEXT, LONGEST_NAME = 20_000, 255
EPOCHS = range(10**9, 10**10)


class PlainValues:
    """What one person may put into controls; `sees` says which conversations they can find."""

    def __init__(self, workspace: Workspace, sees: Callable[[Channel], bool]) -> None:
        self._workspace, self._sees = workspace, sees

    def state(self, element: Json, value: Any, offered: Mapping[str, Json], before: Json | None = None) -> Json:
        """The state with this value in it; None and the empty text empty it.

        `offered` are options by value that an app has suggested; `before` is the state until now, whose options stay.

        Raises:
            Impossible: the value is of the wrong kind, or the control does not offer it.
        """
        kind = element["type"].removeprefix("multi_")
        if isinstance(FIELDS[element["type"]].empty, list) and not isinstance(value, list | None):
            raise Impossible("This control takes a list")
        if kind in _OPTIONS:
            options = {**offered, **_known(element, before or state_of(element))}
            return converted(element, value, lambda one: _offered(options, one))
        converters: Mapping[str, Callable[[Any], Any]] = {
            "users_select": self._user,
            "channels_select": self._conversation,
            "conversations_select": self._conversation,
            "datepicker": _date,
            "timepicker": _time,
            "datetimepicker": _instant,
            "file_input": _file,
        }
        return converted(element, None if value == "" else value, converters.get(kind, _text))

    def _user(self, wanted: Any) -> str:
        found = self._workspace.users.get(wanted) if isinstance(wanted, str) else None
        if found is None:
            raise Impossible("There is nobody with that id")
        return found.id

    def _conversation(self, wanted: Any) -> str:
        found = self._workspace.channels.get(wanted) if isinstance(wanted, str) else None
        if found is None or not self._sees(found):
            raise Impossible("There is no such conversation")
        return found.id


_OPTIONS = ("static_select", "external_select", "radio_buttons", "checkboxes")


def chosen_entry(element: Json, value: Any) -> Json:
    """The entry of an overflow menu with this value."""
    return _offered(_known(element, {}), value)


def _known(element: Json, state: Json) -> dict[str, Json]:
    """The options of a menu and those that stand in it now, by value."""
    kept = [state.get("selected_option"), *(state.get("selected_options") or ())]
    initial = [element.get("initial_option"), *element.get("initial_options", ())]
    return {option["value"]: option for option in (*kept, *initial, *options_of(element)) if option}


def _offered(options: Mapping[str, Json], value: Any) -> Json:
    found = options.get(value) if isinstance(value, str) else None
    if found is None:
        raise Impossible("The menu does not offer that")
    return found


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(_matched(r"\d{4}-\d\d-\d\d", value)).isoformat()
    except ValueError:
        raise Impossible("A date is written as YYYY-MM-DD") from None


def _time(value: Any) -> str:
    try:
        return _matched(r"([01]\d|2[0-3]):[0-5]\d", value)
    except ValueError:
        raise Impossible("A time is written as HH:MM") from None


def _matched(pattern: str, value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise ValueError(pattern)
    return value


def _instant(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in EPOCHS:
        raise Impossible("An instant is given in whole seconds since 1970")
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Impossible("This field takes text")
    text = str(value)
    if len(text) > LONGEST_TEXT:
        raise Impossible(f"This field takes up to {LONGEST_TEXT:,} characters")
    return text


def _file(value: Any) -> Json:
    """A file of the person's machine; only its name and size are known here."""
    name, size = (value.get("name"), value.get("size")) if isinstance(value, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool):
        raise Impossible("A file has a name and a size")
    return {"name": name[:LONGEST_NAME], "size": size}
