"""The compile: nothing invented, nothing lost, nothing shown that was redacted."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.domain.incident import IncidentType, Outcome, Phase, Role, Severity
from bot.domain.measures import Certainty, MeasureKey
from bot.domain.people import Profile
from bot.domain.postmortem import (
    ActionItem,
    ActionKind,
    Entry,
    ExhibitLine,
    Gap,
    GapKind,
    IncidentFacts,
    Message,
    Obligation,
    PostmortemRecord,
    SectionKey,
    Step,
    Tenure,
    Written,
    assemble,
)
from bot.domain.postmortem.draft import Draft, QuestionKey
from bot.domain.timeline import EntryKind
from tests.domain.postmortem_sample import COMPILED, DECLARED, INCIDENT, RECORD, at

BARE = PostmortemRecord(
    incident=IncidentFacts(
        reference="AI-0002",
        title="Odd answer",
        what_happened="Odd answer",
        type=IncidentType.UNSURE,
        severity=Severity.SEV2,
        is_provisional=True,
        phase=Phase.TRIAGE,
        declared_by="person:U01RAE",
        declared_at=DECLARED,
    )
)


def asked(draft: Draft) -> dict[QuestionKey, tuple[str, int]]:
    """The open questions by key."""
    return {question.key: (question.about, question.count) for question in draft.questions}


def message(number: int, **changes: object) -> Message:
    """One message of many."""
    sent_at = DECLARED + timedelta(seconds=number)
    plain = Message(ts=f"{number:010d}.000000", author=f"U{number % 7}", sent_at=sent_at, text=f"line {number}")
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_same_record_gives_same_draft() -> None:
    """A compile depends on the record and the instant alone."""
    assert assemble(RECORD, COMPILED) == assemble(RECORD, COMPILED)


def test_people_are_named() -> None:
    """Stored actors and bare ids both become names; who is not known stays an id."""
    draft = assemble(RECORD, COMPILED)
    assert (draft.incident.declared_by, draft.incident.contained_by) == ("Rae Okafor", "Mateo Ruiz")
    assert assemble(BARE, COMPILED).incident.declared_by == "U01RAE"


def test_nothing_is_invented() -> None:
    """With only a declaration on record, every measure that needs more is not known, and the gaps are asked about."""
    draft = assemble(BARE, COMPILED)
    assert {measure.span.certainty for measure in draft.measures} == {Certainty.NOT_KNOWN}
    assert draft.adherence.share is None
    assert {seat.person for seat in draft.sign_off} == {None}
    assert set(asked(draft)) == {
        QuestionKey.WHEN_STARTED,
        QuestionKey.WHICH_TYPE,
        QuestionKey.WHICH_SYSTEM,
        QuestionKey.PROVISIONAL_SEVERITY,
        QuestionKey.NO_LEAD,
        QuestionKey.NOT_CONTAINED,
        QuestionKey.NOT_RESOLVED,
        QuestionKey.FAILURE_MODE,
        QuestionKey.WHICH_MODEL,
        QuestionKey.REPRODUCTION,
        QuestionKey.NO_EXHIBITS,
        QuestionKey.NO_ACTIONS,
        QuestionKey.NOT_WRITTEN,
    }


@pytest.mark.parametrize("outcome", [Outcome.CANCELLED, Outcome.MERGED])
def test_void_incident_is_not_asked_to_be_contained(outcome: Outcome) -> None:
    """Where there was nothing to contain, or it is told elsewhere, the draft does not ask for it."""
    void = replace(BARE, incident=replace(BARE.incident, outcome=outcome))
    assert not {QuestionKey.NOT_CONTAINED, QuestionKey.NOT_RESOLVED} & set(asked(assemble(void, COMPILED)))


def test_open_questions_of_the_sample() -> None:
    """What the discount incident leaves open is asked, and only that."""
    assert asked(assemble(RECORD, COMPILED)) == {
        QuestionKey.UNANSWERED_STEPS: ("", 1),
        QuestionKey.UNDECIDED_OBLIGATION: ("Marketplace contract, partner notice", 0),
        QuestionKey.OPEN_TASKS: ("", 1),
        QuestionKey.ACTION_WITHOUT_OWNER: ("", 1),
        QuestionKey.ACTION_WITHOUT_DUE: ("", 1),
        QuestionKey.NOT_WRITTEN: ("detection", 0),
    }


def test_late_obligation_is_asked_about() -> None:
    """A clock that applies and ran out unsent is a question; sent, not applying or not yet due it is none."""
    late = Obligation(name="Authority", applies=True, due_at=COMPILED - timedelta(hours=1))
    harmless = (
        replace(late, sent_at=COMPILED),
        replace(late, applies=False),
        replace(late, due_at=COMPILED + timedelta(hours=1)),
    )
    assert asked(assemble(replace(BARE, obligations=(late,)), COMPILED))[QuestionKey.LATE_OBLIGATION] == (
        "Authority",
        0,
    )
    assert QuestionKey.LATE_OBLIGATION not in asked(assemble(replace(BARE, obligations=harmless), COMPILED))


def test_action_without_evaluation_is_asked_about() -> None:
    """When no action item brings a regression evaluation, the draft asks for one."""
    promise = ActionItem(text="Do it", kind=ActionKind.PREVENT, owner="U1", due_at=COMPILED, eval_added=False)
    assert QuestionKey.NO_EVALUATION in asked(assemble(replace(BARE, actions=(promise,)), COMPILED))
    kept = replace(promise, eval_added=True)
    assert QuestionKey.NO_EVALUATION not in asked(assemble(replace(BARE, actions=(promise, kept)), COMPILED))


def test_times_that_contradict_each_other_are_reported() -> None:
    """Contained before it was detected is no measure of minus five minutes; it is a question."""
    twisted = replace(RECORD, incident=replace(INCIDENT, detected_at=at(10, 8), contained_at=at(10, 3)))
    draft = assemble(twisted, COMPILED)
    spans = {measure.key: measure.span for measure in draft.measures}
    assert spans[MeasureKey.CONTAIN].certainty is Certainty.INCONSISTENT
    assert spans[MeasureKey.CONTAIN].low is None
    assert QuestionKey.INCONSISTENT_TIME in asked(draft)


def test_what_people_wrote_stays() -> None:
    """Written sections are merged word for word, all of them, oldest first, whatever their key."""
    texts = (
        Written(key=SectionKey.ROOT_CAUSE, text="second", author="U1", at=COMPILED),
        Written(key=SectionKey.ROOT_CAUSE, text=" first\n\n  of two ", author="U1", at=DECLARED),
        Written(key="our_own_section", text="kept", author="U1", at=COMPILED),
        Written(key=SectionKey.IMPACT, text="  \n", author="U1", at=COMPILED),
    )
    written = assemble(replace(BARE, written=texts), COMPILED).written
    assert [text.text for text in written[SectionKey.ROOT_CAUSE]] == ["first\n\n  of two", "second"]
    assert [text.text for text in written["our_own_section"]] == ["kept"]
    assert SectionKey.IMPACT not in written


def test_redacted_text_never_appears() -> None:
    """A redacted message or exhibit shows who redacted it and its hash, wherever it was cited from."""
    secret = "4111 1111 1111 1111"
    root = message(
        1, text=secret, redacted_at=COMPILED, redacted_by="person:U2", sha256="abc", thread_ts="0000000001.000000"
    )
    reply = message(2, text="why?", thread_ts="0000000001.000000")
    exhibit = ExhibitLine(
        id="EX-1", title=secret, sha256="def", kept_at=DECLARED, kept_by="U1", redacted_at=COMPILED, redacted_by="U2"
    )
    entries = (
        Entry(at=DECLARED, kind=EntryKind.PINNED, actor="U1", text=secret, message_ts=root.ts),
        Entry(at=DECLARED, kind=EntryKind.EVIDENCE, actor="U1", text=secret, exhibit="EX-1"),
    )
    names = {"U2": Profile("U2", "Grace Lindqvist")}
    record = replace(BARE, messages=(root, reply), exhibits=(exhibit,), entries=entries, names=names)
    draft = assemble(record, COMPILED)
    assert secret not in repr(draft)
    assert secret not in str(asdict(draft))
    marks = [line.redaction for line in draft.timeline[0].lines] + [draft.talk.threads[0].redaction]
    assert [(mark.by, mark.sha256) for mark in marks if mark] == [
        ("Grace Lindqvist", "abc"),
        ("Grace Lindqvist", "def"),
        ("Grace Lindqvist", "abc"),
    ]
    assert draft.completeness.redactions == 1


def test_deleted_opening_is_not_shown() -> None:
    """The thread of a message that its author deleted is counted without its opening words."""
    thread_ts = "0000000001.000000"
    root = message(1, text="wrong channel", thread_ts=thread_ts, deleted_at=COMPILED)
    draft = assemble(replace(BARE, messages=(root, message(2, thread_ts=thread_ts))), COMPILED)
    assert draft.talk.threads[0].is_deleted
    assert "wrong channel" not in repr(draft)


def test_chatter_is_counted_not_dumped() -> None:
    """Messages are told in figures; only the longest threads get a line, in the order they opened."""
    chatter = [message(n) for n in range(100)]
    for root in range(15):
        thread_ts = message(root).ts
        chatter += [message(200 + root * 20 + n, thread_ts=thread_ts) for n in range(root + 1)]
    draft = assemble(replace(BARE, messages=tuple(chatter)), COMPILED)
    assert [thread.replies for thread in draft.talk.threads] == list(range(6, 16))
    assert draft.talk.unlisted == 5
    assert draft.timeline == ()
    assert "line 99" not in repr(draft)


def test_a_thread_counts_everybody_in_it() -> None:
    """Replies leave the opening out, people leave nobody out, whether or not Slack marks the opening as its own thread."""
    for own in (None, "0000000001.000000"):
        root = message(1, author="A", thread_ts=own)
        replies = (message(2, author="B", thread_ts=root.ts), message(9, author="B", thread_ts=root.ts))
        (thread,) = assemble(replace(BARE, messages=(root, *replies)), COMPILED).talk.threads
        assert (thread.replies, thread.people, thread.last_at) == (2, 2, replies[1].sent_at)


def test_completeness_is_told_in_figures() -> None:
    """The record says how many messages, threads, edits, deletions and files it holds, and what is missing."""
    messages = (
        message(1, versions=3),
        message(2, thread_ts="0000000001.000000", files=("a.png", "b.png")),
        message(3, deleted_at=COMPILED),
    )
    gaps = (
        Gap(GapKind.FILE, "b.png", "gone"),
        Gap(GapKind.THREAD, "0000000099.000000", "Slack did not answer"),
        Gap(GapKind.HISTORY, "10:00 to 10:05", "not in the channel yet"),
    )
    kept = assemble(replace(BARE, messages=messages, gaps=gaps), COMPILED).completeness
    assert (kept.messages, kept.threads, kept.threads_kept) == (3, 2, 1)
    assert (kept.edits, kept.deletions, kept.files, kept.files_missing) == (2, 1, 2, 1)
    assert kept.gaps == gaps


def test_days_are_days_in_utc() -> None:
    """A line belongs to its day in UTC, whatever zone its instant came in; days and lines are in order."""
    east = timezone(timedelta(hours=9))
    entries = (
        Entry(at=datetime(2026, 11, 21, 8, 0, tzinfo=east), kind=EntryKind.NOTE, actor="U1", text="late on the 20th"),
        Entry(at=datetime(2026, 11, 20, 1, 0, tzinfo=UTC), kind=EntryKind.NOTE, actor="U1", text="early on the 20th"),
        Entry(at=datetime(2026, 11, 21, 0, 1, tzinfo=UTC), kind=EntryKind.NOTE, actor="U1", text="the 21st"),
    )
    draft = assemble(replace(BARE, entries=entries), COMPILED)
    assert [(day.day.day, [line.text for line in day.lines]) for day in draft.timeline] == [
        (20, ["early on the 20th", "late on the 20th"]),
        (21, ["the 21st"]),
    ]


def test_acknowledging_unasked_counts_from_the_declaration() -> None:
    """Who takes it up before anybody was asked is measured from the declaration, never with a negative time."""
    incident = replace(BARE.incident, acknowledged_at=DECLARED + timedelta(minutes=2))
    for raised, expected in ((5, 2), (1, 1)):
        step = Step(asked="U1", due_at=DECLARED, raised_at=DECLARED + timedelta(minutes=raised))
        draft = assemble(replace(BARE, incident=incident, steps=(step,)), COMPILED)
        spans = {measure.key: measure.span for measure in draft.measures}
        assert spans[MeasureKey.ACKNOWLEDGE].low == timedelta(minutes=expected)


def test_promised_update_that_never_came_counts_as_late() -> None:
    """The next update that was promised and not sent before the end is a missed one; one still ahead is not."""
    draft = assemble(RECORD, COMPILED)
    assert (draft.adherence.on_time, draft.adherence.due) == (2, 3)
    missed = assemble(replace(RECORD, incident=replace(INCIDENT, next_update_at=at(14, 0))), COMPILED)
    assert (missed.adherence.on_time, missed.adherence.due) == (2, 4)
    for promised in (at(17, 0), at(12, 0, days=2)):  # after it was resolved nobody waits; after it was closed neither
        ahead = replace(RECORD, incident=replace(INCIDENT, next_update_at=promised))
        assert assemble(ahead, COMPILED).adherence.due == 3


def test_last_holder_signs() -> None:
    """After a handover the sign-off names the person who held the role last."""
    tenures = (
        Tenure(role=Role.LEAD, person="U2", from_at=at(12), given_by="U1"),
        Tenure(role=Role.LEAD, person="U1", from_at=at(9), until_at=at(12)),
    )
    draft = assemble(replace(BARE, tenures=tenures), COMPILED)
    assert [(seat.role, seat.person) for seat in draft.sign_off] == [
        (Role.LEAD, "U2"),
        (Role.TECHNICAL, None),
        (Role.LEGAL, None),
    ]


def test_names_in_causes_are_hinted_at_by_role() -> None:
    """In the root cause a name is pointed out with the role it stands for; elsewhere a name is fine."""
    hints = assemble(RECORD, COMPILED).hints
    assert [(hint.section, hint.phrase, hint.role) for hint in hints] == [
        ("root_cause", "should have", None),
        ("root_cause", "Mateo Ruiz", "technical"),
    ]


def test_ten_thousand_messages_in_a_second() -> None:
    """A long, busy incident compiles within a second and keeps no copy of what was said."""
    messages = tuple(
        message(n, text="words " * 40, thread_ts=f"{n % 500:010d}.000000" if n >= 500 else None) for n in range(10_000)
    )
    entries = tuple(
        Entry(at=m.sent_at, kind=EntryKind.PINNED, actor=m.author, text=m.text, message_ts=m.ts)
        for m in messages[:1000]
    )
    record = replace(RECORD, messages=messages, entries=entries)
    started = time.process_time()
    assemble(record, COMPILED)
    took = time.process_time() - started
    tracemalloc.start()
    draft = assemble(record, COMPILED)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert draft.completeness.messages == 10_000
    assert took < 1
    assert peak < 8_000_000
