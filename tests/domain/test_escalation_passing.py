"""What is in vain goes on at once; drills leave executives alone."""

from __future__ import annotations

from bot.domain.escalation import (
    CHANNEL,
    Ask,
    ChangeKind,
    EscalationPolicy,
    Ladder,
    RungKind,
    Step,
    StepState,
    begin,
    for_drill,
    pass_on,
    plan,
    raised,
)
from playbooks.library import Library
from tests.domain.ladder import CALENDAR, FRIDAY, LEAD, MANAGER, SECOND, SEV1, page


def pages(*asks: Ask) -> list[Step]:
    rungs = tuple(page(f"page_{index}", f"{index * 5}m", ask) for index, ask in enumerate(asks))
    policy = EscalationPolicy(ladders={SEV1: Ladder(rungs=rungs)})
    return [begin(planned) for planned in plan(policy, SEV1, FRIDAY, CALENDAR)]


def test_the_next_rung_is_due_now() -> None:
    """Whoever cannot be reached is passed over for the earliest rung that waits for the same."""
    first, second, third = pages(LEAD, SECOND, MANAGER)
    passed, hurried = pass_on(raised(first, FRIDAY, CALENDAR), [first, second, third], FRIDAY)
    assert (passed.kind, passed.step.plan.key) == (ChangeKind.STAND_DOWN, "page_0")
    assert (hurried.step.plan.key, hurried.step.next_look_at) == ("page_1", FRIDAY)


def test_with_nobody_left_it_goes_to_the_channel() -> None:
    """The last on the ladder is followed by the channel, once."""
    (only,) = pages(LEAD)
    over, added = pass_on(only, [only], FRIDAY)
    assert over.step.state is StepState.STOOD_DOWN
    assert (added.kind, added.step.plan.ask, added.step.next_look_at) == (ChangeKind.ADD, CHANNEL, FRIDAY)


def test_while_somebody_else_is_being_asked_it_rests() -> None:
    """A later rung that is asking already is answer enough."""
    first, second = pages(LEAD, SECOND)
    asking = raised(second, FRIDAY, CALENDAR)
    (change,) = pass_on(first, [first, asking], FRIDAY)
    assert (change.kind, change.step.next_look_at) == (ChangeKind.ADOPT, None)


def test_a_drill_asks_no_executive() -> None:
    """No rung of any severity asks or climbs to an executive; every other rung stays."""
    policy = Library.load(None).escalation_policy
    for severity, ladder in for_drill(policy).ladders.items():
        for rung in ladder.rungs:
            assert rung.kind is not RungKind.EXECUTIVE
            assert not str(rung.ask).startswith("executive")
            assert not str(rung.climbs_to).startswith("executive")
        assert len(ladder.rungs) >= len(policy.ladders[severity].rungs) - 4
