"""A story played for people who watch: at the pace at which they read, to be paused, resumed and stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import structlog

from bot.drill.audience import Look
from bot.drill.playing import Play
from bot.drill.world import LiveWorld
from playbooks.errors import PolicyError
from playbooks.stories import Scene, Story

TURN = 0.7  # seconds to find one's way when another person or conversation is looked at
SHORTEST, LONGEST, LETTERS_PER_SECOND = 1.5, 6.0, 40
log = structlog.get_logger(__name__)


class Showing:
    """One story being watched. ``changed`` is called whenever there is something new to see."""

    pace: ClassVar[float] = 1.0
    """By how much all pauses are stretched; 0 plays as fast as it goes."""

    def __init__(self, world: LiveWorld, story: Story, changed: Callable[[], None]) -> None:
        self._world = world
        self._story = story
        self._changed = changed
        self._going = asyncio.Event()
        self._going.set()
        self._play = Play(world, story, audience=self)
        self._number, self._scene, self._line = 0, "", ""
        self._look: Look | None = None
        self.is_finished = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_paused(self) -> bool:
        """Whether it waits to be resumed."""
        return not self._going.is_set()

    def start(self) -> None:
        """Begin to play, beside everything else."""
        self._task = asyncio.create_task(self._perform(), name="story")

    def pause(self) -> None:
        """Go no further than to the end of what happens now."""
        self._going.clear()
        self._changed()

    def resume(self) -> None:
        """Go on."""
        self._going.set()
        self._changed()

    async def stop(self) -> None:
        """End it wherever it stands."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def state(self) -> dict[str, Any]:
        """What the page shows of it."""
        return {
            "name": self._story.name,
            "title": self._story.title,
            "scene": self._scene,
            "scene_number": self._number,
            "scenes": len(self._story.scenes),
            "line": self._line,
            "paused": self.is_paused,
            "finished": self.is_finished,
            "failures": list(self._play.failures),
            "look": {"as": self._look.person, "channel": self._look.channel} if self._look else None,
        }

    async def begins(self, number: int, scene: Scene) -> None:
        """As Audience says."""
        self._number, self._scene, self._line = number, scene.title, ""
        self._changed()

    async def looks(self, look: Look | None) -> None:
        """As Audience says."""
        await self._turn(look)
        await self._going.wait()

    async def hears(self, line: str, look: Look | None) -> None:
        """As Audience says."""
        self._line = line
        await self._turn(look)
        self._changed()
        await self._rest(min(LONGEST, SHORTEST + len(line) / LETTERS_PER_SECOND))

    async def _turn(self, look: Look | None) -> None:
        if look != self._look:
            self._look = look
            self._changed()
            await self._rest(TURN)

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.pace)
        await self._going.wait()

    async def _perform(self) -> None:
        try:
            await self._play.perform()
        except PolicyError as error:
            self._play.failures.append(str(error))
        except Exception as error:
            log.exception("a story broke off")
            self._play.failures.append(f"The story broke off: {error}")
        self.is_finished = True
        self._world.let_time_run(True)
        self._changed()
