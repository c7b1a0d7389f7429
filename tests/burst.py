"""Many people pulling the cord at once while Slack's published limits hold, and how long it takes until all is done."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.api import METHODS
from bot.sandbox.limits import Limits
from bot.sandbox.traffic import Entry
from bot.services.clock import SteerableClock
from bot.stage import Stage
from storage.incidents import Incident
from storage.store import Store
from tests.clock import FRIDAY

PEOPLE = ("rae", "lena", "liam", "mateo", "mina", "grace", "cory", "ines", "hana", "emil")
LOOK = timedelta(minutes=1)
NECESSARY = {
    "conversations.create",
    "conversations.invite",
    "conversations.setTopic",
    "chat.postMessage",
    "chat.postEphemeral",
    "pins.add",
}


@dataclass(frozen=True, slots=True)
class Burst:
    """What a burst of declares came to. ``took`` is the workspace's time until the last necessary call."""

    took: timedelta
    calls: tuple[Entry, ...]
    furnished: int
    told: int

    @property
    def refused(self) -> int:
        """How many calls Slack answered with 429."""
        return sum(1 for entry in self.calls if entry.status == 429)

    @property
    def floor(self) -> timedelta:
        """The time that a client needs which sends the same calls as early as the limits let it."""
        return as_early_as_allowed([entry for entry in self.calls if entry.ok and entry.name in NECESSARY])


async def burst(stage: Stage, count: int, work: Callable[[], Awaitable[None]] | None = None) -> Burst:
    """Let ``count`` people declare at the same instant, and move time on until everybody has everything.

    ``work`` carries out what is due. The ladder is looked at wherever time stands still, all else every minute.
    """
    work = work or stage.andon.outbox.drain
    await stage.settle()
    stage.sandbox.traffic.clear()
    began = stage.now()
    await asyncio.gather(
        *(
            stage.person(PEOPLE[number % len(PEOPLE)]).command("/incident", f"now The bot promised refund {number}")
            for number in range(count)
        )
    )
    looked_at = began
    await _carry_out(stage, work)
    while due := await _next_due(stage):
        stage.clock.set(due)
        await _carry_out(stage, work)
        if stage.now() - looked_at >= LOOK:
            looked_at = stage.now()
            await stage.settle()
    async with Store(stage.andon.database).read() as unit:
        found = await unit.incidents.open_ones()
    calls = tuple(stage.sandbox.traffic.calls())
    last = max(entry.at for entry in calls if entry.ok and entry.name in NECESSARY)
    furnished = sum(_is_furnished(stage, incident) for incident in found)
    return Burst(last - began, calls, furnished, sum(_is_told(stage, incident) for incident in found))


def as_early_as_allowed(calls: Sequence[Entry]) -> timedelta:
    """When the last of these calls could be let through at the earliest, each as soon as what it needs is there.

    What speaks of a channel needs the channel, a pin its message; Slack's own counting says who waits how long.
    """
    clock = SteerableClock(FRIDAY)
    limits = Limits(clock.now)
    limits.on = True
    after = _dependants(calls)
    order = itertools.count()
    waiting: list[tuple[datetime, int, int]] = [(FRIDAY, next(order), number) for number in after[None]]
    while waiting:
        at, _, number = heapq.heappop(waiting)
        clock.set(at)
        entry = calls[number]
        wait = limits.wait(entry.name, METHODS[entry.name].tier, str(entry.args.get("channel", "")))
        if wait:
            heapq.heappush(waiting, (at + timedelta(seconds=wait), next(order), number))
            continue
        for then in after.get(number, []):
            heapq.heappush(waiting, (at, next(order), then))
    return clock.now() - FRIDAY


async def _carry_out(stage: Stage, work: Callable[[], Awaitable[None]]) -> None:
    """All that is due now, and what follows from it on both sides of the wire."""
    for _ in range(3):
        await stage.sandbox.delivery.settled()
        await stage.andon.services.raising.raise_due()
        await work()


async def _next_due(stage: Stage) -> datetime | None:
    """When the next of what the burst still owes is due; histories are read at leisure."""
    async with Store(stage.andon.database).read() as unit:
        owed = await unit.outbox.unfinished_since(stage.now() + timedelta(seconds=1), limit=10_000)
    # What is due already waits in its lane for what is not.
    waiting = (row.due_at for row in owed if not row.reaction.startswith("backfill."))
    return min((due for due in waiting if due > stage.now()), default=None)


def _dependants(calls: Sequence[Entry]) -> dict[int | None, list[int]]:
    """The calls that can go once another one has, and those that need none."""
    made = {e.answer["channel"]["id"]: n for n, e in enumerate(calls) if e.name == "conversations.create"}
    posted = {(e.answer["channel"], e.answer["ts"]): n for n, e in enumerate(calls) if e.name == "chat.postMessage"}
    after: dict[int | None, list[int]] = {None: []}
    for number, entry in enumerate(calls):
        needs = posted.get((entry.args.get("channel"), entry.args.get("timestamp")))
        if needs is None:
            said = str(entry.args)
            needs = next((n for channel, n in made.items() if channel in said), None)
        after.setdefault(needs, []).append(number)
    return after


def _is_furnished(stage: Stage, incident: Incident) -> bool:
    """Whether its channel is there with people, card, pin and topic, and announced."""
    channel = stage.sandbox.workspace.channels.get(incident.channel_id or "")
    if channel is None:
        return False
    announced = (m.text for m in stage.sandbox.channel("ai-incidents").messages.values())
    declarer = incident.declared_by.partition(":")[2]
    return bool(
        channel.pins
        and channel.topic.value
        and declarer in channel.members
        and any(incident.reference in text for text in announced)
    )


def _is_told(stage: Stage, incident: Incident) -> bool:
    """Whether whoever declared heard where the channel is."""
    person = stage.person(incident.declared_by.partition(":")[2])
    heard = (*person.ephemerals("general"), *person.direct_messages)
    return any(f"#{incident.channel_name}" in seen.text and incident.reference in seen.text for seen in heard)
