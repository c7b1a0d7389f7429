"""The law's clocks for the post-mortem: each with legal's word on it and what was sent, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain import postmortem as pm
from bot.domain.obligations.words import Decision
from bot.domain.people import Actor
from bot.services.law.reckoning import row_of
from storage.obligations import Obligation
from storage.store import Unit

APPLIES = {Decision.APPLIES: True, Decision.DOES_NOT_APPLY: False}


async def obligations(unit: Unit, number: int) -> tuple[pm.Obligation, ...]:
    """Every clock, in the order of their numbers. Texts and counsel's word stay with legal."""
    return tuple(_line(one, reference) for one, reference in await unit.obligations.referenced(number))


def people(clocks: Sequence[pm.Obligation]) -> Iterable[str]:
    """The Slack ids of all who decided."""
    deciders = (Actor.parse(one.decided_by) for one in clocks if one.decided_by)
    return [one.id for one in deciders if one.is_person]


def _line(one: Obligation, reference: str | None) -> pm.Obligation:
    return pm.Obligation(
        name=row_of(one).name,
        applies=APPLIES.get(one.decision),
        reason=one.why or None,
        decided_by=one.decided_by,
        due_at=one.due_strict,
        sent_at=one.sent_at,
        reference=reference or None,
    )
