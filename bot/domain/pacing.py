"""When the next call may go so that a limit of so many calls per window is kept, whoever makes them.

A pace is the memory of one limit: the calls that went, and the queue of those told to come back. First come, first
served: whoever is told an instant keeps the place, and is let through at that instant whatever has come since. All
instants and spans are whole milliseconds, instants since 1970. Nothing here knows Slack, a clock or a database.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, replace

LATE = 250  # whoever was told to come back may be so late without making those behind come a third time
ABSENT = 10_000  # nobody waits longer for one who does not come back
FORGOTTEN = 900_000  # until then its place is kept all the same
LONGEST_CLOSED = 3_600_000  # no refusal is for longer: one that seems so was noted by a clock that was set back


@dataclass(frozen=True, slots=True)
class Rule:
    """At most ``count`` calls in any ``window``; each may go so much too ``early`` all the same: that lets bursts pass.

    One call a second that may be four seconds early is a burst of five, filled up again by one a second.
    """

    count: int
    window: int
    early: int = 0

    @classmethod
    def steady(cls, every: int, burst: int) -> Rule:
        """One call in each such span, on average; ``burst`` of them at once after a rest."""
        return cls(1, every, every * (burst - 1))


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody in the queue, and the instant it was told to come back at."""

    holder: str
    at: int


@dataclass(frozen=True, slots=True)
class Pace:
    """The calls of late, each at the instant it counts for; the queue; and the instant before which nobody goes."""

    used: tuple[int, ...] = ()
    waiting: tuple[Place, ...] = ()
    closed_until: int = 0


def take(pace: Pace, rule: Rule, now: int, holder: str) -> tuple[Pace, int]:
    """The pace after this call was asked for, and when the call may go.

    That is ``now`` when it goes at once, which counts it; else a later instant, at which the same holder comes again.
    """
    pace = _tidied(pace, rule, now)
    ahead = [max(place.at, now) for place in _ahead(pace, holder, now)]
    if pace.closed_until <= now and _free(rule, pace.used, ahead) <= now + rule.early:
        return record(_without(pace, holder), rule, now), now
    at = max(_free(rule, pace.used, [there + LATE for there in ahead]) - rule.early, pace.closed_until, *ahead)
    return _with(pace, Place(holder, at)), at


def record(pace: Pace, rule: Rule, now: int) -> Pace:
    """The pace after a call that went without asking: who comes next waits for it, too."""
    pace = _tidied(pace, rule, now)
    # What goes early counts for the instant it should have waited for.
    counts_for = max(now, _free(rule, pace.used, ())) if rule.early else now
    return replace(pace, used=(*pace.used, counts_for))


def close(pace: Pace, until: int, holder: str | None) -> Pace:
    """The pace after a refusal: nobody goes before ``until``, and the one refused goes first then."""
    closed = replace(pace, closed_until=max(pace.closed_until, until))
    if holder is None:
        return closed
    return replace(closed, waiting=(Place(holder, closed.closed_until), *_without(closed, holder).waiting))


def is_idle(pace: Pace, now: int) -> bool:
    """Whether nobody would notice if this pace were forgotten; true of every limit whose window is short."""
    latest = max([pace.closed_until, *pace.used, *(place.at for place in pace.waiting)])
    return latest + FORGOTTEN <= now


def _free(rule: Rule, used: Sequence[int], ahead: Sequence[int]) -> int:
    """The first instant that one more call could count for, after all that went and all who go before it."""
    line = sorted(used)
    for at in ahead:
        insort(line, max(at, _after(rule, line)))
    return _after(rule, line)


def _after(rule: Rule, line: Sequence[int]) -> int:
    return line[-rule.count] + rule.window if len(line) >= rule.count else 0


def _tidied(pace: Pace, rule: Rule, now: int) -> Pace:
    """Without what is past. An instant far ahead was noted by a clock that has been set back since."""
    used = tuple(at for at in pace.used if now - rule.window < at < now + rule.window + rule.early)
    waiting = tuple(place for place in pace.waiting if -LONGEST_CLOSED < now - place.at < FORGOTTEN)
    closed_until = pace.closed_until if pace.closed_until - now < LONGEST_CLOSED else 0
    return replace(pace, used=used, waiting=waiting, closed_until=closed_until)


def _ahead(pace: Pace, holder: str, now: int) -> tuple[Place, ...]:
    """Who goes before this holder: all in the queue before its place, or all if it has none; without the absent."""
    holders = [place.holder for place in pace.waiting]
    before = pace.waiting[: holders.index(holder)] if holder in holders else pace.waiting
    return tuple(place for place in before if now - place.at < ABSENT)


def _with(pace: Pace, place: Place) -> Pace:
    """The queue with this place: the holder's own, told anew, or a new one at the end."""
    if all(other.holder != place.holder for other in pace.waiting):
        return replace(pace, waiting=(*pace.waiting, place))
    return replace(pace, waiting=tuple(place if o.holder == place.holder else o for o in pace.waiting))


def _without(pace: Pace, holder: str) -> Pace:
    return replace(pace, waiting=tuple(place for place in pace.waiting if place.holder != holder))
