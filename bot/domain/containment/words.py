"""The words of containment: who, how far it can be undone, and where a run stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.permissions import Standing


class Who(StrEnum):
    """Whom a rule of the catalogue means. Admins count as any of them."""

    ON_CALL = "on_call"
    OWNER = "owner"
    LEAD = "lead"
    TECHNICAL = "technical"
    LEGAL = "legal"
    COMMS = "comms"


WHO_WORDS = {
    Who.ON_CALL: "whoever is on call for the system",
    Who.OWNER: "the system's owner",
    Who.LEAD: "the lead",
    Who.TECHNICAL: "technical",
    Who.LEGAL: "legal",
    Who.COMMS: "comms",
}

WHO_OF_STANDING = {
    Standing.LEAD: Who.LEAD,
    Standing.TECHNICAL: Who.TECHNICAL,
    Standing.LEGAL: Who.LEGAL,
    Standing.COMMS: Who.COMMS,
}


class Reversibility(StrEnum):
    """How far an action can be undone."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class Direction(StrEnum):
    """Which way the switch is turned: off stops the harm, on lets it all back."""

    OFF = "off"
    ON = "on"


class RunState(StrEnum):
    """Where a run stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    RUNNING = "running"
    VERIFYING = "verifying"
    HOLDING = "holding"
    CONTAINED = "contained"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUSED = "refused"
    ROLLED_BACK = "rolled_back"


# From here something can still happen by itself or by a press.
UNDER_WAY = frozenset({RunState.REQUESTED, RunState.APPROVED, RunState.RUNNING, RunState.VERIFYING, RunState.HOLDING})
# The switch may have moved: only these can be put back.
MAY_HAVE_MOVED = frozenset({RunState.VERIFYING, RunState.HOLDING, RunState.CONTAINED, RunState.FAILED})


@dataclass(frozen=True, slots=True)
class Rule:
    """What the catalogue says of an action. ``approvers`` agree besides whoever asked; ``needs`` must be among them."""

    run_by: frozenset[Who]
    approve_by: frozenset[Who]
    approvers: int
    reversibility: Reversibility
    needs: frozenset[Who] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    """One human being behind an account: the same address is the same person, whatever the account is called."""

    id: str
    email: str = ""

    def is_same_as(self, other: Identity) -> bool:
        """Whether both are one person, as far as anybody can tell."""
        mine, theirs = _plain(self.email), _plain(other.email)
        return self.id == other.id or bool(mine and mine == theirs)


def list_of(who: Iterable[Who], last: str = "and") -> str:
    """Who may, in a sentence; ``last`` stands before the last of several."""
    words = [WHO_WORDS[one] for one in Who if one in set(who)]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else "nobody"


def _plain(email: str) -> str:
    """An address as one mailbox: without case, and without what stands after a plus."""
    name, at, host = email.strip().casefold().partition("@")
    return f"{name.partition('+')[0]}{at}{host}" if at else ""
