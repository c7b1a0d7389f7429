"""The shape of every policy file: frozen models that refuse unknown keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from bot.domain.deadlines import BusinessCalendar
from bot.domain.escalation import Anchor, Condition, Ending, Flag, RungKind, Why
from bot.domain.incident import IncidentType, Role, Severity
from playbooks.actions import Action
from playbooks.values import (
    WEEKDAYS,
    Architecture,
    Asked,
    Entry,
    Key,
    Label,
    Link,
    Model,
    Slug,
    Span,
    Tier,
    Weekday,
    Words,
    Zone,
)


class RungPolicy(Model):
    """A rung across severities. ``after`` holds a duration, or the name of a deadline of that severity."""

    kind: RungKind
    ask: Asked
    why: Why
    after: Mapping[Severity, str] = Field(min_length=1)
    unless: Condition = Condition.NEVER
    ends: Ending = Ending.RESOLVED
    anchor: Anchor = Anchor.DECLARED
    repeat: Mapping[Severity, Span] = Field(default_factory=dict)
    times: int = Field(default=0, ge=0, le=100)
    climbs_to: Asked | None = None
    only_if: frozenset[Flag] = frozenset()
    not_if: frozenset[Flag] = frozenset()


class SnoozePolicy(Model):
    """How nudges can be put off."""

    minutes: tuple[Annotated[int, Field(ge=1, le=1440)], ...] = Field(min_length=1)
    reason_at: frozenset[Severity] = frozenset()
    climbs_at: int = Field(ge=1)


class EscalationFile(Model):
    """policies/escalation.yaml."""

    acknowledgement_expires: Mapping[Severity, Span]
    snooze: SnoozePolicy
    rungs: Mapping[Key, RungPolicy] = Field(min_length=1)


class Holiday(Model):
    """A day on which nobody works."""

    date: date
    name: Label


class CalendarFile(Model):
    """policies/calendar.yaml."""

    timezone: Zone
    weekdays: tuple[Weekday, ...] = Field(min_length=1)
    start: time
    end: time
    holidays: tuple[Holiday, ...] = ()

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: time, info: ValidationInfo) -> time:
        if "start" in info.data and end <= info.data["start"]:
            raise ValueError("the working day must end after it starts, on the same day")
        return end

    def calendar(self) -> BusinessCalendar:
        """The calendar that deadlines count on."""
        return BusinessCalendar(
            timezone=self.timezone,
            weekdays=frozenset(WEEKDAYS.index(day) for day in self.weekdays),
            start=self.start,
            end=self.end,
            holidays=frozenset(holiday.date for holiday in self.holidays),
        )


class Roster(Model):
    """Who fills a role: asked first, asked next, and whose silence it is after that."""

    primary: tuple[Entry, ...] = Field(min_length=1)
    secondary: tuple[Entry, ...] = ()
    manager: tuple[Entry, ...] = ()


class Executive(Model):
    """Somebody who is told: at these severities always, elsewhere when one of the flags is up."""

    title: Label
    people: tuple[Entry, ...] = Field(min_length=1)
    told_at: frozenset[Severity] = frozenset()
    told_if: frozenset[Flag] = frozenset()


class PeopleFile(Model):
    """policies/people.yaml."""

    rosters: Mapping[Role, Roster]
    executives: Mapping[Key, Executive] = Field(min_length=1)
    admins: tuple[Entry, ...] = ()


class ModelInfo(Model):
    """The model behind a system."""

    provider: Label
    name: Label
    version: Label | None = None


class Vendor(Model):
    """Whom to call when the cause sits with a supplier."""

    name: Label
    contact: Words


class System(Model):
    """An AI system of the organisation. ``on_duty`` goes before the rosters."""

    slug: Slug
    name: Label
    does: Words
    owner: Entry
    architecture: Architecture
    affected: Words
    model: ModelInfo | None = None
    on_duty: Mapping[Role, tuple[Entry, ...]] = Field(default_factory=dict)
    dashboards: tuple[Link, ...] = ()
    vendor: Vendor | None = None
    actions: tuple[Action, ...] = ()


class SystemsFile(Model):
    """policies/systems.yaml."""

    systems: tuple[System, ...]


class Floor(Model):
    """The least severity of a type, and when it holds."""

    severity: Severity
    when: Words


class Taxonomy(Model):
    """Codes of public taxonomies."""

    owasp_llm: tuple[Label, ...] = ()
    owasp_agentic: tuple[Label, ...] = ()
    atlas: tuple[Label, ...] = ()
    avid: tuple[Label, ...] = ()
    nist: tuple[Label, ...] = ()
    mit: tuple[Label, ...] = ()
    cset: tuple[Label, ...] = ()


class TypePolicy(Model):
    """An incident type. ``seats`` are filled where the severity says *if flagged*; ``flags`` hold for all of it."""

    slug: IncidentType
    id: Annotated[str, Field(pattern=r"\AAI-\d{2}\Z")]
    name: Label
    question: Label
    definition: Words
    examples: tuple[Words, ...] = Field(min_length=1)
    seats: frozenset[Role] = frozenset()
    flags: frozenset[Flag] = frozenset()
    floor: Floor | None = None
    taxonomy: Taxonomy = Taxonomy()


class TypesFile(Model):
    """policies/types.yaml."""

    types: tuple[TypePolicy, ...]


class RoleGuide(Model):
    """What a role does, its checklist, and extra lines by incident type."""

    does: Words
    checklist: tuple[Words, ...] = Field(min_length=1)
    by_type: Mapping[IncidentType, tuple[Words, ...]] = Field(default_factory=dict)


class RolesFile(Model):
    """policies/roles.yaml."""

    roles: Mapping[Role, RoleGuide]


class TiersFile(Model):
    """policies/tiers.yaml: the target time of a playbook line, by severity."""

    tiers: Mapping[Tier, Mapping[Severity, Span]]
