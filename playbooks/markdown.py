"""Untrusted text in Markdown: it shows as it was typed and does nothing.

No emphasis, code, link, image, HTML, entity, heading, list, table cell, mention or bare link comes out of it. What is
inactive anyway (``snake_case``, ``3 < 4`` apart) is left alone, because people read the source too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup

from bot.domain.plain import clean, isolate

SPECIAL = str.maketrans({character: "\\" + character for character in "\\`*[]|~$"} | {"<": "&lt;", ">": "&gt;"})
ENTITY_LIKE = re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)")
UNDERSCORES = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
BARE_LINK = re.compile(r":(?=//)|(?<=\bwww)\.", re.IGNORECASE)
MENTION = re.compile(r"(?<!\w)@(?=\w)")
NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
BLOCK_START = re.compile(r"^(?:[#=]|[-+](?=\s|$|-)|:(?=-))")
HEADING_END = re.compile(r"(?<=\s)#+$")
BULLET = re.compile(r"^[-*•]\s+(?=\S)")
ORDINAL = re.compile(r"^\d{1,3}[.)]\s+(?=\S)")
WORD_JOINER = "\u2060"
WIDEST_TABLE = 140


def inline(text: str) -> Markup:
    """One line of inactive Markdown, safe at the start of a line, in a table cell and inside emphasis."""
    line = " ".join(clean(text).split())
    return Markup(isolate(_ends(_within(line))))  # noqa: S704 - this is the escaping


def prose(text: str) -> Markup:
    """Paragraphs as they were typed. Lines that begin as list items are list items; nothing else is active."""
    blocks = (_block(kind, lines) for kind, lines in groupby(_lines(text), key=_kind))
    return Markup("\n\n".join(block for block in blocks if block))  # noqa: S704


def quote(text: str, limit: int = 4000) -> Markup:
    """A block quotation of at most ``limit`` characters that says how many more there are."""
    shown = text if len(text) <= limit else text[:limit].rstrip() + "…"
    quoted = [f"> {inline(line)}".rstrip() for line in clean(shown).strip().split("\n")]
    if len(text) > limit:
        quoted += [">", f"> _({len(text) - limit:,} more characters in the record)_"]
    return Markup("  \n".join(quoted))  # noqa: S704


def code(text: str) -> Markup:
    """A code span of what is left of ``text`` in printable ASCII without backticks and pipes."""
    kept = "".join(c for c in text if c.isascii() and c.isprintable() and c not in "`|").strip()
    return Markup(f"`{kept}`") if kept else Markup("")  # noqa: S704


def align_tables(document: str) -> str:
    """The document with the columns of its narrow tables padded, so that the source reads like a table too."""
    lines = document.split("\n")
    runs = groupby(lines, key=lambda line: line.startswith("| "))
    return "\n".join(line for is_table, run in runs for line in (_aligned(list(run)) if is_table else run))


def _within(line: str) -> str:
    line = ENTITY_LIKE.sub("&amp;", line).translate(SPECIAL)
    line = UNDERSCORES.sub(lambda run: "\\_" * len(run[0]), line)
    line = BARE_LINK.sub(lambda mark: "\\" + mark[0], line)
    return MENTION.sub("@" + WORD_JOINER, line)


def _ends(line: str) -> str:
    line = BLOCK_START.sub(lambda mark: "\\" + mark[0], NUMBERED.sub(r"\1\\\2", line))
    return HEADING_END.sub(lambda mark: "\\" + mark[0], line)


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in clean(text).strip().split("\n"))


def _kind(line: str) -> str:
    if BULLET.match(line) or ORDINAL.match(line):
        return "list"
    return "text" if line else "blank"


def _block(kind: str, lines: Iterator[str]) -> str:
    match kind:
        case "blank":
            return ""
        case "list":
            return "\n".join(_item(line) for line in lines)
    return "  \n".join(inline(line) for line in lines)


def _item(line: str) -> str:
    mark = ORDINAL.match(line) or BULLET.match(line)
    if mark is None:
        raise ValueError(f"not a list item: {line!r}")
    bullet = mark[0].strip() if mark[0][0].isdigit() else "-"
    return f"{bullet} {inline(line[mark.end() :])}"


def _aligned(rows: list[str]) -> list[str]:
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip()[1:-1])] for row in rows]
    if len({len(row) for row in cells}) != 1:
        return rows
    widths = [max(_width(cell) for cell in column) for column in zip(*cells, strict=True)]
    if sum(widths) <= WIDEST_TABLE:
        cells = [[_pad(cell, width) for cell, width in zip(row, widths, strict=True)] for row in cells]
    return ["| " + " | ".join(row) + " |" for row in cells]


def _pad(cell: str, width: int) -> str:
    if cell and set(cell) == {"-"}:
        return "-" * width
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))
