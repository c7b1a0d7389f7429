"""What the page's files promise, read without a browser: text stays text, nothing is loaded from elsewhere, rooms are small."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot.sandbox

PAGE = Path(bot.sandbox.__file__).parent / "page"
FILES = sorted(file for file in PAGE.rglob("*") if file.suffix in (".js", ".css", ".html"))
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
FORBIDDEN = {
    "markup made from strings": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment",
    "code made from strings": r"\beval\(|new Function|setTimeout\(\s*[\"'`]",
    "styles that the policy refuses": r"setAttribute\(\s*[\"']style|cssText|<style|\sstyle=",
    "handlers in markup": r"\son\w+=\"",
    "something from elsewhere": r"(?:src|href|url|import|from|fetch)\s*[=(]?\s*[\"'(]\s*(?:https?:)?//|@import",
    "words of one app": r"(?i)incident|severity|andon|post-?mortem",
}
OPENING = re.compile(
    r"^(?P<indent> *)(?:export )?(?:async )?(?:function |static |get |set )?(?:async )?[\w#]+ ?\([^;]*\) \{$"
)


def faults(text: str) -> list[str]:
    """What stands in a text that the page must not have."""
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text)]


def functions(text: str) -> Iterator[tuple[str, int]]:
    """Functions and methods with their lengths in lines, as the indentation tells."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        found = OPENING.match(line)
        if found and not line.lstrip().startswith(("if ", "for ", "while ", "switch ", "catch ")):
            end = next((n for n in range(number + 1, len(lines)) if lines[n] == found["indent"] + "}"), number)
            yield line.strip(), end - number + 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PAGE)))
def test_files_keep_the_rules(file: Path) -> None:
    """No markup from strings, no inline style, nothing from elsewhere, no word of any app, no long file or function."""
    text = file.read_text()
    assert [] == faults(text)
    assert len(text.splitlines()) <= LONGEST_FILE
    assert [] == [entry for entry in functions(text) if entry[1] > LONGEST_FUNCTION]


@pytest.mark.parametrize(
    "planted",
    [
        "node.innerHTML = x",
        "eval(x)",
        "n.setAttribute('style', x)",
        '<a onclick="x">',
        "import x from 'https://cdn.example/x.js'",
        "url(//x.example/a)",
        "// an Incident",
    ],
)
def test_breaches_are_seen(planted: str) -> None:
    """Each rule finds what breaks it."""
    assert 1 == len(faults(planted))


def test_long_functions_are_seen() -> None:
    """A function and a method of forty-one lines are found."""
    body = "  x();\n" * (LONGEST_FUNCTION - 1)
    assert [("export function f(a) {", LONGEST_FUNCTION + 1)] == list(functions(f"export function f(a) {{\n{body}}}\n"))
    assert [LONGEST_FUNCTION + 1] == [n for _, n in functions("class A {\n  m(a) {\n" + body + "  }\n}\n")]
