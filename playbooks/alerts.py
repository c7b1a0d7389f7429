"""The shape of policies/alerts.yaml: which machines are heard, how each proves itself, what their alerts lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from bot.domain.alerts.thresholds import Act, Bound, Rule
from bot.domain.deadlines import TimeUnit
from bot.domain.incident import IncidentType, Severity
from playbooks.calls import SecretName
from playbooks.values import Key, Label, Model, Slug, Span

UNITS = {
    TimeUnit.MINUTES: timedelta(minutes=1),
    TimeUnit.HOURS: timedelta(hours=1),
    TimeUnit.CALENDAR_DAYS: timedelta(days=1),
}
LONGEST_WINDOW = timedelta(days=7)
Format = Literal["alertmanager", "grafana", "cloudevents", "langfuse", "standard-webhooks", "json"]
Pattern = Annotated[str, Field(min_length=1, max_length=300)]
HeaderName = Annotated[str, Field(pattern=r"\A[A-Za-z0-9-]{1,80}\Z")]
# A way into a JSON body, such as `payload.message.title` or `items.0.name`.
Way = Annotated[str, Field(pattern=r"\A[^.\s]{1,100}(\.[^.\s]{1,100}){0,19}\Z")]


def _plain(span: Span) -> Span:
    if span.unit not in UNITS:
        raise ValueError(f"{span} counts working time: write minutes, hours or days, such as 15m, 4h or 2d")
    return span


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _number(value: object) -> object:
    """A number of a file: whole ones are numbers there, others are still texts."""
    return float(value) if isinstance(value, str) else value


Plain = Annotated[Span, PlainSerializer(str)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_several), Field(min_length=1)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]


def clock(span: Span) -> timedelta:
    """Minutes, hours or days on the clock."""
    return span.amount * UNITS[span.unit]


class Bearer(Model):
    """A token, as ``Authorization: Bearer``."""

    by: Literal["bearer"]
    secret: SecretName


class Basic(Model):
    """A name and a password, as ``Authorization: Basic``."""

    by: Literal["basic"]
    user: Label
    secret: SecretName


class Hmac(Model):
    """HMAC-SHA256 of the body in a header; with ``timestamp_header`` of ``seconds:body``, as Grafana signs."""

    by: Literal["hmac"]
    secret: SecretName
    header: HeaderName = "X-Grafana-Alerting-Signature"
    timestamp_header: HeaderName | None = None
    encoding: Literal["hex", "base64"] = "hex"
    prefix: Annotated[str, Field(max_length=20)] = ""


class StandardWebhooks(Model):
    """``webhook-id``, ``webhook-timestamp``, ``webhook-signature``, as Standard Webhooks sign."""

    by: Literal["standard-webhooks"]
    secret: SecretName


class Langfuse(Model):
    """``x-langfuse-signature: t=…,s=…``."""

    by: Literal["langfuse"]
    secret: SecretName


Proof = Annotated[Bearer | Basic | Hmac | StandardWebhooks | Langfuse, Field(discriminator="by")]


class Mapped(Model):
    """Where a JSON body says what. ``each`` is a list of alerts in it; the other ways then begin at one of them.

    ``resolved`` are the words at ``status`` that mean that it is over. Everything flat at ``labels`` can be matched.
    """

    each: Way | None = None
    id: Way | None = None
    group: Way | None = None
    title: Way
    body: Way | None = None
    status: Way | None = None
    resolved: tuple[Label, ...] = ("resolved", "ok", "closed")
    severity: Way | None = None
    type: Way | None = None
    system: Way | None = None
    model: Way | None = None
    model_version: Way | None = None
    trace_id: Way | None = None
    started_at: Way | None = None
    link: Way | None = None
    labels: Way | None = None
    values: Mapping[Key, Way] = Field(default_factory=dict)


class Source(Model):
    """A machine that may send to /alerts/ID. ``system`` is meant where an alert names none."""

    id: Slug
    format: Format
    proof: Proof
    system: Slug | None = None
    per_minute: Annotated[int, Field(ge=1, le=100_000)] = 1200
    map: Mapped | None = None

    @model_validator(mode="after")
    def _fits(self) -> Source:
        if (self.map is not None) is not (self.format == "json"):
            raise ValueError("format json needs a `map`, and only that has one")
        return self


class Flood(Model):
    """More than ``over`` alerts of one source within ``within`` are one report."""

    over: Annotated[int, Field(ge=1, le=10_000)]
    within: Plain

    @model_validator(mode="after")
    def _fits(self) -> Flood:
        _check(self.within)
        return self


class ValueBound(Model):
    """A number that an alert brings, over or under a bound."""

    value: Label
    over: Number | None = None
    under: Number | None = None

    @model_validator(mode="after")
    def _fits(self) -> ValueBound:
        if self.over is None and self.under is None:
            raise ValueError("say `over` or `under` which number")
        return self


class When(Model):
    """What an alert must be like; everything named must fit. Texts may hold * and ?, and a list means any of them."""

    source: Patterns = ("*",)
    title: Patterns | None = None
    labels: Mapping[Label, Patterns] = Field(default_factory=dict)
    severity: frozenset[Severity] = frozenset()
    type: frozenset[IncidentType] = frozenset()
    system: Patterns | None = None
    values: tuple[ValueBound, ...] = ()


class Threshold(Model):
    """A rule: ``times`` alerts of a system ``within`` a span, each having lasted ``lasting``, lead to ``then``."""

    id: Slug
    when: When
    times: Annotated[int, Field(ge=1, le=100_000)] = 1
    within: Plain | None = None
    lasting: Plain | None = None
    then: Act
    type: IncidentType | None = None
    severity: Severity | None = None

    @model_validator(mode="after")
    def _fits(self) -> Threshold:
        if (self.times > 1) is not (self.within is not None):
            raise ValueError("`times` and `within` go together: how many, and within what")
        for span in (self.within, self.lasting):
            if span is not None:
                _check(span)
        return self

    def rule(self) -> Rule:
        """The rule as the domain applies it."""
        when = self.when
        return Rule(
            id=self.id,
            act=self.then,
            sources=when.source,
            titles=when.title or (),
            labels=dict(when.labels),
            severities=when.severity,
            types=when.type,
            systems=when.system or (),
            bounds=tuple(Bound(bound.value, bound.over, bound.under) for bound in when.values),
            times=self.times,
            within=clock(self.within) if self.within else timedelta(0),
            lasting=clock(self.lasting) if self.lasting else timedelta(0),
            type=self.type,
            severity=self.severity,
        )


class AlertsFile(Model):
    """policies/alerts.yaml."""

    replay_window: Plain
    same_within: Plain
    flood: Flood
    severities: Mapping[Label, Severity]
    sources: tuple[Source, ...]
    rules: tuple[Threshold, ...]
    otherwise: Act = Act.REPORT

    @model_validator(mode="after")
    def _fits(self) -> AlertsFile:
        for span in (self.replay_window, self.same_within):
            _check(span)
        return self

    def source(self, source_id: str) -> Source | None:
        """The source by id; None for one that nobody named."""
        return next((source for source in self.sources if source.id == source_id), None)

    def words(self) -> dict[str, Severity]:
        """What senders' words for severities mean, in small letters."""
        return {word.lower(): severity for word, severity in self.severities.items()}


def misfits(file: AlertsFile, systems: frozenset[str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What stands twice or names what is not there: where, and why."""
    for table, ids in (("sources", [s.id for s in file.sources]), ("rules", [r.id for r in file.rules])):
        for index, one in enumerate(ids):
            if one in ids[:index]:
                yield (table, index, "id"), f"id {one!r} stands twice"
    for index, source in enumerate(file.sources):
        if source.system is not None and source.system not in systems:
            yield ("sources", index, "system"), f"systems.yaml has no {source.system!r}"


def _check(span: Span) -> None:
    if not timedelta(0) < clock(_plain(span)) <= LONGEST_WINDOW:
        raise ValueError(f"{span} is too long or nothing: write up to 7d, such as 15m, 4h or 2d")
