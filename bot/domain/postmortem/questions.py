"""What the record leaves open: asked in the draft rather than papered over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.domain.incident import IncidentType, Outcome, Role
from bot.domain.measures import Certainty, Measure
from bot.domain.postmortem.draft import Question, QuestionKey
from bot.domain.postmortem.facts import IncidentFacts
from bot.domain.postmortem.record import Obligation, PostmortemRecord, SectionKey

WANTED_SECTIONS = (SectionKey.IMPACT, SectionKey.DETECTION, SectionKey.ROOT_CAUSE, SectionKey.CONTRIBUTING_FACTORS)


def open_questions(
    record: PostmortemRecord, measures: tuple[Measure, ...], compiled_at: datetime
) -> tuple[Question, ...]:
    """Every question whose answer is missing, in the order of the document."""
    written = frozenset(text.key for text in record.written if text.text)
    return (
        *(Question(key) for key in _incident(record.incident, _ever_led(record))),
        *(
            Question(QuestionKey.INCONSISTENT_TIME, m.key)
            for m in measures
            if m.span.certainty is Certainty.INCONSISTENT
        ),
        *(Question(key) for key in _ai(record, written)),
        *_response(record, compiled_at),
        *_actions(record),
        *(Question(QuestionKey.NOT_WRITTEN, key) for key in WANTED_SECTIONS if key not in written),
    )


def _ever_led(record: PostmortemRecord) -> bool:
    return any(tenure.role is Role.LEAD for tenure in record.tenures)


def _incident(incident: IncidentFacts, is_led: bool) -> Iterator[QuestionKey]:
    asked = {
        QuestionKey.WHEN_STARTED: incident.started_low_at is None and incident.started_high_at is None,
        QuestionKey.WHICH_TYPE: incident.type is IncidentType.UNSURE,
        QuestionKey.WHICH_SYSTEM: not incident.system,
        QuestionKey.PROVISIONAL_SEVERITY: incident.is_provisional,
        QuestionKey.NO_LEAD: not is_led,
        QuestionKey.NOT_CONTAINED: incident.contained_at is None and not _is_void(incident),
        QuestionKey.CONTAINMENT_UNVERIFIED: incident.contained_at is not None and not incident.contained_how,
        QuestionKey.NOT_RESOLVED: incident.resolved_at is None and not _is_void(incident),
        QuestionKey.RESOLUTION_UNVERIFIED: incident.resolved_at is not None and not incident.resolved_how,
    }
    return (key for key, is_open in asked.items() if is_open)


def _is_void(incident: IncidentFacts) -> bool:
    """Nothing was there to contain, or it is told in the incident this one was merged into."""
    return incident.outcome in (Outcome.CANCELLED, Outcome.MERGED)


def _ai(record: PostmortemRecord, written: frozenset[str]) -> Iterator[QuestionKey]:
    is_told = SectionKey.AI_FACTS in written
    asked = {
        QuestionKey.FAILURE_MODE: not record.ai.failure_mode and not is_told,
        QuestionKey.WHICH_MODEL: not record.ai.model and not is_told,
        QuestionKey.REPRODUCTION: record.ai.tried is None and not is_told,
        QuestionKey.NO_EXHIBITS: not record.exhibits,
    }
    return (key for key, is_open in asked.items() if is_open)


def _response(record: PostmortemRecord, compiled_at: datetime) -> Iterator[Question]:
    silent = sum(
        step.raised_at is not None and step.acknowledged_at is None and step.stood_down_at is None
        for step in record.steps
    )
    if silent:
        yield Question(QuestionKey.UNANSWERED_STEPS, count=silent)
    for obligation in record.obligations:
        yield from _obligation(obligation, compiled_at)
    unfinished = sum(task.done_at is None and task.dropped_at is None for task in record.tasks)
    if unfinished:
        yield Question(QuestionKey.OPEN_TASKS, count=unfinished)


def _obligation(obligation: Obligation, compiled_at: datetime) -> Iterator[Question]:
    if obligation.applies is None:
        yield Question(QuestionKey.UNDECIDED_OBLIGATION, obligation.name)
    elif obligation.applies and obligation.sent_at is None and obligation.due_at and obligation.due_at < compiled_at:
        yield Question(QuestionKey.LATE_OBLIGATION, obligation.name)


def _actions(record: PostmortemRecord) -> Iterator[Question]:
    actions = tuple(action for action in record.actions if action.dropped_at is None)
    if not actions:
        yield Question(QuestionKey.NO_ACTIONS)
        return
    unowned = [one for one in actions if not one.done_at and (not one.owner or one.owner_left)]
    counts = {
        QuestionKey.ACTION_WITHOUT_OWNER: len(unowned),
        QuestionKey.ACTION_WITHOUT_DUE: sum(action.due_at is None for action in actions),
    }
    yield from (Question(key, count=count) for key, count in counts.items() if count)
    if not any(action.eval_added for action in actions):
        yield Question(QuestionKey.NO_EVALUATION)
