"""Somebody walking a guided path: which step is next, and which are done, whoever did them and in whatever order."""

from __future__ import annotations

from typing import Any

from bot.drill.acts import Stagehand
from bot.drill.sights import judge
from bot.drill.world import World
from bot.sandbox.refusal import Impossible
from playbooks.deeds import Sees
from playbooks.guides import Guide, GuideStep, Target
from playbooks.stories import Step


class Guiding:
    """One walk through a guide in one world."""

    def __init__(self, world: World, guide: Guide) -> None:
        self._world = world
        self._guide = guide
        self._hand = Stagehand(world.sandbox.workspace, guide.channels)
        self._done = [False] * len(guide.steps)
        self._left = [False] * len(guide.steps)
        self.is_begun = self.is_skipped = False
        self._told = 0

    @property
    def is_finished(self) -> bool:
        """Whether every step is behind us."""
        return self._at() == len(self._guide.steps)

    @property
    def is_untouched(self) -> bool:
        """Whether the app has heard of nothing since the path was begun."""
        return len(self._world.sandbox.traffic.deliveries()) == self._told

    async def begin(self) -> None:
        """What others have done before the first step; skipped and begun again it is not done twice."""
        if not self.is_begun:
            for step in self._guide.before:
                await self._act(step)
            self._told = len(self._world.sandbox.traffic.deliveries())
        self.is_begun, self.is_skipped = True, False

    def skip(self) -> None:
        """Say no more."""
        self.is_skipped = True

    def look(self) -> None:
        """See which steps are done now. What was done once stays done."""
        if not self.is_begun or self.is_skipped or self.is_finished:
            return
        for number, step in enumerate(self._guide.steps):
            self._done[number] = self._done[number] or all(self._holds(one) for one in step.done)

    async def go_on(self) -> None:
        """Leave the present step behind; what it wants and was not done is done for whoever walks.

        Raises:
            Impossible: it cannot be done as things stand.
        """
        number = self._at()
        if number == len(self._guide.steps):
            return
        if not self._done[number]:
            for step in self._guide.steps[number].does:
                await self._act(step)
            self.look()
        if not self._is_done(number):
            raise Impossible("This step is not done yet.")
        self._left[number] = True

    def state(self) -> dict[str, Any]:
        """What the page shows of it."""
        number, steps = self._at(), self._guide.steps
        shown: dict[str, Any] = {
            "title": self._guide.title,
            "step": min(number + 1, len(steps)),
            "of": len(steps),
            "finished": self.is_finished,
            "skipped": self.is_skipped or not self.is_begun,
            "done": number == len(steps) or self._is_done(number),
        }
        if number == len(steps):
            return shown | {"as": self._id(steps[-1].person), "text": self._guide.ending, "hint": "", "points_at": []}
        step = steps[number]
        return shown | {
            "as": self._id(step.person),
            "text": step.text,
            "hint": step.hint,
            "points_at": self._targets(step),
        }

    def _at(self) -> int:
        """The first step that is not behind us."""
        behind = (self._is_behind(number) for number in range(len(self._guide.steps)))
        return next((number for number, is_behind in enumerate(behind) if not is_behind), len(self._guide.steps))

    def _is_behind(self, number: int) -> bool:
        if any(self._done[number + 1 :]) and (self._guide.steps[number].passing or self._done[number]):
            return True
        return self._left[number] if self._guide.steps[number].waits else self._done[number]

    def _is_done(self, number: int) -> bool:
        return self._done[number] or self._is_behind(number)

    def _holds(self, step: Step) -> bool:
        if not isinstance(step.deed, Sees):
            return False
        person = self._world.sandbox.person(step.person)
        try:
            return judge(step.deed, self._hand.places.sights(person, step.deed, None)) is None
        except Impossible:
            return False

    async def _act(self, step: Step) -> None:
        await self._hand.act(self._world.sandbox.person(step.person), step)
        await self._world.settle()

    def _targets(self, step: GuideStep) -> list[dict[str, str]]:
        return [shown for target in step.points_at if (shown := self._target(step, target)) is not None]

    def _target(self, step: GuideStep, target: Target) -> dict[str, str] | None:
        """The target as the page finds it; None while there is none such."""
        person, places = self._world.sandbox.person(step.person), self._hand.places
        try:
            if target.message is not None:
                message = places.message(person, target.message)
                return {"role": "message", "channel": message.channel, "ts": message.ts}
            if target.conversation is not None:
                channel = places.conversation(person, target.conversation)
                return {"role": "conversation", "id": channel} if channel else None
        except Impossible:
            return None
        if target.person is not None:
            return {"role": "person", "id": self._id(target.person)}
        named = {"menu-item": ("name", target.menu_item), "button": ("name", target.button)}
        named |= {"field": ("label", target.label)}
        for role, (key, value) in named.items():
            if value is not None:
                return {"role": role, key: value}
        return {"role": "composer"}

    def _id(self, handle: str) -> str:
        return self._world.sandbox.person(handle).id
