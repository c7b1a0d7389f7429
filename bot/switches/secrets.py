"""Secrets by the name of their environment variable: looked up when they are sent, masked wherever seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import quote

from playbooks.calls import PLACEHOLDER

Lookup = Callable[[str], str]


def masked(name: str) -> str:
    """What stands in the place of a secret in everything shown or stored."""
    return f"[{name}]"


def filled(value: object, secret: Lookup) -> object:
    """A body with every ``${NAME}`` replaced, however deep."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda found: secret(found.group(1)), value)
    if isinstance(value, dict):
        return {key: filled(inner, secret) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, secret) for inner in value]
    return value


class Mask:
    """Takes the given secrets out of a text, also as they stand in an address."""

    def __init__(self, names: Iterable[str], find: Callable[[str], str | None]) -> None:
        known = {name: value for name in names if (value := find(name))}
        spelled = [(form, name) for name, value in known.items() for form in {value, quote(value, safe="")}]
        self._spelled = sorted(spelled, key=lambda pair: -len(pair[0]))

    def __call__(self, text: str) -> str:
        """The text without them."""
        for form, name in self._spelled:
            text = text.replace(form, masked(name))
        return text
