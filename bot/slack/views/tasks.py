"""Tasks as people meet them: the task, the list, the reminder, the forms."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.incident import Summary
from bot.domain.notices.tasks import (
    TaskDropForm,
    TaskEditForm,
    TaskForm,
    TaskForYou,
    TaskItem,
    TaskList,
    TaskPost,
    TaskReceipt,
    TasksLate,
    TaskState,
)
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    actor,
    button,
    clock_time,
    context,
    divider,
    escape,
    mention,
    quote,
    section,
    when,
)
from bot.slack.views.forms import field, modal, person_select, text_input

SHOWN = 20
DUE_HINT = "In your own words and your own time: friday, tomorrow 10:00, in 2h, 2026-12-01 14:00."


def post(notice: TaskPost) -> Message:
    """The task in the thread under the card."""
    task, drill = notice.task, words.drill(notice.summary)
    if task.state is not TaskState.OPEN:
        return Message(f"{drill}{_ended(task)}", [section(f"{drill}{_ended(task)}"), *_reason(task)])
    by = f"given by {actor(notice.given_by)}"
    blocks = [section(f"{drill}:clipboard: {_line(task)}"), context(by), actions(*_buttons(task))]
    return Message(f"{drill}Task {task.number}{_owner(task)}: {escape(task.text, 200)}", blocks)


def for_you(notice: TaskForYou) -> Message:
    """The task, told to its owner."""
    task, summary = notice.task, notice.summary
    drill = words.drill(summary)
    if not notice.is_yours:
        text = f"{drill}Task {task.number} of {summary.reference} went to somebody else: {escape(task.text, 200)}"
        return Message(text, [section(text)])
    if task.state is not TaskState.OPEN:
        return Message(f"{drill}{_ended(task)}", [section(f"{drill}{_ended(task)}"), *_reason(task)])
    due = f"due {when(task.due_at)}" if task.due_at else "no due time"
    blocks = [
        section(f":clipboard: {actor(notice.given_by)} gave you task {task.number} of {words.name(summary)}, {due}."),
        section(quote(task.text)),
        actions(*_buttons(task)),
    ]
    return Message(f"{drill}A task for you in {summary.reference}: {escape(task.text, 200)}", blocks)


def receipt(notice: TaskReceipt) -> Message:
    """How it was understood."""
    task = notice.task
    if task.state is not TaskState.OPEN:
        return Message(_ended(task), [section(_ended(task))])
    verb = "changed" if notice.was_changed else "added"
    blocks = [section(f":white_check_mark: Task {verb}: {_line(task)}")]
    if task.due_at is None and not notice.was_changed:
        blocks.append(context("It has no due time. To give it one, start with `by friday` or press *Change*."))
    return Message(f"Task {task.number} {verb}", [*blocks, actions(*_buttons(task))])


def receipt_modal(notice: TaskReceipt) -> dict[str, Any]:
    """The same in place of the form."""
    return modal("Task", receipt(notice).blocks[:1], callback_id=ids.CLOSED_VIEW, close="Close")


def late(notice: TasksLate) -> Message:
    """The reminder, and why it came."""
    summary, count = notice.summary, len(notice.tasks)
    what = "A task is" if count == 1 else f"{count} tasks are"
    text = f"{words.drill(summary)}{what} past the due time in {summary.reference}"
    blocks = [section(f":hourglass: {what} past the due time in {words.name(summary)}.")]
    for task in notice.tasks[:SHOWN]:
        blocks += [section(_line(task)), actions(*_buttons(task))]
    if count > SHOWN:
        blocks.append(context(f"And {count - SHOWN} more."))
    why = "you lead and nobody owns it" if notice.is_for_lead else "it is yours"
    blocks.append(context(f"Why you: {why}. Each due time reminds once; a new one reminds again."))
    return Message(text, blocks)


def listing(notice: TaskList) -> Message:
    """All tasks, open ones first."""
    summary = notice.summary
    blocks = [section(f"Tasks of {words.name(summary)}"), *_open_rows(notice)]
    if notice.ended:
        shown = "\n".join(_ended(task) for task in notice.ended[-10:])
        more = f"\nand {len(notice.ended) - 10} more" if len(notice.ended) > 10 else ""
        blocks += [divider(), section(f"{shown}{more}")]
    blocks.append(context(f"`{notice.command} task @ann by friday check the logs` adds one."))
    return Message(f"{len(notice.open_tasks)} open tasks in {summary.reference}", blocks)


def listing_modal(notice: TaskList) -> dict[str, Any]:
    """The same as a screen."""
    return modal("Tasks", listing(notice).blocks, callback_id=ids.TASKS_VIEW, close="Close")


def _open_rows(notice: TaskList) -> list[Block]:
    if not notice.open_tasks:
        return [section("_Nothing is to do._")]
    rows = [section(_line(task), _done_button(task)) for task in notice.open_tasks[:SHOWN]]
    if len(notice.open_tasks) > SHOWN:
        rows.append(context(f"And {len(notice.open_tasks) - SHOWN} more: do some of these first."))
    return rows


def form(notice: TaskForm) -> dict[str, Any]:
    """What, who, by when: only the first is required."""
    blocks = [
        section(words.name(notice.summary)),
        field(ids.TEXT, "What is to be done?", text_input(notice.text, multiline=True, limit=2000)),
        field(ids.PERSON, "By whom?", person_select("Nobody yet", notice.owner_id), optional=True),
        field(
            ids.DUE, "By when?", text_input(notice.due, placeholder="friday", limit=80), optional=True, hint=DUE_HINT
        ),
    ]
    return modal("Add a task", blocks, callback_id=ids.TASK_FORM, submit="Add", private_metadata=_about(notice.summary))


def edit_form(notice: TaskEditForm) -> dict[str, Any]:
    """Who instead, by when instead."""
    task = notice.task
    now = f"It is due {when(task.due_at)} now." if task.due_at else "It has no due time now."
    blocks = [
        section(f"{_line(task)}\n{now}"),
        field(ids.PERSON, "Who does it?", person_select("Nobody yet", task.owner_id), optional=True),
        field(
            ids.DUE,
            "By when instead?",
            text_input(placeholder="in 2h", limit=80),
            optional=True,
            hint=f"Empty leaves the time as it is. {DUE_HINT}",
        ),
    ]
    about = _about(notice.summary, task)
    return modal(f"Task {task.number}", blocks, callback_id=ids.TASK_EDIT_FORM, submit="Change", private_metadata=about)


def drop_form(notice: TaskDropForm) -> dict[str, Any]:
    """Why it need not be done."""
    task = notice.task
    blocks = [section(_line(task)), field(ids.REASON, "Why need it not be done?", text_input(limit=500))]
    about = _about(notice.summary, task)
    title = f"Drop task {task.number}"
    return modal(title, blocks, callback_id=ids.TASK_DROP_FORM, submit="Drop", private_metadata=about)


def _about(summary: Summary, task: TaskItem | None = None) -> str:
    return json.dumps({"incident": summary.incident_id, "task": task.task_id if task else None})


def _line(task: TaskItem) -> str:
    text = escape(" ".join(task.text.split()), 400)
    due = f"  ·  due {when(task.due_at)}" if task.due_at else ""
    is_late = "  ·  :warning: past due" if task.is_late else ""
    who = mention(task.owner_id) if task.owner_id else "_nobody yet_"
    return f"*{task.number}.* {text}\n{who}{due}{is_late}"


def _owner(task: TaskItem) -> str:
    return f" for {mention(task.owner_id)}" if task.owner_id else ""


def _ended(task: TaskItem) -> str:
    mark = ":white_check_mark:" if task.state is TaskState.DONE else ":heavy_minus_sign:"
    verb = "done" if task.state is TaskState.DONE else "dropped"
    by = f" by {actor(task.ended_by)}" if task.ended_by else ""
    at = f" at {clock_time(task.ended_at)}" if task.ended_at else ""
    return f"{mark} *{task.number}.* {escape(' '.join(task.text.split()), 300)}  ·  {verb}{by}{at}"


def _reason(task: TaskItem) -> list[Block]:
    return [section(quote(task.reason))] if task.reason else []


def _done_button(task: TaskItem) -> Block:
    return button("Done", ids.TASK_DONE, task.task_id)


def _buttons(task: TaskItem) -> list[Block]:
    return [
        button("Done", ids.TASK_DONE, task.task_id, style="primary"),
        button("Change…", ids.TASK_EDIT, task.task_id),
        button("Drop…", ids.TASK_DROP, task.task_id),
    ]


MESSAGES = {TaskPost: post, TaskForYou: for_you, TaskReceipt: receipt, TasksLate: late, TaskList: listing}
MODALS = {
    TaskForm: form,
    TaskEditForm: edit_form,
    TaskDropForm: drop_form,
    TaskReceipt: receipt_modal,
    TaskList: listing_modal,
}
