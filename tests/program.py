"""The real `andon run` in a process of its own, with a sandbox Slack in the process of whoever tests or measures."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from bot.sandbox import Sandbox
from bot.slack.manifest import manifest

CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.upper().endswith("_PROXY") and not name.startswith(("SLACK_", "ANDON_", "DATABASE_"))
}


def workspace(**options: Any) -> Sandbox:
    """A Slack for Socket Mode, on real time as the program is."""
    return Sandbox(manifest=manifest("/incident", socket_mode=True, request_url=None), **options)


class Program:
    """`andon run` in ``directory``; ``lines`` are all that it has logged, over all its starts.

    ``settings`` are further variables of its environment, or others than those it has by itself.
    """

    command: tuple[str, ...] = ("-m", "bot", "run")
    says_ready = "Andon is ready"

    def __init__(self, sandbox: Sandbox, directory: Path, **settings: str) -> None:
        self.lines: list[str] = []
        self._directory = directory
        self.environment = {
            **CLEAN,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "SLACK_BOT_TOKEN": sandbox.bot_token,
            "SLACK_APP_TOKEN": sandbox.app_token,
            "SLACK_API_URL": sandbox.api_url,
            "DATABASE_URL": f"sqlite:///{directory / 'andon.db'}",
            "ANDON_ANNOUNCE_CHANNEL": "ai-incidents",
            "ANDON_HTTP_PORT": "0",
            "ANDON_ADMIN_PORT": "0",
            "ANDON_LOG_FORMAT": "json",
            "ANDON_SLACK_LIMITS": "none",  # as its sandbox has, where minutes of a story pass in seconds
            **settings,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def start(self) -> None:
        """Return when it says that it is ready."""
        self._ready.clear()
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, *self.command),
            cwd=self._directory,
            env=self.environment,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 22,
        )
        self._reading = asyncio.create_task(self._read(self._process))
        await asyncio.wait_for(self._ready.wait(), 30)

    @property
    def pid(self) -> int:
        """The number of its process, while it runs."""
        assert self._process is not None
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """Send it a signal and wait for nothing."""
        assert self._process is not None
        self._process.send_signal(number)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """The exit code after this signal."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(how)
        code = await asyncio.wait_for(self._process.wait(), 30)
        if self._reading is not None:
            await self._reading
        return code

    def logged(self) -> list[dict[str, Any]]:
        """Every line; each must be JSON."""
        return [json.loads(line) for line in self.lines]

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.lines.append(line.decode().rstrip("\n"))
            if self.says_ready in self.lines[-1]:
                self._ready.set()
        self._ready.set()
