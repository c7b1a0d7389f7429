"""Action items: promised, given, moved with a reason, done, dropped with a reason. What happened to each stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.action_items import ActionAct
from bot.domain.deadlines import due_at as deadline
from bot.domain.errors import BadInput, NotAllowed, NotFound
from bot.domain.events import ActionChanged, ActionGiven, ActionTakenBack, HookOwed, PostmortemWritten
from bot.domain.lifecycle import reason as stated_reason
from bot.domain.notices.action_items import ActionDropForm, ActionForm, ActionItemList, ActionMoveForm, ActionReceipt
from bot.domain.people import Actor, Profile
from bot.domain.permissions import Verb, may_see
from bot.domain.postmortem import ActionKind
from bot.domain.timeline import EntryKind
from bot.services import dates
from bot.services.access import NO_SUCH, Access
from bot.services.guards import already, require_unmerged
from bot.services.naming import Naming
from bot.services.review.exporting import may_be_told
from bot.services.review.lines import line, lines, snapshot
from bot.services.summaries import summary
from bot.services.work import Work
from playbooks.library import Library
from storage.action_items import ActionChange, ActionItem
from storage.incidents import Incident
from storage.store import Unit

TEXT_LIMIT = 1000
SHOWN = 25
WHY_MOVE = "Say why it is moved, in a few words: it stays on record."
WHY_DROP = "Say why it is dropped, in a few words: it stays on record."


@dataclass(frozen=True, slots=True)
class Promise:
    """An action item as it is wished for. ``step_key`` is the playbook step it came from."""

    text: str
    kind: ActionKind = ActionKind.PREVENT
    owner_id: str | None = None
    due: datetime | None = None
    eval_added: bool | None = None
    step_key: str | None = None


class ActionItems:
    """The promises of post-mortems. They live on when their incident is closed."""

    def __init__(self, work: Work, access: Access, naming: Naming, library: Library, command: str) -> None:
        self._work = work
        self._access = access
        self._naming = naming
        self._library = library
        self._command = command

    async def form(self, incident_id: int, *, by: Actor, text: str = "", owner_id: str | None = None) -> ActionForm:
        """The form for one promise, due when policy says."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.WRITE_POSTMORTEM, by)
            await require_unmerged(unit, incident)
            steps = await unit.steps.of(incident.key)
        wait = self._library.deadlines(incident.severity).actions
        due = deadline(self._work.now(), wait, self._library.calendar) if wait else None
        choices = tuple((step.key, f"{step.number}. {step.text}") for step in steps if step.is_planned)
        return ActionForm(summary(incident), due, choices, text, owner_id)

    async def add_line(
        self, incident_id: int, typed: str, owner: Profile | None, *, by: Actor, key: str
    ) -> ActionReceipt:
        """Add an item as typed in one line; ``by friday`` in it is its due date. Due by policy where none is said."""
        due, text = await dates.find(typed, await self._timezone(by), self._work.now())
        if due is None:
            due = (await self.form(incident_id, by=by)).due_at
        promise = Promise(text, owner_id=owner.id if owner else None, due=due)
        return await self.add(incident_id, promise, by=by, key=key)

    async def add(self, incident_id: int, wish: Promise, *, by: Actor, key: str) -> ActionReceipt:
        """Keep a promise; the draft follows. ``key`` names the submission. Raises BadInput."""
        text = _text(wish.text)
        if wish.due is not None and wish.due < self._work.now():
            raise BadInput("That is in the past: choose a time to come, or leave it open.", field="due")
        owner = await self._naming.by_id(wish.owner_id, field="owner") if wish.owner_id else None
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.WRITE_POSTMORTEM, by, lock=True)
            await require_unmerged(unit, incident)
            if (known := await unit.action_items.by_source(key)) is not None:
                return self._receipt(incident, known)
            await self._check_insider(unit, incident, owner)
            item = await unit.action_items.add(
                ActionItem(
                    incident_id=incident.key,
                    text=text,
                    kind=wish.kind,
                    owner_id=owner.id if owner else None,
                    due_at=wish.due,
                    eval_added=wish.eval_added,
                    step_key=wish.step_key,
                    added_by=str(by),
                    added_at=self._work.now(),
                    source_key=key,
                )
            )
            await self._record(unit, incident, item, ActionAct.ADDED, by, f"Action item A{item.key}: {text}")
            self._tell_owner(unit, item, by)
            return self._receipt(incident, item)

    async def done(self, item_id: int, *, by: Actor) -> ActionReceipt:
        """It is done. Raises AlreadyDone, naming who was first."""
        async with self._work() as unit:
            item, incident = await self._open_item(unit, item_id, by)
            item.done_at, item.done_by = self._work.now(), str(by)
            await self._record(
                unit, incident, item, ActionAct.DONE, by, f"Action item A{item.key} is done: {item.text}"
            )
            return self._receipt(incident, item, was_changed=True)

    async def drop(self, item_id: int, why: str, *, by: Actor) -> ActionReceipt:
        """It will not be done, for a stated reason."""
        reason = stated_reason(why, WHY_DROP)
        async with self._work() as unit:
            item, incident = await self._open_item(unit, item_id, by)
            item.dropped_at, item.dropped_by, item.drop_reason = self._work.now(), str(by), reason
            said = f"Action item A{item.key} is dropped: {item.text}: {reason}"
            await self._record(unit, incident, item, ActionAct.DROPPED, by, said, reason=reason)
            return self._receipt(incident, item, was_changed=True)

    async def move_words(self, item_id: int, when: str, why: str, *, by: Actor) -> ActionReceipt:
        """Another due date as typed. Raises BadInput."""
        due = await dates.read(when, await self._timezone(by), self._work.now())
        return await self.move(item_id, due, None, why, by=by)

    async def move(
        self, item_id: int, due: datetime | None, owner_id: str | None, why: str, *, by: Actor
    ) -> ActionReceipt:
        """Another due date or owner, for a stated reason. None leaves as it is. Raises BadInput."""
        reason = stated_reason(why, WHY_MOVE)
        owner = await self._naming.by_id(owner_id, field="owner") if owner_id else None
        async with self._work() as unit:
            item, incident = await self._open_item(unit, item_id, by)
            is_moved = due is not None and due != item.due_at
            is_given = owner is not None and (owner.id != item.owner_id or item.owner_left_at is not None)
            if not is_moved and not is_given:
                raise BadInput("That is as it is already. Choose another date or another person.", field="due")
            if is_moved and due is not None and due <= self._work.now():
                raise BadInput("That is in the past: choose a time to come.", field="due")
            await self._check_insider(unit, incident, owner)
            if is_moved:
                await self._set_due(unit, incident, item, due, reason, by)
            if is_given and owner is not None:
                await self._give(unit, incident, item, owner, reason, by)
            return self._receipt(incident, item, was_changed=True)

    async def listing(self, incident_id: int, *, by: Actor) -> ActionItemList:
        """All items of an incident, open ones first."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            found = await lines(unit, incident.key, self._work.now())
        return ActionItemList(summary(incident), found[:SHOWN], self._command, max(0, len(found) - SHOWN))

    async def move_form(self, item_id: int, *, by: Actor) -> ActionMoveForm:
        """The form to move or give an item with."""
        async with self._work.read() as unit:
            item, incident = await self._open_item(unit, item_id, by, lock=False)
        return ActionMoveForm(summary(incident), line(item, self._work.now()))

    async def drop_form(self, item_id: int, *, by: Actor) -> ActionDropForm:
        """The form that asks why an item is dropped."""
        async with self._work.read() as unit:
            item, incident = await self._open_item(unit, item_id, by, lock=False)
        return ActionDropForm(summary(incident), line(item, self._work.now()))

    async def _set_due(
        self, unit: Unit, incident: Incident, item: ActionItem, due: datetime | None, reason: str, by: Actor
    ) -> None:
        was = item.due_at.isoformat() if item.due_at else None
        item.due_at, item.chase_at = due, None  # planned anew at the next look
        now = due.isoformat() if due else None
        said = f"Action item A{item.key} is moved: {item.text}: {reason}"
        await self._record(
            unit, incident, item, ActionAct.MOVED, by, said, reason=reason, was={"due": was}, now={"due": now}
        )

    async def _give(
        self, unit: Unit, incident: Incident, item: ActionItem, owner: Profile, reason: str, by: Actor
    ) -> None:
        if item.told_id and item.told_channel_id and item.told_ts:
            unit.tell(ActionTakenBack(incident.key, item.key, item.told_id, item.told_channel_id, item.told_ts))
        was, item.owner_id = item.owner_id, owner.id
        item.owner_left_at = item.chase_at = item.told_id = item.told_channel_id = item.told_ts = None
        said = f"Action item A{item.key} is for <@{owner.id}> now: {item.text}: {reason}"
        change = {"was": {"owner": was}, "now": {"owner": owner.id}}
        await self._record(unit, incident, item, ActionAct.GIVEN, by, said, reason=reason, **change)
        self._tell_owner(unit, item, by)

    async def _record(
        self, unit: Unit, incident: Incident, item: ActionItem, act: ActionAct, by: Actor, said: str, **more: Any
    ) -> None:
        """Keep it for good, say it on the timeline, let the draft, the owner's message and the webhook follow."""
        now = self._work.now()
        kept = ActionChange(
            item_id=item.key, incident_id=incident.key, act=act, at=now, by=str(by), item=snapshot(item), **more
        )
        change = await unit.action_items.record(kept)
        data = {"act": act.value, "item": item.key, **({"reason": more["reason"]} if more.get("reason") else {})}
        unit.timeline.note(incident.key, EntryKind.ACTION, said, by=by, at=now, data=data)
        if act is not ActionAct.ADDED:
            unit.tell(ActionChanged(incident.key, item.key))
        hook = self._library.review.hook
        if hook is not None and may_be_told(incident, is_private=hook.private):
            unit.tell(HookOwed(incident.key, change.key))
        if await unit.postmortems.newest(incident.key) is not None:
            unit.tell(PostmortemWritten(incident.key, str(by)))

    async def _open_item(
        self, unit: Unit, item_id: int, by: Actor, *, lock: bool = True
    ) -> tuple[ActionItem, Incident]:
        """The item, still to do; its incident, open or closed, is locked."""
        found = await unit.action_items.get(item_id)
        if found is None:
            raise NotFound(NO_SUCH)
        incident = await self._access.get(unit, found.incident_id, Verb.KEEP_PROMISE, by, lock=lock)
        item = await unit.action_items.get(item_id, fresh=True) or found
        if item.done_at is not None:
            raise await already(unit, f"Action item A{item.key} was done", item.done_by, item.done_at)
        if item.dropped_at is not None:
            raise await already(unit, f"Action item A{item.key} was dropped", item.dropped_by, item.dropped_at)
        return item, incident

    async def _check_insider(self, unit: Unit, incident: Incident, owner: Profile | None) -> None:
        if owner is None or not incident.is_private:
            return
        standings = await self._access.standings(unit, incident, Actor.person(owner.id))
        if not may_see(incident.is_private, standings):
            raise NotAllowed(
                f"{incident.reference} is private and {owner.name} is not part of it. "
                f"Let them in first: `{self._command} invite`."
            )

    def _tell_owner(self, unit: Unit, item: ActionItem, by: Actor) -> None:
        if item.owner_id is not None and item.owner_id != by.id:
            unit.tell(ActionGiven(item.incident_id, item.key, item.owner_id))

    async def _timezone(self, by: Actor) -> str:
        async with self._work.read() as unit:
            known = await unit.people.get(by.id)
        return known.timezone if known else (await self._naming.by_id(by.id)).timezone

    def _receipt(self, incident: Incident, item: ActionItem, *, was_changed: bool = False) -> ActionReceipt:
        return ActionReceipt(summary(incident), line(item, self._work.now()), was_changed)


def _text(text: str) -> str:
    wanted = text.strip()
    if not wanted:
        raise BadInput("Say what will be done.", field="text")
    if len(wanted) > TEXT_LIMIT:
        raise BadInput(f"That is {len(wanted):,} characters; {TEXT_LIMIT:,} fit.", field="text")
    return wanted
