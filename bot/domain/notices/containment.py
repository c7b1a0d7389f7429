"""Notices about containment: the form, the request, what became of it, what would be sent, the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.containment.words import Direction, Reversibility, RunState
from bot.domain.notices import Notice
from bot.domain.notices.incident import Summary
from bot.domain.notices.law import Untold


@dataclass(frozen=True, slots=True)
class ActionItem:
    """What can be done about a system, and what that asks of people. ``missing``: secrets that are not set."""

    action: str
    catalogue: str
    title: str
    effect: str
    reversibility: Reversibility
    approvers: int
    asks: str
    agrees: str
    adapter: str
    missing: tuple[str, ...] = ()
    alters: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: ``read``, ``probe`` or ``by hand``; as wanted, not, or nobody can tell."""

    step: str
    is_as_wanted: bool | None
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Agreed:
    """Somebody's yes, by Slack id."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunItem:
    """One run as screens show it. ``requested_by`` is a Slack id, or an actor in stored form where no person asked."""

    run_id: int
    number: int
    catalogue: str
    title: str
    effect: str
    direction: Direction
    state: RunState
    reason: str
    reversibility: Reversibility
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    agreed: tuple[Agreed, ...] = ()
    wanted: int = 0
    agrees: str = ""
    harm_cannot_wait: str = ""
    exhibits: int = 0
    ratify_by: datetime | None = None
    ratified: Agreed | None = None
    is_automatic: bool = False
    is_by_hand: bool = False
    instructions: str = ""
    checks: tuple[Seen, ...] = ()
    look_at: tuple[str, ...] = ()
    answer: str = ""
    hold_until: datetime | None = None
    moved_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    outcome: str = ""
    can_go_back: bool = False
    review_at: datetime | None = None

    @property
    def is_break_glass(self) -> bool:
        """Whether one person ran it alone."""
        return self.ratify_by is not None


@dataclass(frozen=True, slots=True)
class SwitchPost(Notice):
    """The request in the channel, edited as it goes on."""

    summary: Summary
    run: RunItem
    command: str


@dataclass(frozen=True, slots=True)
class SwitchReceipt(Notice):
    """What whoever acted hears: where the run stands now."""

    summary: Summary
    run: RunItem


@dataclass(frozen=True, slots=True)
class SwitchFailure(Notice):
    """Said loudly: it did not work. ``is_direct``: to one person rather than the channel."""

    summary: Summary
    run: RunItem
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class SwitchUnratifiedPost(Notice):
    """Nobody has ratified what one person ran alone."""

    summary: Summary
    run: RunItem


@dataclass(frozen=True, slots=True)
class SwitchStaysAsk(Notice):
    """What is not meant to stay is still off: should it be? ``is_direct``: to one person rather than the channel."""

    summary: Summary
    run: RunItem
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class SwitchForm(Notice):
    """Asks what to do about the system, and why. ``exhibits``: how much is kept as evidence; ``missing``: what is not.

    ``why`` is what was said already, ``problem`` what stood in the way of it.
    """

    summary: Summary
    system_name: str
    actions: tuple[ActionItem, ...]
    exhibits: int
    may_break_glass: bool
    ratify_minutes: int
    chosen: str | None = None
    untold: tuple[Untold, ...] = ()
    missing: tuple[str, ...] = ()
    why: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SwitchRefuseForm(Notice):
    """Asks why a request is refused."""

    summary: Summary
    run: RunItem


@dataclass(frozen=True, slots=True)
class SwitchBackForm(Notice):
    """Asks why it is safe to switch it on again."""

    summary: Summary
    run: RunItem


@dataclass(frozen=True, slots=True)
class ByHandForm(Notice):
    """Asks what was done by hand, and how it was seen to work."""

    summary: Summary
    run: RunItem


@dataclass(frozen=True, slots=True)
class DryRun(Notice):
    """The calls exactly as they would be sent, secrets masked; the first of them turn, the others look."""

    summary: Summary
    title: str
    calls: tuple[str, ...]
    missing: tuple[str, ...] = ()
    is_drill: bool = False


@dataclass(frozen=True, slots=True)
class SwitchList(Notice):
    """What was done and what can be done."""

    summary: Summary
    runs: tuple[RunItem, ...]
    actions: tuple[ActionItem, ...]
    command: str
