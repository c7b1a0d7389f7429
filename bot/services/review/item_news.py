"""What is said about action items: to their owners, to whoever leads where an owner has left. One reaction each."""

from __future__ import annotations

from bot.domain import events
from bot.domain.action_items import ActionAct
from bot.domain.errors import ChatRefused
from bot.domain.incident import Role
from bot.domain.notices import Notice
from bot.domain.notices.action_items import ActionForYou, ActionsChased, OwnerLeft
from bot.domain.people import ANDON, Actor
from bot.domain.timeline import EntryKind
from bot.services.access import Access
from bot.services.channels import channel_in
from bot.services.directory import Directory
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.review.lines import line, moved, snapshot
from bot.services.summaries import summary
from bot.services.work import Work
from storage.action_items import ActionChange, ActionItem
from storage.incidents import Incident
from storage.store import Unit

ItemFact = events.ActionChanged | events.ActionGiven | events.ActionTakenBack | events.OwnerLost
GONE = frozenset({"user_not_found", "user_disabled", "account_inactive"})


class ItemNews:
    """Tells people about action items."""

    def __init__(self, work: Work, chat: Chat, access: Access, directory: Directory) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._directory = directory

    async def tell_owner(self, fact: events.ActionGiven, attempt: Attempt) -> None:
        """Tell the owner, unless it was given to somebody else meanwhile or is over."""
        item, incident = await self._found(fact)
        if item.told_ts is not None or item.owner_id != fact.user_id or not item.is_open:
            return
        posted = await self._chat.dm(fact.user_id, await self._for_you(item, incident), once=attempt.once)
        async with self._work() as unit:
            stored = await unit.action_items.get(fact.item_id)
            if stored is not None and stored.owner_id == fact.user_id:
                stored.told_id, stored.told_channel_id, stored.told_ts = fact.user_id, posted.channel_id, posted.ts

    async def refresh_told(self, fact: events.ActionChanged, _: Attempt) -> None:
        """What the owner was told shows the item as it is now."""
        item, incident = await self._found(fact)
        if item.told_channel_id and item.told_ts:
            await self._edit(Posted(item.told_channel_id, item.told_ts), await self._for_you(item, incident))

    async def take_back(self, fact: events.ActionTakenBack, _: Attempt) -> None:
        """What a former owner was told says that it is theirs no more."""
        item, incident = await self._found(fact)
        notice = await self._for_you(item, incident, is_yours=False)
        await self._edit(Posted(fact.channel_id, fact.message_ts), notice)

    async def remind(self, fact: events.ActionsDue, attempt: Attempt) -> None:
        """One message for everything of this person that is still to do; whoever has left is not written to."""
        now = self._work.now()
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            items = await unit.action_items.some(fact.item_ids)
            moves = moved(await unit.action_items.changes_of(fact.incident_id))
        waiting = [item for item in items if item.is_open and item.owner_id == fact.user_id]
        if incident is None or not waiting:
            return
        if await self._has_left(fact.user_id):
            await self._lose_owner(incident, [item.key for item in waiting], fact.user_id, attempt)
            return
        if not await self._sees(incident, fact.user_id):
            return
        shown = tuple(line(item, now, moves[item.key]) for item in waiting)
        await self._chat.dm(fact.user_id, ActionsChased(summary(incident), shown, now), once=attempt.once)

    async def tell_lead(self, fact: events.OwnerLost, attempt: Attempt) -> None:
        """Tell whoever leads or led, else whoever wrote the item down, else the channel: it needs another owner."""
        item, incident = await self._found(fact)
        if not item.is_open or item.owner_left_at is None or item.owner_id is None:
            return
        async with self._work.read() as unit:
            names = await unit.people.names([item.owner_id])
            people = await _responsible(unit, incident, item)
        name = names[item.owner_id].name if item.owner_id in names else "The owner"
        for user_id, why in people:
            if not await self._has_left(user_id) and await self._sees(incident, user_id):
                notice = OwnerLeft(summary(incident), line(item, self._work.now()), name, why)
                await self._chat.dm(user_id, notice, once=attempt.once)
                return
        if (channel_id := channel_in(incident)) is not None:
            notice = OwnerLeft(summary(incident), line(item, self._work.now()), name, "")
            await self._chat.post(channel_id, notice, once=attempt.once)

    async def _has_left(self, user_id: str) -> bool:
        """Whether Slack says that the account is gone. Raises ChatError when Slack cannot say."""
        try:
            return (await self._directory.refresh_profile(user_id)).is_deactivated
        except ChatRefused as refusal:
            if refusal.code in GONE:
                return True
            raise

    async def _lose_owner(self, incident: Incident, item_ids: list[int], user_id: str, attempt: Attempt) -> None:
        """Nobody owns these any more: on record once, and told each time a reminder would have been due."""
        now = self._work.now()
        async with self._work() as unit:
            for item in await unit.action_items.some(item_ids):
                if item.owner_left_at is None:
                    item.owner_left_at = now
                    change = ActionChange(
                        item_id=item.key,
                        incident_id=item.incident_id,
                        act=ActionAct.ORPHANED,
                        at=now,
                        by=str(ANDON),
                        was={"owner": user_id},
                        item=snapshot(item),
                    )
                    await unit.action_items.record(change)
                    said = f"<@{user_id}> has left: action item A{item.key} needs another owner: {item.text}"
                    unit.timeline.note(incident.key, EntryKind.ACTION, said, by=ANDON, at=now)
                unit.tell(events.OwnerLost(incident.key, item.key))
            await attempt.finish(unit)

    async def _sees(self, incident: Incident, user_id: str) -> bool:
        async with self._work.read() as unit:
            return await self._access.sees(unit, incident, Actor.person(user_id))

    async def _found(self, fact: ItemFact) -> tuple[ActionItem, Incident]:
        async with self._work.read() as unit:
            item = await unit.action_items.get(fact.item_id)
            incident = await unit.incidents.get(fact.incident_id)
        if item is None or incident is None:
            raise LookupError(f"no action item {fact.item_id} of incident {fact.incident_id}")
        return item, incident

    async def _for_you(self, item: ActionItem, incident: Incident, *, is_yours: bool = True) -> ActionForYou:
        async with self._work.read() as unit:
            changes = await unit.action_items.changes_of(incident.key)
        mine = [one for one in changes if one.item_id == item.key]
        given = [one for one in mine if one.act in (ActionAct.ADDED, ActionAct.GIVEN)]
        shown = line(item, self._work.now(), moved(mine)[item.key])
        return ActionForYou(summary(incident), shown, given[-1].by if given else item.added_by, is_yours)

    async def _edit(self, posted: Posted, notice: Notice) -> None:
        try:
            await self._chat.edit(posted, notice)
        except ChatRefused as refusal:
            if refusal.code != "message_not_found":
                raise


async def _responsible(unit: Unit, incident: Incident, item: ActionItem) -> list[tuple[str, str]]:
    """Whom to tell, the first who is still here: the lead now or last, then whoever wrote it down."""
    led = [tenure for tenure in await unit.roles.history(incident.key) if tenure.role is Role.LEAD and tenure.from_at]
    people = [(tenure.user_id, "you lead or led it") for tenure in reversed(led)]
    added = Actor.parse(item.added_by)
    if added.is_person:
        people.append((added.id, "you wrote it down"))
    return [(user_id, why) for user_id, why in people if user_id != item.owner_id]
