"""How the bot writes its own words for people: emoji with text, never emoji alone."""

from __future__ import annotations

from bot.domain.incident import Outcome, Phase, Role, Severity
from bot.domain.notices.incident import Summary
from bot.slack.views.blocks import channel, escape

SEVERITY_EMOJI = {
    Severity.SEV1: ":red_circle:",
    Severity.SEV2: ":large_orange_circle:",
    Severity.SEV3: ":large_yellow_circle:",
    Severity.SEV4: ":large_blue_circle:",
}
SEVERITY_WORD = {
    Severity.SEV1: "critical",
    Severity.SEV2: "high",
    Severity.SEV3: "medium",
    Severity.SEV4: "low",
}
ROLE_NAME = {Role.LEAD: "Lead", Role.TECHNICAL: "Technical", Role.LEGAL: "Legal", Role.COMMS: "Comms"}
PHASE_NAME = {phase: phase.value.capitalize() for phase in Phase}
OUTCOME_WORD = {
    Outcome.RESOLVED: "resolved",
    Outcome.UNRESOLVED: "closed without being resolved",
    Outcome.MERGED: "merged into another incident",
    Outcome.CANCELLED: "not an incident",
}
RED, ORANGE, GREEN, GREY = "#d92d20", "#e8912d", "#2eb67d", "#8a8f98"


def severity(level: Severity, *, provisional: bool = False) -> str:
    """The severity as people see it."""
    mark = " (provisional)" if provisional else ""
    return f"{SEVERITY_EMOJI[level]} {level} {SEVERITY_WORD[level]}{mark}"


def severity_plain(level: Severity, *, provisional: bool = False) -> str:
    """The severity where no emoji can be drawn."""
    return f"{level}{' provisional' if provisional else ''}"


def drill(summary: Summary) -> str:
    """The banner of a drill, on every message of it."""
    return "[DRILL] " if summary.is_drill else ""


def name(summary: Summary) -> str:
    """Reference, title and where to find it, as mrkdwn."""
    place = f" {channel(summary.channel_id)}" if summary.channel_id else ""
    return f"*{drill(summary)}{summary.reference}* {escape(summary.title, 160)}{place}"


def name_plain(summary: Summary) -> str:
    """Reference and title in plain text, escaped for top-level text."""
    return f"{drill(summary)}{summary.reference} {escape(summary.title, 160)}"


def color(summary: Summary) -> str:
    """The colour bar: red while harm goes on, orange once contained, green when resolved, grey when closed."""
    if summary.phase is Phase.CLOSED:
        return GREY
    if summary.phase in (Phase.RECOVERY, Phase.REVIEW):
        return GREEN
    return ORANGE if summary.contained_at else RED
