"""policies/triage.yaml: who looks at reports, what happens when nobody does, and how alike two of them must be."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from playbooks.errors import PolicyError
from playbooks.reading import Page
from playbooks.values import Entry, Model, Span


class Duty(StrEnum):
    """Whom a rung asks."""

    ON_DUTY = "on_duty"
    BACKUP = "backup"


class UnseenRung(Model):
    """Nobody has looked for ``after``: these people are asked by direct message."""

    after: Span
    ask: Duty


class TriageFile(Model):
    """policies/triage.yaml. ``look_lasts``: how long somebody who said that they look has for a judgement."""

    on_duty: tuple[Entry, ...] = Field(min_length=1)
    backup: tuple[Entry, ...] = ()
    unseen: tuple[UnseenRung, ...] = Field(min_length=1, max_length=10)
    look_lasts: Span
    alike: Annotated[int, Field(ge=1, le=100)] = 60

    def entries(self) -> tuple[str, ...]:
        """Everybody it names."""
        return (*self.on_duty, *self.backup)

    def asked(self, duty: Duty) -> tuple[str, ...]:
        """Whom a rung means."""
        return self.on_duty if duty is Duty.ON_DUTY else self.backup


def misfits(page: Page, file: TriageFile) -> Iterator[PolicyError]:
    """What does not fit within the file: a rung that asks nobody."""
    for index, rung in enumerate(file.unseen):
        if not file.asked(rung.ask):
            yield page.error(("unseen", index, "ask"), f"'{rung.ask}' names nobody")
