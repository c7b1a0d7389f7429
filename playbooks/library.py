"""What the organisation decided, in one place: loaded and cross-checked as a whole, then only read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.deadlines import BusinessCalendar, Duration, due_at
from bot.domain.escalation import Ask, AskKind, Cadence, EscalationPolicy, Flag
from bot.domain.incident import IncidentType, Role, Severity
from bot.domain.playbook import Book, Line
from playbooks.actions import Action
from playbooks.alerts import AlertsFile
from playbooks.catalogue import ContainmentFile
from playbooks.checks import check
from playbooks.communications import Communications, communications
from playbooks.errors import PolicyError
from playbooks.evidence import EvidenceFile
from playbooks.ladders import cadence, policy
from playbooks.loading import load_shelf
from playbooks.obligations import ObligationsFile
from playbooks.particulars import ParticularPolicy
from playbooks.plans import book
from playbooks.promises import Deadlines, SeverityPolicy
from playbooks.review import ReviewFile
from playbooks.schema import Executive, PeopleFile, RoleGuide, Roster, System, TypePolicy
from playbooks.triage import TriageFile
from playbooks.values import Seating, Span, Tier

__all__ = ["Library", "PolicyError"]

IF_FLAGGED = frozenset({Seating.PAGE_IF_FLAGGED, Seating.ASK_IF_FLAGGED})
NO_FLAGS: frozenset[Flag] = frozenset()


@dataclass(slots=True)
class Library:
    """Everything the policy files say. ``content_hash`` changes with any of them; :meth:`adopt` alone changes it."""

    severities: Mapping[Severity, SeverityPolicy]
    types: Mapping[IncidentType, TypePolicy]
    systems: tuple[System, ...]
    people: PeopleFile
    roles: Mapping[Role, RoleGuide]
    tiers: Mapping[Tier, Mapping[Severity, Span]]
    book: Book
    evidence: EvidenceFile
    containment: ContainmentFile
    communications: Communications
    alerts: AlertsFile
    particulars: Mapping[str, ParticularPolicy]
    obligations: ObligationsFile
    triage: TriageFile
    review: ReviewFile
    escalation_policy: EscalationPolicy
    calendar: BusinessCalendar
    content_hash: str

    @classmethod
    def load(cls, directory: Path | None) -> Library:
        """The shipped files, each replaced by the file of the same name under ``directory``.

        Raises PolicyError, naming file, line and reason, and then nothing is loaded.
        """
        shelf = load_shelf(directory)
        check(shelf)
        severities = shelf.severities.model.severities
        return cls(
            severities=severities,
            types={kind.slug: kind for kind in shelf.types.model.types},
            systems=shelf.systems.model.systems,
            people=shelf.people.model,
            roles=shelf.roles.model.roles,
            tiers=shelf.tiers.model.tiers,
            book=book(((name, found.model) for name, found in shelf.responses.items()), shelf.tiers.model.tiers),
            evidence=shelf.evidence.model,
            containment=shelf.containment.model,
            communications=communications(shelf.communications.model, shelf.sheets, severities),
            alerts=shelf.alerts.model,
            particulars=shelf.particulars.model.by_key(),
            obligations=shelf.obligations.model,
            triage=shelf.triage.model,
            review=shelf.review.model,
            escalation_policy=policy(shelf.escalation.model, severities),
            calendar=shelf.calendar.model.calendar(),
            content_hash=shelf.content_hash,
        )

    def adopt(self, newer: Library) -> None:
        """Say what ``newer`` says from now on, to everybody who holds this one."""
        for field in fields(self):
            setattr(self, field.name, getattr(newer, field.name))

    def severity(self, severity: Severity) -> SeverityPolicy:
        """What a severity means and promises."""
        return self.severities[severity]

    def deadlines(self, severity: Severity) -> Deadlines:
        """What a severity promises."""
        return self.severities[severity].deadlines

    def span(self, duration: Duration, since: datetime) -> timedelta:
        """How long a promised duration is, counted on the calendar from that instant."""
        return due_at(since, duration, self.calendar) - since

    def cadence(self, severity: Severity) -> Cadence:
        """How often stakeholders of such an incident hear something."""
        return cadence(self.severities[severity])

    def severity_choices(self) -> tuple[tuple[str, str], ...]:
        """Severity and the sentence a reporter picks it by, worst first."""
        return tuple((severity.value, self.severities[severity].picker) for severity in Severity)

    def incident_type(self, kind: IncidentType) -> TypePolicy:
        """What an incident type is."""
        return self.types[kind]

    def type_name(self, kind: IncidentType) -> str:
        """The name of a type for people."""
        return self.types[kind].name

    def type_choices(self) -> tuple[tuple[str, str, str], ...]:
        """Slug, name and question of every type but *not sure*, in the order of the file."""
        known = (kind for kind in self.types.values() if kind.slug is not IncidentType.UNSURE)
        return tuple((kind.slug.value, kind.name, kind.question) for kind in known)

    def severity_floor(self, kind: IncidentType) -> Severity | None:
        """The least severity of a type; None when any will do."""
        floor = self.types[kind].floor
        return floor.severity if floor else None

    def flags(self, kinds: Iterable[IncidentType]) -> frozenset[Flag]:
        """What these types, primary and secondary, bring in early."""
        return frozenset(flag for kind in kinds for flag in self.types[kind].flags)

    def system(self, slug: str | None) -> System | None:
        """The system of the catalogue; None for free text and for none."""
        return next((system for system in self.systems if system.slug == slug), None)

    def action(self, slug: str | None, action_id: str) -> Action | None:
        """The containment action of a system, by its id or that of the catalogue."""
        system = self.system(slug)
        actions = system.actions if system else ()
        return next((action for action in actions if action_id in (action.id, action.catalogue)), None)

    def system_name(self, slug: str | None) -> str | None:
        """The name of a system for people; free text is its own name."""
        system = self.system(slug)
        return system.name if system else slug

    def system_choices(self) -> tuple[tuple[str, str], ...]:
        """Slug and name of every system, in the order of the file."""
        return tuple((system.slug, system.name) for system in self.systems)

    def roster(self, role: Role) -> Roster:
        """Who fills a role."""
        return self.people.rosters[role]

    def primary(self, role: Role, system: str | None) -> tuple[str, ...]:
        """Who is asked first for a role: whoever is on duty for the system, else the roster's primary."""
        known = self.system(system)
        return (known.on_duty.get(role) if known else None) or self.roster(role).primary

    def roster_order(self, role: Role, system: str | None) -> tuple[str, ...]:
        """Everybody to ask for a role, one after the other, each once; managers last."""
        roster = self.roster(role)
        everybody = (*self.primary(role, system), *roster.primary, *roster.secondary, *roster.manager)
        return tuple(dict.fromkeys(everybody))

    def roster_entries(self) -> tuple[str, ...]:
        """Everybody any file names, each once."""
        people = self.people
        named = [entry for r in people.rosters.values() for entry in (*r.primary, *r.secondary, *r.manager)]
        named += [entry for executive in people.executives.values() for entry in executive.people]
        named += [entry for system in self.systems for group in system.on_duty.values() for entry in group]
        named += [*people.admins, *(system.owner for system in self.systems), *self.triage.entries()]
        return tuple(dict.fromkeys(named))

    def seats(self, severity: Severity, kind: IncidentType) -> tuple[Role, ...]:
        """The roles that policy wants filled, by severity and type."""
        wanted = self.severities[severity].seats
        by_type = self.types[kind]
        return tuple(role for role in Role if _is_wanted(wanted[role], role, by_type))

    def on_duty(self, severity: Severity, kind: IncidentType, system: str | None) -> tuple[str, ...]:
        """Whom to invite when such an incident is declared: first in line for each wanted role."""
        entries = (entry for role in self.seats(severity, kind) for entry in self.primary(role, system))
        return tuple(dict.fromkeys(entries))

    def executives(self, severity: Severity, flags: frozenset[Flag] = NO_FLAGS) -> Mapping[str, Executive]:
        """The executives who are told of such an incident, by key."""
        everybody = self.people.executives.items()
        return {key: who for key, who in everybody if severity in who.told_at or who.told_if & flags}

    def who(
        self, ask: Ask, severity: Severity, system: str | None = None, flags: frozenset[Flag] = NO_FLAGS
    ) -> tuple[str, ...]:
        """The entries a rung asks. Seats give whoever is first in line; empty for the channel."""
        match ask.kind:
            case AskKind.EXECUTIVES:
                told = self.executives(severity, flags).values()
                return tuple(dict.fromkeys(entry for executive in told for entry in executive.people))
            case AskKind.EXECUTIVE:
                return self.people.executives[ask.name].people
            case AskKind.SECONDARY:
                return self.roster(Role(ask.name)).secondary
            case AskKind.MANAGER:
                return self.roster(Role(ask.name)).manager
            case AskKind.SEAT | AskKind.PRIMARY:
                return self.primary(Role(ask.name), system)
            case AskKind.LEAD_OR_CHANNEL | AskKind.CHANNEL:
                return ()

    def does(self, role: Role) -> str:
        """What a role is there for, in one sentence."""
        return self.roles[role].does

    def instructions(self, role: Role, kind: IncidentType) -> tuple[str, ...]:
        """The checklist of whoever takes a role in an incident of this type."""
        guide = self.roles[role]
        return (*guide.checklist, *guide.by_type.get(kind, ()))

    def playbook(self, kind: IncidentType) -> tuple[Line, ...]:
        """The response plan: what every type begins with, then the type's own lines."""
        return self.book.of([kind])

    def catalogue_names(self) -> dict[str, str]:
        """The names of everything that can be preserved and of every way to contain, by id."""
        ways = {entry.id: entry.title for entry in self.containment.catalogue}
        return {item.id: item.name for item in self.evidence.catalogue} | ways

    def tier_due(self, tier: Tier, severity: Severity, declared_at: datetime) -> datetime:
        """By when a line of this tier should be done, in UTC."""
        return due_at(declared_at, self.tiers[tier][severity], self.calendar)


def _is_wanted(seating: Seating, role: Role, kind: TypePolicy) -> bool:
    if seating is Seating.NONE:
        return False
    is_flagged = role in kind.seats or (role is Role.LEGAL and bool(kind.flags))
    return seating not in IF_FLAGGED or is_flagged
