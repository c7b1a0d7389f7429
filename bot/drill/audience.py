"""Whoever watches a story being played: through whose eyes they look, where, and what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.drill.sights import Places
from bot.sandbox.people import Person
from bot.sandbox.refusal import Impossible
from bot.sandbox.server import Sandbox
from playbooks.deeds import Deed, Deletes, Joins, Passes, Sends, Spot
from playbooks.stories import Scene, Step


@dataclass(frozen=True, slots=True)
class Look:
    """Through whose eyes to look at which conversation, both by id."""

    person: str
    channel: str


class Audience(Protocol):
    """Is told of each step and may take its time: the story goes on when it returns."""

    async def begins(self, number: int, scene: Scene) -> None:
        """A scene begins, the first with number 1."""

    async def looks(self, look: Look | None) -> None:
        """Something is about to happen there."""

    async def hears(self, line: str, look: Look | None) -> None:
        """It has happened, or was found as expected, or not."""


class Nobody:
    """An empty house, in which the story is played as fast as it goes."""

    async def begins(self, number: int, scene: Scene) -> None:
        """Nothing."""

    async def looks(self, look: Look | None) -> None:
        """Nothing."""

    async def hears(self, line: str, look: Look | None) -> None:
        """Nothing."""


class Gaze:
    """Where to look for each step; what stands in no conversation, such as a form, where its person was before."""

    def __init__(self, sandbox: Sandbox, places: Places) -> None:
        self._sandbox = sandbox
        self._places = places
        self._was: dict[str, str] = {}
        self._look: Look | None = None

    def at(self, step: Step) -> Look | None:
        """Where it happens, as far as that is there already; None before anybody has done anything."""
        if isinstance(step.deed, Passes | Sends):
            return self._look
        person = self._sandbox.person(step.person)
        try:
            channel = self._channel(person, step.deed)
        except Impossible:
            channel = None
        channel = channel or self._was.get(person.id) or self._some(person)
        self._was[person.id] = channel
        self._look = Look(person.id, channel)
        return self._look

    def _channel(self, person: Person, deed: Deed) -> str | None:
        place = deed.what if isinstance(deed, Joins) else getattr(deed, "place", None)
        on = deed.what if isinstance(deed, Deletes) else getattr(deed, "on", None) or getattr(deed, "thread", None)
        if place is None and isinstance(on, Spot):
            place = on.place
        if place is not None:
            return self._places.conversation(person, place)
        named = self._places.named.get(on) if isinstance(on, str) else None
        return named.channel if named is not None else None

    def _some(self, person: Person) -> str:
        return self._places.conversation(person, person.sidebar[0]) or person.app_channel.id
