"""Response measures: how long each part of the response took (domain.md section 7.3).

A measure is never guessed. An instant that nobody knows makes it *not known*, which is excluded from every average
rather than counted as zero; instants that contradict each other make it *inconsistent*, which is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from statistics import fmean, median

ZERO = timedelta(0)
RAW_LIST_BELOW = 5


class Certainty(StrEnum):
    """What can be said of a span."""

    KNOWN = "known"
    NOT_KNOWN = "not_known"
    INCONSISTENT = "inconsistent"


class MeasureKey(StrEnum):
    """The measures of one incident. ``contain`` runs from detection, ``contain_declared`` from the declaration."""

    DETECT = "detect"
    DECLARE = "declare"
    ACKNOWLEDGE = "acknowledge"
    LEAD = "lead"
    CONTAIN = "contain"
    CONTAIN_DECLARED = "contain_declared"
    RECOVER = "recover"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time between ``low`` and ``high`` (equal unless an end is an estimate); both None unless known."""

    certainty: Certainty
    low: timedelta | None = None
    high: timedelta | None = None

    @property
    def is_known(self) -> bool:
        """Whether the span has a length."""
        return self.certainty is Certainty.KNOWN


NOT_KNOWN = Span(Certainty.NOT_KNOWN)
INCONSISTENT = Span(Certainty.INCONSISTENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instants:
    """When things happened, as far as anybody knows. The start lies between two bounds; either may be missing."""

    declared_at: datetime
    started_low_at: datetime | None = None
    started_high_at: datetime | None = None
    detected_at: datetime | None = None
    alerted_at: datetime | None = None
    acknowledged_at: datetime | None = None
    lead_seated_at: datetime | None = None
    contained_at: datetime | None = None
    recovered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What policy promised when the incident was declared; None where it promises nothing."""

    acknowledge: timedelta | None = None
    lead: timedelta | None = None
    contain_declared: timedelta | None = None

    def of(self, key: MeasureKey) -> timedelta | None:
        """The promise for one measure, if there is one."""
        promised = {
            MeasureKey.ACKNOWLEDGE: self.acknowledge,
            MeasureKey.LEAD: self.lead,
            MeasureKey.CONTAIN_DECLARED: self.contain_declared,
        }
        return promised.get(key)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure with its promise. ``is_met`` is None where there is no promise or no certain length."""

    key: MeasureKey
    span: Span
    target: timedelta | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the promise was kept; an estimate that straddles the promise decides nothing."""
        if self.target is None or self.span.low is None or self.span.high is None:
            return None
        if self.span.high <= self.target:
            return True
        return False if self.span.low > self.target else None


@dataclass(frozen=True, slots=True)
class Adherence:
    """How many of the updates that were due were sent in time. ``share`` is None when none was due."""

    on_time: int
    due: int

    @property
    def share(self) -> float | None:
        """From 0 to 1."""
        return self.on_time / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Spread:
    """Many spans in figures. Unknown and inconsistent ones are left out of the figures and counted here.

    ``raw`` lists the lengths, shortest first, when there are fewer than five: figures of so few mislead.
    """

    count: int
    not_known: int
    inconsistent: int
    median: timedelta | None
    mean: timedelta | None
    p90: timedelta | None
    raw: tuple[timedelta, ...] = ()


def between(earlier: datetime | None, later: datetime | None) -> Span:
    """The span from one instant to another; inconsistent when the second comes first."""
    return between_estimate(earlier, earlier, later)


def between_estimate(low_at: datetime | None, high_at: datetime | None, later: datetime | None) -> Span:
    """The span from an instant that lies between two bounds to a certain one.

    One missing bound stands for the other. A start cannot lie after what it started: an upper bound later than
    ``later`` shortens the span to zero at best, a lower bound later than it is inconsistent.
    """
    first, last = low_at or high_at, high_at or low_at
    if first is None or last is None or later is None:
        return NOT_KNOWN
    if last < first or later < first:
        return INCONSISTENT
    return Span(Certainty.KNOWN, max(later - last, ZERO), later - first)


def measure(instants: Instants, targets: Targets) -> tuple[Measure, ...]:
    """Every measure of one incident, in the order of the response."""
    at = instants
    spans = {
        MeasureKey.DETECT: between_estimate(at.started_low_at, at.started_high_at, at.detected_at),
        MeasureKey.DECLARE: between(at.detected_at, at.declared_at),
        MeasureKey.ACKNOWLEDGE: between(at.alerted_at or at.declared_at, at.acknowledged_at),
        MeasureKey.LEAD: between(at.declared_at, at.lead_seated_at),
        MeasureKey.CONTAIN: between(at.detected_at, at.contained_at),
        MeasureKey.CONTAIN_DECLARED: between(at.declared_at, at.contained_at),
        MeasureKey.RECOVER: between(at.detected_at, at.recovered_at),
    }
    return tuple(Measure(key, span, targets.of(key)) for key, span in spans.items())


def adherence(updates: Iterable[tuple[datetime | None, datetime | None]]) -> Adherence:
    """Count pairs of (due, sent). An update that was not due counts for nothing; one that was never sent is late."""
    answered = [sent is not None and sent <= due for due, sent in updates if due is not None]
    return Adherence(sum(answered), len(answered))


def margin(due_at: datetime | None, sent_at: datetime | None) -> timedelta | None:
    """Time to spare when something was sent; negative means late, None means one of the two is not known."""
    return due_at - sent_at if due_at is not None and sent_at is not None else None


def spread(spans: Sequence[Span]) -> Spread:
    """The figures of many spans. An estimate counts with the middle of its bounds."""
    lengths = sorted((s.low + s.high) / 2 for s in spans if s.low is not None and s.high is not None)
    seconds = [length.total_seconds() for length in lengths]
    return Spread(
        count=len(lengths),
        not_known=sum(s.certainty is Certainty.NOT_KNOWN for s in spans),
        inconsistent=sum(s.certainty is Certainty.INCONSISTENT for s in spans),
        median=timedelta(seconds=median(seconds)) if seconds else None,
        mean=timedelta(seconds=fmean(seconds)) if seconds else None,
        p90=lengths[ceil(0.9 * len(lengths)) - 1] if lengths else None,
        raw=tuple(lengths) if len(lengths) < RAW_LIST_BELOW else (),
    )
