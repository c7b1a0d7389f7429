"""Action items for other programs: a table on request, a file in the channel, and every change to a signed webhook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain.action_table import as_csv, rows
from bot.domain.errors import BadInput, ChatRefused, ChatUnavailable, ChatUncertain
from bot.domain.events import HookOwed, ReviewFileMade
from bot.domain.incident import reference
from bot.domain.notices import Confirmation
from bot.domain.notices.action_items import ActionItemLine
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.services.access import Access
from bot.services.containment.ports import SwitchError, SwitchRefused, SwitchUnavailable
from bot.services.reaction import Attempt
from bot.services.review.lines import line, lines, moved
from bot.services.review.ports import Outward
from bot.services.work import Work
from playbooks.action_tables import as_markdown
from playbooks.library import Library
from storage.action_items import ActionChange
from storage.incidents import Incident
from storage.reviews import ReviewFile
from storage.store import Unit

FORMS = ("csv", "md")
MOST_LISTED = 5000


class Exporting:
    """Hands out action items."""

    def __init__(self, work: Work, access: Access, library: Library, outward: Outward) -> None:
        self._work = work
        self._access = access
        self._library = library
        self._outward = outward

    async def visible(
        self, *, by: Actor, incident_id: int | None = None, is_own: bool = False, limit: int = MOST_LISTED
    ) -> tuple[ActionItemLine, ...]:
        """Items of incidents that this person may see, open ones first; of one incident, or their own open ones."""
        now, sees_all = self._work.now(), self._access.is_admin(by.id)
        async with self._work.read() as unit:
            found = await unit.action_items.seen_by(
                by.id, sees_all=sees_all, incident_id=incident_id, is_own=is_own, limit=limit
            )
            moves = moved(await unit.action_items.changes_to([item.key for item, _ in found]))
        return tuple(line(item, now, moves[item.key], incident.reference) for item, incident in found)

    async def text(
        self, form: str, *, by: Actor, incident_id: int | None = None, is_own: bool = False
    ) -> tuple[str, tuple[ActionItemLine, ...]]:
        """The table as ``csv`` or ``md``, and its items. Raises BadInput."""
        items = await self.visible(by=by, incident_id=incident_id, is_own=is_own)
        async with self._work.read() as unit:
            return await _written(unit, form, items, reference(incident_id) if incident_id else ""), items

    async def into_channel(self, incident_id: int, form: str, *, by: Actor, key: str) -> Confirmation:
        """Share the incident's items as a file in its channel, once for one ``key``. Raises BadInput."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by, lock=True)
            source = f"export:{key}:{form}"
            if await unit.reviews.file_by_source(source) is None:
                items = [_named(item, incident.reference) for item in await lines(unit, incident.key, self._work.now())]
                made = ReviewFile(
                    incident_id=incident.key,
                    name=f"{incident.reference}-action-items.{form}",
                    title=f"Action items of {incident.reference}",
                    content=await _written(unit, form, items, incident.reference),
                    made_at=self._work.now(),
                    made_by=str(by),
                    source_key=source,
                )
                file = await unit.reviews.add_file(made)
                unit.tell(ReviewFileMade(incident.key, file.key))
        return Confirmation(f"The action items of {incident.reference} follow as a file in its channel.")

    async def send(self, fact: HookOwed, _: Attempt) -> None:
        """Tell the webhook of one change; the same change always has the same id. Raises ChatError.

        Whether it may be told is asked anew: the policy may have changed since.
        """
        hook = self._library.review.hook
        async with self._work.read() as unit:
            change = await unit.action_items.change(fact.change_id)
            incident = await unit.incidents.get(fact.incident_id)
            people = _people(change) if change else []
            names = await unit.people.names(people)
        if hook is None or change is None or incident is None or not may_be_told(incident, is_private=hook.private):
            return
        body = _body(change, incident, {user_id: profile.name for user_id, profile in names.items()})
        try:
            await self._outward.deliver(hook.url, hook.secret, f"andon-action-item-{change.key}", body)
        except SwitchRefused as error:
            raise ChatRefused("webhook_refused", str(error)) from error
        except SwitchUnavailable as error:
            raise ChatUnavailable("webhook_unreachable", str(error)) from error
        except SwitchError as error:
            raise ChatUncertain("webhook_uncertain", str(error)) from error


def may_be_told(incident: Incident, *, is_private: bool) -> bool:
    """Whether anything of this incident may leave: never of a drill, of a private one only where policy says so."""
    return not incident.is_drill and (is_private or not incident.is_private)


async def _written(unit: Unit, form: str, items: Sequence[ActionItemLine], about: str) -> str:
    if form not in FORMS:
        raise BadInput(f"“{form[:20]}” is no form of a table: write csv or md.")
    people = {who for item in items for who in (item.owner_id, _bare(item.ended_by)) if who}
    names = await unit.people.names(people)
    if form == "csv":
        return as_csv(items, names)
    return as_markdown(rows(items, names), f"Action items{f' of {about}' if about else ''}")


def _named(item: ActionItemLine, about: str) -> ActionItemLine:
    return replace(item, reference=about)


def _bare(actor: str | None) -> str:
    found = Actor.parse(actor) if actor else None
    return found.id if found is not None and found.is_person else ""


def _people(change: ActionChange) -> list[str]:
    return [who for who in (str(change.item.get("owner") or ""), _bare(change.by)) if who]


def _body(change: ActionChange, incident: Incident, names: dict[str, str]) -> dict[str, Any]:
    owner = change.item.get("owner")
    return {
        "type": f"action_item.{change.act}",
        "timestamp": change.at.isoformat(),
        "data": {
            **change.item,
            "incident": incident.reference,
            "owner_name": names.get(str(owner)) if owner else None,
            "by": names.get(_bare(change.by), change.by),
            "reason": change.reason,
            "was": change.was,
            "now": change.now,
        },
    }
