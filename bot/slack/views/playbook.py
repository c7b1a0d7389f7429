"""The playbook as people meet it: the checklist in the channel, all of it, one step, reminders, forms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from bot.domain.incident import Phase
from bot.domain.notices.incident import Summary
from bot.domain.notices.playbook import (
    Checklist,
    ChecklistPost,
    ChecklistScreen,
    StepAssignForm,
    StepDropForm,
    StepForYou,
    StepItem,
    StepReceipt,
    StepsLate,
    StepState,
    SuggestForm,
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
    option,
    overflow,
    quote,
    section,
    when,
)
from bot.slack.views.forms import field, modal, person_select, select, text_input

SHOWN = 12
ROLE_NAME = {"lead": "Lead", "technical": "Technical", "legal": "Legal", "comms": "Comms"}
VERBS = {"done": "Done", "drop": "Not needed because…", "assign": "Assign…"}


def post(notice: ChecklistPost) -> Message:
    """The next few steps on top, each with its buttons; below, how far each phase is."""
    plan = notice.checklist
    summary, drill = plan.summary, words.drill(plan.summary)
    settled = sum(item.state is not StepState.OPEN for item in plan.items)
    head = f"{drill}*Playbook*: {escape(plan.type_name)}, {summary.severity}  ·  {settled} of {len(plan.items)} settled"
    blocks = [section(head)]
    if summary.phase is not Phase.CLOSED:
        for item in plan.coming:
            blocks += [section(_line(item)), actions(*_buttons(item))]
    blocks.append(context(_progress(plan)))
    if summary.phase is not Phase.CLOSED:
        blocks.append(
            actions(
                button("Show all steps", ids.SHOW_PLAYBOOK, summary.incident_id),
                button("Suggest a change", ids.SUGGEST_CHANGE, summary.incident_id),
            )
        )
    else:
        blocks.append(actions(button("Suggest a change", ids.SUGGEST_CHANGE, summary.incident_id)))
    return Message(f"{drill}Playbook of {summary.reference}: {settled} of {len(plan.items)} steps settled", blocks)


def screen(notice: ChecklistScreen) -> dict[str, Any]:
    """Every step, phase by phase; what is open can be settled here."""
    return modal("Playbook", _everything(notice.checklist), callback_id=ids.PLAYBOOK_VIEW, close="Close")


def listing(notice: ChecklistScreen) -> Message:
    """The same as a message, as far as one goes."""
    blocks = _everything(notice.checklist)
    if len(blocks) > 50:
        blocks = [*blocks[:49], context(f"The rest is in `{notice.checklist.command} playbook`.")]
    return Message(f"Playbook of {notice.checklist.summary.reference}", blocks)


def receipt(notice: StepReceipt) -> Message:
    """How it stands now."""
    item = notice.item
    if item.state is StepState.OPEN:
        who = mention(item.owner_id) if item.owner_id else "nobody"
        text = f":white_check_mark: Step {item.number} is with {who} now: {escape(item.text, 300)}"
        return Message(text, [section(text)])
    return Message(_ended(item), [section(_ended(item))])


def for_you(notice: StepForYou) -> Message:
    """A step, told to whom it was assigned."""
    summary, item = notice.summary, notice.item
    head = f":clipboard: {actor(notice.given_by)} asks you to see to step {item.number} of {words.name(summary)}."
    text = f"{words.drill(summary)}A step for you in {summary.reference}: {escape(item.text, 200)}"
    return Message(text, [section(head), section(_line(item)), actions(*_buttons(item)[:2])])


def late(notice: StepsLate) -> Message:
    """The reminder, and why it came."""
    summary, count = notice.summary, len(notice.items)
    what = "A step is" if count == 1 else f"{count} steps are"
    drill = words.drill(summary)
    blocks = [section(f":hourglass: {what} past the due time in the playbook of {words.name(summary)}.")]
    for item in notice.items[:SHOWN]:
        blocks += [section(_line(item)), actions(*_buttons(item))]
    if count > SHOWN:
        blocks.append(context(f"And {count - SHOWN} more: the checklist in the channel has them."))
    blocks.append(context(f"Why you: {notice.why}. Each due time reminds once."))
    return Message(f"{drill}{what} past the due time in {summary.reference}", blocks)


def drop_form(notice: StepDropForm) -> dict[str, Any]:
    """Why it is not needed."""
    item = notice.item
    blocks = [section(_line(item)), field(ids.REASON, "Why is it not needed?", text_input(limit=500))]
    about = _about(notice.summary, item.step_id)
    return modal(f"Step {item.number}", blocks, callback_id=ids.STEP_DROP_FORM, submit="Skip", private_metadata=about)


def assign_form(notice: StepAssignForm) -> dict[str, Any]:
    """Who sees to it."""
    item = notice.item
    blocks = [section(_line(item)), field(ids.PERSON, "Who sees to it?", person_select("Choose", item.owner_id))]
    about = _about(notice.summary, item.step_id)
    title = f"Step {item.number}"
    return modal(title, blocks, callback_id=ids.STEP_ASSIGN_FORM, submit="Assign", private_metadata=about)


def suggest_form(notice: SuggestForm) -> dict[str, Any]:
    """What the playbook should say next time."""
    choices = [option(text, key) for key, text in notice.choices[:100]]
    what = text_input(notice.text, multiline=True, limit=2000)
    blocks = [section(words.name(notice.summary)), field(ids.TEXT, "What should the playbook say next time?", what)]
    if choices:
        blocks.append(field(ids.STEP, "Which step is it about?", select(choices), optional=True))
    about = _about(notice.summary)
    return modal("Suggest a change", blocks, callback_id=ids.SUGGEST_FORM, submit="Suggest", private_metadata=about)


def _about(summary: Summary, step_id: int | None = None) -> str:
    return json.dumps({"incident": summary.incident_id, "step": step_id})


def _line(item: StepItem) -> str:
    role = ROLE_NAME.get(item.role, str(item.role))
    who = f"{mention(item.owner_id)} ({role})" if item.owner_id else role
    is_late = "  ·  :warning: past due" if item.is_late else ""
    head = f"*{item.number}.* {escape(item.text, 500)}\n{who}  ·  due {when(item.due_at)}{is_late}"
    return "\n".join([head, *_details(item)])


def _details(item: StepItem) -> list[str]:
    rows = (
        ("keep", item.evidence),
        ("may help", item.actions),
        ("tell", item.tell),
        ("gate", (item.gate.replace("_", " "),) if item.gate else ()),
        ("after step", tuple(map(str, item.waits_for))),
    )
    shown = [f"{label} {escape(', '.join(values), 300)}" for label, values in rows if values]
    return [f"_{'  ·  '.join(shown)}_"] if shown else []


def _buttons(item: StepItem) -> list[Block]:
    return [
        button("Done", ids.STEP_DONE, item.step_id, style="primary"),
        button("Not needed because…", ids.STEP_DROP, item.step_id),
        button("Assign…", ids.STEP_ASSIGN, item.step_id),
    ]


def _everything(plan: Checklist) -> list[Block]:
    blocks = [section(f"{words.name(plan.summary)}\n{escape(plan.type_name)}, {plan.summary.severity}")]
    for phase, group in groupby(plan.items, key=lambda item: item.phase):
        blocks += [divider(), *_phase(phase, list(group), is_open=plan.summary.phase is not Phase.CLOSED)]
    blocks.append(
        context(f"Playbook version `{plan.version[:12]}`; what is edited meanwhile is for the next incident.")
    )
    return blocks


def _phase(phase: Phase, items: Sequence[StepItem], *, is_open: bool) -> list[Block]:
    blocks: list[Block] = [section(f"*{words.PHASE_NAME[phase]}*")]
    for item in items:
        if item.state is not StepState.OPEN:
            blocks.append(section(_ended(item)))
        elif is_open:
            choices = [option(label, f"{verb}:{item.step_id}") for verb, label in VERBS.items()]
            blocks.append(section(_line(item), overflow(ids.STEP_MENU, choices)))
        else:
            blocks.append(section(_line(item)))
    return blocks


def _ended(item: StepItem) -> str:
    is_done = item.state is StepState.DONE
    by = f" by {actor(item.ended_by)}" if item.ended_by else ""
    at = f" at {clock_time(item.ended_at)}" if item.ended_at else ""
    mark, verb = (":white_check_mark:", "done") if is_done else (":heavy_minus_sign:", "not needed")
    line = f"{mark} *{item.number}.* {escape(item.text, 300)}  ·  {verb}{by}{at}"
    return f"{line}\n{quote(item.reason, 300)}" if item.reason else line


def _progress(plan: Checklist) -> str:
    parts = []
    for phase, group in groupby(plan.items, key=lambda item: item.phase):
        items = list(group)
        settled = sum(item.state is not StepState.OPEN for item in items)
        late_ones = sum(item.is_late for item in items)
        name = words.PHASE_NAME[phase]
        name = f"*{name}*" if phase is plan.summary.phase else name
        parts.append(f"{name} {settled}/{len(items)}" + (f" ({late_ones} late)" if late_ones else ""))
    return "  ·  ".join(parts) or "No steps."


MESSAGES = {
    ChecklistPost: post,
    ChecklistScreen: listing,
    StepReceipt: receipt,
    StepForYou: for_you,
    StepsLate: late,
}
MODALS = {
    ChecklistScreen: screen,
    StepDropForm: drop_form,
    StepAssignForm: assign_form,
    SuggestForm: suggest_form,
}
