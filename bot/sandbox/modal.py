"""An open modal or a published Home as a person sees it; always the present state, not a copy."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.controls import FIELDS, button_texts, find_field, options_of, places, state_values, words
from bot.sandbox.objects import Json, View
from bot.sandbox.reading import read_view
from bot.sandbox.workspace import Workspace


class Home:
    """A view on the Home tab."""

    def __init__(self, view: View, viewer_tz: str, workspace: Workspace) -> None:
        self.view = view
        self._viewer_tz, self._workspace = viewer_tz, workspace

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.text!r}>"

    @property
    def text(self) -> str:
        """Everything readable, as lines."""
        return read_view(self.view, self._viewer_tz, self._workspace)

    @property
    def blocks(self) -> list[Json]:
        """The view's blocks."""
        return self.view.blocks

    @property
    def buttons(self) -> list[str]:
        """What can be pressed."""
        return button_texts(self.view.blocks)


class Modal(Home):
    """A modal on top of the person's screen, with fields to fill."""

    @property
    def title(self) -> str:
        """The words at the top."""
        return words(self.view.body["title"])

    @property
    def submit(self) -> str:
        """The words on the submit button, empty where there is none."""
        return words(self.view.body.get("submit"))

    @property
    def callback_id(self) -> str:
        """What the app calls it."""
        return str(self.view.body.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """What the app hid in it."""
        return str(self.view.body.get("private_metadata", ""))

    @property
    def labels(self) -> list[str]:
        """The labels of its input fields, in order."""
        return [words(block["label"]) for block in self.view.blocks if block["type"] == "input"]

    @property
    def required(self) -> list[str]:
        """The labels of the fields that must be filled."""
        return [words(b["label"]) for b in self.view.blocks if b["type"] == "input" and not b.get("optional")]

    @property
    def errors(self) -> Mapping[str, str]:
        """What is wrong, by block_id: the client's own complaints or the app's."""
        return dict(self.view.errors)

    @property
    def values(self) -> Mapping[str, Any]:
        """What stands in each field now, by label (or block_id where there is none)."""
        states = state_values(self.view)
        named: dict[str, Any] = {}
        for block, element in places(self.view.blocks):
            if element["type"] in FIELDS:
                name = words(block.get("label")) or block["block_id"]
                named[name] = _plain(states[block["block_id"]][element["action_id"]])
        return named

    def options(self, field: str) -> list[str]:
        """What a menu of this modal offers, as words."""
        _, element = find_field(self.view.blocks, field)
        return [words(option["text"]) for option in options_of(element)]


def _plain(state: Json) -> Any:
    """A field's state as words rather than objects."""
    value = state[FIELDS[state["type"]].key]
    if isinstance(value, dict):
        return words(value["text"])
    if isinstance(value, list):
        return [words(v["text"]) if isinstance(v, dict) and "text" in v else v for v in value]
    return value
