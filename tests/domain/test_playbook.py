"""Plans: what is to do, by when, and what stays when types and severities change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incident import IncidentType, Phase, Severity
from bot.domain.playbook import Book, Held, Planned, plan, replan
from playbooks.library import Library

LIBRARY = Library.load(None)
DECLARED = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
INSTANTS = st.integers(0, 1_000_000).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
KINDS = st.sampled_from(IncidentType)
SEVERITIES = st.sampled_from(Severity)


def planned(*kinds: IncidentType, severity: Severity = Severity.SEV1, at: datetime = DECLARED) -> tuple[Planned, ...]:
    return plan(LIBRARY.book, kinds, severity, at, LIBRARY.calendar)


class Checklist:
    """The lines of one incident, as storage keeps them."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.held: dict[str, Held] = {}

    def become(self, kind: IncidentType, severity: Severity) -> None:
        """Plan anew."""
        changes = replan(self.held.values(), planned(kind, severity=severity, at=self.at))
        for new in (*changes.added, *changes.moved):
            self.held[new.key] = Held(new.key, new.due_at, new.rank)
        for key in changes.withdrawn:
            old = self.held[key]
            self.held[key] = Held(key, old.due_at, old.rank, is_withdrawn=True)

    def tick(self, number: int) -> None:
        """Settle one of the open lines."""
        if keys := self.open:
            old = self.held[keys[number % len(keys)]]
            self.held[old.key] = Held(old.key, old.due_at, old.rank, is_settled=True)

    @property
    def open(self) -> list[str]:
        """What is still to do."""
        return sorted(key for key, one in self.held.items() if not one.is_settled and not one.is_withdrawn)

    @property
    def settled(self) -> set[str]:
        """What was ticked."""
        return {key for key, one in self.held.items() if one.is_settled}


@given(KINDS, SEVERITIES, INSTANTS)
def test_a_later_tier_is_never_due_earlier(kind: IncidentType, severity: Severity, at: datetime) -> None:
    """Due instants go up with the tiers, never before the declaration, over weekends and changes of the clock."""
    lines = planned(kind, severity=severity, at=at)
    by_tier = sorted(lines, key=lambda one: one.line.tier)
    dues = [one.due_at for one in by_tier]
    assert dues == sorted(dues)
    assert at <= dues[0]
    assert {one.line.tier: one.due_at for one in lines} == {one.line.tier: one.due_at for one in by_tier}


@given(st.lists(st.tuples(KINDS, SEVERITIES, st.lists(st.integers(0, 50), max_size=5)), min_size=1, max_size=6))
def test_planning_anew_never_loses_a_tick(
    changes: list[tuple[IncidentType, Severity, list[int]]],
) -> None:
    """Whatever the incident becomes, what was settled stays settled, and the rest is what the plan says."""
    checklist, ticked = Checklist(DECLARED), set[str]()
    for kind, severity, ticks in changes:
        checklist.become(kind, severity)
        assert ticked <= checklist.settled
        for number in ticks:
            checklist.tick(number)
        ticked = checklist.settled
    kind, severity, _ = changes[-1]
    checklist.become(kind, severity)
    wanted = {one.key: one.due_at for one in planned(kind, severity=severity)}
    assert set(checklist.open) == set(wanted) - ticked
    assert all(checklist.held[key].due_at == wanted[key] for key in checklist.open)


@given(st.lists(st.tuples(KINDS, SEVERITIES), max_size=5), st.permutations(range(5)), KINDS, SEVERITIES)
def test_the_order_of_changes_does_not_matter(
    changes: list[tuple[IncidentType, Severity]], order: list[int], kind: IncidentType, severity: Severity
) -> None:
    """However an incident came to be what it is, the same lines are open and due at the same instants."""
    one, other = Checklist(DECLARED), Checklist(DECLARED)
    for step in changes:
        one.become(*step)
    for place in order:
        if place < len(changes):
            other.become(*changes[place])
    one.become(kind, severity)
    other.become(kind, severity)
    assert [one.held[key] for key in one.open] == [other.held[key] for key in other.open]


@given(st.sets(KINDS, max_size=4))
def test_types_together(kinds: set[IncidentType]) -> None:
    """With secondary types each line stands once, in whatever order they are named."""
    there = [one.key for one in planned(*sorted(kinds))]
    assert there == [one.key for one in planned(*sorted(kinds, reverse=True))]
    assert len(set(there)) == len(there)


def test_business_days_count_on_the_calendar() -> None:
    """T2 at SEV3, one business day from Friday 16:30 in London, is Monday 16:30."""
    (found,) = {one.due_at for one in planned(IncidentType.BIAS, severity=Severity.SEV3) if one.line.tier == "T2"}
    assert found == datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    soonest = min(one.due_at for one in planned(IncidentType.BIAS))
    assert soonest == DECLARED + timedelta(minutes=5)


def test_phases_come_in_order() -> None:
    """The plan goes from triage to review, and a step for some severities is left out at the others."""
    phases = [one.line.phase for one in planned(IncidentType.DRIFT)]
    assert phases == sorted(phases, key=list(Phase).index)
    assert "core.tell_executives" in {one.key for one in planned(IncidentType.DRIFT)}
    assert "core.tell_executives" not in {one.key for one in planned(IncidentType.DRIFT, severity=Severity.SEV3)}


def test_a_book_reads_back_as_it_was() -> None:
    """The copy that an incident keeps says the same, under the same hash; what is none is refused."""
    again = Book.parse(LIBRARY.book.dumped)
    assert again.sha256 == LIBRARY.book.sha256
    assert again.of([IncidentType.BIAS]) == LIBRARY.book.of([IncidentType.BIAS])
    assert (
        again.version(IncidentType.BIAS) == LIBRARY.book.version(IncidentType.BIAS) != again.version(IncidentType.DRIFT)
    )
    with pytest.raises(KeyError):
        Book.parse("{}")
