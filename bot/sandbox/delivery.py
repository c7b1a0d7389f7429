"""Slack's side of talking to the app: what is delivered, when it is tried again, how long each answer took.

Events the app does not acknowledge are tried again at once, after one and after five minutes of the workspace's clock
(`redeliver_due`). Commands and interactions are never tried again: the person sees an error.
"""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from bot.sandbox import payloads
from bot.sandbox.dispatch import RETRY_AFTER, Dispatch, Kind, Outcome, Transport
from bot.sandbox.events import heard
from bot.sandbox.objects import Channel, Json
from bot.sandbox.traffic import Entry, Traffic
from bot.sandbox.workspace import Workspace

ERRORS = {"timeout": "operation_timeout", "http_timeout": "operation_timeout"}


class Delivery:
    """The queue between the workspace and the app's transport."""

    def __init__(self, workspace: Workspace, transport: Transport, traffic: Traffic, patience: float) -> None:
        self.workspace = workspace
        self.transport = transport
        self.patience = patience
        self.waiting: list[Dispatch] = []
        self.lost: list[Dispatch] = []
        self.paused = False
        self._traffic = traffic
        self._duplicates = 0
        self._flying: set[asyncio.Task[None]] = set()
        workspace.publish = self.publish

    def publish(self, event: Json, channel: Channel | None) -> None:
        """Deliver an event in the background, if the app hears it."""
        if not heard(self.workspace.app, event, channel):
            return
        dispatch = Dispatch("events_api", event["type"], payloads.event_callback(self.workspace, event))
        if self.paused:
            dispatch.due_at = self.workspace.instant()
            self.waiting.append(dispatch)
            return
        for _ in range(1 + (1 if self._duplicates else 0)):
            self._start(self._deliver_event(dispatch))
        self._duplicates = max(0, self._duplicates - 1)

    def duplicate_next(self, times: int = 1) -> None:
        """Deliver each of the next `times` events twice with the same event_id, as Slack sometimes does."""
        self._duplicates += times

    def in_flight(self) -> set[asyncio.Task[None]]:
        """Deliveries under way now; those a change of the workspace has just begun are among them."""
        return set(self._flying)

    async def send(self, kind: Kind, name: str, payload: Json) -> Dispatch:
        """Deliver a command or interaction once and wait for its acknowledgement or its failure."""
        dispatch = Dispatch(kind, name, payload)
        outcome = await self._attempt(dispatch)
        if not outcome.acked:
            dispatch.error = ERRORS.get(outcome.reason, "dispatch_failed")
        return dispatch

    def complain(self, violation: str) -> None:
        """Note something no well-behaved app does."""
        self._traffic.violations.append(violation)

    async def redeliver_due(self) -> int:
        """Try every event again whose time has come; the answer is how many were tried.

        Without patience for sleeping: move the clock, then call this.
        """
        now = self.workspace.instant()
        due = [d for d in self.waiting if d.due_at is not None and d.due_at <= now]
        self.waiting = [d for d in self.waiting if d not in due]
        await asyncio.gather(*(self._deliver_event(d) for d in due))
        return len(due)

    async def keep_redelivering(self, every: float = 1.0) -> None:
        """Try due events again every so many real seconds, until cancelled: for a sandbox used by hand."""
        while True:
            await asyncio.sleep(every)
            await self.redeliver_due()

    async def settled(self) -> None:
        """Return when no delivery is under way."""
        while self._flying:
            await asyncio.wait(self._flying)

    async def close(self) -> None:
        """Give up on whatever is under way."""
        for task in self._flying:
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)

    async def _deliver_event(self, dispatch: Dispatch) -> None:
        outcome = await self._attempt(dispatch)
        if outcome.acked:
            return
        dispatch.reason = outcome.reason
        if not outcome.may_retry or dispatch.attempt >= len(RETRY_AFTER):
            self.lost.append(dispatch)
            return
        dispatch.due_at = self.workspace.instant() + RETRY_AFTER[dispatch.attempt]
        dispatch.attempt += 1
        self.waiting.append(dispatch)

    async def _attempt(self, dispatch: Dispatch) -> Outcome:
        started = time.monotonic()
        entry = Entry(self.workspace.instant(), "delivery", dispatch.name, dispatch.payload, started)
        self._traffic.add(entry)
        outcome = await self.transport.carry(dispatch)
        dispatch.acked, dispatch.answer = outcome.acked, outcome.answer
        if outcome.acked:
            entry.answer = outcome.answer
            entry.ack_seconds = dispatch.ack_seconds = time.monotonic() - started
        else:
            entry.reason = outcome.reason
        self._traffic.end(entry)
        return outcome
