"""templates/<name>.md of texts: a heading, then sections with a key each; what people begin to write from.

``# Heading``, then ``## Label {#key}`` with what the section says at first. ``{{ name }}`` stands for a value of the
incident, of its particulars or of the contacts; what is not known yet says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from bot.domain.texts.template import Section, placeholders
from playbooks.errors import PolicyError

SIZE_LIMIT = 100_000
HEADING = re.compile(r"^# +(\S.*)$")
SECTION = re.compile(r"^## +(\S.*?) +\{#([a-z][a-z0-9_]{0,39})\}$")
MOST_SECTIONS, LABEL_LIMIT, BODY_LIMIT = 20, 150, 2500

INCIDENT_VALUES = (
    "incident.reference",
    "incident.severity",
    "incident.phase",
    "incident.declared_at",
    "incident.started_at",
    "incident.contained_at",
    "incident.contained_how",
    "incident.resolved_at",
    "incident.resolved_how",
    "incident.next_update_at",
    "system.name",
    "system.model",
    "actions.done",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One template as it was read: its sections, and the line each key and placeholder stands on."""

    name: str
    heading: str
    sections: tuple[Section, ...]
    lines: Mapping[str, int]
    sha256: str

    def error(self, what: str, why: str) -> PolicyError:
        """An error at the line of a section or a placeholder."""
        return PolicyError(self.name, self.lines.get(what, 1), why)


def file_of(name: str) -> str:
    """Where a text's template is."""
    return f"templates/{name}.md"


def load_sheets(names: Iterable[str], directory: Path | None) -> dict[str, Sheet]:
    """The template of each name, the organisation's own before ours. Raises PolicyError with the line."""
    return {name: _sheet(name, directory) for name in names}


def unknown_values(sheet: Sheet, known: Iterable[str]) -> Iterator[PolicyError]:
    """Placeholders that stand for nothing."""
    there = set(known)
    for text in (sheet.heading, *(section.body for section in sheet.sections)):
        for name in placeholders(text):
            if name not in there:
                yield sheet.error("{{" + name, f"{{{{ {name} }}}} stands for nothing that is known of an incident")


def _sheet(name: str, directory: Path | None) -> Sheet:
    own = directory / file_of(name) if directory else None
    if own is None or not own.is_file():
        return _shipped(name)
    try:
        return read(file_of(name), own.read_bytes())
    except OSError as error:
        raise PolicyError(file_of(name), None, f"cannot be read ({error.strerror})") from error


@cache
def _shipped(name: str) -> Sheet:
    found = files("playbooks").joinpath(file_of(name))
    if not found.is_file():
        raise PolicyError(file_of(name), None, "is missing: every text of communications.yaml has a template")
    return read(file_of(name), found.read_bytes())


def read(name: str, content: bytes) -> Sheet:
    """One template. Raises PolicyError with the line of whatever is wrong."""
    if len(content) > SIZE_LIMIT:
        raise PolicyError(name, None, f"is {len(content):,} bytes; {SIZE_LIMIT:,} are allowed")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise PolicyError(name, None, "is no UTF-8 text") from error
    reader = _Reader(name)
    for number, line in enumerate(text.splitlines(), 1):
        reader.take(number, line.rstrip())
    return reader.sheet(hashlib.sha256(content).hexdigest())


class _Reader:
    """Takes lines one by one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._heading = ""
        self._parts: list[tuple[str, str, list[str]]] = []
        self._lines: dict[str, int] = {}

    def take(self, number: int, line: str) -> None:
        for value in placeholders(line):
            self._lines.setdefault("{{" + value, number)
        if line.startswith("##"):
            self._begin(number, line)
        elif line.startswith("# ") and not self._parts:
            found = HEADING.match(line)
            self._heading = found[1] if found else ""
        elif self._parts:
            self._parts[-1][2].append(line)
        elif line.strip():
            raise PolicyError(self._name, number, "stands before the first section: begin with `# Heading`")

    def sheet(self, sha256: str) -> Sheet:
        if not self._heading or not self._parts:
            raise PolicyError(self._name, 1, "needs a `# Heading` and sections like `## Questions {#contact}`")
        if len(self._parts) > MOST_SECTIONS:
            raise PolicyError(self._name, None, f"has {len(self._parts)} sections; {MOST_SECTIONS} fit into a form")
        sections = tuple(Section(key, label, "\n".join(body).strip()) for key, label, body in self._parts)
        for section in sections:
            if len(section.body) > BODY_LIMIT:
                line = self._lines[section.key]
                raise PolicyError(self._name, line, f"{section.key!r} says more than {BODY_LIMIT} characters")
        return Sheet(self._name, self._heading, sections, self._lines, sha256)

    def _begin(self, number: int, line: str) -> None:
        found = SECTION.match(line)
        if found is None or len(found[1]) > LABEL_LIMIT:
            raise PolicyError(self._name, number, "is no section: write it like `## Questions {#contact}`")
        if found[2] in self._lines:
            raise PolicyError(self._name, number, f"section {found[2]!r} stands twice")
        self._lines[found[2]] = number
        self._parts.append((found[2], found[1], []))
