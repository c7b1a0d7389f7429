"""What the page's controls do: the clock, faults, the bot's restart, stories and the guided path, for one house.

The page shows the state as it is told; whenever something new is to be seen, it is told so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.drill.guiding import Guiding
from bot.drill.showing import Showing
from bot.drill.switches import Switches
from bot.drill.world import House, LiveWorld
from bot.sandbox.refusal import Impossible
from playbooks import guides, stories

FIRST_MINUTE = "first_minute"
LONGEST_MOVE = timedelta(days=60)
GLANCE, PAUSE = 0.5, 0.05  # seconds between looks when nothing happens; between things that happen together
log = structlog.get_logger(__name__)

Args = Mapping[str, Any]


class DrillBackstage:
    """The controls of one house, from :meth:`open` to :meth:`close`, with the stories that can be watched there."""

    def __init__(self, house: House, shelf: Iterable[stories.Story] | None = None) -> None:
        self._house = house
        self._guide = guides.load(FIRST_MINUTE)
        shelf = map(stories.load, stories.names()) if shelf is None else shelf
        self._stories = {story.name: story for story in shelf}
        self._showing: Showing | None = None
        self._next_due: datetime | None = None
        self._is_renewing = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Take over the present world and begin the guided path in it."""
        await self._settle_in()
        await self._guiding.begin()
        self._start(self._watch())

    async def close(self) -> None:
        """End everything that was begun here."""
        if self._showing is not None:
            await self._showing.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def world(self) -> LiveWorld:
        """The present world."""
        return self._house.world

    def state(self) -> dict[str, Any]:
        """All that the page shows of it."""
        playing = self._showing.state() if self._showing else None
        return {
            "now": self.world.now().isoformat(),
            "runs": self.world.time_runs,
            "next_due": self._next_due.isoformat() if self._next_due else None,
            "bot": "starting" if self._is_renewing else self.world.bot,
            "faults": dict(self._switches.states),
            "stories": [{"name": s.name, "title": s.title, "about": s.about} for s in self._stories.values()],
            "playing": playing,
            "guide": None if playing else self._guiding.state(),
        }

    async def do(self, verb: str, args: Args) -> None:
        """Carry out one of the page's verbs.

        Raises:
            Impossible: with a sentence that says why not.
        """
        if verb not in VERBS:
            raise Impossible(f"There is nothing called {verb!r} backstage.")
        if self._is_renewing:
            raise Impossible("A fresh workspace is just being made.")
        try:
            await VERBS[verb](self, args)
        finally:
            if not self._is_renewing:
                await self._look()

    async def forward(self, args: Args) -> None:
        """Time moves on by so many seconds."""
        seconds = args.get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise Impossible("How many seconds?")
        if not 0 < seconds <= LONGEST_MOVE.total_seconds():
            raise Impossible("Time moves forward only, and by 60 days at most.")
        await self._move(self.world.now() + timedelta(seconds=seconds))

    async def to_next_due(self, _args: Args) -> None:
        """Time moves on to when something next falls due."""
        due = await self.world.next_due()
        if due is None:
            raise Impossible("Nothing waits for its time.")
        await self._move(due)

    async def _move(self, instant: datetime) -> None:
        if self._showing is not None and not self._showing.is_finished:
            raise Impossible("The story keeps the clock; stop it first.")
        if self.world.is_moving:
            raise Impossible("Time is being moved already.")
        await self.world.until(instant, self._tell)

    async def fault(self, args: Args) -> None:
        """Something goes wrong with Slack from now on, or no longer."""
        on = args.get("on")
        if not isinstance(on, bool):
            raise Impossible("On or off?")
        try:
            await self._switches.turn(str(args.get("name")), on)
        except LookupError as error:
            raise Impossible(str(error.args[0])) from error

    async def restart(self, _args: Args) -> None:
        """The bot is killed wherever it stands, and started anew."""
        if self.world.bot == "starting":
            raise Impossible("The bot is starting already.")
        restarting = asyncio.create_task(self.world.restart())
        await asyncio.sleep(0)
        self._tell()
        await asyncio.shield(restarting)

    async def play(self, args: Args) -> None:
        """A story begins, in a fresh workspace at the story's time."""
        story = self._stories.get(str(args.get("name")))
        if story is None:
            raise Impossible(f"There is no story {args.get('name')!r}; there is: {', '.join(self._stories)}.")
        self._renew(story)

    async def pause(self, _args: Args) -> None:
        """The story waits."""
        self._running_story().pause()

    async def resume(self, _args: Args) -> None:
        """The story goes on."""
        self._running_story().resume()

    async def stop(self, _args: Args) -> None:
        """Away with everything: a fresh workspace at the present time."""
        self._renew()

    def _running_story(self) -> Showing:
        if self._showing is None or self._showing.is_finished:
            raise Impossible("No story is being played.")
        return self._showing

    async def guide(self, args: Args) -> None:
        """The guided path: start, skip, restart, next."""
        match args.get("do"):
            case "skip":
                self._guiding.skip()
            case "next":
                await self._guiding.go_on()
            case "start" if self._showing is None and self._guiding.is_untouched:
                await self._guiding.begin()
            case "start" | "restart":
                self._renew(guided=True)
            case other:
                raise Impossible(f"The guide cannot {other!r}; it can start, skip, restart and go to the next step.")

    def _renew(self, story: stories.Story | None = None, *, guided: bool = False) -> None:
        """Begin to make a fresh world. Whoever asked is answered first: their connection is a thing of the old one."""
        self._is_renewing = True
        self._start(self._made_anew(story, guided))

    async def _made_anew(self, story: stories.Story | None, guided: bool) -> None:
        try:
            await asyncio.sleep(PAUSE)
            if self._showing is not None:
                await self._showing.stop()
            self._showing = None
            await self._house.renew(story.starts_at if story else None)
            await self._settle_in()
            if guided:
                await self._guiding.begin()
        finally:
            self._is_renewing = False
        if story is not None:
            self._showing = Showing(self.world, story, self._tell)
            self._showing.start()
        self._tell()

    async def _settle_in(self) -> None:
        self._switches = Switches(self.world)
        self._guiding = Guiding(self.world, self._guide)
        self.world.sandbox.window.backstage = self
        await self._look()

    async def _watch(self) -> None:
        """Look again whenever something happened, and now and then all the same: not everything crosses the wire."""
        while True:
            try:
                async with asyncio.timeout(GLANCE):
                    await self.world.sandbox.traffic.changed()
            except TimeoutError:
                has_happened = False
            else:
                has_happened = True
                await asyncio.sleep(PAUSE)
            if not self._is_renewing:
                await self._look(has_happened)

    async def _look(self, has_happened: bool = True) -> None:
        before = self.state()
        self._guiding.look()
        is_past = self._next_due is not None and self._next_due <= self.world.now()
        if self.world.bot == "running" and (has_happened or is_past):
            self._next_due = await self.world.next_due()
        if {**self.state(), "now": None} != {**before, "now": None}:
            self._tell()

    def _tell(self) -> None:
        self.world.sandbox.window.changed()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("something backstage failed", exc_info=error)


VERBS: Mapping[str, Callable[[DrillBackstage, Args], Awaitable[None]]] = {
    "forward": DrillBackstage.forward,
    "next_due": DrillBackstage.to_next_due,
    "fault": DrillBackstage.fault,
    "restart": DrillBackstage.restart,
    "play": DrillBackstage.play,
    "pause": DrillBackstage.pause,
    "resume": DrillBackstage.resume,
    "stop": DrillBackstage.stop,
    "guide": DrillBackstage.guide,
}
