"""A story from its first scene to its last: the clock moves, people act, expectations are judged, papers are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.drill.acts import Stagehand
from bot.drill.audience import Audience, Gaze, Nobody
from bot.drill.minutes import Minutes
from bot.drill.sights import judge
from bot.drill.watcher import Watcher
from bot.drill.world import World
from bot.sandbox.refusal import Impossible
from playbooks.deeds import Passes, Sees, Sends
from playbooks.stories import Scene, Step, Story

MINUTES_FILE = "minutes.txt"
# How long a person takes for an act: a moment, and longer for longer words.
SHORTEST, LONGEST, LETTERS_PER_SECOND = 4, 25, 12


class Ended(Exception):
    """The story cannot go on: what a person was to do was not possible."""


def _unheard(_line: str) -> None:
    """Nobody reads the minutes as they are written."""


class Play:
    """One performance of a story. The ``audience`` is told where to look, and may take its time."""

    def __init__(
        self, world: World, story: Story, tell: Callable[[str], None] = _unheard, audience: Audience | None = None
    ) -> None:
        self._world = world
        self._story = story
        self._audience = audience or Nobody()
        self.minutes = Minutes(tell)
        self.failures: list[str] = []
        self._hand = Stagehand(world.sandbox.workspace, story.channels)
        self._gaze = Gaze(world.sandbox, self._hand.places)
        self._watcher = Watcher(world.sandbox.workspace)
        self._scene_began = world.now()
        self._met = self._steps = 0

    async def perform(self, out: Path | None = None) -> bool:
        """Play all of it and leave minutes and documents in ``out``; whether every expected step happened.

        Raises:
            PolicyError: the story asks for somebody who is not there, or its scenes overtake each other.
        """
        self._cast()
        self.minutes.open(self._story, self._world.sandbox.workspace.name)
        try:
            for number, scene in enumerate(self._story.scenes, start=1):
                await self._play_scene(number, scene)
        except Ended:
            self.minutes.failed("the story cannot go on from here")
        self._conclude(out)
        return not self.failures

    def _cast(self) -> None:
        for step in self._story.steps:
            try:
                if not isinstance(step.deed, Passes | Sends):
                    self._world.sandbox.person(step.person)
            except LookupError as error:
                raise step.error(str(error)) from error

    async def _play_scene(self, number: int, scene: Scene) -> None:
        begins = self._story.starts_at + scene.at
        if (late := self._world.now() - begins) > timedelta(0):
            step = scene.steps[0]
            raise step.error(f"the scene “{scene.title}” should begin, but those before it last {late} longer")
        await self._world.until(begins, self._observe)
        self._scene_began = self._world.now()
        self.minutes.scene(scene, begins)
        await self._audience.begins(number, scene)
        for step in scene.steps:
            self._steps += 1
            await self._play(step)

    async def _play(self, step: Step) -> None:
        await self._audience.looks(self._gaze.at(step))
        match step.deed:
            case Passes():
                line = self.minutes.passed(self._world.now(), step.deed.what)
                await self._world.until(self._world.now() + step.deed.what, self._observe)
            case Sees():
                line = self._expect(step, step.deed)
            case _:
                line = await self._do(step)
        await self._audience.hears(line, self._gaze.at(step))

    async def _do(self, step: Step) -> str:
        await self._world.linger(_pace(step), self._observe)
        at = self._world.now()
        try:
            told, words = await self._act(step)
        except Impossible as error:
            self._fail(step, f"{step.person} {step.verb}: {error}")
            raise Ended from error
        self.minutes.done(at, told, words)
        await self._world.settle()
        self._observe()
        return f"{told}: {words}" if words else told

    async def _act(self, step: Step) -> tuple[str, str]:
        if isinstance(step.deed, Sends):
            await self._world.hears(step.deed.source, step.deed.what)
            return f"{step.deed.source} sends an alert", ""
        return await self._hand.act(self._world.sandbox.person(step.person), step)

    def _expect(self, step: Step, sees: Sees) -> str:
        person = self._world.sandbox.person(step.person)
        since = self._scene_began if sees.new else None
        wanted = ", ".join(f"“{text}”" for text in sees.what)
        told = f"{person.name} sees {'' if sees.count is None else f'{sees.count} × '}{wanted} in {sees.place}"
        told += "".join(f", without “{text}”" for text in sees.without)
        try:
            complaint = judge(sees, self._hand.places.sights(person, sees, since))
        except Impossible as error:
            complaint = str(error)
        if complaint is None:
            self._met += 1
            self.minutes.met(told)
            return f"✓ {told}"
        self._fail(step, f"expected: {told}; {complaint}")
        return f"✗ {told}"

    def _fail(self, step: Step, reason: str) -> None:
        error = str(step.error(reason))
        self.failures.append(error)
        self.minutes.failed(error)

    def _observe(self) -> None:
        self.minutes.happened(*self._watcher.look())

    def _conclude(self, out: Path | None) -> None:
        papers: dict[str, str] = {}
        for name, pattern in self._story.documents.items():
            found = self._hand.places.files(pattern)
            if found:
                papers[name] = list(found.values())[-1]
            else:
                self.failures.append(f"{name}: no file like {pattern} was ever shared")
        self.failures += [f"Slack would not have it: {one}" for one in self._world.sandbox.violations]
        self.minutes.end(self._verdict())
        if out is not None:
            _leave(out, {MINUTES_FILE: self.minutes.text, **papers})

    def _verdict(self) -> str:
        if not self.failures:
            length = _length(self._story.starts_at, self._world.now())
            return f"Everything happened as it should: {self._steps} steps, {self._met} expectations, {length} minutes."
        return "Not everything happened as it should:\n" + "\n".join(
            f"✗ {one.splitlines()[0]}" for one in self.failures
        )


def _pace(step: Step) -> timedelta:
    length = len(str(step.deed.what))
    return timedelta(seconds=min(LONGEST, SHORTEST + length // LETTERS_PER_SECOND))


def _length(start: datetime, end: datetime) -> int:
    return round((end - start).total_seconds() / 60)


def _leave(out: Path, papers: dict[str, str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, text in papers.items():
        (out / name).write_text(text, encoding="utf-8")
