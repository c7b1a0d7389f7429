"""Who has approved a text and who must still. An approval is of one exact text, by its hash, and of no other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.containment.words import Identity
from bot.domain.errors import AlreadyDone, NotAllowed
from bot.domain.incident import Role


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's yes to one exact text, as one role. ``email`` tells one person with two accounts."""

    by: str
    email: str
    role: Role
    at: datetime
    sha256: str

    def is_by(self, user_id: str, email: str) -> bool:
        """Whether it was this human being."""
        return Identity(self.by, self.email).is_same_as(Identity(user_id, email))


def standing(approvals: Iterable[Approval], sha256: str) -> tuple[Approval, ...]:
    """The approvals of the text as it is now."""
    return tuple(approval for approval in approvals if approval.sha256 == sha256)


def missing(wanted: Sequence[Role], approvals: Iterable[Approval], sha256: str) -> tuple[Role, ...]:
    """The roles that have not approved the text as it is now."""
    given = {approval.role for approval in standing(approvals, sha256)}
    return tuple(role for role in wanted if role not in given)


def role_to_approve_as(
    wanted: Sequence[Role],
    approvals: Iterable[Approval],
    sha256: str,
    *,
    by: str,
    email: str,
    held: frozenset[Role],
    different_people: bool,
) -> Role:
    """The role somebody's approval counts as. Raises NotAllowed or AlreadyDone, with who may."""
    given = standing(approvals, sha256)
    if not held & set(wanted):
        raise NotAllowed(f"Only whoever holds {' or '.join(wanted)} in this incident can approve this text.")
    own = [approval for approval in given if approval.is_by(by, email)]
    free = [role for role in missing(wanted, given, sha256) if role in held]
    if own and different_people:
        left = missing(wanted, given, sha256)
        rest = f" Somebody else approves as {' and '.join(left)}." if left else ""
        raise AlreadyDone(f"You have approved this text as {own[0].role} already.{rest}")
    if not free:
        raise AlreadyDone("Your role has approved this text already. Nothing was changed.")
    return free[0]
