"""Rooms stay small, and the plain ones import nothing but what their plan allows."""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 300, 40, 10
MODULES = sorted(
    file
    for package in ("bot", "storage", "playbooks")
    for file in (ROOT / package).rglob("*.py")
    if "versions" not in file.parts  # migrations are generated
)
Function = ast.FunctionDef | ast.AsyncFunctionDef

# Room, and the only modules of other people that it may import beside the standard library.
ALLOWED = [
    ("bot/domain", ("bot.domain",)),
    ("bot/slack/views", ("bot.domain", "bot.slack.ids", "bot.slack.views")),
    ("bot/terminal", ("bot.domain", "bot.terminal")),
    ("bot/slack/payloads.py", ("bot.domain", "bot.slack.ids")),
    ("bot/slack/ids.py", ()),
    ("bot/sandbox", ("bot.sandbox", "aiohttp", "slack_sdk", "slack_bolt", "yaml")),
]


def test_files_and_functions_are_short() -> None:
    """No file over 300 lines, no function over forty."""
    texts = {str(file.relative_to(ROOT)): file.read_text() for file in MODULES}
    files = [(name, len(text.splitlines())) for name, text in texts.items()]
    functions = [(f"{name}:{function}", n) for name, text in texts.items() for function, n in _functions(text)]
    assert [] == [entry for entry in files if entry[1] > LONGEST_FILE]
    assert [] == [entry for entry in functions if entry[1] > LONGEST_FUNCTION]


def test_the_usual_function_is_a_few_lines() -> None:
    """Half of all functions have fewer than ten lines."""
    lengths = [lines for file in MODULES for _name, lines in _functions(file.read_text())]
    assert statistics.median(lengths) < MEDIAN_FUNCTION


@pytest.mark.parametrize(("room", "allowed"), ALLOWED)
def test_plain_rooms_import_only_what_they_may(room: str, allowed: tuple[str, ...]) -> None:
    """Domain, views and payloads are the standard library and themselves; the sandbox knows only Slack and a web server."""
    place = ROOT / room
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    strangers = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in files
        for name in _imports(file.read_text())
        if name.split(".")[0] not in sys.stdlib_module_names and not _within(name, allowed)
    }
    assert set() == strangers


def test_every_module_opens_with_its_promise() -> None:
    """A reader learns from the first lines what a module is for."""
    assert [] == [str(file.relative_to(ROOT)) for file in MODULES if not ast.get_docstring(ast.parse(file.read_text()))]


def test_the_measure_finds_what_it_measures() -> None:
    """A function of forty-one lines, an import in a function and one under TYPE_CHECKING are seen."""
    long = "def f():\n" + "    pass\n" * LONGEST_FUNCTION
    assert [("f", LONGEST_FUNCTION + 1)] == list(_functions(long))
    hidden = "def f():\n    import yaml\nif TYPE_CHECKING:\n    from storage.store import Store\n"
    assert {"yaml", "storage.store.Store"} == set(_imports(hidden))
    assert not _within("bot.domainish", ("bot.domain",))


def _functions(text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def _imports(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in allowed)
