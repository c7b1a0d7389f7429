"""A limit is kept whoever calls, nobody waits longer than it demands, and nobody waits for ever."""

from __future__ import annotations

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing import ABSENT, FORGOTTEN, LATE, Pace, Place, Rule, close, is_idle, record, take

START = 1_795_000_000_000
SECOND = 1_000
RULES = st.builds(Rule, st.integers(1, 6), st.sampled_from([1_000, 5_100, 60_500]))
STEADY = st.builds(Rule.steady, st.sampled_from([1_000, 5_100]), st.integers(1, 6))
ARRIVALS = st.lists(st.integers(0, 200_000), min_size=1, max_size=40)


class Queue:
    """Callers on one pace: each comes back when it was told to, ``late`` by so much; ``went`` is who went when."""

    def __init__(self, rule: Rule, pace: Pace | None = None) -> None:
        self.rule = rule
        self.pace = pace or Pace()
        self.went: list[tuple[int, str]] = []
        self.told: dict[str, list[int]] = {}

    def comes(self, holder: str, now: int) -> int:
        self.pace, at = take(self.pace, self.rule, now, holder)
        if at <= now:
            self.went.append((now, holder))
        self.told.setdefault(holder, []).append(at)
        return at

    def run(self, arrivals: list[int], late: list[int], *, rounds: int = 10_000) -> None:
        """Let callers ``0, 1, …`` arrive, and come back until each has gone."""
        due = [(START + at, number) for number, at in enumerate(sorted(arrivals))]
        for turn in range(rounds):
            if not due:
                return
            due.sort()
            now, number = due.pop(0)
            at = self.comes(str(number), now)
            if at > now:
                due.append((at + late[turn % len(late)], number))
        raise AssertionError("somebody never goes")

    @property
    def most(self) -> int:
        """The most that went in any one window."""
        times = sorted(at for at, _ in self.went)
        return max(sum(1 for t in times if at <= t < at + self.rule.window) for at in times)


@given(RULES, ARRIVALS, st.lists(st.integers(0, 3 * ABSENT), min_size=1, max_size=7))
def test_no_window_holds_more_than_the_rule_allows(rule: Rule, arrivals: list[int], late: list[int]) -> None:
    """However callers come, and however late they come back; and each goes in the end."""
    queue = Queue(rule)
    queue.run(arrivals, late)
    assert queue.most <= rule.count
    assert len(queue.went) == len(arrivals)


@given(STEADY, ARRIVALS, st.lists(st.integers(0, 3 * ABSENT), min_size=1, max_size=7))
def test_a_steady_rule_lets_bursts_pass_and_no_more(rule: Rule, arrivals: list[int], late: list[int]) -> None:
    """In any span, however long: one burst, and one call for each step in it."""
    queue = Queue(rule)
    queue.run(arrivals, late)
    burst = rule.early // rule.window + 1
    times = sorted(at for at, _ in queue.went)
    for first, start in enumerate(times):
        for last, end in enumerate(times[first:], start=first):
            assert last - first + 1 <= burst + (end - start) // rule.window
    assert len(times) == len(arrivals)


@given(st.integers(1, 60), st.integers(2, 6))
def test_a_steady_burst_takes_as_long_as_its_step_demands(calls: int, burst: int) -> None:
    """The first ones go at once and the others one by one, not in bursts again."""
    queue = Queue(Rule.steady(SECOND, burst))
    queue.run([0] * calls, [0])
    assert [max(0, n + 1 - burst) * SECOND for n in range(calls)] == [at - START for at, _ in queue.went]


@given(st.one_of(RULES, STEADY), ARRIVALS, st.lists(st.integers(0, LATE), min_size=1, max_size=7))
def test_who_returns_in_time_gets_in_and_in_order(rule: Rule, arrivals: list[int], late: list[int]) -> None:
    """Nobody is sent away twice, and nobody is told an earlier instant than one who came before."""
    queue = Queue(rule)
    queue.run(arrivals, late)
    assert all(len(told) <= 2 for told in queue.told.values())
    first_told = [queue.told[str(number)][0] for number in range(len(arrivals))]
    assert first_told == sorted(first_told)


@given(RULES, st.integers(1, 60))
def test_a_burst_takes_as_long_as_the_limit_demands(rule: Rule, calls: int) -> None:
    """So many at once need one window less than there are bursts in them, and what callers may be late."""
    queue = Queue(rule)
    queue.run([0] * calls, [0])
    windows = math.ceil(calls / rule.count) - 1
    took = max(at for at, _ in queue.went) - START
    assert windows * rule.window <= took <= windows * (rule.window + LATE)


@given(RULES, ARRIVALS, st.lists(st.integers(0, 200_000), max_size=10))
def test_what_goes_without_asking_is_waited_for(rule: Rule, arrivals: list[int], unasked: list[int]) -> None:
    """A window that holds such calls and one that asked holds no more than the rule allows at that one's turn."""
    queue = Queue(rule)
    for at in sorted(unasked):
        queue.pace = record(queue.pace, rule, START + at)
    noted = [START + at for at in unasked]
    queue.run([at + 200_000 for at in arrivals], [0])
    for at, _ in queue.went:
        window = [t for t in [*noted, *(t for t, _ in queue.went)] if at - rule.window < t <= at]
        assert len(window) <= rule.count


def test_too_many_unasked_calls_hold_others_no_longer_than_they_must() -> None:
    """They went when they went: one window after the last of them the next may go."""
    queue = Queue(Rule(1, 60 * SECOND))
    for number in range(3):
        queue.pace = record(queue.pace, queue.rule, START + number * SECOND)
    assert START + 62 * SECOND == queue.comes("a", START + 61 * SECOND)


@given(RULES, st.randoms(use_true_random=False), st.integers(2, 20))
def test_who_never_comes_back_stops_nobody_for_long(rule: Rule, chance: random.Random, calls: int) -> None:
    """A dead caller's place is passed over ten seconds after its instant; everybody else goes."""
    queue = Queue(rule)
    dead = {str(number) for number in range(calls) if chance.random() < 0.5}
    due = [(START, str(number)) for number in range(calls)]
    for _ in range(10_000):
        if not due:
            break
        due.sort()
        now, holder = due.pop(0)
        at = queue.comes(holder, now)
        if at > now and holder not in dead:
            due.append((at, holder))
    assert {holder for _, holder in queue.went} >= {str(number) for number in range(calls)} - dead
    last = max(at for at, _ in queue.went)
    assert last - START <= (calls / rule.count + 1) * (rule.window + LATE) + (len(dead) + 1) * ABSENT


def test_a_place_is_kept() -> None:
    """Coming back too early changes nothing, and nobody who came later goes first."""
    queue = Queue(Rule(1, 10 * SECOND))
    assert START == queue.comes("a", START)
    b, c = queue.comes("b", START), queue.comes("c", START + 1)
    assert b == queue.comes("b", START + 5)
    assert b + 10 * SECOND + LATE == c
    assert queue.comes("d", b) > c
    assert b == queue.comes("b", b)


def test_a_queue_of_half_an_hour_keeps_its_places() -> None:
    """Six hundred channels at twenty a minute: the last is told when, and that holds."""
    queue = Queue(Rule(20, 60 * SECOND))
    for number in range(600):
        queue.comes(str(number), START)
    first_told = queue.told["599"][0]
    assert 29 * 60 * SECOND <= first_told - START <= 30 * 60 * SECOND
    assert first_told == queue.comes("599", START + 60 * SECOND)


def test_one_who_comes_back_much_too_late_still_goes_before_others() -> None:
    """A worker that was frozen finds its place where it was."""
    queue = Queue(Rule(1, 10 * SECOND))
    for name in "abcd":
        queue.comes(name, START)
    c, d = queue.told["c"][0], queue.told["d"][0]
    assert c == queue.comes("c", c)
    late = queue.comes("b", c + 1)
    assert late == c + 10 * SECOND
    assert queue.comes("d", d) > d
    assert late == queue.comes("b", late)


def test_a_refusal_holds_everybody_and_the_one_refused_goes_first() -> None:
    """Nobody goes before Slack's instant, however much room the rule leaves."""
    queue = Queue(Rule(2, 5 * SECOND))
    queue.comes("a", START)
    queue.pace = close(queue.pace, START + 30 * SECOND, "a")
    assert START + 30 * SECOND == queue.comes("b", START + 1)
    assert START + 30 * SECOND == queue.comes("a", START + 2)
    assert START + 30 * SECOND < queue.comes("c", START + 3)
    assert START + 30 * SECOND == queue.comes("b", START + 30 * SECOND)
    assert START + 30 * SECOND == queue.comes("a", START + 30 * SECOND)


def test_the_one_refused_goes_before_those_who_waited_behind_it() -> None:
    """It had its turn, and it was not its fault."""
    queue = Queue(Rule(1, 5 * SECOND))
    queue.comes("a", START)
    b, c = queue.comes("b", START), queue.comes("c", START)
    assert b == queue.comes("b", b)
    queue.pace = close(queue.pace, b + 30 * SECOND, "b")
    queue.comes("c", c)
    assert b + 30 * SECOND < queue.comes("c", b + 30 * SECOND)
    assert b + 30 * SECOND == queue.comes("b", b + 30 * SECOND)


def test_a_refusal_of_a_call_nobody_owes_holds_the_others_all_the_same() -> None:
    """A listener's call has no place to keep; a shorter refusal does not open what a longer one closed."""
    pace = close(close(Pace(), START + 30 * SECOND, None), START + 10 * SECOND, None)
    assert Pace(closed_until=START + 30 * SECOND) == pace
    assert START + 30 * SECOND == take(pace, Rule(5, 5 * SECOND), START, "a")[1]


def test_a_clock_set_back_does_not_close_a_limit() -> None:
    """Calls noted an hour ahead are no calls of this window."""
    queue = Queue(Rule(1, 60 * SECOND))
    queue.comes("a", START + 3600 * SECOND)
    assert START == queue.comes("b", START)


def test_what_is_long_past_may_be_forgotten() -> None:
    """Neither a call, nor a place, nor a refusal of this hour is."""
    now = START
    assert is_idle(Pace(), now)
    assert is_idle(Pace((now - FORGOTTEN,), (), now - FORGOTTEN), now)
    for fresh in (Pace((now - 1,)), Pace((), (Place("a", now - 1),)), Pace((), (), now - 1)):
        assert not is_idle(fresh, now)
