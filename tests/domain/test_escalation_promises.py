"""Whatever people do, in whatever order, the ladder keeps its promises."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.escalation import (
    Change,
    ChangeKind,
    RungKind,
    Situation,
    StepState,
    Verdict,
    acknowledge,
    acknowledged,
    climb,
    follow_update,
    look,
    raised,
    reason_to_stand_down,
    renew,
    replan,
    snooze,
    stood_down,
)
from bot.domain.incident import Role, Severity
from tests.domain.ladder import (
    CALENDAR,
    FRIDAY,
    POLICY,
    SEV2,
    applied,
    started,
)

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["look", "look", "look", "ack", "replan", "snooze", "seat", "unseat", "promise"]),
        st.integers(0, 50),
        st.sampled_from(Severity),
        st.integers(0, 5),
    ),
    max_size=40,
)


class Incident:
    """A ladder lived through: it keeps what was raised when, and refuses what must never happen."""

    def __init__(self) -> None:
        self.now, self.severity, self.seated = FRIDAY, SEV2, frozenset[Role]()
        self.steps = started(SEV2)

    def store(self, changes: tuple[Change, ...]) -> None:
        final = {(s.plan.key, s.plan.turn): s for s in self.steps if not s.is_live}
        known = {(s.plan.key, s.plan.turn) for s in self.steps}
        for change in changes:
            name = (change.step.plan.key, change.step.plan.turn)
            assert name not in final, "standing down is final"
            assert (change.kind is ChangeKind.ADD) is (name not in known), "an added step is new, any other is known"
        self.steps = applied(self.steps, changes)

    def situation(self) -> Situation:
        return Situation(
            now=self.now,
            severity=self.severity,
            is_provisional=True,
            seated=self.seated,
            is_acknowledged=acknowledged(self.steps, self.now),
        )

    def look(self) -> None:
        for step in list(self.steps):
            verdict = look(step, self.situation())
            if verdict in (Verdict.RAISE, Verdict.ASK_AGAIN):
                has_it = step.acknowledged_at is not None and step.is_acknowledged(self.now)
                assert not has_it, "an acknowledged rung fires again before it expires"
                self.store((Change(ChangeKind.ADOPT, raised(step, self.now, CALENDAR)),))
            if verdict is Verdict.ASK_AGAIN:
                self.store(renew(self.steps, POLICY, self.situation(), CALENDAR))
            if verdict is Verdict.CLIMB:
                self.store(climb(step, self.now))
            if verdict is Verdict.STAND_DOWN:
                down = stood_down(step, self.now, reason_to_stand_down(step, self.situation()))
                self.store((Change(ChangeKind.STAND_DOWN, down),))

    def act(self, what: str, number: int, severity: Severity) -> None:
        step = self.steps[number % len(self.steps)] if self.steps else None
        if what == "look":
            self.look()
        elif what == "ack" and step:
            self.store(acknowledge(step, self.steps, self.now, CALENDAR))
        elif what == "replan":
            self.severity = severity
            self.store(self.changes())
            assert () == self.changes(), "replanning again changes nothing"
        elif what == "snooze" and step and step.state is StepState.RAISED and step.plan.kind is RungKind.NUDGE:
            self.store(snooze(step, 10, "busy", POLICY.snooze, self.now))
        elif what in ("seat", "unseat"):
            self.seated = frozenset({Role.LEAD}) if what == "seat" else frozenset()
            self.store(renew(self.steps, POLICY, self.situation(), CALENDAR))
        elif what == "promise":
            self.store(
                follow_update(
                    self.steps, POLICY, self.severity, self.now + timedelta(minutes=number), self.now, CALENDAR
                )
            )

    def changes(self) -> tuple[Change, ...]:
        return replan(self.steps, POLICY, self.severity, self.now, declared_at=FRIDAY, calendar=CALENDAR)


@given(ACTS)
def test_whatever_people_do_the_ladder_keeps_its_promises(acts: list[tuple[str, int, Severity, int]]) -> None:
    """No acknowledged rung fires before it expires, standing down is final, replanning is idempotent, a rung lives once."""
    incident = Incident()
    for what, number, severity, passing in acts:
        incident.now += timedelta(minutes=passing * 7)
        incident.act(what, number, severity)
        live = [step.plan.key for step in incident.steps if step.is_live and step.state is not StepState.ACKNOWLEDGED]
        assert len(live) == len(set(live)), "one rung is live twice"


@given(ACTS)
def test_looking_twice_at_one_instant_asks_once(acts: list[tuple[str, int, Severity, int]]) -> None:
    """A second look at the same instant finds nothing to do but what the first one planned for now."""
    incident = Incident()
    for what, number, severity, passing in acts:
        incident.now += timedelta(minutes=passing * 7)
        incident.act(what, number, severity)
    for _ in range(4):
        incident.look()
    settled = list(incident.steps)
    incident.look()
    assert settled == incident.steps
