"""A YAML file into plain values, remembering on which line each stands.

Stricter than YAML: a key stands once, nothing refers to anything else, and only ``null``, ``true``, ``false`` and whole
numbers mean anything but their own text, so that ``17:00``, ``no`` and ``2026-12-25`` are what they look like.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from playbooks.errors import PolicyError

SIZE_LIMIT = 1_000_000
DEPTH_LIMIT = 100  # the parser in C dies of very deep nesting
BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}
NESTING = re.compile(rf"(?:[-?:][ \t]+){{{DEPTH_LIMIT}}}")
Path = tuple[str | int, ...]


class PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader, less the guesses of YAML 1.1; parsed in C where it can be: an eighth of the time."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own attribute


TAG = "tag:yaml.org,2002:"
MEANINGS = {
    f"{TAG}null": (re.compile(r"(?:null|~|)\Z"), ["n", "~", ""]),
    f"{TAG}bool": (re.compile(r"(?:true|false)\Z"), ["t", "f"]),
    f"{TAG}int": (re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z", re.ASCII), [*"-0123456789"]),
}
TEXT_AND_SHAPES = frozenset({f"{TAG}str", f"{TAG}map", f"{TAG}seq"})
for tag, (pattern, first_letters) in MEANINGS.items():
    PlainLoader.add_implicit_resolver(tag, pattern, first_letters)


@dataclass(frozen=True, slots=True)
class Page:
    """A file that was read: its name for people, its value, the line of every key and item, the hash of its bytes."""

    name: str
    value: object
    lines: Mapping[Path, int]
    sha256: str = ""

    def error(self, path: Path, reason: str) -> PolicyError:
        """An error at the line of ``path``, or of the nearest thing around it that has one."""
        known = (path[:length] for length in range(len(path), -1, -1))
        return PolicyError(self.name, next((self.lines[p] for p in known if p in self.lines), 1), reason)


def read(name: str, content: bytes) -> Page:
    """Read one file. Raises PolicyError with the line of whatever is wrong."""
    if len(content) > SIZE_LIMIT:
        raise PolicyError(name, None, f"is {len(content):,} bytes; {SIZE_LIMIT:,} are allowed")
    text = _decoded(name, content)
    if _is_too_deep(text):
        raise PolicyError(name, None, "is nested too deeply")
    try:
        loader = PlainLoader(text)
        node = loader.get_single_node()
        if node is None:
            raise PolicyError(name, None, "is empty")
        lines = dict(_walk(name, node, (), set()))
        return Page(name, loader.construct_document(node), lines, hashlib.sha256(content).hexdigest())
    except yaml.MarkedYAMLError as error:
        raise PolicyError(name, _line(error), _sentence(error)) from error
    except yaml.reader.ReaderError as error:
        character = chr(error.character) if isinstance(error.character, int) else error.character
        line = text[: text.find(character)].count("\n") + 1
        raise PolicyError(name, line, f"the character {character!r} is not allowed") from error
    except RecursionError as error:
        raise PolicyError(name, None, "is nested too deeply") from error


def _is_too_deep(text: str) -> bool:
    depths = accumulate(BRACKETS[one] for one in re.findall(r"[\[\]{}]", text))
    return max(depths, default=0) > DEPTH_LIMIT or NESTING.search(text) is not None


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PolicyError(name, line, "is not UTF-8 text") from error


def _walk(name: str, node: Node, path: Path, seen: set[int]) -> Iterator[tuple[Path, int]]:
    line = node.start_mark.line + 1
    if id(node) in seen:
        raise PolicyError(name, line, "an anchor (&name) is used again below: write the value out")
    seen.add(id(node))
    if not _means_what_it_says(node):
        raise PolicyError(name, line, f"the tag {node.tag.removeprefix(TAG)!r} is not allowed here")
    yield path, line
    if isinstance(node, MappingNode):
        yield from _walk_mapping(name, node, path, seen)
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(name, item, (*path, index), seen)


def _walk_mapping(name: str, node: MappingNode, path: Path, seen: set[int]) -> Iterator[tuple[Path, int]]:
    keys: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            raise PolicyError(name, line, "a key must be plain text")
        if key.value in keys:
            raise PolicyError(name, line, f"{key.value!r} stands twice; it is on line {keys[key.value]} already")
        keys[key.value] = line
        yield from _walk(name, value, (*path, key.value), seen)
        yield (*path, key.value), line


def _means_what_it_says(node: Node) -> bool:
    if node.tag in MEANINGS:
        return isinstance(node, ScalarNode) and bool(MEANINGS[node.tag][0].match(node.value))
    return node.tag in TEXT_AND_SHAPES


def _line(error: yaml.MarkedYAMLError) -> int | None:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else None


def _sentence(error: yaml.MarkedYAMLError) -> str:
    context = f" ({error.context})" if error.context else ""
    return f"this is not YAML: {error.problem or 'unreadable'}{context}"
