"""Declaring: how many calls, how many of them wait for each other, and how long until people can work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from bot.sandbox.traffic import Entry, serial_depth
from tests.benchmarks.rows import Goal, Row, median
from tests.benchmarks.script import Script
from tests.benchmarks.sides import Side, andon, floor

# Latency of every call, what a new connection pays besides (none is left from before), and the most beside the floor.
CASES = ((0.0, 0.0, None), (0.05, 0.0, 1.3), (0.15, 0.0, 1.3), (0.05, 0.04, 1.3))
FAR = 0.5  # latency at which calls that need not wait for each other overlap, however busy the machine is
NOTICED = 0.1  # seconds in which the other process reads that its connections are gone
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

    handed_in: Entry
    calls: list[Entry]

    @property
    def usable(self) -> tuple[Entry, Entry, Entry]:
        create = next(entry for entry in self.calls if entry.name == "conversations.create")
        channel = create.answer["channel"]["id"]
        inside = [entry for entry in self.calls if entry.args.get("channel") == channel]
        invite = next(entry for entry in inside if entry.name == "conversations.invite")
        return create, invite, next(entry for entry in inside if entry.name == "chat.postMessage")

    @property
    def seconds(self) -> float:
        """From the delivery of the form to the answer of the last call that makes the channel usable."""
        return max(entry.ended or 0.0 for entry in self.usable) - self.handed_in.started

    @property
    def own(self) -> list[Entry]:
        """Without App Home, the playbook, and what the ladder asks people beside it."""
        channel = self.usable[0].answer["channel"]["id"]
        known = (channel, next(e.args["channel"] for e in self.calls if e.name == "chat.postMessage" and _public(e)))
        made = [entry for entry in self.calls if not str(entry.args.get("text", "")).startswith("Playbook of")]
        return [entry for entry in made if entry.name in DECLARED and entry.args.get("channel", channel) in known]


async def measure(runs: int = 7) -> AsyncIterator[Row]:
    """Declares by the form, each beside a bare program that sends the same calls."""
    async with andon() as ours:
        script = await recorded(ours)
        async with floor(script) as bare:
            await declare(bare, "to warm up")
            for latency, connecting, most in CASES:
                for side in (ours, bare):
                    side.sandbox.faults.latency, side.sandbox.faults.connecting = latency, connecting
                mine, theirs = await _paired(ours, bare, runs)
                goal = None if most is None else Goal("<=", most, "ratio")
                yield Row(_name(latency, connecting), median(mine) * 1000, "ms", runs, median(theirs) * 1000, goal)
        ours.sandbox.faults.latency, ours.sandbox.faults.connecting = FAR, 0.0
        for row in _counts(await declare(ours, "to be counted")):
            yield row


async def recorded(side: Side) -> Script:
    """What Andon sends for a declare, for a bare program to send; its first declare is made for it."""
    declared = await declare(side, "to be recorded")
    create, invite, card = declared.usable
    form = next(entry for entry in declared.calls if entry.name == "views.open")
    first = [invite, *(entry for entry in declared.own if entry not in (create, invite, card))]
    return Script.of(form, create, card, first)


async def declare(side: Side, text: str) -> Declared:
    """Somebody hands in the form; everything that follows has come to its end."""
    rae, traffic = side.person("rae"), side.sandbox.traffic
    traffic.clear()
    if side.sandbox.faults.connecting:
        side.sandbox.hang_up()
        await asyncio.sleep(NOTICED)
    await rae.types("support", f"/incident {text}")
    await side.sandbox.until(lambda: [entry for entry in traffic.calls("views.open") if entry.ended])
    await rae.submits()
    await side.sandbox.until(lambda: _is_usable(traffic.calls()))
    await side.quiet()
    if rae.modal is not None:
        await rae.closes()
    return Declared(traffic.deliveries("view_submission")[-1], traffic.calls())


async def _paired(ours: Side, bare: Side, runs: int) -> tuple[list[float], list[float]]:
    pairs = [[(await declare(side, f"Discount {run}")).seconds for side in (ours, bare)] for run in range(runs)]
    return [mine for mine, _ in pairs], [theirs for _, theirs in pairs]


def _name(latency: float, connecting: float) -> str:
    more = f" and {connecting * 1000:.0f} ms per new connection" if connecting else ""
    return f"submit to usable at {latency * 1000:.0f} ms latency{more}"


def _counts(declared: Declared) -> Iterable[Row]:
    yield Row("declare: calls in all", len(declared.calls), "count")
    yield Row("declare: calls until usable", len(declared.usable), "count")
    yield Row("declare: serial depth until usable", serial_depth(declared.usable), "count", goal=Goal("<=", 2))
    yield Row("declare: serial depth until all done", serial_depth(declared.own), "count", goal=Goal("<=", 3))


def _is_usable(calls: Iterable[Entry]) -> bool:
    ended = {(e.name, e.args.get("channel")) for e in calls if e.ended and e.ok}
    made = {e.answer["channel"]["id"] for e in calls if e.name == "conversations.create" and e.ok}
    return any(("conversations.invite", c) in ended and ("chat.postMessage", c) in ended for c in made)


def _public(entry: Entry) -> bool:
    return str(entry.args.get("channel", "")).startswith("C")
