"""The table of scheduled looks: name, interval, what to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from bot.services.container import Services

Finds = Literal["the due", "the old", "others' work"]


@dataclass(frozen=True, slots=True)
class Tick:
    """One scheduled look. ``on_settle`` looks are also made whenever a test or a story asks what is due.

    ``finds``: what has its instant in the agenda of the database, what has grown old there, or what is elsewhere. There
    is nothing to find while the agenda has nothing due, while time stands still, or one cannot say.
    """

    name: str
    seconds: float
    look: Callable[[], Awaitable[object]]
    on_settle: bool = False
    finds: Finds = "the old"


def ticks(services: Services) -> tuple[Tick, ...]:
    """Every look of a running Andon."""
    return (
        Tick("directory", 900, services.directory.look_again),
        Tick("escalations", 0.2, services.raising.raise_due, on_settle=True, finds="the due"),
        Tick("reports", 5, services.report_waiting.ask_due, on_settle=True, finds="the due"),
        Tick("auditor", 60, services.auditor.look, on_settle=True),
        Tick("policies", 5, services.reloading.look, on_settle=True, finds="others' work"),
        Tick("playbook", 30, services.reminders.nudge_due, on_settle=True, finds="the due"),
        Tick("clocks", 15, services.clock_reminders.look, on_settle=True, finds="the due"),
        Tick("tasks", 30, services.tasks.nudge_due, on_settle=True, finds="the due"),
        Tick("evidence", 60, services.evidence_nudges.look, on_settle=True),
        Tick("custody", 600, services.checking.look),
        Tick("texts", 30, services.wanting.look, on_settle=True, finds="the due"),
        Tick("briefs", 30, services.briefing.look, on_settle=True, finds="the due"),
        Tick("timestamps", 300, services.stamping.stamp_due),
        Tick("containment", 1, services.proving.look_for_due, on_settle=True, finds="the due"),
        Tick("alerts", 5, services.alerts.look, on_settle=True, finds="the due"),
        Tick("action items", 60, services.chasing.look, on_settle=True, finds="the due"),
        Tick("sweep", 3600, services.sweeping.sweep),
        Tick("backfill", 30, services.backfill.tick, on_settle=True, finds="others' work"),
    )
