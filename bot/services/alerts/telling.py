"""What an alert says as a report or an incident: its own words, then what is known, then which rule it met."""

from __future__ import annotations

from datetime import datetime

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.thresholds import Verdict
from bot.domain.declaration import Declaration
from bot.domain.report import NewReport
from bot.services.alerts.parts import Part

SHOWN_LABELS = 12


def declaration(part: Part, now: datetime) -> Declaration:
    """The incident that a group of alerts declares."""
    alert, verdict = part.latest, part.verdict
    return Declaration(
        _story(alert, part, verdict),
        type=verdict.type,
        severity=verdict.severity,
        system=alert.system,
        details=_details(alert, verdict, now),
    )


def report(part: Part, now: datetime) -> NewReport:
    """The report that a group of alerts opens."""
    alert, verdict = part.latest, part.verdict
    return NewReport(
        _story(alert, part, verdict),
        type=verdict.type,
        severity=verdict.severity,
        system=alert.system,
        model_version=alert.model_version,
        trace_url=alert.labels.get("trace_url") or alert.trace_id,
        links=alert.links,
        details=_details(alert, verdict, now),
    )


def flood_report(part: Part, over: int, within: str) -> NewReport:
    """The one report of all that comes when too much comes."""
    alert = part.latest
    first = (
        f"More than {over} alerts from {part.source} within {within}: {alert.title}, and others.\n\n"
        "Read them where they come from. All that follow are counted here as long as they come at this rate; what a "
        "rule declares is declared all the same."
    )
    return NewReport(first, severity=part.verdict.severity, links=alert.links[:1], details={"source": part.source})


def _story(alert: Alert, part: Part, verdict: Verdict) -> str:
    several = f"\n{len(part.firing)} alerts came together." if len(part.firing) > 1 else ""
    known = {
        "Model": " ".join(word for word in (alert.model, alert.model_version) if word),
        "Trace": alert.trace_id,
        "Since": f"{alert.started_at:%Y-%m-%d %H:%M} UTC" if alert.started_at else "",
        "Numbers": ", ".join(f"{name} {number:g}" for name, number in list(alert.values.items())[:SHOWN_LABELS]),
        "Labels": ", ".join(f"{name}={said}" for name, said in list(alert.labels.items())[:SHOWN_LABELS]),
        "Links": " ".join(alert.links[:3]),
        "Rule": verdict.rule,
    }
    facts = "\n".join(f"{name}: {said}" for name, said in known.items() if said)
    body = f"\n\n{alert.body}" if alert.body and alert.body != alert.title else ""
    return f"{alert.title}{body}\n\nSent by {alert.source}.{several}\n{facts}"


def _details(alert: Alert, verdict: Verdict, now: datetime) -> dict[str, str]:
    known = {
        "alert_source": alert.source,
        "rule": verdict.rule,
        "started_at": alert.started_at.isoformat() if alert.started_at and alert.started_at <= now else "",
        "model_version": alert.model_version,
        "trace_id": alert.trace_id,
    }
    return {name: said for name, said in known.items() if said}
