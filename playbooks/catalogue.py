"""The shape of policies/containment.yaml: the catalogue of what can stop harm, and whom Andon may call for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from bot.domain.containment.words import Reversibility, Rule, Who
from bot.domain.deadlines import Duration, TimeUnit
from bot.domain.incident import Severity
from playbooks.values import Label, Model, Span, Words

# They can always be undone and hurt nobody: the only ones that may ever run without a person's word.
MAY_BE_AUTOMATIC = frozenset({"C01", "C02", "C10"})
ALL = tuple(f"C{number:02}" for number in range(1, 21))
UNITS = {TimeUnit.MINUTES: timedelta(minutes=1), TimeUnit.HOURS: timedelta(hours=1)}
HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)+")


def _short(value: Duration) -> Duration:
    if value.unit not in UNITS:
        raise ValueError(f"{value} is no plain span: write minutes or hours, such as 15m")
    return value


def _host(value: str) -> str:
    if value.replace(".", "").isdigit():
        raise ValueError(f"{value[:60]} is an address: write a name, and `private: true` where it leads inside")
    if not HOST.fullmatch(value):
        raise ValueError(f"{value[:60]!r} is no host name: write it in small letters, without https:// and port")
    return value


# Written back as it was read: a run keeps a copy of its action.
Short = Annotated[Span, AfterValidator(_short), PlainSerializer(str)]
HostName = Annotated[str, AfterValidator(_host)]
CatalogueId = Annotated[str, Field(pattern=r"\AC\d{2}\Z")]
EvidenceId = Annotated[str, Field(pattern=r"\AE\d{2}\Z")]


def span(duration: Duration) -> timedelta:
    """Minutes or hours on the clock."""
    return duration.amount * UNITS[duration.unit]


class Host(Model):
    """A host that may be called. ``private``: its name is meant to lead to an address inside the network."""

    name: HostName
    private: bool = False


class CatalogueEntry(Model):
    """One way to stop harm. ``approvers`` agree besides whoever asked; ``must_approve`` are among them.

    ``alters``: it changes the system itself, which some laws forbid before an authority was told.
    ``look_again``: it is not meant to stay, and so often people are asked whether it still should.
    """

    id: CatalogueId
    title: Label
    effect: Words
    run_by: frozenset[Who] = Field(min_length=1)
    approve_by: frozenset[Who] = Field(min_length=1)
    approvers: int = Field(default=1, ge=1, le=2)
    must_approve: frozenset[Who] = frozenset()
    reversibility: Reversibility
    takes: Words
    verify: Words
    rollback: Words
    automatic: bool = False
    stops_harm: bool = False
    alters: bool = False
    keep_first: tuple[EvidenceId, ...] = ()
    look_again: Short | None = None

    @model_validator(mode="after")
    def _fits(self) -> CatalogueEntry:
        if self.automatic and (self.id not in MAY_BE_AUTOMATIC or self.reversibility is not Reversibility.FULL):
            raise ValueError("automatic is for C01, C02 and C10 only, and only while they can be undone in full")
        if not self.must_approve <= self.approve_by or len(self.must_approve) > self.approvers:
            raise ValueError("must_approve names no more people than approvers, and only such as approve_by names")
        return self

    def rule(self) -> Rule:
        """What it asks of people."""
        return Rule(self.run_by, self.approve_by, self.approvers, self.reversibility, self.must_approve)


class ContainmentFile(Model):
    """policies/containment.yaml."""

    approval_expires: Short
    ratify_within: Short
    hold: Mapping[Severity, Short]
    snapshot: tuple[EvidenceId, ...] = ()
    hosts: tuple[Host, ...] = ()
    directories: tuple[str, ...] = ()
    catalogue: tuple[CatalogueEntry, ...]

    def entry(self, catalogue_id: str) -> CatalogueEntry | None:
        """The entry of the catalogue by id."""
        return next((entry for entry in self.catalogue if entry.id == catalogue_id), None)

    def host(self, name: str) -> Host | None:
        """The host of the allow-list by name; None when Andon must not call it."""
        return next((host for host in self.hosts if host.name == name.lower()), None)
