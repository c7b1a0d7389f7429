"""Tasks: added, given, put off, done, dropped; whoever is late is reminded once per due instant."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from bot.domain.errors import BadInput, NotAllowed, NotFound
from bot.domain.events import TaskAdded, TaskChanged, TaskGiven, TasksOverdue, TaskTakenBack
from bot.domain.incident import Role
from bot.domain.lifecycle import reason as stated_reason
from bot.domain.notices.tasks import TaskDropForm, TaskEditForm, TaskForm, TaskItem, TaskList, TaskReceipt, TaskState
from bot.domain.people import Actor, Profile
from bot.domain.permissions import Verb, may_see
from bot.domain.timeline import EntryKind
from bot.services import dates
from bot.services.access import NO_SUCH, Access
from bot.services.guards import already, require_open
from bot.services.naming import Naming
from bot.services.summaries import summary
from bot.services.work import Work
from storage.incidents import Incident
from storage.store import Unit
from storage.tasks import Task

TEXT_LIMIT = 2000
WHY_DROP = "Say in a few words why it need not be done."


class Tasks:
    """What is to do in an incident."""

    def __init__(self, work: Work, access: Access, naming: Naming, command: str) -> None:
        self._work = work
        self._access = access
        self._naming = naming
        self._command = command

    async def add_line(self, incident_id: int, line: str, owner: Profile | None, *, by: Actor, key: str) -> TaskReceipt:
        """Add a task as typed in one line, ``by friday`` in it read as its due time where it reads as one."""
        due_at, text = await dates.find(line, await self._timezone(by), self._work.now())
        return await self.add(incident_id, text, owner, due_at, by=by, key=key)

    async def add_form(
        self, incident_id: int, text: str, owner_id: str | None, due: str, *, by: Actor, key: str
    ) -> TaskReceipt:
        """Add a task from the form. Raises BadInput about ``text``, ``person`` or ``due``."""
        owner = await self._naming.by_id(owner_id) if owner_id else None
        return await self.add(incident_id, text, owner, await self._due(due, by), by=by, key=key)

    async def add(
        self, incident_id: int, text: str, owner: Profile | None, due_at: datetime | None, *, by: Actor, key: str
    ) -> TaskReceipt:
        """Add a task. ``key`` names the submission: the same key again gives the task it made."""
        wanted = _text(text)
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.ADD_TASK, by, lock=True)
            await require_open(unit, incident)
            existing = await unit.tasks.by_source(key)
            if existing is not None:
                return self._receipt(incident, existing)
            await self._check_insider(unit, incident, owner)
            fresh = Task(
                incident_id=incident.key,
                number=await unit.tasks.next_number(incident.key),
                text=wanted,
                owner_id=owner.id if owner else None,
                due_at=due_at,
                created_at=self._work.now(),
                created_by=str(by),
                given_by=str(by),
                source_key=key,
            )
            task = await unit.tasks.add(fresh)
            self._note(unit, task, "added", by, f"Task {task.number}{_for(task)}: {wanted}")
            unit.tell(TaskAdded(incident.key, task.key))
            self._tell_owner(unit, task, by)
            return self._receipt(incident, task)

    async def done(self, task_id: int, *, by: Actor) -> TaskReceipt:
        """It is done. Raises AlreadyDone, naming who was first."""
        async with self._work() as unit:
            task, incident = await self._open_task(unit, task_id, by)
            task.done_at, task.done_by = self._work.now(), str(by)
            self._note(unit, task, "done", by, f"Task {task.number} done: {task.text}")
            unit.tell(TaskChanged(incident.key, task.key))
            return self._receipt(incident, task, was_changed=True)

    async def drop(self, task_id: int, why: str, *, by: Actor) -> TaskReceipt:
        """It need not be done, for a stated reason."""
        reason = stated_reason(why, WHY_DROP)
        async with self._work() as unit:
            task, incident = await self._open_task(unit, task_id, by)
            task.dropped_at, task.dropped_by, task.drop_reason = self._work.now(), str(by), reason
            self._note(unit, task, "dropped", by, f"Task {task.number} dropped: {task.text}: {reason}", reason=reason)
            unit.tell(TaskChanged(incident.key, task.key))
            return self._receipt(incident, task, was_changed=True)

    async def change(self, task_id: int, owner_id: str | None, due: str | None, *, by: Actor) -> TaskReceipt:
        """Give it to somebody, or another time. None leaves as it is; an empty ``due`` takes the time away."""
        owner = await self._naming.by_id(owner_id) if owner_id else None
        due_at = await self._due(due, by) if due is not None else None
        async with self._work() as unit:
            task, incident = await self._open_task(unit, task_id, by)
            changed = {}
            if owner is not None and owner.id != task.owner_id:
                await self._check_insider(unit, incident, owner)
                changed["owner"] = owner.id
                self._give(unit, task, owner.id, by)
            if due is not None and due_at != task.due_at:
                changed["due"] = due_at.isoformat() if due_at else ""
                task.due_at = due_at
            if changed:
                self._note(unit, task, "changed", by, f"Task {task.number} changed{_for(task)}: {task.text}", **changed)
                unit.tell(TaskChanged(incident.key, task.key))
            return self._receipt(incident, task, was_changed=True)

    async def numbered(self, incident_id: int, number: int, *, by: Actor) -> int:
        """The id of the incident's task with this number. Raises NotFound, with the way to the list."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            task = await unit.tasks.by_number(incident.key, number)
        if task is None:
            raise NotFound(f"{incident.reference} has no task {number}. `{self._command} tasks` lists them.")
        return task.key

    async def listing(self, incident_id: int, *, by: Actor) -> TaskList:
        """All tasks, open ones first."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.SEE, by)
            items = [item(task, self._work.now()) for task in await unit.tasks.of(incident.key)]
        waiting = [found for found in items if found.state is TaskState.OPEN]
        ended = [found for found in items if found.state is not TaskState.OPEN]
        return TaskList(summary(incident), tuple(waiting), tuple(ended), self._command)

    async def form(self, incident_id: int, *, by: Actor, text: str = "", owner_id: str | None = None) -> TaskForm:
        """The form to add a task with."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.ADD_TASK, by)
            await require_open(unit, incident)
        return TaskForm(summary(incident), text, owner_id)

    async def edit_form(self, task_id: int, *, by: Actor) -> TaskEditForm:
        """The form to change a task with."""
        async with self._work.read() as unit:
            task, incident = await self._open_task(unit, task_id, by, lock=False)
            return TaskEditForm(summary(incident), item(task, self._work.now()))

    async def drop_form(self, task_id: int, *, by: Actor) -> TaskDropForm:
        """The form that asks why a task is dropped."""
        async with self._work.read() as unit:
            task, incident = await self._open_task(unit, task_id, by, lock=False)
            return TaskDropForm(summary(incident), item(task, self._work.now()))

    async def nudge_due(self) -> None:
        """Remind owners of what is past its time, once per due instant; what nobody owns is the lead's. A tick."""
        async with self._work() as unit:
            late: dict[tuple[int, str], list[int]] = defaultdict(list)
            for task in await unit.tasks.claim_overdue(self._work.now()):
                leads = [] if task.owner_id else await unit.roles.held(task.incident_id, Role.LEAD)
                user_id = task.owner_id or (leads[0].user_id if leads else None)
                if user_id is not None:
                    late[task.incident_id, user_id].append(task.key)
            for (incident_id, user_id), task_ids in late.items():
                unit.tell(TasksOverdue(incident_id, user_id, task_ids))

    async def _due(self, words: str, by: Actor) -> datetime | None:
        if not words.strip():
            return None
        return await dates.read(words.strip(), await self._timezone(by), self._work.now())

    async def _timezone(self, by: Actor) -> str:
        async with self._work.read() as unit:
            known = await unit.people.get(by.id)
        return known.timezone if known else (await self._naming.by_id(by.id)).timezone

    async def _open_task(self, unit: Unit, task_id: int, by: Actor, *, lock: bool = True) -> tuple[Task, Incident]:
        """The task, still to do, of an open incident, which is locked."""
        found = await unit.tasks.get(task_id)
        if found is None:
            raise NotFound(NO_SUCH)
        incident = await self._access.get(unit, found.incident_id, Verb.DO_TASK, by, lock=lock)
        task = await unit.tasks.get(task_id, fresh=True) or found
        if task.done_at is not None:
            raise await already(unit, f"Task {task.number} was done", task.done_by, task.done_at)
        if task.dropped_at is not None:
            raise await already(unit, f"Task {task.number} was dropped", task.dropped_by, task.dropped_at)
        await require_open(unit, incident)
        return task, incident

    async def _check_insider(self, unit: Unit, incident: Incident, owner: Profile | None) -> None:
        if owner is None or not incident.is_private:
            return
        standings = await self._access.standings(unit, incident, Actor.person(owner.id))
        if not may_see(incident.is_private, standings):
            raise NotAllowed(
                f"{incident.reference} is private and {owner.name} is not part of it. "
                f"Let them in first: `{self._command} invite`."
            )

    def _give(self, unit: Unit, task: Task, user_id: str, by: Actor) -> None:
        if task.told_id and task.told_channel_id and task.told_ts:
            unit.tell(TaskTakenBack(task.incident_id, task.key, task.told_id, task.told_channel_id, task.told_ts))
        task.owner_id, task.given_by = user_id, str(by)
        task.told_id = task.told_channel_id = task.told_ts = None
        self._tell_owner(unit, task, by)

    def _tell_owner(self, unit: Unit, task: Task, by: Actor) -> None:
        if task.owner_id is not None and task.owner_id != by.id:
            unit.tell(TaskGiven(task.incident_id, task.key, task.owner_id))

    def _note(self, unit: Unit, task: Task, act: str, by: Actor, text: str, **more: str) -> None:
        data = {"act": act, "task": task.number, **more}
        unit.timeline.note(task.incident_id, EntryKind.TASK, text, by=by, at=self._work.now(), data=data)

    def _receipt(self, incident: Incident, task: Task, *, was_changed: bool = False) -> TaskReceipt:
        return TaskReceipt(summary(incident), item(task, self._work.now()), was_changed)


def item(task: Task, now: datetime) -> TaskItem:
    """A task as screens show it."""
    state = TaskState.DONE if task.done_at else TaskState.DROPPED if task.dropped_at else TaskState.OPEN
    return TaskItem(
        task_id=task.key,
        number=task.number,
        text=task.text,
        owner_id=task.owner_id,
        due_at=task.due_at,
        state=state,
        is_late=state is TaskState.OPEN and task.due_at is not None and task.due_at <= now,
        ended_by=task.done_by or task.dropped_by,
        ended_at=task.done_at or task.dropped_at,
        reason=task.drop_reason,
    )


def _text(text: str) -> str:
    wanted = text.strip()
    if not wanted:
        raise BadInput("Say what is to be done.", field="text")
    if len(wanted) > TEXT_LIMIT:
        raise BadInput(f"That is {len(wanted):,} characters; {TEXT_LIMIT:,} fit.", field="text")
    return wanted


def _for(task: Task) -> str:
    return f" for <@{task.owner_id}>" if task.owner_id else ""
