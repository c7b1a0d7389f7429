"""What a post-mortem is compiled from: everything the storage knows of one incident, flat and frozen.

People are stored actors (``person:U1``, ``alert:grafana``, ``bot:andon``) or bare Slack ids, named through
``PostmortemRecord.names``. Texts are as Slack gave them or as they were typed. Instants are aware and in UTC. None
means that nobody knows; nothing has a default that could be mistaken for knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.incident import Role
from bot.domain.measures import Targets
from bot.domain.people import Profile
from bot.domain.postmortem.captured import Custody, Entry, ExhibitLine, Gap, Message
from bot.domain.postmortem.contained import ContainmentLine
from bot.domain.postmortem.facts import AiFacts, IncidentFacts, PhaseChange, SeverityChange, TaxonomyCode
from bot.domain.postmortem.learned import Learned
from bot.domain.postmortem.reviewed import MoveLine, Reviewed
from bot.domain.postmortem.told import ToldLine


class SectionKey(StrEnum):
    """The sections that people write."""

    SUMMARY = "summary"
    IMPACT = "impact"
    AI_FACTS = "ai_facts"
    DETECTION = "detection"
    ROOT_CAUSE = "root_cause"
    CONTRIBUTING_FACTORS = "contributing_factors"
    WENT_WELL = "went_well"
    WENT_BADLY = "went_badly"
    LUCKY = "lucky"
    CONTAINMENT = "containment"
    NOTIFICATIONS = "notifications"
    PLAYBOOK_CHANGES = "playbook_changes"
    RISK_REGISTER = "risk_register"
    OPEN_QUESTIONS = "open_questions"


class ActionKind(StrEnum):
    """What an action item does about the next time."""

    PREVENT = "prevent"
    DETECT = "detect"
    CONTAIN = "contain"
    PROCESS = "process"
    PLAYBOOK = "playbook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """One person in one role. ``until_at`` None: they held it to the end. ``given_by``: who seated them."""

    role: Role
    person: str
    from_at: datetime
    until_at: datetime | None = None
    given_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One task; neither done nor dropped means open."""

    text: str
    owner: str | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    dropped_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLine:
    """One update to stakeholders. ``due_at`` is when it had been promised."""

    text: str
    sent_at: datetime
    by: str
    due_at: datetime | None = None
    permalink: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung of the ladder. ``asked`` is a person or a roster; ``why`` is the rule in plain words."""

    asked: str
    due_at: datetime
    why: str = ""
    raised_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    expired_at: datetime | None = None
    stood_down_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A clock set by law or contract. ``applies`` None: nobody has decided."""

    name: str
    applies: bool | None = None
    reason: str | None = None
    decided_by: str | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a person wrote for one section; it is merged in word for word. ``key`` is usually a :class:`SectionKey`."""

    key: str
    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem:
    """A promise. ``eval_added``: whether a regression evaluation guards it; None where nobody said.

    ``step`` is the key of the playbook step it came from.
    """

    text: str
    kind: ActionKind
    owner: str | None = None
    due_at: datetime | None = None
    eval_added: bool | None = None
    done_at: datetime | None = None
    link: str | None = None
    number: int = 0
    step: str | None = None
    owner_left: bool = False
    dropped_at: datetime | None = None
    dropped_by: str | None = None
    drop_reason: str = ""
    moves: tuple[MoveLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemRecord:
    """All of it. ``targets`` are the promises of the policy that ran when the incident was declared."""

    incident: IncidentFacts
    names: Mapping[str, Profile] = field(default_factory=dict)
    ai: AiFacts = field(default_factory=AiFacts)
    targets: Targets = field(default_factory=Targets)
    severities: tuple[SeverityChange, ...] = ()
    phases: tuple[PhaseChange, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    entries: tuple[Entry, ...] = ()
    messages: tuple[Message, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    updates: tuple[UpdateLine, ...] = ()
    steps: tuple[Step, ...] = ()
    exhibits: tuple[ExhibitLine, ...] = ()
    custody: Custody = field(default_factory=Custody)
    obligations: tuple[Obligation, ...] = ()
    written: tuple[Written, ...] = ()
    actions: tuple[ActionItem, ...] = ()
    taxonomy: tuple[TaxonomyCode, ...] = ()
    gaps: tuple[Gap, ...] = ()
    learned: Learned = field(default_factory=Learned)
    containment: tuple[ContainmentLine, ...] = ()
    reviewed: Reviewed = field(default_factory=Reviewed)
    told: tuple[ToldLine, ...] = ()
