"""`andon postmortem`: the draft from the database alone, while Slack may be down; once by a program of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import logs
from bot.cli import main
from tests.office import Office


async def _alone(url: str, *arguments: str) -> tuple[int, str, str]:
    """The program in a process with nothing but the address of the database."""
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def _here(url: str, *arguments: str) -> tuple[int, str, str]:
    """The same command in a thread with a loop of its own."""
    said = await asyncio.to_thread(CliRunner().invoke, main, arguments, env={"DATABASE_URL": url})
    return said.exit_code, said.stdout, said.stderr


async def test_the_draft_in_three_formats(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Markdown, a page and JSON tell of the same incident; an unknown one is refused with a sentence. No token is needed."""
    monkeypatch.setattr(logs, "configure", lambda *_args: None)  # they stay as the tests have them
    await office.declare("The shop bot gives 99% off & <b>shouts</b>")
    url = f"sqlite:///{tmp_path / 'andon.db'}"
    page = await _alone(url, "postmortem", "ai-1", "--format", "html")
    markdown = await _here(url, "postmortem", "AI-0001")
    data = await _here(url, "postmortem", "AI-0001", "--format", "json")
    unknown = await _here(url, "postmortem", "AI-0404")
    assert markdown[0] == 0, markdown[2]
    assert markdown[1].startswith("# AI-0001")
    assert page[0] == 0 and "<b>shouts" not in page[1] and "&lt;b&gt;shouts" in page[1]
    assert data[0] == 0 and json.loads(data[1])["incident"]["reference"] == "AI-0001"
    assert unknown[0] == 1 and "There is no incident AI-0404" in unknown[2]
