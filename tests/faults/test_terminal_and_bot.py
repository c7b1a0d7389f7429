"""The command line beside the real `andon run`, each in a process of its own, while Slack comes and goes."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from bot.sandbox import Sandbox
from tests.faults.test_killed import announcements, cards, channels
from tests.program import Program, workspace


class Shell:
    """Somebody's shell with the settings of the program."""

    def __init__(self, program: Program, directory: Path) -> None:
        self._program = program
        self._directory = directory

    async def andon(self, *words: str, who: str) -> Any:
        """What one command says to machines; it must work."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words, "--as", who, "--format", "json"),
            cwd=self._directory,
            env=self._program.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, failure = await asyncio.wait_for(process.communicate(), 60)
        assert (0, b"") == (process.returncode, failure), (words, failure.decode())
        return json.loads(said)


def story(sandbox: Sandbox, number: int, *words: str) -> list[str]:
    """These words in the order in which an incident's channel has them, each as often as it is there."""
    said = [
        str(message.blocks) + str(message.attachments)
        for c in channels(sandbox, number)
        for message in c.messages.values()
    ]
    return [word for one in said for word in words if word in one]


async def test_a_running_bot_hears_what_the_command_line_did(tmp_path: Path) -> None:
    """Another process commits and nobody wakes the bot: it looks by itself, and the channel opens in seconds."""
    async with workspace() as sandbox:
        program = Program(sandbox, tmp_path)
        await program.start()
        shell = Shell(program, tmp_path)
        await shell.andon("incident", "declare", "The shop bot gives 99% off", "--severity", "1", who="lena")
        committed = time.monotonic()
        await sandbox.until(lambda: cards(sandbox, 1) and announcements(sandbox, 1))
        assert time.monotonic() - committed < 5
        asked = await shell.andon("escalations", "AI-0001", who="ines")
        assert await program.stop() == 0
    assert sandbox.violations == []
    assert "Ines Carvalho" in [one["name"] for step in asked["incidents"][0]["escalations"] for one in step["asked"]]


async def test_work_goes_on_without_slack_and_without_the_bot(tmp_path: Path) -> None:
    """Slack is cut off, then the bot goes, too, and starts again before Slack is back: everything once, and in order."""
    async with workspace() as sandbox:
        program = Program(sandbox, tmp_path)
        shell = Shell(program, tmp_path)
        await program.start()
        async with sandbox.unreachable():
            await shell.andon("incident", "declare", "The shop bot gives 99% off", "--severity", "1", who="cory")
            await shell.andon("incident", "take", "AI-0001", "lead", who="lena")
            assert await program.stop() == 0
            await asyncio.gather(
                shell.andon("incident", "update", "AI-0001", "We look at the codes", who="lena"),
                shell.andon("escalations", "ack", "AI-0001", who="ines"),
            )
            await shell.andon("incident", "close", "AI-0001", "It is over", "--anyway", "a vendor has it", who="lena")
            await program.start()
            assert not channels(sandbox, 1)
        back = time.monotonic()
        await sandbox.until(
            lambda: sandbox.workspace.files and "version 1" in str(story(sandbox, 1, "version 1")), timeout=60
        )
        print(f"Slack had everything {time.monotonic() - back:.1f} s after it was back")
        assert await program.stop() == 0
        words = ["*Severity*", "is *lead* now", "We look at the codes", "*AI-0001 is closed*", "Post-mortem draft"]
        print(story(sandbox, 1, *words))
        assert (1, 1) == (len(channels(sandbox, 1)), len(announcements(sandbox, 1)))
        assert words[1:] == story(sandbox, 1, *words[1:])
        assert ["AI-0001.md"] == [file.name for file in sandbox.workspace.files.values()]
        assert [] == sandbox.person("ines").direct_messages
        assert sandbox.violations == []
