"""The compiled post-mortem: everything a template shows, with people named and texts readable.

Rows of the record appear here again with two differences: an actor field holds a name, and a text has Slack's
notation turned into plain words. All of it is still untrusted text until a template escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.blameless import Hint
from bot.domain.incident import Role, Severity
from bot.domain.measures import Adherence, Measure
from bot.domain.postmortem.captured import Custody, ExhibitLine, Gap
from bot.domain.postmortem.contained import ContainmentLine
from bot.domain.postmortem.facts import AiFacts, IncidentFacts, PhaseChange, SeverityChange, TaxonomyCode
from bot.domain.postmortem.learned import Learned
from bot.domain.postmortem.record import ActionItem, Obligation, Step, TaskLine, Tenure, UpdateLine, Written
from bot.domain.postmortem.reviewed import Reviewed
from bot.domain.postmortem.told import ToldLine
from bot.domain.timeline import EntryKind


@dataclass(frozen=True, slots=True)
class Redaction:
    """All that is shown of a redacted text."""

    by: str
    at: datetime
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline. ``offset`` counts from the declaration; a redacted line has no text."""

    at: datetime
    offset: timedelta
    kind: EntryKind
    actor: str
    text: str
    permalink: str | None = None
    exhibit: str | None = None
    redaction: Redaction | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day in UTC."""

    day: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """A discussion in one line: how it opened, how long it was, how many took part."""

    opened_at: datetime
    opened_by: str
    opening: str
    replies: int
    people: int
    last_at: datetime
    permalink: str | None = None
    redaction: Redaction | None = None
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """The discussions with most replies, in the order they opened, and how many are not listed."""

    threads: tuple[Thread, ...]
    unlisted: int


@dataclass(frozen=True, slots=True)
class Seat:
    """Who signs for a role: its last holder, or nobody."""

    role: Role
    person: str | None


class QuestionKey(StrEnum):
    """What the record leaves open."""

    WHEN_STARTED = "when_started"
    WHICH_TYPE = "which_type"
    WHICH_SYSTEM = "which_system"
    PROVISIONAL_SEVERITY = "provisional_severity"
    NO_LEAD = "no_lead"
    NOT_CONTAINED = "not_contained"
    CONTAINMENT_UNVERIFIED = "containment_unverified"
    NOT_RESOLVED = "not_resolved"
    RESOLUTION_UNVERIFIED = "resolution_unverified"
    INCONSISTENT_TIME = "inconsistent_time"
    FAILURE_MODE = "failure_mode"
    WHICH_MODEL = "which_model"
    REPRODUCTION = "reproduction"
    NO_EXHIBITS = "no_exhibits"
    UNANSWERED_STEPS = "unanswered_steps"
    UNDECIDED_OBLIGATION = "undecided_obligation"
    LATE_OBLIGATION = "late_obligation"
    OPEN_TASKS = "open_tasks"
    NO_ACTIONS = "no_actions"
    ACTION_WITHOUT_OWNER = "action_without_owner"
    ACTION_WITHOUT_DUE = "action_without_due"
    NO_EVALUATION = "no_evaluation"
    NOT_WRITTEN = "not_written"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that nobody has answered yet. ``about`` names the thing, ``count`` says how many."""

    key: QuestionKey
    about: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what was said and sent the record holds."""

    messages: int
    people: int
    threads: int
    threads_kept: int
    edits: int
    deletions: int
    redactions: int
    files: int
    files_missing: int
    entries: int
    exhibits: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One compile. ``written`` maps a section key to what people wrote, oldest first; absent means nobody wrote."""

    compiled_at: datetime
    incident: IncidentFacts
    ai: AiFacts
    worst_severity: Severity
    written: Mapping[str, tuple[Written, ...]]
    questions: tuple[Question, ...]
    severities: tuple[SeverityChange, ...]
    phases: tuple[PhaseChange, ...]
    timeline: tuple[Day, ...]
    talk: Talk
    measures: tuple[Measure, ...]
    adherence: Adherence
    tenures: tuple[Tenure, ...]
    steps: tuple[Step, ...]
    updates: tuple[UpdateLine, ...]
    tasks: tuple[TaskLine, ...]
    obligations: tuple[Obligation, ...]
    exhibits: tuple[ExhibitLine, ...]
    custody: Custody
    actions: tuple[ActionItem, ...]
    taxonomy: tuple[TaxonomyCode, ...]
    sign_off: tuple[Seat, ...]
    hints: tuple[Hint, ...]
    completeness: Completeness
    learned: Learned
    containment: tuple[ContainmentLine, ...] = ()
    reviewed: Reviewed = field(default_factory=Reviewed)
    told: tuple[ToldLine, ...] = ()
