"""Notices about texts: the list, one text, the forms, what stands in the channel, reminders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.incident import Role
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.domain.texts.approving import Approval
from bot.domain.texts.lint import Hint
from bot.domain.texts.template import MustNot, Stale
from bot.domain.texts.words import TextState


@dataclass(frozen=True, slots=True)
class TextKind:
    """What policy says of a kind of text. ``speaker_ids``: who holds the role that may send it, at this moment."""

    name: str
    number: str
    title: str
    audience: str
    approved_by: tuple[Role, ...]
    different_people: bool
    spoken_by: Role
    speaker_ids: tuple[str, ...] = ()
    must_not: tuple[MustNot, ...] = ()
    open_to: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextItem:
    """One text as screens show it. ``missing``: roles that have not approved it as it is now."""

    text_id: int
    number: int
    kind: TextKind
    state: TextState
    version: int = 0
    version_id: int | None = None
    sha256: str = ""
    written_by: str = ""
    written_at: datetime | None = None
    approvals: tuple[Approval, ...] = ()
    missing: tuple[Role, ...] = ()
    stale: tuple[Stale, ...] = ()
    place: str = ""
    told: str = ""
    sent_at: datetime | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WantedText:
    """A text that policy wants, and by when."""

    name: str
    title: str
    due_at: datetime
    ready_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TextPost(Notice):
    """What the channel sees of a text: that it is there, where it stands, who is wanted. Never its words."""

    summary: Summary
    item: TextItem


@dataclass(frozen=True, slots=True)
class TextList(Notice):
    """The texts of an incident, those that policy wants, and what can be written."""

    summary: Summary
    items: tuple[TextItem, ...]
    wanted: tuple[WantedText, ...]
    kinds: tuple[TextKind, ...]
    now: datetime
    command: str


@dataclass(frozen=True, slots=True)
class TextShown(Notice):
    """One text in full: label and words of each section, and what can be done with it."""

    summary: Summary
    item: TextItem
    heading: str
    sections: tuple[tuple[str, str], ...]
    hints: tuple[Hint, ...] = ()
    is_saved: bool = False
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class FormSection:
    """One section to write."""

    key: str
    label: str
    text: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody else saved while this was being written."""

    version: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TextForm(Notice):
    """Asks for the words. ``base``: the version that was opened, 0 for a new text; ``is_checked``: hints were asked."""

    summary: Summary
    kind: TextKind
    sections: tuple[FormSection, ...]
    text_id: int | None = None
    base: int = 0
    hints: tuple[Hint, ...] = ()
    is_checked: bool = False
    overtaken: Overtaken | None = None
    stale: tuple[Stale, ...] = ()


@dataclass(frozen=True, slots=True)
class SentForm(Notice):
    """Asks where and when a text was sent. ``places``: name and title; those that Andon posts to say so."""

    summary: Summary
    item: TextItem
    places: tuple[tuple[str, str], ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class TextReasonForm(Notice):
    """Asks why a text is dropped, or why none of its kind is needed (``text_id`` None)."""

    summary: Summary
    kind: TextKind
    text_id: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class TextDelivered(Notice):
    """A text as it stands in a channel that policy names."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextReminder(Notice):
    """A text is wanted soon, or should have been sent."""

    summary: Summary
    kind: TextKind
    wanted: WantedText
    is_late: bool
    command: str


@dataclass(frozen=True, slots=True)
class TextsWrong(Notice):
    """What was established was corrected: these texts say it otherwise."""

    summary: Summary
    items: tuple[TextItem, ...] = field(default=())
