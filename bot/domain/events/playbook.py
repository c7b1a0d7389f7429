"""Facts about the playbook of an incident and what is found along it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import Fact


@dataclass(frozen=True, slots=True)
class PlaybookPlanned(Fact):
    """The incident has its playbook."""


@dataclass(frozen=True, slots=True)
class StepsChanged(Fact):
    """Steps were settled, assigned or planned anew."""


@dataclass(frozen=True, slots=True)
class StepGiven(Fact):
    """A step is somebody's to do, who did not give it to themselves."""

    step_id: int
    user_id: str
    by: str


@dataclass(frozen=True, slots=True)
class StepsOverdue(Fact):
    """Steps that are one person's to see to are past their time."""

    user_id: str
    step_ids: list[int]


@dataclass(frozen=True, slots=True)
class FindingAdded(Fact):
    """Something was found, or what is thought of it has changed."""

    number: int
