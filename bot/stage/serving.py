"""`andon sandbox`: a story played to its end, or a workspace served until somebody stops it."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from pathlib import Path

import click

from bot.drill.backstage import DrillBackstage
from bot.drill.playing import Play
from bot.drill.prompt import converse, welcome
from bot.stage.stage import staged
from bot.stage.theatre import Theatre
from playbooks import stories


async def sandbox(port: int, play: str | None, out: Path | None) -> int:
    """Serve a sandbox until SIGINT or SIGTERM, or play a story in one and leave; the exit code."""
    with tempfile.TemporaryDirectory(prefix="andon-") as directory:
        if play is not None:
            return await _play(Path(directory), stories.load(play), out)
        return await _serve(Path(directory), port)


async def _play(directory: Path, story: stories.Story, out: Path | None) -> int:
    async with staged(directory, start=story.starts_at) as stage:
        happened = await Play(stage, story, click.echo).perform(out)
    return 0 if happened else 1


async def _serve(directory: Path, port: int) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with Theatre(directory, port) as theatre:
        backstage = DrillBackstage(theatre)
        await backstage.open()
        try:
            click.echo(welcome(theatre.sandbox, stories.names()))
            if sys.stdin.isatty():
                await converse(theatre, stop, click.echo)
            else:
                await stop.wait()
        finally:
            await backstage.close()
    return 0
