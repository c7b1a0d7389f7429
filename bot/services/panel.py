"""The control panel: what a person can do to an incident now, from one table of verbs.

A verb is offered when the permissions allow it and the incident's state gives it something to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.domain.incident import Outcome
from bot.domain.notices.panel import ControlPanel
from bot.domain.people import Actor
from bot.domain.permissions import Verb, may
from bot.services.access import NO_SUCH, Access
from bot.services.cards import Cards
from bot.services.work import Work
from storage.incidents import Incident


@dataclass(frozen=True, slots=True)
class Offer:
    """One verb of the panel: its key, what it needs, and when it would do something."""

    key: str
    verb: Verb
    does_something: Callable[[Incident], bool]


def _always(_: Incident) -> bool:
    return True


def _open(incident: Incident) -> bool:
    return incident.is_open


def _uncontained(incident: Incident) -> bool:
    return incident.is_open and incident.contained_at is None


def _resolvable(incident: Incident) -> bool:
    return incident.is_open and incident.contained_at is not None and incident.resolved_at is None


def _provisional(incident: Incident) -> bool:
    return incident.is_open and incident.is_provisional


def _unmerged(incident: Incident) -> bool:
    return incident.outcome is not Outcome.MERGED


def _reopenable(incident: Incident) -> bool:
    return not incident.is_open and incident.outcome is not Outcome.MERGED


OFFERS = (
    Offer("update", Verb.SEND_UPDATE, _open),
    Offer("clocks", Verb.SEE, _unmerged),
    Offer("particular", Verb.SET_PARTICULAR, _unmerged),
    Offer("texts", Verb.READ_TEXTS, _always),
    Offer("contain", Verb.SEE, _open),
    Offer("containment", Verb.SEE, _always),
    Offer("contained", Verb.CONTAIN, _uncontained),
    Offer("resolved", Verb.RESOLVE, _resolvable),
    Offer("close", Verb.CLOSE, _open),
    Offer("reopen", Verb.REOPEN, _reopenable),
    Offer("severity", Verb.RAISE_SEVERITY, _open),
    Offer("confirm", Verb.CONFIRM_SEVERITY, _provisional),
    Offer("phase", Verb.MOVE_PHASE, _open),
    Offer("type", Verb.CHANGE_TYPE, _open),
    Offer("role", Verb.ASSIGN_ROLE, _open),
    Offer("handoff", Verb.HAND_OVER, _open),
    Offer("invite", Verb.GRANT_ACCESS, _always),
    Offer("task", Verb.ADD_TASK, _open),
    Offer("tasks", Verb.SEE, _always),
    Offer("playbook", Verb.SEE, _always),
    Offer("suggest", Verb.NOTE, _always),
    Offer("assess", Verb.NOTE, _open),
    Offer("findings", Verb.SEE, _always),
    Offer("note", Verb.NOTE, _always),
    Offer("timeline", Verb.SEE, _always),
    Offer("evidence", Verb.SEE, _always),
    Offer("postmortem", Verb.WRITE_POSTMORTEM, _always),
    Offer("review", Verb.REVIEW, _unmerged),
    Offer("actions", Verb.SEE, _always),
    Offer("redact", Verb.REDACT, _always),
    Offer("merge", Verb.MERGE, _open),
    Offer("cancel", Verb.CANCEL, _open),
)


SWITCHES = frozenset({"contain", "containment"})  # of no use where the system has none


class Panel:
    """Reads panels."""

    def __init__(self, work: Work, access: Access, cards: Cards) -> None:
        self._work = work
        self._access = access
        self._cards = cards

    async def read(self, incident_id: int, *, by: Actor) -> ControlPanel:
        """The panel for this person. Raises NotFound for none, or none the person may see."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            standings = await self._access.standings(unit, incident, by)
            card = await self._cards.read(unit, incident_id)
        if card is None:
            raise NotFound(NO_SUCH)
        keys = tuple(
            offer.key
            for offer in OFFERS
            if offer.does_something(incident) and may(offer.verb, incident.is_private, standings)
            if card.can_switch or offer.key not in SWITCHES
        )
        return ControlPanel(card, keys)
