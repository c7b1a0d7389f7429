"""policies/obligations.yaml: the clocks set by law and contract, one row each, and when each row holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field, model_validator

from bot.domain.incident import IncidentType
from bot.domain.obligations.clock import Limit, Rule
from bot.domain.obligations.proposing import Conditions, because
from bot.domain.obligations.words import Clocking, Counted, Roll, Sureness
from bot.domain.particulars import Answered, ParticularKind
from playbooks.calendars import CalendarPolicy, Day, is_known
from playbooks.errors import PolicyError
from playbooks.particulars import ParticularPolicy
from playbooks.reading import Page
from playbooks.values import Key, Label, Link, Model, Words

SENT = "sent:"
# What the incident itself knows; everything else that starts a clock is a particular.
OF_THE_INCIDENT = frozenset({"started_at", "detected_at", "declared_at", "contained_at", "resolved_at"})
LONGEST = 3660


Start = Annotated[str, Field(pattern=r"\A(sent:)?[a-z][a-z0-9_]{0,39}\Z")]
Condition = Annotated[str, Field(pattern=r"\A[a-z][a-z0-9_]{0,39}=[a-z][a-z0-9_]{0,39}\Z")]


class LimitPolicy(Model):
    """So much of a unit from the first of these starts that is known."""

    start: tuple[Start, ...] = Field(min_length=1)
    amount: int = Field(ge=1, le=LONGEST)
    unit: Clocking
    counted: Counted = Counted.EVENT

    def limit(self) -> Limit:
        """As the arithmetic has it."""
        return Limit(self.start, self.amount, self.unit, self.counted)


class InForce(Model):
    """The days on which a row holds, both included; ``to`` None: until further notice."""

    since: Day = Field(alias="from")
    to: Day | None = None
    uncertain: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> InForce:
        if self.to is not None and self.to < self.since:
            raise ValueError(f"it ends on {self.to}, before it begins on {self.since}")
        return self

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.since <= day and (self.to is None or day <= self.to)

    def overlaps(self, other: InForce) -> bool:
        """Whether some day lies in both."""
        return self.since <= (other.to or date.max) and other.since <= (self.to or date.max)


class ObligationPolicy(Model):
    """One clock. ``capacity``: what we have to be for it; ``when``: any of these particulars speaks for it.

    ``deadline`` None: a duty without a fixed time. ``at_most`` caps it. ``no_alteration``: the system must not be
    changed, in a way that spoils finding the cause, before the authority was told.
    """

    id: Key
    instrument: Label
    article: Label
    who: Words
    capacity: Key
    trigger: Words
    types: frozenset[IncidentType] = frozenset()
    regions: tuple[Key, ...] = ()
    when: tuple[Condition, ...] = ()
    deadline: LimitPolicy | None
    at_most: LimitPolicy | None = None
    roll: Roll = Roll.NONE
    calendar: Key
    authority: Words
    content: tuple[Words, ...] = Field(min_length=1)
    note: Words | None = None
    no_alteration: bool = False
    in_force: InForce
    source: Words
    link: Link | None = None
    confidence: Sureness
    reviewed_on: Day
    reviewed_by: Label

    @model_validator(mode="after")
    def _capped(self) -> ObligationPolicy:
        if self.at_most is not None and self.deadline is None:
            raise ValueError("'at_most' without 'deadline' says nothing")
        return self

    @property
    def rule(self) -> Rule | None:
        """Its arithmetic; None for a duty without a fixed time."""
        if self.deadline is None:
            return None
        return Rule(self.deadline.limit(), self.at_most.limit() if self.at_most else None, self.roll)

    def conditions(self, we_are: Mapping[str, Answered]) -> Conditions:
        """What speaks for it, by what the organisation is."""
        when = tuple((key, word) for key, _, word in (one.partition("=") for one in self.when))
        return Conditions(self.capacity, we_are[self.capacity], self.types, self.regions, when)

    @property
    def starts(self) -> tuple[str, ...]:
        """Everything that can start it, the likeliest first."""
        limits = (self.deadline, self.at_most)
        return tuple(dict.fromkeys(name for limit in limits if limit for name in limit.start))

    @property
    def name(self) -> str:
        """Instrument and article in one line."""
        return f"{self.instrument}, {self.article}"


class ObligationsFile(Model):
    """policies/obligations.yaml. ``we_are``: what the organisation is; ``overdue_tells``: executives, by their keys."""

    we_are: Mapping[Key, Answered]
    overdue_tells: tuple[Key, ...] = Field(min_length=1)
    calendars: Mapping[Key, CalendarPolicy]
    obligations: tuple[ObligationPolicy, ...] = Field(min_length=1)

    def on(self, day: date) -> tuple[ObligationPolicy, ...]:
        """The rows that hold on a day."""
        return tuple(row for row in self.obligations if row.in_force.holds(day))

    def row(self, name: str, day: date) -> ObligationPolicy | None:
        """The row of this id that holds on a day, else the nearest there is of it; None for an unknown id."""
        rows = [row for row in self.obligations if row.id == name]
        return next((row for row in rows if row.in_force.holds(day)), rows[-1] if rows else None)

    def proposed(
        self, types: Collection[IncidentType], chosen: Mapping[str, Collection[str]], day: date
    ) -> tuple[tuple[ObligationPolicy, str], ...]:
        """The rows that hold on a day and may apply, each with why."""
        found = ((row, because(row.conditions(self.we_are), types, chosen)) for row in self.on(day))
        return tuple((row, why) for row, why in found if why is not None)


def misfits(
    page: Page, file: ObligationsFile, known: Mapping[str, ParticularPolicy], executives: Mapping[str, Any]
) -> Iterator[PolicyError]:
    """What does not fit: unknown names, rows of one id that hold on the same day, dates of review to come."""
    for index, key in enumerate(file.overdue_tells):
        if key not in executives:
            yield page.error(("overdue_tells", index), f"people.yaml has no executive {key!r}")
    for name, where in file.calendars.items():
        if problem := _unknown_country(where):
            yield page.error(("calendars", name), problem)
    ids = {row.id for row in file.obligations}
    for index, row in enumerate(file.obligations):
        path = ("obligations", index)
        if row.calendar not in file.calendars:
            yield page.error((*path, "calendar"), f"there is no calendar {row.calendar!r}")
        if row.capacity not in file.we_are:
            yield page.error((*path, "capacity"), f"'we_are' does not say whether we are a {row.capacity!r}")
        yield from _overlapping(page, file, index)
        yield from _unknown_words(page, row, index, known, ids)


def _overlapping(page: Page, file: ObligationsFile, index: int) -> Iterator[PolicyError]:
    row = file.obligations[index]
    for number, other in enumerate(file.obligations[:index]):
        if other.id == row.id and other.in_force.overlaps(row.in_force):
            line = page.lines.get(("obligations", number), 1)
            yield page.error(
                ("obligations", index, "in_force"), f"{row.id!r} holds on days on which the row of line {line} holds"
            )


def _unknown_words(
    page: Page, row: ObligationPolicy, index: int, known: Mapping[str, ParticularPolicy], ids: set[str]
) -> Iterator[PolicyError]:
    path = ("obligations", index)
    for start in row.starts:
        if start.startswith(SENT):
            if start.removeprefix(SENT) not in ids:
                yield page.error((*path, "deadline"), f"no row has the id {start.removeprefix(SENT)!r}")
        elif start not in OF_THE_INCIDENT and (start not in known or known[start].kind is not ParticularKind.INSTANT):
            yield page.error((*path, "deadline"), f"{start!r} is no instant of particulars.yaml")
    for number, condition in enumerate(row.when):
        key, _, word = condition.partition("=")
        if key not in known or word not in known[key].words:
            yield page.error((*path, "when", number), f"particulars.yaml knows no {condition!r}")
    regions = known["regions"].words if "regions" in known else ()
    for number, region in enumerate(row.regions):
        if region not in regions:
            yield page.error((*path, "regions", number), f"particulars.yaml knows no region {region!r}")


def _unknown_country(where: CalendarPolicy) -> str | None:
    if where.country is None:
        return "a subdivision needs its country" if where.subdivision else None
    if is_known(where.country, where.subdivision):
        return None
    return f"no public holidays are known for {where.country} {where.subdivision or ''}".rstrip()
