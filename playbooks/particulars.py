"""policies/particulars.yaml: what can be established about an incident, one thing a row, and who may write it down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.incident import Role
from bot.domain.particulars import CHOSEN, Answered, ParticularKind
from playbooks.errors import PolicyError
from playbooks.reading import Page
from playbooks.values import Key, Label, Model, Words

ANYONE: Literal["anyone"] = "anyone"
LISTED = frozenset({ParticularKind.CHOICE, ParticularKind.CHOICES})
MOST = 90  # Slack lists a hundred options


class ParticularPolicy(Model):
    """One thing that can be established. ``decided``: somebody is named who answers for it, such as for awareness.

    ``set_by``: who may write it down; admins always may.
    """

    key: Key
    title: Label
    kind: ParticularKind
    what: Words
    set_by: tuple[Role | Literal["anyone"], ...] = Field(min_length=1)
    choices: tuple[Annotated[str, Field(pattern=r"\A[a-z][a-z0-9_]{0,39}\Z")], ...] = ()
    decided: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What it can be, for one that is chosen; empty for the rest."""
        return tuple(Answered) if self.kind is ParticularKind.ANSWER else self.choices

    @property
    def is_chosen(self) -> bool:
        """Whether its value is one or several of given words."""
        return self.kind in CHOSEN


class ParticularsFile(Model):
    """policies/particulars.yaml."""

    particulars: tuple[ParticularPolicy, ...] = Field(min_length=1, max_length=MOST)

    def by_key(self) -> dict[str, ParticularPolicy]:
        """The rows by key."""
        return {row.key: row for row in self.particulars}


def misfits(page: Page, file: ParticularsFile) -> Iterator[PolicyError]:
    """What does not fit: a key that stands twice, choices where there are none to make, none where there should be."""
    seen: set[str] = set()
    for index, row in enumerate(file.particulars):
        if row.key in seen:
            yield page.error(("particulars", index, "key"), f"key {row.key!r} stands twice")
        seen.add(row.key)
        if row.kind in LISTED and len(set(row.choices)) < 2:
            yield page.error(("particulars", index), f"{row.key} is a {row.kind}: give it two choices at least")
        if row.kind not in LISTED and row.choices:
            yield page.error(("particulars", index, "choices"), f"{row.key} is a {row.kind}: it has no choices")
