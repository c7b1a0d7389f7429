"""Moments of an incident's life at which other capabilities act inside the same transaction.

A service that must never miss a moment (a ladder that stops when the incident is closed) hangs a hook on it; whatever
the hook changes is committed with the act or not at all. Hooks must not call Slack.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from enum import StrEnum

from storage.incidents import Incident
from storage.store import Unit

Hook = Callable[[Unit, Incident], Awaitable[None]]


class Moment(StrEnum):
    """When hooks run; the incident they get shows the new state already."""

    DECLARED = "declared"
    SEVERITY = "severity changed"
    TYPE = "type changed"
    CONFIRMED = "severity confirmed"
    CONTAINED = "contained"
    UNCONTAINED = "not contained any more"
    RESOLVED = "resolved"
    STOPPED = "closed, cancelled or merged"
    REOPENED = "reopened"
    UPDATED = "an update was sent"


class Moments:
    """Which hooks run when."""

    def __init__(self) -> None:
        self._hooks: dict[Moment, list[Hook]] = defaultdict(list)

    def at(self, moment: Moment, hook: Hook) -> None:
        """Run ``hook`` at this moment, in the order of registration."""
        self._hooks[moment].append(hook)

    async def reach(self, moment: Moment, unit: Unit, incident: Incident) -> None:
        """Run the moment's hooks in the caller's transaction."""
        for hook in self._hooks[moment]:
            await hook(unit, incident)
