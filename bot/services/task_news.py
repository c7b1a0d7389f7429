"""What is said about tasks: in the thread under the card, to their owners, to whoever is late. One reaction each."""

from __future__ import annotations

from bot.domain import events
from bot.domain.errors import ChatRefused
from bot.domain.notices import Notice
from bot.domain.notices.tasks import TaskForYou, TaskPost, TasksLate, TaskState
from bot.services.channels import Channels
from bot.services.failing import NotYet
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.summaries import summary
from bot.services.tasks import item
from bot.services.work import Work
from storage.incidents import Incident
from storage.store import Unit
from storage.tasks import Task

TaskFact = events.TaskAdded | events.TaskChanged | events.TaskGiven | events.TaskTakenBack


class TaskNews:
    """Tells people about tasks."""

    def __init__(self, work: Work, chat: Chat, channels: Channels) -> None:
        self._work = work
        self._chat = chat
        self._channels = channels

    async def post(self, fact: events.TaskAdded, attempt: Attempt) -> None:
        """Show the task under the card: a stream belongs in a thread."""
        channel_id = await self._channels.channel_of(fact.incident_id)
        async with self._work.read() as unit:
            task, incident = await _found(unit, fact)
        if channel_id is None or task.post_ts is not None:
            return
        if incident.card_ts is None:
            raise NotYet
        notice = self._post(task, incident)
        posted = await self._chat.post(channel_id, notice, once=attempt.once, thread_ts=incident.card_ts)
        async with self._work() as unit:
            stored, _ = await _found(unit, fact)
            stored.post_ts = posted.ts

    async def refresh_post(self, fact: events.TaskChanged, _: Attempt) -> None:
        """Show the task as it is now; once it is settled the buttons go."""
        async with self._work.read() as unit:
            task, incident = await _found(unit, fact)
        if incident.channel_id and task.post_ts:
            await self._edit(Posted(incident.channel_id, task.post_ts), self._post(task, incident))

    async def tell_owner(self, fact: events.TaskGiven, attempt: Attempt) -> None:
        """Tell the owner, unless it was given to somebody else meanwhile or is settled."""
        async with self._work.read() as unit:
            task, incident = await _found(unit, fact)
        if task.told_ts is not None:
            return
        if task.owner_id != fact.user_id or not task.is_open:
            await self._settle_told(fact, attempt)
            return
        posted = await self._chat.dm(fact.user_id, self._for_you(task, incident), once=attempt.once)
        await self._remember_told(fact, posted)

    async def refresh_told(self, fact: events.TaskChanged, _: Attempt) -> None:
        """What the owner was told shows the task as it is now."""
        async with self._work.read() as unit:
            task, incident = await _found(unit, fact)
        if task.told_channel_id and task.told_ts:
            await self._edit(Posted(task.told_channel_id, task.told_ts), self._for_you(task, incident))

    async def take_back(self, fact: events.TaskTakenBack, _: Attempt) -> None:
        """What a former owner was told says that it is theirs no more."""
        async with self._work.read() as unit:
            task, incident = await _found(unit, fact)
        notice = self._for_you(task, incident, is_yours=False)
        await self._edit(Posted(fact.channel_id, fact.message_ts), notice)

    async def remind(self, fact: events.TasksOverdue, attempt: Attempt) -> None:
        """One message for everything of this person that is past its time and still to do."""
        now = self._work.now()
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
            tasks = await unit.tasks.some(fact.task_ids)
        late = tuple(found for task in tasks if (found := item(task, now)).state is TaskState.OPEN and found.is_late)
        if incident is not None and incident.is_open and late:
            is_for_lead = all(task.owner_id is None for task in late)
            notice = TasksLate(summary(incident), late, is_for_lead)
            await self._chat.dm(fact.user_id, notice, once=attempt.once)

    async def _settle_told(self, fact: events.TaskGiven, attempt: Attempt) -> None:
        """What an earlier try may have told shows that it is settled, or theirs no more."""
        posted = await self._chat.recall(fact.user_id, once=attempt.once)
        if posted is None:
            return
        async with self._work.read() as unit:
            task, incident = await _found(unit, fact)
        await self._edit(posted, self._for_you(task, incident, is_yours=task.owner_id == fact.user_id))
        await self._remember_told(fact, posted)

    async def _remember_told(self, fact: events.TaskGiven, posted: Posted) -> None:
        async with self._work() as unit:
            stored, _ = await _found(unit, fact)
            if stored.owner_id == fact.user_id:
                stored.told_id, stored.told_channel_id, stored.told_ts = fact.user_id, posted.channel_id, posted.ts

    def _post(self, task: Task, incident: Incident) -> TaskPost:
        return TaskPost(summary(incident), item(task, self._work.now()), task.created_by)

    def _for_you(self, task: Task, incident: Incident, *, is_yours: bool = True) -> TaskForYou:
        return TaskForYou(summary(incident), item(task, self._work.now()), task.given_by, is_yours)

    async def _edit(self, posted: Posted, notice: Notice) -> None:
        try:
            await self._chat.edit(posted, notice)
        except ChatRefused as refusal:
            if refusal.code != "message_not_found":
                raise


async def _found(unit: Unit, fact: TaskFact) -> tuple[Task, Incident]:
    task = await unit.tasks.get(fact.task_id)
    incident = await unit.incidents.get(fact.incident_id)
    if task is None or incident is None:
        raise LookupError(f"no task {fact.task_id} of incident {fact.incident_id}")
    return task, incident
