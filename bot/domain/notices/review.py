"""Notices about the review: where it stands, its steps, its booking, its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import Notice
from bot.domain.notices.action_items import ActionItemLine
from bot.domain.notices.incident import Summary
from bot.domain.postmortem import SectionKey
from bot.domain.review import ReviewGap, ReviewStep, Waiver


@dataclass(frozen=True, slots=True)
class Booking:
    """When the review is, for how long, and with whom."""

    starts_at: datetime
    minutes: int
    attendees: tuple[str, ...]
    booked_by: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step on the review's screen. ``has_unsaved``: the viewer typed something there and did not save it."""

    step: ReviewStep
    written: tuple[SectionKey, ...]
    wanted: tuple[SectionKey, ...]
    has_unsaved: bool = False


@dataclass(frozen=True, slots=True)
class ReviewScreen(Notice):
    """Where the review stands. ``unsaved`` are the people who typed something that they did not save."""

    summary: Summary
    booking: Booking | None
    steps: tuple[StepLine, ...]
    open_items: int
    all_items: int
    gaps: tuple[ReviewGap, ...]
    command: str
    unsaved: tuple[str, ...] = ()
    closed_at: datetime | None = None
    closed_by: str | None = None
    waived: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class StepField:
    """One section to write. ``version`` is what it was opened on; ``theirs``: what somebody saved meanwhile."""

    section: SectionKey
    text: str
    version: int
    written_by: str | None = None
    written_at: datetime | None = None
    is_unsaved: bool = False
    theirs: str | None = None
    theirs_by: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewStepForm(Notice):
    """One step: what is known, what is written, what is to be written."""

    summary: Summary
    step: ReviewStep
    fields: tuple[StepField, ...]
    facts: tuple[str, ...] = ()
    items: tuple[ActionItemLine, ...] = ()
    suggestions: tuple[str, ...] = ()
    gaps: tuple[ReviewGap, ...] = ()

    @property
    def has_conflict(self) -> bool:
        """Whether somebody saved another text while this one was typed."""
        return any(field.theirs is not None for field in self.fields)


@dataclass(frozen=True, slots=True)
class ReviewBookForm(Notice):
    """Asks when the review is and with whom; ``booking`` is what stands, and moving it wants a reason."""

    summary: Summary
    starts_at: datetime | None
    minutes: int
    people: tuple[str, ...]
    booking: Booking | None = None
    promised_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewCancelForm(Notice):
    """Asks why the review is called off."""

    summary: Summary
    booking: Booking


@dataclass(frozen=True, slots=True)
class ReviewCloseForm(Notice):
    """Asks about each gap why the review is closed all the same."""

    summary: Summary
    gaps: tuple[ReviewGap, ...]


@dataclass(frozen=True, slots=True)
class ReviewPost(Notice):
    """The review in its channel, edited in place; without ``booking`` it was called off."""

    summary: Summary
    booking: Booking | None
    was_moved: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReviewInvitation(Notice):
    """Told to one person: come, come at another time, or do not come."""

    summary: Summary
    booking: Booking | None
    is_wanted: bool
    was_moved: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReviewClosedPost(Notice):
    """The review is closed, with what was waived and who said why."""

    summary: Summary
    by: str
    waived: tuple[Waiver, ...]
    open_items: int
    all_items: int
