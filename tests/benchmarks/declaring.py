"""Declaring: how many calls, how many of them wait for each other, and how long until people can work."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from bot.sandbox.traffic import Entry, serial_depth
from bot.stage import Stage
from tests.benchmarks.at_work import at_work
from tests.benchmarks.floor import Floor, open_floor
from tests.benchmarks.rows import Goal, Row, median

LATENCIES = (0.0, 0.05, 0.15)
DECLARED = {
    "conversations.create",
    "conversations.invite",
    "chat.postMessage",
    "chat.postEphemeral",
    "conversations.setTopic",
    "pins.add",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """What one declare sent, and when its channel became usable: made, its people invited, its card posted."""

    calls: list[Entry]
    started: float

    @property
    def usable(self) -> tuple[Entry, Entry, Entry]:
        create = next(entry for entry in self.calls if entry.name == "conversations.create")
        channel = create.answer["channel"]["id"]
        inside = [entry for entry in self.calls if entry.args.get("channel") == channel]
        invite = next(entry for entry in inside if entry.name == "conversations.invite")
        return create, invite, next(entry for entry in inside if entry.name == "chat.postMessage")

    @property
    def seconds(self) -> float:
        return max(entry.ended or 0.0 for entry in self.usable) - self.started

    @property
    def own(self) -> list[Entry]:
        """Without App Home, and without what the ladder asks people beside it."""
        channel = self.usable[0].answer["channel"]["id"]
        known = (channel, next(e.args["channel"] for e in self.calls if e.name == "chat.postMessage" and _public(e)))
        return [entry for entry in self.calls if entry.name in DECLARED and entry.args.get("channel", channel) in known]


async def measure(runs: int = 7) -> AsyncIterator[Row]:
    """Declares by the form, each beside a bare client that sends the same calls."""
    async with at_work() as stage, open_floor() as floor:
        await declare(stage, "to warm up")
        for latency in LATENCIES:
            ours, bare, last = await _paired(stage, floor, latency, runs)
            goal = Goal("<=", 1.3, "ratio") if latency else None
            name = f"submit to usable at {latency * 1000:.0f} ms latency"
            yield Row(name, median(ours) * 1000, "ms", runs, median(bare) * 1000, goal)
    yield Row("declare: calls in all", len(last.calls), "count")
    yield Row("declare: calls until usable", len(last.usable), "count")
    yield Row("declare: serial depth until usable", serial_depth(last.usable), "count", goal=Goal("<=", 2))
    yield Row("declare: serial depth until all done", serial_depth(last.own), "count", goal=Goal("<=", 3))


async def declare(stage: Stage, text: str) -> Declared:
    """Somebody hands in the form; everything that follows has come to its end."""
    rae = stage.person("rae")
    await rae.types("support", f"/incident {text}")
    await stage.settle()
    traffic = stage.sandbox.traffic
    traffic.clear()
    started = time.monotonic()
    await rae.submits()
    await stage.sandbox.until(lambda: _is_usable(traffic.calls()))
    await stage.settle()
    await rae.closes()
    return Declared(traffic.calls(), started)


async def _paired(stage: Stage, floor: Floor, latency: float, runs: int) -> tuple[list[float], list[float], Declared]:
    ours, bare = [], []
    for run in range(runs):
        stage.sandbox.faults.latency = floor.sandbox.faults.latency = latency
        declared = await declare(stage, f"Discount {latency} {run}")
        ours.append(declared.seconds)
        bare.append(await floor.declare(*declared.usable))
    stage.sandbox.faults.latency = 0.0
    return ours, bare, declared


def _is_usable(calls: Iterable[Entry]) -> bool:
    ended = {(e.name, e.args.get("channel")) for e in calls if e.ended and e.ok}
    made = {e.answer["channel"]["id"] for e in calls if e.name == "conversations.create" and e.ok}
    return any(("conversations.invite", c) in ended and ("chat.postMessage", c) in ended for c in made)


def _public(entry: Entry) -> bool:
    return str(entry.args.get("channel", "")).startswith("C")
