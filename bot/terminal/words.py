"""Andon's own words for the terminal: the same as in Slack, without emoji and without markup."""

from __future__ import annotations

from datetime import datetime

from bot.domain.escalation import AskKind, Why
from bot.domain.incident import Outcome, Role
from bot.domain.notices.backlog import Backlog
from bot.domain.notices.incident import Summary
from bot.terminal.text import place, span

REASON_LIMIT = 160
WHY = {
    Why.DECLARED: "an incident was declared",
    Why.NOT_ACKNOWLEDGED: "nobody has acknowledged it",
    Why.NOBODY_REACHABLE: "nobody has answered or could be reached",
    Why.SEAT_WANTED: "a seat is to be filled",
    Why.NO_LEAD: "nobody leads it",
    Why.EMPTY_ROLE: "a role is empty",
    Why.NO_FIRST_UPDATE: "no first update was sent",
    Why.UPDATE_OVERDUE: "the promised update is overdue",
    Why.NOT_CONTAINED: "the harm is not contained",
    Why.PROVISIONAL_SEVERITY: "the severity is still provisional",
    Why.EXECUTIVE_NOTICE: "policy wants executives told",
    Why.EXECUTIVE_SILENT: "no executive has acknowledged it",
    Why.NOT_RATIFIED: "nobody ratified what one person ran alone",
    Why.POSTMORTEM_MEETING: "the post-mortem meeting is due",
    Why.POSTMORTEM_DRAFT: "the post-mortem draft is due",
}
ABOUT_A_ROLE = {Why.SEAT_WANTED: "the seat of {role} is to be filled", Why.EMPTY_ROLE: "nobody is {role}"}
ASKED = {
    AskKind.SEAT: "{name}",
    AskKind.PRIMARY: "first for {name}",
    AskKind.SECONDARY: "second for {name}",
    AskKind.MANAGER: "manager for {name}",
    AskKind.EXECUTIVES: "executives",
    AskKind.EXECUTIVE: "executive {name}",
    AskKind.LEAD_OR_CHANNEL: "lead, else the channel",
    AskKind.CHANNEL: "the channel",
}
OUTCOME = {
    Outcome.RESOLVED: "resolved",
    Outcome.UNRESOLVED: "not resolved",
    Outcome.MERGED: "merged into another incident",
    Outcome.CANCELLED: "not an incident",
}


def why(reason: Why, role: Role | None) -> str:
    """Why somebody is asked."""
    about = ABOUT_A_ROLE.get(reason)
    return about.format(role=role) if about and role else WHY[reason]


def severity(summary: Summary) -> str:
    """``SEV2 provisional``."""
    return f"{summary.severity}{' provisional' if summary.is_provisional else ''}"


def marks(summary: Summary) -> str:
    """What must be seen before the title: a drill, a private incident."""
    return f"{'[DRILL] ' if summary.is_drill else ''}{'[private] ' if summary.is_private else ''}"


def state(summary: Summary) -> str:
    """Where the response stands: its phase, and whether harm is stopped."""
    if summary.outcome is not None:
        return f"closed, {OUTCOME[summary.outcome]}"
    return f"{summary.phase}, {'contained' if summary.contained_at else 'not contained'}"


def late(backlog: Backlog | None, now: datetime) -> list[str]:
    """What Slack has not heard yet and since when, in a line; none where nothing is late."""
    if backlog is None:
        return []
    things = "One thing waits" if backlog.waiting == 1 else f"{backlog.waiting} things wait"
    why = (
        f"The last answer was: {place(backlog.reason)[:REASON_LIMIT]}" if backlog.reason else "Is `andon run` running?"
    )
    return [f"{things} for Slack, the oldest for {span(now - backlog.since)}. {why}"]
