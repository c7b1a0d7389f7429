"""Small checkers over plain JSON; each yields complaints that name a JSON pointer, as Slack's do.

A checker takes a value and the pointer to it. Tables of them in `elements.py` and `blocks.py` say what Slack accepts.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]


def complain(what: str, pointer: str) -> str:
    """One complaint in Slack's wording and form."""
    return f"[ERROR] {what} [json-pointer:{pointer}]"


def string(most: int | None = None, least: int = 0) -> Check:
    """Text of `least` to `most` characters."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield complain("must provide a string", pointer)
        elif len(value) < least:
            yield complain(f"must be more than {least - 1} characters", pointer)
        elif most is not None and len(value) > most:
            yield complain(f"must be less than {most + 1} characters", pointer)

    return check


def number(least: int, most: int) -> Check:
    """A whole number within bounds, not a boolean and not a string."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield complain("must provide a number", pointer)
        elif not least <= value <= most:
            yield complain(f"must be between {least} and {most}", pointer)

    return check


def flag(value: Any, pointer: str) -> Iterator[str]:
    """True or false, nothing that merely looks like it."""
    if not isinstance(value, bool):
        yield complain("must provide a boolean", pointer)


def anything(_value: Any, _pointer: str) -> Iterator[str]:
    """No opinion: a part of Slack the sandbox does not judge."""
    return iter(())


def choice(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if value not in allowed:
            yield complain(f"must be one of: {', '.join(allowed)}", pointer)

    return check


def items(each: Check, least: int, most: int) -> Check:
    """A list of `least` to `most` things."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield complain("must provide an array", pointer)
            return
        if len(value) < least:
            yield complain(f"no less than {least} items allowed", pointer)
        if len(value) > most:
            yield complain(f"no more than {most} items allowed", pointer)
        for index, item in enumerate(value):
            yield from each(item, f"{pointer}/{index}")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with exactly these keys; a null counts as a wrong value, an unknown key is refused."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complain("must provide an object", pointer)
            return
        for key in required:
            if key not in value:
                yield complain(f"missing required field: {key}", pointer)
        for key, part in value.items():
            known = required.get(key) or optional.get(key)
            if known is None:
                yield complain(f"invalid additional property: {key}", pointer)
            else:
                yield from known(part, f"{pointer}/{key}")

    return check


def tagged(kinds: Mapping[str, Check], what: str) -> Check:
    """An object whose `type` chooses the checker."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            yield complain(f"unsupported {what}: {kind}", f"{pointer}/type")
            return
        yield from kinds[kind](value, pointer)

    return check


def both(*checks: Check) -> Check:
    """Every checker in turn."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        for one in checks:
            yield from one(value, pointer)

    return check


def one_of(*keys: str) -> Check:
    """Exactly one of these keys is given."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        given = [key for key in keys if key in value] if isinstance(value, dict) else []
        if len(given) != 1:
            yield complain(f"exactly one of {', '.join(keys)} is required", pointer)

    return check


def some_of(*keys: str) -> Check:
    """At least one of these keys is given."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if isinstance(value, dict) and not any(key in value for key in keys):
            yield complain(f"one of {', '.join(keys)} is required", pointer)

    return check
