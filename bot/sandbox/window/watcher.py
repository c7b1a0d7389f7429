"""One open page: what it has still to be told. However slowly it reads, that stays bounded and nobody waits for it."""

import asyncio
import json
from dataclasses import dataclass, field

from bot.sandbox.objects import Json, User
from bot.sandbox.traffic import Entry
from bot.sandbox.window.shapes import addressed

MOST_WAITING = 500


class Shown:
    """A message as it is now, written down once for everybody who is told of it."""

    def __init__(self, shape: Json) -> None:
        self._shape = shape
        self._text = "" if "files" in shape else json.dumps(shape)

    def text(self, viewer: str) -> str:
        """Its JSON for this person."""
        return self._text or json.dumps(addressed(self._shape, viewer))


@dataclass(eq=False)
class Watcher:
    """What waits for one reader; later news of a thing take the place of earlier ones.

    `messages` are by channel and `ts`, None where one is gone. `found` are the conversations on the desk last told,
    `lost` those of them that they could not see for a while since. With too much waiting all of it is dropped, and the
    reader is to look at everything again; so they are when something lost is back before they heard of the loss.
    """

    user: User
    hears_traffic: bool = False
    messages: dict[str, dict[str, Shown | None]] = field(default_factory=dict)
    crossings: dict[int, Entry] = field(default_factory=dict)
    is_desk_due: bool = True
    are_surfaces_due: bool = True
    is_backstage_due: bool = False
    must_look_again: bool = True
    is_closed: bool = False
    told: dict[str, str] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: int = 0

    def wake(self) -> None:
        """There is something to tell."""
        self._woken.set()

    async def woken(self) -> None:
        """Return when there is something to tell."""
        await self._woken.wait()
        self._woken.clear()

    def close(self) -> None:
        """Tell no more."""
        self.is_closed = True
        self.wake()

    def put_message(self, channel: str, ts: str, shown: Shown | None) -> None:
        """A message came or changed, or is gone."""
        if not self.must_look_again:
            self._count(ts not in self.messages.get(channel, {}))
        if not self.must_look_again:
            self.messages.setdefault(channel, {})[ts] = shown
        self.wake()

    def put_crossing(self, entry: Entry) -> None:
        """Something crosses the wire, or has crossed it."""
        if not self.must_look_again:
            self._count(entry.number not in self.crossings)
        if not self.must_look_again:
            self.crossings[entry.number] = entry
        self.wake()

    def lose(self, channel: str) -> None:
        """A conversation is out of their sight."""
        self.messages.pop(channel, None)
        if channel in self.found:
            self.lost.add(channel)

    def _count(self, is_new: bool) -> None:
        self._waiting += is_new
        if self._waiting > MOST_WAITING:
            self.look_again()

    def look_again(self) -> None:
        """Drop what waits; the reader looks at everything anew."""
        self.messages, self.crossings, self._waiting = {}, {}, 0
        self.told.clear()
        self.must_look_again = self.is_desk_due = self.are_surfaces_due = True

    def begun(self) -> None:
        """The reader knows that it is to look; from here on it is told what happens."""
        self.must_look_again = False

    def take_messages(self) -> dict[str, dict[str, Shown | None]]:
        """The messages that waited."""
        taken, self.messages = self.messages, {}
        self._waiting = len(self.crossings)
        return taken

    def take_crossings(self) -> list[Entry]:
        """The crossings that waited, in the order they began."""
        taken, self.crossings = self.crossings, {}
        self._waiting = sum(map(len, self.messages.values()))
        return sorted(taken.values(), key=lambda entry: entry.number)

    def is_news(self, name: str, text: str) -> bool:
        """Whether this is other than what the reader was last told under this name."""
        if self.told.get(name) == text:
            return False
        self.told[name] = text
        return True
