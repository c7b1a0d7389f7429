"""Notices about tasks: the task itself, the list, the reminder, the forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary


class TaskState(StrEnum):
    """What became of a task."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class TaskItem:
    """One task as screens show it. ``ended_by`` is an actor in stored form."""

    task_id: int
    number: int
    text: str
    owner_id: str | None
    due_at: datetime | None
    state: TaskState
    is_late: bool = False
    ended_by: str | None = None
    ended_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TaskPost(Notice):
    """The task where everybody sees it: in the thread under the card."""

    summary: Summary
    task: TaskItem
    given_by: str


@dataclass(frozen=True, slots=True)
class TaskForYou(Notice):
    """Told privately to the owner, once. ``is_yours`` is false once it was given to somebody else."""

    summary: Summary
    task: TaskItem
    given_by: str
    is_yours: bool = True


@dataclass(frozen=True, slots=True)
class TaskReceipt(Notice):
    """What whoever added or changed a task hears: how it was understood."""

    summary: Summary
    task: TaskItem
    was_changed: bool = False


@dataclass(frozen=True, slots=True)
class TasksLate(Notice):
    """The reminder: tasks past their time, all in one message. ``is_for_lead`` where nobody owns them."""

    summary: Summary
    tasks: tuple[TaskItem, ...]
    is_for_lead: bool = False


@dataclass(frozen=True, slots=True)
class TaskList(Notice):
    """All tasks of an incident, open ones first."""

    summary: Summary
    open_tasks: tuple[TaskItem, ...]
    ended: tuple[TaskItem, ...]
    command: str


@dataclass(frozen=True, slots=True)
class TaskForm(Notice):
    """Asks what is to be done, by whom, by when."""

    summary: Summary
    text: str = ""
    owner_id: str | None = None
    due: str = ""


@dataclass(frozen=True, slots=True)
class TaskEditForm(Notice):
    """Asks who does a task instead, or by when."""

    summary: Summary
    task: TaskItem


@dataclass(frozen=True, slots=True)
class TaskDropForm(Notice):
    """Asks why a task is dropped."""

    summary: Summary
    task: TaskItem
