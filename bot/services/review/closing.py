"""Closing the review: what is missing is named, and somebody says why it is closed all the same."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.events import PostmortemWanted, ReviewClosed
from bot.domain.incident import IncidentType
from bot.domain.notices.review import ReviewCloseForm
from bot.domain.obligations.words import Decision
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.review import GapKind, ReviewGap, Waiver, check_close
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.completeness import wanted
from bot.services.guards import already, require_unmerged
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.incidents import Incident
from storage.obligations import Obligation
from storage.reviews import Review
from storage.store import Unit

UNDECIDED = frozenset({Decision.PROPOSED, Decision.UNDECIDED})


class ReviewClosing:
    """Ends reviews."""

    def __init__(self, work: Work, access: Access, library: Library) -> None:
        self._work = work
        self._access = access
        self._library = library

    async def form(self, incident_id: int, *, by: Actor) -> ReviewCloseForm:
        """The form to close with. Raises AlreadyDone."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.CLOSE_REVIEW, by)
            await _check_open(unit, incident, await unit.reviews.get(incident.key))
            return ReviewCloseForm(summary(incident), await self.gaps(unit, incident))

    async def close(self, incident_id: int, why: Mapping[GapKind, str], *, by: Actor) -> tuple[Waiver, ...]:
        """The learning is done; what was waived, and why, stays on the timeline and in the draft. Raises BadInput."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.CLOSE_REVIEW, by, lock=True)
            await require_unmerged(unit, incident)
            review = await unit.reviews.begin(incident.key)
            await _check_open(unit, incident, review)
            waived = check_close(await self.gaps(unit, incident), why, str(by))
            now = self._work.now()
            review.closed_at, review.closed_by = now, str(by)
            review.waived = [
                {"kind": one.kind.value, "what": list(one.what), "why": one.why, "by": one.by} for one in waived
            ]
            without = "".join(f"; with {ReviewGap(one.kind, one.what).sentence}: {one.why}" for one in waived)
            data = {"act": "closed", "waived": review.waived}
            unit.timeline.note(incident.key, EntryKind.REVIEW, f"Review closed{without}", by=by, at=now, data=data)
            unit.tell(ReviewClosed(incident.key, str(by)))
            unit.tell(PostmortemWanted(incident.key, str(by)))
            return waived

    async def take_up(self, unit: Unit, incident: Incident) -> None:
        """The incident goes on: what was learned so far stays, and there is more to review. A hook."""
        review = await unit.reviews.get(incident.key)
        if review is not None and review.closed_at is not None:
            review.closed_at = review.closed_by = None
            review.waived = []

    async def gaps(self, unit: Unit, incident: Incident) -> tuple[ReviewGap, ...]:
        """What is missing now, in four statements. What somebody promised who has left is nobody's."""
        waiting = [item for item in await unit.action_items.of(incident.key) if item.is_open]
        known = await unit.people.names(item.owner_id for item in waiting if item.owner_id)
        gone = {user_id for user_id, profile in known.items() if profile.is_deactivated}
        unowned = [f"A{item.key} {item.text}" for item in waiting if item.is_unowned or item.owner_id in gone]
        undecided = [_clock(one) for one in await unit.obligations.of(incident.key) if one.decision in UNDECIDED]
        kept = [exhibit for exhibit in await unit.evidence.of(incident.key) if exhibit.redacted_at is None]
        state = wanted(self._library, IncidentType(incident.type), [item for one in kept for item in one.items])
        missing = [f"{item.id} {item.name}" for item in state.missing]
        found = (
            (GapKind.UNOWNED_ACTIONS, unowned),
            (GapKind.UNDECIDED_OBLIGATIONS, undecided),
            (GapKind.MISSING_EVIDENCE, missing),
        )
        return tuple(ReviewGap(kind, tuple(what)) for kind, what in found if what)


def waivers(review: Review) -> tuple[Waiver, ...]:
    """What the review was closed with; a line that another version wrote is passed over."""
    known = set(GapKind)
    return tuple(
        Waiver(GapKind(one["kind"]), tuple(map(str, one.get("what") or ())), str(one.get("why")), str(one.get("by")))
        for one in review.waived
        if one.get("kind") in known
    )


def _clock(one: Obligation) -> str:
    named = [str(one.row[word]) for word in ("instrument", "article") if one.row.get(word)]
    return ", ".join(named) or one.clock


async def _check_open(unit: Unit, incident: Incident, review: Review | None) -> None:
    if review is not None and review.closed_at is not None:
        raise await already(unit, f"The review of {incident.reference} was closed", review.closed_by, review.closed_at)
