"""The kind of cause of an incident, once it is known, and the earlier incidents that are like it."""

from __future__ import annotations

from bot.domain.causes import CauseClass, cause_name
from bot.domain.errors import AlreadyDone
from bot.domain.events import FindingAdded
from bot.domain.investigation import FindingKind
from bot.domain.lifecycle import reason as stated_reason
from bot.domain.notices.investigation import CauseForm, EarlierItem, EarlierList, FindingReceipt
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.guards import require_unmerged
from bot.services.likeness import alike, sharing_model
from bot.services.playbook.findings import item
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.findings import Finding

WHY = "Say in a few words what shows it."


class Causes:
    """Writes the cause down and compares incidents."""

    def __init__(self, work: Work, access: Access, library: Library, command: str) -> None:
        self._work = work
        self._access = access
        self._library = library
        self._command = command

    async def name(self, incident_id: int, cause: CauseClass, why: str, *, by: Actor, key: str) -> FindingReceipt:
        """Say what kind of cause it was and what shows it, also once it is closed. Raises AlreadyDone when it is so."""
        stated = stated_reason(why, WHY)
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.NOTE, by, lock=True)
            await require_unmerged(unit, incident)
            if (known := await unit.findings.by_source(key)) is not None:
                return FindingReceipt(summary(incident), item(known))
            if incident.cause_class == cause:
                raise AlreadyDone(f"The cause is “{cause_name(cause)}” already. Nothing was changed.")
            incident.cause_class = cause
            text, now = f"{cause_name(cause)}: {stated}", self._work.now()
            finding = await unit.findings.add(
                Finding(
                    incident_id=incident.key,
                    number=await unit.findings.next_number(incident.key),
                    kind=FindingKind.CAUSE,
                    text=text,
                    data={"cause": cause.value},
                    found_at=now,
                    found_by=str(by),
                    source_key=key,
                )
            )
            data = {"finding": finding.number, "kind": FindingKind.CAUSE, "cause": cause.value}
            unit.timeline.note(incident.key, EntryKind.FINDING, f"Cause: {text}", by=by, at=now, data=data)
            unit.tell(FindingAdded(incident.key, finding.number))
            return FindingReceipt(summary(incident), item(finding))

    async def form(self, incident_id: int, *, by: Actor, chosen: CauseClass | None = None) -> CauseForm:
        """The form that asks what kind of cause it was."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.NOTE, by)
        return CauseForm(summary(incident), chosen or incident.cause_class)

    async def earlier(self, incident_id: int, *, by: Actor) -> EarlierList:
        """Earlier incidents like this one, private ones among them where this person may see them."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            same_model = sharing_model(self._library, incident.system)
            sees_all = self._access.is_admin(by.id) or not by.is_person
            found = await unit.cards.earlier(incident, same_model, to=by.id, sees_all=sees_all)
        items = tuple(EarlierItem(summary(one), alike(incident, one, same_model)) for one in found)
        return EarlierList(summary(incident), items, self._command)
