"""The words of texts."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.incident import Role
from bot.domain.permissions import ROLE_STANDING, Standing


class TextState(StrEnum):
    """Where a text stands. ``not_needed``: somebody said why none is; it has no words."""

    DRAFT = "draft"
    SENT = "sent"
    DROPPED = "dropped"
    NOT_NEEDED = "not_needed"


class Since(StrEnum):
    """What the time for a text counts from."""

    DECLARED = "declared"
    RESOLVED = "resolved"


class Wording(StrEnum):
    """Why a phrase is worth a second look."""

    CAUSE = "cause"
    TIME = "time"
    SPECULATION = "speculation"
    BLAME = "blame"
    NUMBER = "number"
    NAME = "name"
    ATTACK = "attack"
    FORBIDDEN = "forbidden"
    MISSING = "missing"


SITS_AS: dict[Standing, Role] = {standing: role for role, standing in ROLE_STANDING.items()}


def roles_of(standings: frozenset[Standing]) -> frozenset[Role]:
    """The roles that somebody holds."""
    return frozenset(SITS_AS[standing] for standing in standings if standing in SITS_AS)
