"""`andon postmortem`: the draft from the database alone, by the real program, while Slack may be down."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from tests.office import Office


async def _andon(directory: Path, *arguments: str) -> tuple[int, str, str]:
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{directory / 'andon.db'}"}
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


async def test_the_draft_in_three_formats(office: Office, tmp_path: Path) -> None:
    """Markdown, a page and JSON tell of the same incident; an unknown one is refused with a sentence. No token is needed."""
    await office.declare("The shop bot gives 99% off & <b>shouts</b>")
    markdown, page, data, unknown = await asyncio.gather(
        _andon(tmp_path, "postmortem", "AI-0001"),
        _andon(tmp_path, "postmortem", "ai-1", "--format", "html"),
        _andon(tmp_path, "postmortem", "AI-0001", "--format", "json"),
        _andon(tmp_path, "postmortem", "AI-0404"),
    )
    assert markdown[0] == 0, markdown[2]
    assert markdown[1].startswith("# AI-0001")
    assert page[0] == 0 and "<b>shouts" not in page[1] and "&lt;b&gt;shouts" in page[1]
    assert data[0] == 0 and json.loads(data[1])["incident"]["reference"] == "AI-0001"
    assert unknown[0] == 1 and "There is no incident AI-0404" in unknown[2]
