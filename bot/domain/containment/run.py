"""A run of a containment action: asked for, agreed to, run once, verified, held. Pure: each act gives the next run.

Two people for everything that runs: whoever asked never counts as one who agreed, whichever account they use. At SEV1
one person may break the glass over what can be undone in full; somebody else ratifies it soon.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.containment.words import (
    MAY_HAVE_MOVED,
    UNDER_WAY,
    Direction,
    Identity,
    Reversibility,
    Rule,
    RunState,
    Who,
    list_of,
)
from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotAllowed
from bot.domain.incident import Severity
from bot.domain.lifecycle import utc

# What the act of turning and looking may lead to; approving, refusing and expiring have rules of their own below.
MOVES: Mapping[RunState, frozenset[RunState]] = {
    RunState.RUNNING: frozenset({RunState.APPROVED, RunState.VERIFYING, RunState.FAILED}),
    RunState.VERIFYING: frozenset({RunState.HOLDING, RunState.FAILED, RunState.ROLLED_BACK}),
    RunState.HOLDING: frozenset({RunState.CONTAINED, RunState.FAILED, RunState.ROLLED_BACK}),
    RunState.CONTAINED: frozenset({RunState.ROLLED_BACK}),
    RunState.FAILED: frozenset({RunState.ROLLED_BACK}),
}
NO_EVIDENCE = (
    "Nothing of the incident is kept as evidence yet, and turning the switch may destroy what shows it. Keep something "
    "first, or say why the harm cannot wait for that."
)


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's yes, and as whom they gave it."""

    by: Identity
    at: datetime
    as_: frozenset[Who]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. ``ratify_by`` is set where the glass was broken, and stays when somebody has ratified it."""

    rule: Rule
    direction: Direction
    requested_by: Identity
    requested_as: frozenset[Who]
    requested_at: datetime
    expires_at: datetime
    state: RunState = RunState.REQUESTED
    approvals: tuple[Approval, ...] = ()
    ratify_by: datetime | None = None
    ratified: Approval | None = None
    is_automatic: bool = False

    @property
    def is_break_glass(self) -> bool:
        """Whether one person ran it alone."""
        return self.ratify_by is not None

    @property
    def missing(self) -> frozenset[Who]:
        """Whose word is still needed among those who agree."""
        heard = self.requested_as.union(*(approval.as_ for approval in self.approvals))
        return self.rule.needs - heard

    @property
    def wanted(self) -> int:
        """How many more must agree."""
        return max(self.rule.approvers - len(self.approvals), 1 if self.missing else 0)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts: the human being, and as whom they may."""

    identity: Identity
    who: frozenset[Who]


def request(
    rule: Rule, by: Person, now: datetime, expires: timedelta, *, evidence: int, harm_cannot_wait: str = ""
) -> Run:
    """Ask for an action. ``evidence``: how much of the incident is kept. Raises NotAllowed or BadInput."""
    if not by.who & rule.run_by:
        raise NotAllowed(f"Only {list_of(rule.run_by)} may ask for this, and Andon's admins.")
    if not evidence and not harm_cannot_wait.strip():
        raise BadInput(NO_EVIDENCE, field="harm")
    return _asked(rule, Direction.OFF, by, now, expires)


def request_return(run: Run, by: Person, now: datetime, expires: timedelta) -> Run:
    """Ask to put back what ``run`` switched. Raises IllegalMove where nothing moved, NotAllowed for who may not."""
    if run.direction is Direction.ON or run.state not in MAY_HAVE_MOVED:
        raise IllegalMove(f"There is nothing to put back: this run is {said(run.state)}.")
    if run.rule.reversibility is Reversibility.NONE:
        raise IllegalMove("This cannot be undone: what it did stays done.")
    rule = back_again(run.rule)
    if not by.who & rule.run_by:
        raise NotAllowed(f"Only {list_of(rule.run_by)} may ask for this, and Andon's admins.")
    return _asked(rule, Direction.ON, by, now, expires)


def back_again(rule: Rule) -> Rule:
    """What putting a switch back asks of people: two of them, always."""
    leading = frozenset({Who.LEAD, Who.TECHNICAL})
    return Rule(rule.run_by | leading, rule.approve_by | leading, 1, rule.reversibility)


def break_glass(run: Run, severity: Severity, now: datetime, ratify_within: timedelta) -> Run:
    """Run it at once, on one person's word. Raises IllegalMove unless SEV1 and undone in full."""
    if run.direction is Direction.ON:
        raise IllegalMove("Switching back on takes two people, always.")
    if severity is not Severity.SEV1:
        raise IllegalMove(f"One person alone may act at SEV1 only; this is {severity}. Ask somebody to approve it.")
    if run.rule.reversibility is not Reversibility.FULL:
        raise IllegalMove("One person alone may only do what can be undone in full. Ask somebody to approve it.")
    _require_waiting(run, now)
    return replace(run, state=RunState.APPROVED, ratify_by=now + ratify_within)


def trip(run: Run) -> Run:
    """A breaker that policy approved beforehand runs it. Raises IllegalMove for what cannot be undone in full."""
    if run.rule.reversibility is not Reversibility.FULL or run.direction is Direction.ON:
        raise IllegalMove("Nothing that cannot be undone in full runs by itself.")
    return replace(run, state=RunState.APPROVED, is_automatic=True)


def approve(run: Run, by: Person, now: datetime) -> Run:
    """Agree to it; approved once enough have. Raises for whoever asked, for a second yes, and for one too late."""
    _require_waiting(run, now)
    return _agreed(run, by, now)


def ratify(run: Run, by: Person, now: datetime) -> Run:
    """Agree afterwards to what one person ran alone. Late is better than never."""
    if not run.is_break_glass:
        raise IllegalMove("Nobody broke the glass here: there is nothing to ratify.")
    if run.ratified is not None:
        raise AlreadyDone(f"This was ratified at {utc(run.ratified.at)}. Nothing was changed.")
    return replace(run, ratified=_yes(run, by, now))


def refuse(run: Run, by: Person, now: datetime) -> Run:
    """Say no, or take one's own request back."""
    _require_waiting(run, now)
    if not (by.identity.is_same_as(run.requested_by) or by.who & (run.rule.run_by | run.rule.approve_by)):
        raise NotAllowed(f"Only {list_of(run.rule.approve_by)} may refuse this, and whoever asked for it.")
    return replace(run, state=RunState.REFUSED)


def expire(run: Run, now: datetime) -> Run:
    """What nobody agreed to, or what was agreed to and could not begin, is over once its time has come."""
    is_late = run.state in (RunState.REQUESTED, RunState.APPROVED) and now >= run.expires_at
    return replace(run, state=RunState.EXPIRED) if is_late else run


def begin(run: Run, now: datetime) -> Run:
    """Turn the switch from now on. Expired instead, where the yes is older than it may be."""
    if run.state is not RunState.APPROVED:
        raise IllegalMove(f"This run is {said(run.state)}; only one that was approved can begin.")
    if now >= run.expires_at:
        return replace(run, state=RunState.EXPIRED)
    return replace(run, state=RunState.RUNNING)


def move(run: Run, target: RunState) -> Run:
    """What turning and looking found. Raises IllegalMove where that cannot follow."""
    if target not in MOVES.get(run.state, frozenset()):
        raise IllegalMove(f"A run that is {said(run.state)} cannot become {said(target)}.")
    return replace(run, state=target)


def said(state: RunState) -> str:
    """The state in a sentence."""
    return {RunState.ROLLED_BACK: "rolled back", RunState.REQUESTED: "waiting for approval"}.get(state, state.value)


def _asked(rule: Rule, direction: Direction, by: Person, now: datetime, expires: timedelta) -> Run:
    return Run(
        rule=rule,
        direction=direction,
        requested_by=by.identity,
        requested_as=by.who,
        requested_at=now,
        expires_at=now + expires,
    )


def _agreed(run: Run, by: Person, now: datetime) -> Run:
    agreed = replace(run, approvals=(*run.approvals, _yes(run, by, now)))
    return agreed if agreed.wanted else replace(agreed, state=RunState.APPROVED)


def _yes(run: Run, by: Person, now: datetime) -> Approval:
    if by.identity.is_same_as(run.requested_by):
        raise NotAllowed(
            "You asked for this yourself: somebody else has to agree. That holds for every account you have."
        )
    if any(by.identity.is_same_as(approval.by) for approval in run.approvals):
        raise AlreadyDone("You have agreed to this already: somebody else has to, too. Nothing was changed.")
    if not by.who & run.rule.approve_by:
        raise NotAllowed(f"Only {list_of(run.rule.approve_by)} may agree to this, and Andon's admins.")
    return Approval(by.identity, now, by.who)


def _require_waiting(run: Run, now: datetime) -> None:
    if run.state is RunState.REQUESTED and now >= run.expires_at:
        raise IllegalMove(f"This request expired at {utc(run.expires_at)}: ask for it again. Nothing was run.")
    if run.state is not RunState.REQUESTED:
        word = "over" if run.state not in UNDER_WAY else "decided already"
        raise AlreadyDone(f"This request is {word}: it is {said(run.state)}. Nothing was changed.")
