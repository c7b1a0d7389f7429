"""What ill-meaning people type, and a look at everything Andon sent for whatever acts instead of being read."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from bot.sandbox.mrkdwn import links_of, mentions_of
from tests.office import Office

BYSTANDER = "U07OTTO0001"  # nobody in these tests means him
PINGS = (
    "<!channel> <!here> <!everyone> <!subteam^S07AIONCALL> <@U07OTTO0001> <@U07OTTO0001|rae> &lt;!channel&gt; "
    "<https://evil.example|https://good.example> <mailto:x@evil.example|click> [click](https://evil.example) "
    "![](@U07OTTO0001) <script>alert(1)</script> *_~` {{ 7*7 }} | @channel @here"
)
FOREIGN = "\u202eروبوت المتجر يهين الزبائن\u2067 🔥👩‍👩‍👧‍👦🏳️‍🌈 "
LONG = (FOREIGN + PINGS + " ") * (40_000 // len(FOREIGN + PINGS))

INERT = frozenset({"value", "initial_value", "private_metadata", "action_id", "block_id", "event_payload", "errors"})
IN_MARKDOWN = re.compile(r"<![a-z]|<@U07OTTO|!\[\]\(@U07OTTO|(?<!\\)\]\(https?://evil|<script|<https?://evil")


def dangers(office: Office) -> list[str]:
    """Everything sent so far that would ping somebody nobody meant, hide an address, or run."""
    found = []
    for entry in office.sandbox.traffic:
        for text in _texts(entry.args if entry.direction == "call" else entry.answer):
            found += [f"{entry.name}: {why} in {text[:200]!r}" for why in _wrong(text)]
    for channel in office.sandbox.workspace.channels.values():
        for text in (channel.topic.value, *(mark.title for mark in channel.bookmarks.values())):
            found += [f"#{channel.name}: {why} in {text!r}" for why in _wrong(text)]
    return found + _documents(office)


def _texts(thing: Any, key: str = "") -> Iterator[str]:
    if isinstance(thing, str):
        if thing[:1] in ("[", "{") and (decoded := _decoded(thing)) is not None:
            yield from _texts(decoded, key)
        elif key not in INERT:
            yield thing
    elif isinstance(thing, dict):
        if thing.get("type") != "plain_text":
            for name, value in thing.items():
                if name not in INERT:
                    yield from _texts(value, name)
    elif isinstance(thing, list):
        for value in thing:
            yield from _texts(value, key)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _wrong(text: str) -> Iterator[str]:
    for target in mentions_of(text):
        if target == BYSTANDER or not target.startswith("U"):
            yield f"pings {target}"
    for link in links_of(text):
        if "evil.example" in link.target or "://" in link.label:
            yield f"a link {link.target}|{link.label}"


def _cells(table: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(table, newline=""))


def _documents(office: Office) -> list[str]:
    workspace = office.sandbox.workspace
    files = {file.name: (file.content or b"").decode() for file in workspace.files.values()}
    tables = [text for name, text in files.items() if name.endswith(".csv")]
    assert not any(cell.lstrip()[:1] in tuple("=+-@") for text in tables for row in _cells(text) for cell in row)
    documents = {name: text for name, text in files.items() if not name.endswith(".csv")}
    documents |= {canvas.title: canvas.markdown for canvas in workspace.canvases.values()}
    return [
        f"{name}: {match[0]!r} in {text[max(0, match.start() - 60) : match.end() + 60]!r}"
        for name, text in documents.items()
        for match in IN_MARKDOWN.finditer(text)
    ]
