"""Policy files into the rules of the domain: a ladder per severity, and how often people hear something."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.escalation import Cadence, EscalationPolicy, Hours, Ladder, Rung, SnoozeRules
from bot.domain.incident import Severity
from playbooks.checks import after
from playbooks.promises import SeverityPolicy
from playbooks.schema import EscalationFile, RungPolicy
from playbooks.values import Paging


def policy(file: EscalationFile, severities: Mapping[Severity, SeverityPolicy]) -> EscalationPolicy:
    """The escalation policy. Everything in it was checked before."""
    return EscalationPolicy(
        ladders={severity: _ladder(file, severity, severities[severity]) for severity in Severity},
        snooze=SnoozeRules(file.snooze.minutes, file.snooze.reason_at, file.snooze.climbs_at),
    )


def cadence(severity: SeverityPolicy) -> Cadence:
    """How often stakeholders hear something at a severity."""
    updates = severity.updates
    return Cadence(
        first=severity.deadlines.first_update,
        until_contained=updates.until_contained,
        after_contained=updates.after_contained,
        settles=updates.settles,
        then=updates.then,
    )


def _ladder(file: EscalationFile, severity: Severity, promises: SeverityPolicy) -> Ladder:
    rungs = file.rungs.items()
    return Ladder(
        rungs=tuple(_rung(key, rung, severity, promises) for key, rung in rungs if severity in rung.after),
        hours=Hours.ALWAYS if promises.page is Paging.ALWAYS else Hours.BUSINESS,
        acknowledgement_expires=file.acknowledgement_expires.get(severity),
    )


def _rung(key: str, rung: RungPolicy, severity: Severity, promises: SeverityPolicy) -> Rung:
    return Rung(
        key=key,
        kind=rung.kind,
        ask=rung.ask,
        after=after(promises, rung.after[severity]),
        why=rung.why,
        unless=rung.unless,
        ends=rung.ends,
        anchor=rung.anchor,
        repeat=rung.repeat.get(severity),
        max_repeats=rung.times if severity in rung.repeat else 0,
        climbs_to=rung.climbs_to,
        only_if=rung.only_if,
        not_if=rung.not_if,
    )
