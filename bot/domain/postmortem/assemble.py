"""From everything that is known of an incident to the draft of its post-mortem: pure, and linear in the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from bot.domain import blameless
from bot.domain.blameless import Hint
from bot.domain.incident import Role, Severity
from bot.domain.measures import Adherence, Instants, Measure, adherence, measure
from bot.domain.postmortem.captured import ExhibitLine
from bot.domain.postmortem.draft import Draft, Seat
from bot.domain.postmortem.questions import open_questions
from bot.domain.postmortem.reader import Reader
from bot.domain.postmortem.record import PostmortemRecord, SectionKey, Tenure, Written
from bot.domain.postmortem.timeline import completeness, days, talk

CAUSE_SECTIONS = frozenset(
    {SectionKey.ROOT_CAUSE, SectionKey.CONTRIBUTING_FACTORS, SectionKey.DETECTION, SectionKey.WENT_BADLY}
)
SIGNING_ROLES = (Role.LEAD, Role.TECHNICAL, Role.LEGAL)


def assemble(record: PostmortemRecord, compiled_at: datetime) -> Draft:
    """Compile the draft as it stands at ``compiled_at``. The same record and instant give the same draft."""
    reader = Reader(record.names)
    read = reader.record(record)
    measures = _measures(read)
    tenures = tuple(sorted(read.tenures, key=lambda tenure: (list(Role).index(tenure.role), tenure.from_at)))
    return Draft(
        compiled_at=compiled_at,
        incident=read.incident,
        ai=read.ai,
        worst_severity=_worst(read),
        written=_written(read.written),
        questions=open_questions(read, measures, compiled_at),
        severities=read.severities,
        phases=read.phases,
        timeline=days(record, reader),
        talk=talk(read.messages, reader),
        measures=measures,
        adherence=_adherence(read, compiled_at),
        tenures=tenures,
        steps=tuple(sorted(read.steps, key=lambda step: step.due_at)),
        updates=read.updates,
        tasks=read.tasks,
        containment=read.containment,
        reviewed=read.reviewed,
        told=read.told,
        obligations=read.obligations,
        exhibits=tuple(_shown(exhibit) for exhibit in read.exhibits),
        custody=read.custody,
        actions=read.actions,
        taxonomy=read.taxonomy,
        sign_off=tuple(Seat(role, _last_holder(role, tenures)) for role in SIGNING_ROLES),
        hints=tuple(_hints(read, reader)),
        completeness=completeness(read),
        learned=read.learned,
    )


def _worst(record: PostmortemRecord) -> Severity:
    given = (record.incident.severity, *(change.severity for change in record.severities))
    return min(given, key=lambda severity: severity.rank)


def _written(texts: Iterable[Written]) -> dict[str, tuple[Written, ...]]:
    written: dict[str, tuple[Written, ...]] = {}
    for text in sorted(texts, key=lambda text: text.at):
        if text.text:
            written[text.key] = (*written.get(text.key, ()), text)
    return written


def _measures(record: PostmortemRecord) -> tuple[Measure, ...]:
    incident = record.incident
    instants = Instants(
        declared_at=incident.declared_at,
        started_low_at=incident.started_low_at,
        started_high_at=incident.started_high_at,
        detected_at=incident.detected_at,
        alerted_at=_alerted_at(record),
        acknowledged_at=incident.acknowledged_at,
        lead_seated_at=incident.lead_seated_at,
        contained_at=incident.contained_at,
        recovered_at=incident.recovered_at,
    )
    return measure(instants, record.targets)


def _alerted_at(record: PostmortemRecord) -> datetime:
    """When somebody was first asked; whoever took it up unasked heard of it by the declaration."""
    raised = [step.raised_at for step in record.steps if step.raised_at is not None]
    first = min(raised, default=record.incident.declared_at)
    acknowledged_at = record.incident.acknowledged_at
    return record.incident.declared_at if acknowledged_at and acknowledged_at < first else first


def _adherence(record: PostmortemRecord, compiled_at: datetime) -> Adherence:
    """Updates that were sent, and the promised one that was still owed when it was resolved, or till the draft."""
    sent = [(update.due_at, update.sent_at) for update in record.updates]
    promised_at = record.incident.next_update_at
    until = record.incident.resolved_at or record.incident.closed_at or compiled_at
    missed = [(promised_at, None)] if promised_at is not None and promised_at < until else []
    return adherence([*sent, *missed])


def _shown(exhibit: ExhibitLine) -> ExhibitLine:
    return replace(exhibit, title="") if exhibit.redacted_at is not None else exhibit


def _last_holder(role: Role, tenures: Iterable[Tenure]) -> str | None:
    return next((tenure.person for tenure in reversed(tuple(tenures)) if tenure.role is role), None)


def _hints(record: PostmortemRecord, reader: Reader) -> Iterator[Hint]:
    roles = _roles_by_name(record, reader)
    for text in record.written:
        yield from blameless.review(text.key, text.text)
        if text.key in CAUSE_SECTIONS:
            yield from blameless.names_in(text.key, text.text, roles)
    incident = record.incident
    for key, said in (("contained_how", incident.contained_how), ("resolved_how", incident.resolved_how)):
        yield from blameless.review(key, said or "")


def _roles_by_name(record: PostmortemRecord, reader: Reader) -> dict[str, str | None]:
    held = {tenure.person: tenure.role.value for tenure in record.tenures}
    names = [reader.name(user_id) for user_id, profile in record.names.items() if not profile.is_bot]
    return {name: held.get(name) for name in names}
