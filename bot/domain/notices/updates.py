"""Notices about updates and their followers, and about what others add to an incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


@dataclass(frozen=True, slots=True)
class UpdatePost(Notice):
    """An update in the incident's channel."""

    summary: Summary
    text: str
    by: str
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class FollowerUpdate(Notice):
    """An update told to one follower."""

    summary: Summary
    text: str
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class UpdateForm(Notice):
    """Ask for an update and when the next is due. ``usual`` is what policy says, None where it asks for none."""

    summary: Summary
    usual: datetime | None
    now: datetime
    text: str = ""
    latest: str | None = None


@dataclass(frozen=True, slots=True)
class Following(Notice):
    """Whether the person follows now. ``changed`` is False when it was so already."""

    summary: Summary
    is_following: bool
    changed: bool = True


@dataclass(frozen=True, slots=True)
class Joined(Notice):
    """The person is being added to the channel."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class NotInvited(Notice):
    """Slack did not let us add the person to the channel."""

    summary: Summary
    code: str


@dataclass(frozen=True, slots=True)
class ExampleForm(Notice):
    """Ask for another example of the same thing."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class Thanks(Notice):
    """What somebody gave is kept with an incident; they will hear how it ends."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class ExamplePost(Notice):
    """Another example came in and is kept as evidence."""

    summary: Summary
    by: str
    text: str
    exhibits: int


@dataclass(frozen=True, slots=True)
class AnswersForm(Notice):
    """The form's questions, asked after a declaration in a hurry. Choices as in the form to declare with."""

    summary: Summary
    types: tuple[tuple[str, str, str], ...]
    severities: tuple[tuple[str, str], ...]
    systems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AnswersPost(Notice):
    """What the answers changed: label and value, in words."""

    summary: Summary
    by: str
    answers: tuple[tuple[str, str], ...]
