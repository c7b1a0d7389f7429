"""Reports in a terminal: what waits for a judgement, and one of them in whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.notices.reports import Judgement, ReportLine, ReportPost
from bot.domain.report import ReportState
from bot.terminal.data import instant
from bot.terminal.text import INDENT, Names, ago, line, paragraph, person, place, table, utc

TITLE_LIMIT = 80
STATE = {
    ReportState.WAITING: "waits for somebody",
    ReportState.DISPUTED: "dismissed, and its reporter disagrees",
    ReportState.DISMISSED: "dismissed",
    ReportState.DECLARED: "declared",
    ReportState.ADDED: "added to an incident",
    ReportState.SAME: "put together with another report",
}


def listing(found: Sequence[ReportLine], now: datetime, names: Names, *, settled: bool) -> str:
    """One line each."""
    if not found:
        return "There is no report." if settled else "No report waits for anybody."
    return "\n".join(table([_row(one, now, names) for one in found]))


def shown(post: ReportPost, now: datetime, names: Names) -> str:
    """Everything about one."""
    one = post.line
    head = f"{one.reference}  {STATE[one.state]}{_waits(one, now)}"
    facts = [(label, value) for label, value in _facts(post, now, names) if value]
    parts = [
        head,
        f"{INDENT}{_marks(one)}{line(one.title, names, TITLE_LIMIT)}",
        *(f"{INDENT}{row}" for row in table(facts)),
    ]
    parts += ["", "What was reported", *paragraph(post.what_happened, names)]
    for number, dismissal in enumerate(post.dismissals):
        parts += _judged("Dismissed", dismissal, now, names)
        parts += _judged("Disagreed", post.disputes[number], now, names) if number < len(post.disputes) else []
    maybe = [f"{INDENT}{number}  {line(said, names, TITLE_LIMIT)}" for number, said in _perhaps(post)]
    return "\n".join([*parts, *(["", "Perhaps the same", *maybe] if maybe else [])])


def data(one: ReportLine, names: Names) -> dict[str, Any]:
    """A report in short, for machines."""
    return {
        "reference": one.reference,
        "title": one.title,
        "state": one.state,
        "reported_by": person(one.reported_by, names),
        "reported_at": instant(one.reported_at),
        "waits_since": instant(one.waits_since) if one.is_open else None,
        "looked_by": person(one.looked_by, names) if one.looked_by else None,
        "signals": one.signals,
        "severity": one.severity,
        "type": one.type_name,
        "system": one.system_name,
        "is_private": one.is_private,
        "is_drill": one.is_drill,
    }


def whole(post: ReportPost, names: Names) -> dict[str, Any]:
    """One of them in whole, for machines."""
    return {
        **data(post.line, names),
        "what_happened": post.what_happened,
        "model_version": post.model_version,
        "trace": post.trace_url,
        "links": list(post.links),
        "quiet_since": instant(post.quiet_since),
        "dismissals": [_judgement(one, names) for one in post.dismissals],
        "disputes": [_judgement(one, names) for one in post.disputes],
        "incident": post.incident.reference if post.incident else None,
        "same_as": post.same_as or None,
        "settled_by": person(post.settled_by, names) if post.settled_by else None,
        "settled_at": instant(post.settled_at),
        "perhaps": [number for number, _ in _perhaps(post)],
    }


def _perhaps(post: ReportPost) -> list[tuple[str, str]]:
    incidents = [(found.reference, found.title) for found in post.similar]
    return [*incidents, *((found.reference, found.title) for found in post.same)]


def _row(one: ReportLine, now: datetime, names: Names) -> tuple[str, ...]:
    title = f"{_marks(one)}{line(one.title, names, TITLE_LIMIT)}"
    waited = ago(one.waits_since, now) if one.is_open else utc(one.reported_at, now)
    return one.reference, STATE[one.state], waited, place(one.system_name or ""), title


def _waits(one: ReportLine, now: datetime) -> str:
    return f" since {utc(one.waits_since, now)} ({ago(one.waits_since, now)})" if one.is_open else ""


def _marks(one: ReportLine) -> str:
    return f"{'[DRILL] ' if one.is_drill else ''}{'[private] ' if one.is_private else ''}"


def _facts(post: ReportPost, now: datetime, names: Names) -> list[tuple[str, str]]:
    one = post.line
    became = post.incident.reference if post.incident else "something private" if post.is_elsewhere else post.same_as
    return [
        ("AI system", place(one.system_name or "")),
        ("Type", one.type_name or ""),
        ("Severity, as reported", one.severity or ""),
        ("Model version", place(post.model_version)),
        ("Trace", place(post.trace_url)),
        ("Said", f"{one.signals} times" if one.signals > 1 else ""),
        ("Quiet since", utc(post.quiet_since, now) if post.quiet_since else ""),
        ("Reported by", f"{person(one.reported_by, names)}, {utc(one.reported_at, now)}"),
        ("Looked into by", person(one.looked_by, names) if one.looked_by else ""),
        ("Settled by", person(post.settled_by, names) if post.settled_by else ""),
        ("Became", became),
    ]


def _judged(what: str, one: Judgement, now: datetime, names: Names) -> list[str]:
    return ["", f"{what} by {person(one.by, names)}, {utc(one.at, now)}", *paragraph(one.reason, names)]


def _judgement(one: Judgement, names: Names) -> dict[str, Any]:
    return {"by": person(one.by, names), "at": instant(one.at), "reason": one.reason}
