"""Tasks: added in a line or a form, listed, done, changed, dropped."""

from __future__ import annotations

import re

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.naming import leading_people
from bot.domain.notices import Notice
from bot.domain.people import Actor
from bot.slack import ids, payloads
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Desk, Say, Show
from bot.slack.payloads import Body, Submission

NUMBER = re.compile(r"^#?(\d{1,9})$")


async def add(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident task @ann by friday check the logs``; without words, the form."""
    about, by = invocation.about, invocation.actor
    people, line = leading_people(invocation.text)
    if len(people) > 1:
        raise BadInput(f"A task has one owner, and you named {len(people)}. Add one task for each.")
    owner = await desk.services.naming.person(people[0], by=by) if people else None
    if not line:
        notice = await desk.services.tasks.form(about.incident_id, by=by, owner_id=owner.id if owner else None)
        desk.open_form(invocation.trigger_id, notice, to=by.id, typed=invocation.typed)
        return None
    key = f"task:{invocation.trigger_id}"
    return Say(await desk.services.tasks.add_line(about.incident_id, line, owner, by=by, key=key))


async def listing(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident tasks``."""
    return Say(await desk.services.tasks.listing(invocation.about.incident_id, by=invocation.actor))


async def done(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident done 3``; without a number, the list."""
    if not invocation.text:
        return await listing(desk, invocation)
    task_id, _ = await _numbered(desk, invocation, "done 3")
    return Say(await desk.services.tasks.done(task_id, by=invocation.actor))


async def drop(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident drop 3 <why>``; without a reason, the form."""
    task_id, why = await _numbered(desk, invocation, "drop 3 not needed any more")
    if why:
        return Say(await desk.services.tasks.drop(task_id, why, by=invocation.actor))
    notice = await desk.services.tasks.drop_form(task_id, by=invocation.actor)
    desk.open_form(invocation.trigger_id, notice, to=invocation.actor.id)
    return None


async def assign(desk: Desk, invocation: Invocation) -> Answer:
    """``/incident assign 3 @ann``; without a name, the form."""
    task_id, rest = await _numbered(desk, invocation, "assign 3 @ann")
    people, _ = leading_people(rest)
    if len(people) > 1:
        raise BadInput(f"A task has one owner, and you named {len(people)}. Name one.")
    if people:
        owner = await desk.services.naming.person(people[0], by=invocation.actor)
        return Say(await desk.services.tasks.change(task_id, owner.id, None, by=invocation.actor))
    notice = await desk.services.tasks.edit_form(task_id, by=invocation.actor)
    desk.open_form(invocation.trigger_id, notice, to=invocation.actor.id)
    return None


async def form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to add a task with."""
    return await desk.services.tasks.form(incident_id, by=by)


async def screen(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """All tasks."""
    return await desk.services.tasks.listing(incident_id, by=by)


async def press_done(desk: Desk, body: Body) -> Answer:
    """*Done*, wherever the task is shown. Where the list is open, it shows the tick."""
    press = payloads.press(body)
    receipt = await desk.services.tasks.done(press.target_id, by=press.actor)
    if press.callback_id == ids.TASKS_VIEW and press.view_id:
        return Show(await screen(desk, receipt.summary.incident_id, press.actor))
    return Say(receipt)


async def press_edit(desk: Desk, body: Body) -> Answer:
    """*Change…*."""
    press = payloads.press(body)
    notice = await desk.services.tasks.edit_form(press.target_id, by=press.actor)
    desk.open_form(press.trigger_id, notice, to=press.actor.id)
    return None


async def press_drop(desk: Desk, body: Body) -> Answer:
    """*Drop…*: asks why."""
    press = payloads.press(body)
    notice = await desk.services.tasks.drop_form(press.target_id, by=press.actor)
    desk.open_form(press.trigger_id, notice, to=press.actor.id)
    return None


async def submit_add(desk: Desk, body: Body) -> Answer:
    """The form is handed in; the task shows under the card."""
    handed = payloads.submission(body)
    await desk.services.tasks.add_form(
        handed.incident_id,
        handed.text(ids.TEXT),
        handed.text(ids.PERSON) or None,
        handed.text(ids.DUE),
        by=handed.actor,
        key=f"task:{handed.view_id}",
    )
    return None


async def submit_edit(desk: Desk, body: Body) -> Answer:
    """Another owner, another time."""
    handed = payloads.submission(body)
    owner, due = handed.text(ids.PERSON) or None, handed.text(ids.DUE) or None
    await desk.services.tasks.change(_task_id(handed), owner, due, by=handed.actor)
    return None


async def submit_drop(desk: Desk, body: Body) -> Answer:
    """The reason is given."""
    handed = payloads.submission(body)
    await desk.services.tasks.drop(_task_id(handed), handed.text(ids.REASON), by=handed.actor)
    return None


async def _numbered(desk: Desk, invocation: Invocation, example: str) -> tuple[int, str]:
    word, _, rest = invocation.text.partition(" ")
    found = NUMBER.match(word)
    if found is None:
        raise BadInput(f"Say which task by its number: `{desk.command} {example}`. `{desk.command} tasks` lists them.")
    about = invocation.about
    task_id = await desk.services.tasks.numbered(about.incident_id, int(found.group(1)), by=invocation.actor)
    return task_id, rest.strip()


def _task_id(handed: Submission) -> int:
    return int(handed.metadata.get("task") or "")


SUBCOMMANDS = (
    Subcommand("task", "task @person by friday <what>", "Add a task; who and when are optional.", add),
    Subcommand("tasks", "tasks", "Show what is to do.", listing, aliases=("todo",)),
    Subcommand("done", "done 3", "Tick a task.", done),
    Subcommand("assign", "assign 3 @person", "Give a task to somebody.", assign),
    Subcommand("drop", "drop 3 <why>", "Drop a task that need not be done.", drop),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the buttons and forms."""
    app.action(ids.TASK_DONE)(desk.press_listener(press_done))
    app.action(ids.TASK_EDIT)(desk.press_listener(press_edit))
    app.action(ids.TASK_DROP)(desk.press_listener(press_drop))
    app.view(ids.TASK_FORM)(desk.submission_listener(submit_add))
    app.view(ids.TASK_EDIT_FORM)(desk.submission_listener(submit_edit))
    app.view(ids.TASK_DROP_FORM)(desk.submission_listener(submit_drop))
