"""Failure thresholds: which alerts wait, become a report, join an open incident, or declare one; and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.domain.alerts.alert import Alert, severity_of
from bot.domain.incident import IncidentType, Severity


class Act(StrEnum):
    """What an alert leads to, from least to most."""

    KEEP = "keep"
    REPORT = "report"
    ATTACH = "attach"
    DECLARE = "declare"

    @property
    def rank(self) -> int:
        """How much it is."""
        return list(Act).index(self)


@dataclass(frozen=True, slots=True)
class Bound:
    """A number that is too high, or too low."""

    value: str
    over: float | None = None
    under: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One threshold. All that it names must fit; patterns have ``*`` and ``?``.

    It is reached by ``times`` alerts of one system within ``within``, and by one that has lasted ``lasting``.
    """

    id: str
    act: Act
    sources: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severities: frozenset[Severity] = frozenset()
    types: frozenset[IncidentType] = frozenset()
    systems: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()
    times: int = 1
    within: timedelta = timedelta(0)
    lasting: timedelta = timedelta(0)
    type: IncidentType | None = None
    severity: Severity | None = None

    def counts(self) -> bool:
        """Whether it counts alerts."""
        return self.times > 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done and why. ``severity`` None: nobody could tell, which is SEV2 provisional.

    ``due_at``: then it will have lasted long enough, unless it is resolved before.
    """

    act: Act
    rule: str = ""
    type: IncidentType = IncidentType.UNSURE
    severity: Severity | None = None
    why: tuple[str, ...] = ()
    due_at: datetime | None = None


def scope(alert: Alert) -> str:
    """What a rule counts together: alerts about one system, or about one thing where none is named."""
    return f"system {alert.system}" if alert.system else f"group {alert.group}"


def judge(
    rules: Sequence[Rule],
    alert: Alert,
    *,
    now: datetime,
    seen: Callable[[Rule], int],
    words: Mapping[str, Severity],
    otherwise: Act,
) -> Verdict:
    """What a firing alert leads to: the first rule that fits and is reached decides.

    A rule that fits and is not reached yet makes it wait. ``seen``: how many alerts the rule counted in its window,
    this one among them.
    """
    severity = severity_of(alert.severity_word, words)
    waiting: list[str] = []
    due: list[datetime] = []
    for rule in rules:
        if misfit(rule, alert, severity) is not None:
            continue
        missing = _missing(rule, alert, now, seen)
        if missing is None:
            why = (*waiting, f"“{rule.id}” fits{_reached(rule, alert, now, seen)}: {rule.act}")
            kind = rule.type or alert.type or IncidentType.UNSURE
            return Verdict(rule.act, rule.id, kind, rule.severity or severity, why, min(due, default=None))
        waiting.append(f"“{rule.id}” fits, but {missing}")
        if rule.lasting and alert.started_at is not None and not _too_few(rule, seen):
            due.append(alert.started_at + rule.lasting)
    kind = alert.type or IncidentType.UNSURE
    if waiting:
        return Verdict(Act.KEEP, "", kind, severity, tuple(waiting), min(due, default=None))
    return Verdict(otherwise, "", kind, severity, (f"no rule fits: {otherwise}",))


def misfit(rule: Rule, alert: Alert, severity: Severity | None) -> str | None:
    """Why a rule is not about this alert; None when it is."""
    if rule.sources and not _like(alert.source, rule.sources):
        return f"it is about {', '.join(rule.sources)}"
    if rule.titles and not _like(alert.title, rule.titles):
        return "its title is another"
    if rule.systems and not _like(alert.system or "", rule.systems):
        return f"its system is {alert.system or 'not named'}"
    if rule.severities and severity not in rule.severities:
        return f"its severity is {severity or 'unknown'}"
    if rule.types and alert.type not in rule.types:
        return f"its type is {alert.type or 'unknown'}"
    for name, wanted in rule.labels.items():
        if not _like(alert.labels.get(name, ""), wanted):
            return f"its label {name} is “{alert.labels.get(name, '')}”"
    return next((why for bound in rule.bounds if (why := _inside(bound, alert)) is not None), None)


def _inside(bound: Bound, alert: Alert) -> str | None:
    number = alert.values.get(bound.value)
    if number is None:
        return f"it says no {bound.value}"
    if bound.over is not None and not number > bound.over:
        return f"{bound.value} {number:g} is not over {bound.over:g}"
    if bound.under is not None and not number < bound.under:
        return f"{bound.value} {number:g} is not under {bound.under:g}"
    return None


def _missing(rule: Rule, alert: Alert, now: datetime, seen: Callable[[Rule], int]) -> str | None:
    if _too_few(rule, seen):
        return f"this is {seen(rule)} of {rule.times} within {written(rule.within)}"
    if (lasted := alert.lasted(now)) < rule.lasting:
        return f"it has lasted {written(lasted)} of {written(rule.lasting)}"
    return None


def _too_few(rule: Rule, seen: Callable[[Rule], int]) -> bool:
    return rule.counts() and seen(rule) < rule.times


def _reached(rule: Rule, alert: Alert, now: datetime, seen: Callable[[Rule], int]) -> str:
    told = [f" {b.value} is {alert.values[b.value]:g}" for b in rule.bounds]
    told += [f" {seen(rule)} within {written(rule.within)}"] if rule.counts() else []
    told += [f" it has lasted {written(alert.lasted(now))}"] if rule.lasting else []
    return f",{' and'.join(told)}" if told else ""


def written(span: timedelta) -> str:
    """A span in days, hours and minutes, or in seconds below one: ``4d``, ``1h 30m``, ``20s``."""
    seconds = int(span.total_seconds())
    if seconds < 60:
        return f"{seconds}s"
    days, rest = divmod(seconds // 60, 24 * 60)
    hours, minutes = divmod(rest, 60)
    return " ".join(f"{n}{unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "m")) if n)


def _like(said: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(said.lower(), pattern.lower()) for pattern in patterns)
