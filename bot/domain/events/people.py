"""Roles and tasks."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import Fact
from bot.domain.incident import Role


@dataclass(frozen=True, slots=True)
class RoleOffered(Fact):
    """Somebody is asked to take a role, by a person or by policy."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class OfferSettled(Fact):
    """An offer was accepted, declined or is no longer needed."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class RoleDeclined(Fact):
    """Whoever was asked cannot take the role."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class RoleTaken(Fact):
    """Somebody holds a role from now on."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class RoleReleased(Fact):
    """Somebody holds a role no longer."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class LeadChanged(Fact):
    """The lead is somebody else now, or nobody."""


@dataclass(frozen=True, slots=True)
class RoleTicked(Fact):
    """A line of a role's instructions was ticked."""

    tenure_id: int


@dataclass(frozen=True, slots=True)
class HandoverAsked(Fact):
    """Somebody asks the holder of a seat to hand it over."""

    tenure_id: int
    asker_id: str


@dataclass(frozen=True, slots=True)
class SeatUnfilled(Fact):
    """Policy wants a role filled and everybody on its roster said no or cannot be reached."""

    role: Role


@dataclass(frozen=True, slots=True)
class TaskAdded(Fact):
    """There is a new task."""

    task_id: int


@dataclass(frozen=True, slots=True)
class TaskChanged(Fact):
    """A task was done, dropped, given to somebody else or put off."""

    task_id: int


@dataclass(frozen=True, slots=True)
class TaskGiven(Fact):
    """A task is somebody's to do, who did not give it to themselves."""

    task_id: int
    user_id: str


@dataclass(frozen=True, slots=True)
class TaskTakenBack(Fact):
    """A task is no longer somebody's; the message that gave it to them says so."""

    task_id: int
    user_id: str
    channel_id: str
    message_ts: str


@dataclass(frozen=True, slots=True)
class TasksOverdue(Fact):
    """Tasks of one person are past their time."""

    user_id: str
    task_ids: list[int]
