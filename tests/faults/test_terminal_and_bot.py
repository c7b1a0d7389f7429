"""The command line beside the real `andon run`, each in a process of its own, while Slack and the bot come and go."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.incident import Role
from bot.errands import escalations, incidents
from bot.errands.seat import Told, seated
from bot.main import opened
from bot.sandbox import Sandbox
from bot.settings import Settings
from tests.faults.test_killed import announcements, cards, channels
from tests.program import Program, workspace


class Machine:
    """The machine that the program runs on, and the shells that people have there."""

    def __init__(self, program: Program, directory: Path) -> None:
        self._environment = program.environment
        self._directory = directory
        self._settings = Settings.load(program.environment, env_file=None)

    async def andon(self, *words: str, who: str) -> Any:
        """What one command in a process of its own says to machines; it must work."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words, "--as", who, "--format", "json"),
            cwd=self._directory,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, failure = await asyncio.wait_for(process.communicate(), 60)
        assert (0, b"") == (process.returncode, failure), (words, failure.decode())
        return json.loads(said)

    async def look(self) -> None:
        """Some replica raises what is due."""
        async with opened(self._settings) as core:
            await core.services.raising.raise_due()

    async def types(self, who: str, errand: Callable[..., Awaitable[Told]], *words: Any, **options: Any) -> None:
        """The same without the second that a process takes to start."""
        async with seated(self._settings, who) as seat:
            await errand(seat, *words, **options)


def story(sandbox: Sandbox, number: int, *words: str) -> list[str]:
    """These words in the order in which an incident's channel has them, each as often as it is there."""
    messages = (message for channel in channels(sandbox, number) for message in channel.messages.values())
    said = [f"{message.blocks} {message.attachments}" for message in messages]
    return [word for one in said for word in words if word in one]


@pytest.mark.whole
async def test_work_goes_on_without_slack_and_without_the_bot(tmp_path: Path) -> None:
    """The running bot finds in seconds what a terminal wrote; what both missed comes once and in order.

    Slack goes, then the bot, which starts again before Slack is back. Whoever acknowledged meanwhile is not asked.
    """
    async with workspace() as sandbox:
        program = Program(sandbox, tmp_path)
        machine = Machine(program, tmp_path)
        await program.start()
        await machine.andon("incident", "declare", "The search bot invents products", who="lena")
        committed = time.monotonic()
        await sandbox.until(lambda: cards(sandbox, 1) and announcements(sandbox, 1))
        assert time.monotonic() - committed < 5

        async with sandbox.unreachable():
            await machine.andon("incident", "declare", "The shop bot gives 99% off", "--severity", "1", who="cory")
            await machine.types("lena", incidents.take, "AI-0002", Role.LEAD)
            assert await program.stop() == 0
            await machine.look()
            await machine.types("ines", escalations.acknowledge, "AI-0002")
            await machine.types("lena", incidents.update, "AI-0002", "We look at the codes")
            await machine.andon("incident", "close", "AI-0002", "It is over", "--anyway", "a vendor has it", who="lena")
            await program.start()
            assert not channels(sandbox, 2)
        await sandbox.until(lambda: sandbox.workspace.files and story(sandbox, 2, "Post-mortem draft"), timeout=60)
        assert await program.stop() == 0

        told = ["is *lead* now", "We look at the codes", "*AI-0002 is closed*", "Post-mortem draft"]
        assert told == story(sandbox, 2, *told)
        assert (1, 1) == (len(channels(sandbox, 2)), len(announcements(sandbox, 2)))
        assert ["AI-0002.md"] == [file.name for file in sandbox.workspace.files.values()]
        assert [] == sandbox.person("ines").direct_messages
        assert sandbox.violations == []
