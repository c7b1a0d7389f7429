"""What Andon really sends: every message and form of a morning, drawn by the page and read by `reading.py`, says the same."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from bot.sandbox import seed
from bot.sandbox.controls import FIELDS
from bot.sandbox.reading import read_view, see, see_ephemeral
from bot.sandbox.wire import ephemeral_json, message_json, view_json
from tests.office import Office, open_office
from tests.window.harness import Harness, desk_of

WORD = re.compile(r"[^\W_]+")
ON_FILES = {"Open", "Markdown", "kB"}
SEEN = """() => {
  const drawn = document.querySelector('[role=dialog]') ?? document.getElementById('drawn');
  const copy = drawn.cloneNode(true);
  for (const one of copy.querySelectorAll('.emoji')) one.textContent = one.title;
  for (const one of copy.querySelectorAll('.bk-menu, [role=listbox]')) one.append(' ');
  for (const one of copy.querySelectorAll('button, div, p, h2, h3, blockquote, label, li, pre, .bk-option')) { one.prepend(' '); one.append(' '); }
  const typed = [...drawn.querySelectorAll('input, textarea')].map(one => `${one.value} ${one.placeholder}`);
  return [copy.textContent, ...typed].join(' ');
}"""


async def seen(harness: Harness) -> str:
    text: str = await harness.page.evaluate(SEEN)
    return text


def words(text: str) -> set[str]:
    return set(WORD.findall(text))


async def test_a_morning(harness: Harness, tmp_path: Path, sqlite_template: Path) -> None:
    """Cards, threads, asks, updates, help and forms hold no block that is not drawn, and the words that tests read."""
    shutil.copy(sqlite_template, tmp_path / "andon.db")
    async with open_office(tmp_path) as office:
        await _morning(office, harness)


async def _morning(office: Office, harness: Harness) -> None:
    channel = await office.declare("It promised <b>99% off</b> & more *stars* <!channel>", severity="SEV1")
    lena = office.person("lena")
    for line in (
        "take lead",
        "update We switched it off",
        "task @mateo look at the prompt",
        "tasks",
        "help",
        "sev 2 fewer hit",
        "contained tried it ten times",
    ):
        await lena.types(channel, f"/incident {line}")
        await office.settle()
    workspace = harness.workspace = office.sandbox.workspace
    tz = workspace.users[seed.LENA].tz
    await harness.page.evaluate(
        "async desk => (await import('/page/js/store.js')).setDesk(desk)",
        {**desk_of(workspace, seed.LENA), "now": office.clock.now().isoformat()},
    )
    messages = [
        (message_json(workspace, m), see(workspace, m, tz))
        for c in workspace.channels.values()
        for m in c.messages.values()
    ]
    notes = [
        (ephemeral_json(workspace, e) | {"attachments": e.attachments}, see_ephemeral(workspace, e, tz))
        for e in workspace.ephemerals
    ]
    assert len(messages) > 12 and notes
    for body, read in [*messages, *notes]:
        await harness.draw_message(body)
        drawn = await seen(harness)
        assert "unsupported" not in drawn
        assert words(read.text) - ON_FILES == words(drawn) - ON_FILES
    await _forms(office, harness, channel)


async def _forms(office: Office, harness: Harness, channel: str) -> None:
    lena: Any = office.person("lena")
    for line in ("", "update", "sev", "contained", "close"):
        await lena.types(channel, f"/incident {line}".strip())
        await office.settle()
        if lena.modal is None:
            continue
        await harness.modals(view_json(office.sandbox.workspace, lena.modal.view))
        drawn = await seen(harness)
        assert "unsupported" not in drawn
        read = read_view(lena.modal.view, lena.user.tz, office.sandbox.workspace)
        assert set() == words(read) - words(drawn) - FIELDS.keys()
        await harness.modals()
        await lena.closes()
