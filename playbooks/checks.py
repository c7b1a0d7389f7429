"""Whether the files fit together: every name one file uses of another exists, every table is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.domain.deadlines import Duration
from bot.domain.escalation import Ask, AskKind
from bot.domain.incident import IncidentType, Role, Severity
from playbooks import alerts, communications, particulars, plans, review, triage
from playbooks.actions import misfits as unfit_actions
from playbooks.catalogue import ALL
from playbooks.errors import PolicyError
from playbooks.evidence import misfits
from playbooks.loading import Shelf
from playbooks.obligations import misfits as unfit_clocks
from playbooks.promises import Deadlines, SeverityPolicy
from playbooks.reading import Page, Path
from playbooks.schema import Roster, RungPolicy

# Slack lists a hundred options; *Not sure* and one more are ours.
MOST_SYSTEMS = 98


def check(shelf: Shelf) -> None:
    """Raise PolicyError, with file and line, for the first thing that does not fit."""
    for errors in (
        _tables,
        _severities,
        _escalation,
        _types,
        _systems,
        _evidence,
        _containment,
        _alerts,
        _law,
        _communications,
        _responses,
        _triage,
        _review,
    ):
        for error in errors(shelf):
            raise error


def after(policy: SeverityPolicy, text: str) -> Duration:
    """A rung's time: a duration, or the deadline of that name. Raises ValueError for neither."""
    if text not in Deadlines.model_fields:
        return Duration.parse(text)
    promised = getattr(policy.deadlines, text)
    if not isinstance(promised, Duration):
        raise ValueError(f"this severity promises no {text!r}")  # noqa: TRY004 - a wrong value of a file, not a type
    return promised


def _tables(shelf: Shelf) -> Iterator[PolicyError]:
    yield from _whole(shelf.severities.page, ("severities",), Severity, shelf.severities.model.severities)
    yield from _whole(shelf.people.page, ("rosters",), Role, shelf.people.model.rosters)
    yield from _whole(shelf.roles.page, ("roles",), Role, shelf.roles.model.roles)
    yield from _whole(shelf.tiers.page, ("tiers",), ("T0", "T1", "T2", "T3", "T4", "T5", "T6"), shelf.tiers.model.tiers)
    for tier, spans in shelf.tiers.model.tiers.items():
        yield from _whole(shelf.tiers.page, ("tiers", tier), Severity, spans)


def _severities(shelf: Shelf) -> Iterator[PolicyError]:
    page = shelf.severities.page
    for severity, policy in shelf.severities.model.severities.items():
        yield from _whole(page, ("severities", severity, "seats"), Role, policy.seats)
        if (policy.updates.settles is None) is not (policy.updates.then is None):
            yield page.error(("severities", severity, "updates"), "'settles' and 'then' go together")


def _escalation(shelf: Shelf) -> Iterator[PolicyError]:
    for key, rung in shelf.escalation.model.rungs.items():
        yield from _rung(shelf, ("rungs", key), rung)


def _rung(shelf: Shelf, path: Path, rung: RungPolicy) -> Iterator[PolicyError]:
    page = shelf.escalation.page
    for severity, text in rung.after.items():
        try:
            after(shelf.severities.model.severities[severity], text)
        except ValueError as error:
            yield page.error((*path, "after", severity), f"{severity}: {error}")
    for severity in rung.repeat:
        if severity not in rung.after:
            yield page.error((*path, "repeat", severity), f"{severity} repeats but 'after' does not name it")
    if rung.times and not rung.repeat:
        yield page.error((*path, "times"), "'times' without 'repeat' says nothing")
    for field, ask in (("ask", rung.ask), ("climbs_to", rung.climbs_to)):
        if ask is not None and (problem := _nobody(shelf, ask)):
            yield page.error((*path, field), problem)


def _nobody(shelf: Shelf, ask: Ask) -> str | None:
    people = shelf.people.model
    if ask.kind is AskKind.EXECUTIVE and ask.name not in people.executives:
        return f"people.yaml has no executive {ask.name!r}; it has {', '.join(people.executives)}"
    if ask.kind in (AskKind.SECONDARY, AskKind.MANAGER) and ask.role and not _asked(people.rosters[ask.role], ask):
        return f"people.yaml names no {ask.kind} for {ask.name}"
    return None


def _asked(roster: Roster, ask: Ask) -> tuple[str, ...]:
    return roster.secondary if ask.kind is AskKind.SECONDARY else roster.manager


def _types(shelf: Shelf) -> Iterator[PolicyError]:
    page, types = shelf.types.page, shelf.types.model.types
    yield from _whole(page, ("types",), IncidentType, [policy.slug for policy in types])
    yield from _once(page, "types", "slug", [policy.slug for policy in types])
    yield from _once(page, "types", "id", [policy.id for policy in types])
    yield from _once(page, "types", "name", [policy.name for policy in types])


def _systems(shelf: Shelf) -> Iterator[PolicyError]:
    page, systems = shelf.systems.page, shelf.systems.model.systems
    yield from _once(page, "systems", "slug", [system.slug for system in systems])
    yield from _once(page, "systems", "name", [system.name for system in systems])
    if len(systems) > MOST_SYSTEMS:
        yield page.error(("systems", MOST_SYSTEMS), f"{len(systems)} systems; Slack's list has room for {MOST_SYSTEMS}")


def _responses(shelf: Shelf) -> Iterator[PolicyError]:
    sheets = {name: (loaded.page, loaded.model) for name, loaded in shelf.responses.items()}
    actions = {entry.id for entry in shelf.containment.model.catalogue}
    yield from plans.misfits(sheets, shelf.evidence.model.items(), actions)


def _communications(shelf: Shelf) -> Iterator[PolicyError]:
    loaded, keys = shelf.communications, frozenset(shelf.particulars.model.by_key())
    severities = shelf.severities.model.severities
    yield from communications.misfits(loaded.page, loaded.model, shelf.sheets, severities, keys)


def _evidence(shelf: Shelf) -> Iterator[PolicyError]:
    yield from misfits(shelf.evidence.page, shelf.evidence.model)


def _review(shelf: Shelf) -> Iterator[PolicyError]:
    yield from review.misfits(shelf.review.page, shelf.review.model, shelf.containment.model)


def _containment(shelf: Shelf) -> Iterator[PolicyError]:
    page, file = shelf.containment.page, shelf.containment.model
    ids = [entry.id for entry in file.catalogue]
    yield from _whole(page, ("catalogue",), ALL, ids)
    yield from _whole(page, ("hold",), Severity, file.hold)
    yield from _once(page, "catalogue", "id", ids)
    yield from _once(page, "hosts", "name", [host.name for host in file.hosts])
    systems = shelf.systems.page
    for index, system in enumerate(shelf.systems.model.systems):
        for where, why in unfit_actions(system.actions, file):
            yield systems.error(("systems", index, "actions", *where), why)
        for number, action in enumerate(system.actions):
            if action.id in [other.id for other in system.actions[:number]]:
                yield systems.error(("systems", index, "actions", number, "id"), f"id {action.id!r} stands twice")


def _alerts(shelf: Shelf) -> Iterator[PolicyError]:
    systems = frozenset(system.slug for system in shelf.systems.model.systems)
    for where, why in alerts.misfits(shelf.alerts.model, systems):
        yield shelf.alerts.page.error(where, why)


def _law(shelf: Shelf) -> Iterator[PolicyError]:
    yield from particulars.misfits(shelf.particulars.page, shelf.particulars.model)
    known = shelf.particulars.model.by_key()
    executives = shelf.people.model.executives
    yield from unfit_clocks(shelf.obligations.page, shelf.obligations.model, known, executives)


def _triage(shelf: Shelf) -> Iterator[PolicyError]:
    yield from triage.misfits(shelf.triage.page, shelf.triage.model)


def _whole(page: Page, path: Path, wanted: Iterable[str], found: Iterable[str]) -> Iterator[PolicyError]:
    have = set(found)
    for name in wanted:
        if name not in have:
            yield page.error(path, f"{str(name)!r} is missing")


def _once(page: Page, table: str, field: str, values: list[str]) -> Iterator[PolicyError]:
    seen: Counter[str] = Counter()
    for index, value in enumerate(values):
        seen[value] += 1
        if seen[value] > 1:
            yield page.error((table, index, field), f"{field} {str(value)!r} stands twice")
