"""A tour of everything that people can do with Andon: the lines of ``tour.txt``, as the sandbox's prompt understands them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import update
from sqlmodel import col

from bot.domain.incident import ChannelState, Severity
from bot.drill.acts import Stagehand
from bot.drill.prompt import SPOKEN, Prompt
from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from bot.stage import Stage
from storage.captures import Capture
from storage.escalations import EscalationStep
from storage.incidents import Incident
from storage.text_clocks import TextClock
from tests.benchmarks.crowd import COPIED, FIRST, crowd

LINES = Path(__file__).with_suffix(".txt").read_text().splitlines()
AFTER = LINES.index("ines presses Acknowledge")  # by then the first incident stands, and may be copied
NAMES = ("one", "two", "three", "four", "five")


async def tour(stage: Stage, crowds: int) -> None:
    """Go everywhere, with so many more incidents beside the first. Raises where a line cannot be done."""
    guide = Guide(stage)
    for place, line in enumerate(LINES):
        if place == AFTER and crowds:
            await _resting_crowd(stage, crowds)
            guide.name(1, *range(FIRST + crowds, FIRST + crowds + 4))
        try:
            await guide.go(line)
        except Exception as error:
            error.add_note(f"tour.txt, line {place + 1}: {line}")
            raise


async def _resting_crowd(stage: Stage, count: int) -> None:
    """Open incidents that nobody is asked about while time goes by, and that have no channel to be read."""
    await crowd(stage.andon.database, 1, count, kinds=[kind for kind in COPIED if kind not in (Capture, TextClock)])
    async with stage.andon.database.session() as session:
        copies = col(EscalationStep.incident_id) >= FIRST
        await session.exec(update(EscalationStep).where(copies).values(next_look_at=None))
        calm = {"severity": Severity.SEV4, "channel_state": ChannelState.REFUSED, "channel_id": None}
        await session.exec(update(Incident).where(col(Incident.id) >= FIRST).values(**calm))


class Guide:
    """Obeys one line after the other: what the prompt knows, and ``ACTS``. ``one`` is the first incident's channel."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._prompt = Prompt(stage, lambda _: None)
        self.name(1, 2, 3, 4, 5)

    def name(self, *numbers: int) -> None:
        """What is called one to five, and AI-0001 to AI-0005, has these numbers."""
        self._references = {f"AI-{called:04d}": f"AI-{number:04d}" for called, number in enumerate(numbers, 1)}
        channels = {name: f"ai-{number:04d}-*" for name, number in zip(NAMES, numbers, strict=True)}
        self._prompt._hand = Stagehand(self._stage.sandbox.workspace, channels)

    async def go(self, line: str) -> None:
        """One line, with everything that follows from it; whoever says something has closed their forms before."""
        for called, reference in self._references.items():
            line = line.replace(called, reference)
        who, verb, rest = [*line.split(maxsplit=2), ""][:3]
        if act := ACTS.get(verb):
            await act(self, self._stage.person(who), rest)
        else:
            while SPOKEN.fullmatch(line) and self._stage.person(who).modal is not None:
                await self._stage.person(who).closes()
            await self._prompt._obey(line)
        await self._stage.settle()

    def _own(self, person: Person) -> Seen:
        """The latest of somebody's messages in the first channel."""
        channel = self._prompt._hand.places.channel(person, "one")
        return [seen for seen in person.sees(channel) if seen.author == person.name][-1]


ACTS: dict[str, Callable[[Guide, Person, str], Awaitable[object]]] = {
    "edits": lambda guide, person, text: person.edits(guide._own(person), text),
    "deletes": lambda guide, person, _: person.deletes(guide._own(person)),
    "unreacts": lambda guide, person, emoji: person.unreacts(guide._own(person), emoji),
    "shortcut": lambda _, person, name: person.global_shortcut(name),
    "dm": lambda _, person, words: person.presses([s for s in person.direct_messages if words in s.buttons][-1], words),
    "home": lambda _, person, words: person.presses(person.home, words),
}
