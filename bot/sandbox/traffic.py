"""The record of everything that crossed the wire, for counting calls and measuring how many waited for each other."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.sandbox.objects import Json

Direction = Literal["call", "delivery"]


@dataclass
class Entry:
    """One crossing: a Web API call by the app, or a delivery to it. `started`/`ended` are monotonic seconds.

    `name` is the Web API method, or what was delivered (`/incident`, `block_actions`, `message`); `number` counts.
    `answer` is what came back; `status` the HTTP status of a call, 0 where no answer was given.
    `ack_seconds` is None for calls and for deliveries that were never acknowledged; `reason` is Slack's word for why.
    """

    at: datetime
    direction: Direction
    name: str
    args: Json
    started: float
    ended: float | None = None
    answer: Json = field(default_factory=dict)
    status: int = 0
    ack_seconds: float | None = None
    number: int = 0
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether a call was answered with success, or a delivery acknowledged."""
        return self.answer.get("ok") is True if self.direction == "call" else self.ack_seconds is not None


class Traffic:
    """All entries in the order they began, and `violations`: what no well-behaved app does.

    `onlooker`, where there is one, is shown each entry when it begins and when it has ended.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.violations: list[str] = []
        self.onlooker: Callable[[Entry], None] | None = None
        self._changed = asyncio.Event()
        self._begun = 0

    def add(self, entry: Entry) -> None:
        """Note that something began."""
        self._begun += 1
        entry.number = self._begun
        self.entries.append(entry)
        self._show(entry)

    def end(self, entry: Entry) -> None:
        """Note that something is over now."""
        entry.ended = time.monotonic()
        self._show(entry)

    def _show(self, entry: Entry) -> None:
        if self.onlooker is not None:
            self.onlooker(entry)
        self.touch()

    def touch(self) -> None:
        """Wake whoever waits for something to have changed."""
        self._changed.set()

    async def changed(self) -> None:
        """Return after the next thing that begins or ends."""
        self._changed.clear()
        await self._changed.wait()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def clear(self) -> None:
        """Forget everything so far, to measure what comes next."""
        self.entries.clear()

    def calls(self, method: str | None = None) -> list[Entry]:
        """Web API calls, all or of one method, refused and failed ones included."""
        return [e for e in self.entries if e.direction == "call" and method in (None, e.name)]

    def deliveries(self, name: str | None = None) -> list[Entry]:
        """Deliveries to the app, one per attempt."""
        return [e for e in self.entries if e.direction == "delivery" and name in (None, e.name)]

    def slowest_ack(self) -> float:
        """Seconds the slowest acknowledged delivery took."""
        return max((e.ack_seconds for e in self.entries if e.ack_seconds is not None), default=0.0)


def serial_depth(entries: Iterable[Entry]) -> int:
    """The longest chain of calls of which each began after the one before it had ended."""
    depth, free_at = 0, float("-inf")
    for entry in sorted((e for e in entries if e.ended is not None), key=lambda e: e.ended or 0.0):
        if entry.started >= free_at:
            depth += 1
            free_at = entry.ended or 0.0
    return depth
