"""Action items as people meet them: the item, the list, the reminders, the forms."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.action_items import ActionState
from bot.domain.notices.action_items import (
    ActionDropForm,
    ActionForm,
    ActionForYou,
    ActionItemLine,
    ActionItemList,
    ActionMoveForm,
    ActionReceipt,
    ActionsChased,
    OwnerLeft,
)
from bot.domain.notices.incident import Summary
from bot.domain.postmortem import ActionKind
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    actor,
    button,
    clip,
    context,
    escape,
    mention,
    option,
    overflow,
    quote,
    section,
    when,
)
from bot.slack.views.forms import field, instant_select, modal, person_select, radio, select, text_input

ACTION_NAME = {
    ActionKind.PREVENT: "Prevent it",
    ActionKind.DETECT: "Detect it sooner",
    ActionKind.CONTAIN: "Contain it faster",
    ActionKind.PROCESS: "Change how we work",
    ActionKind.PLAYBOOK: "Change the playbook",
}
SHOWN = 20
WHY = "It stays on record, with your name."


def described(item: ActionItemLine) -> str:
    """An item in two lines."""
    text = escape(" ".join(item.text.split()), 400)
    if item.state is not ActionState.OPEN:
        mark = ":white_check_mark:" if item.state is ActionState.DONE else ":heavy_minus_sign:"
        by = f" by {actor(item.ended_by)}" if item.ended_by else ""
        why = f": {escape(item.reason, 200)}" if item.reason else ""
        return f"{mark} *A{item.item_id}.* {text}\n{item.state.value}{by}{why}"
    who = mention(item.owner_id) if item.owner_id else ":warning: _nobody yet_"
    gone = " :warning: has left" if item.owner_left else ""
    due = f"  ·  due {when(item.due_at, '{date_short_pretty}')}" if item.due_at else "  ·  no due date"
    late = "  ·  :warning: past due" if item.is_late else ""
    moved = f"  ·  moved {item.moves} time{'' if item.moves == 1 else 's'}" if item.moves else ""
    about = f"  ·  {item.reference}" if item.reference else ""
    return f"*A{item.item_id}.* {text}\n{who}{gone}{due}{late}{moved}  ·  {ACTION_NAME[item.kind]}{about}"


def form(notice: ActionForm) -> dict[str, Any]:
    """One promise."""
    kinds = [option(name, key) for key, name in ACTION_NAME.items()]
    yes_no = [option("Yes", "yes"), option("No", "no")]
    what = text_input(notice.text, placeholder="A price limit outside the model", limit=1000)
    blocks = [
        field(ids.TEXT, "What will be done?", what),
        field(ids.KIND, "What for?", select(kinds, initial=ActionKind.PREVENT)),
        field(ids.OWNER, "Who promises it?", person_select(initial=notice.owner_id), optional=True),
        field(ids.DUE, "Until when?", instant_select(notice.due_at), optional=True),
        field(ids.EVAL_ADDED, "Does an evaluation guard it from now on?", radio(yes_no), optional=True),
    ]
    if notice.steps:
        steps = [option(clip(text, 75), key) for key, text in notice.steps]
        blocks.append(field(ids.STEP, "Which step of the playbook is it from?", select(steps), optional=True))
    return modal(
        f"Action item {notice.summary.reference}",
        blocks,
        callback_id=ids.ACTION_FORM,
        submit="Add",
        private_metadata=json.dumps({"incident": notice.summary.incident_id, "under": notice.under}),
    )


def move_form(notice: ActionMoveForm) -> dict[str, Any]:
    """Another date, another owner, and why."""
    item = notice.item
    blocks = [
        section(described(item)),
        field(ids.DUE, "Until when instead?", instant_select(item.due_at), optional=True),
        field(ids.OWNER, "Who promises it?", person_select("Nobody yet", item.owner_id), optional=True),
        field(ids.REASON, "Why?", text_input(limit=500), hint=WHY),
    ]
    title = f"Move A{item.item_id}"
    about = _about(notice.summary, item, notice.under)
    return modal(title, blocks, callback_id=ids.ACTION_MOVE_FORM, submit="Move it", private_metadata=about)


def drop_form(notice: ActionDropForm) -> dict[str, Any]:
    """Why it will not be done."""
    item = notice.item
    why = field(ids.REASON, "Why will it not be done?", text_input(limit=500), hint=WHY)
    about = _about(notice.summary, item, notice.under)
    title = f"Drop A{item.item_id}"
    blocks = [section(described(item)), why]
    return modal(title, blocks, callback_id=ids.ACTION_DROP_FORM, submit="Drop it", private_metadata=about)


def listing(notice: ActionItemList) -> Message:
    """All items, open ones first."""
    summary = notice.summary
    blocks = [section(f"Action items of {words.name(summary)}")]
    blocks += [row(item) for item in notice.items[:SHOWN]] or [section("_None yet._")]
    if left := notice.more + max(0, len(notice.items) - SHOWN):
        blocks.append(context(f"And {left} more: `andon action-items list {summary.reference}` shows all."))
    blocks += [
        actions(
            button("Add action item…", ids.ADD_ACTION, summary.incident_id),
            button("Export CSV", f"{ids.EXPORT_ACTIONS}:csv", summary.incident_id),
            button("Export Markdown", f"{ids.EXPORT_ACTIONS}:md", summary.incident_id),
        ),
        context(f"`{notice.command} action @ann by friday a price limit outside the model` adds one."),
    ]
    waiting = sum(item.state is ActionState.OPEN for item in notice.items)
    return Message(f"{words.drill(summary)}{waiting} open action items of {summary.reference}", blocks)


def listing_modal(notice: ActionItemList) -> dict[str, Any]:
    """The same as a screen."""
    about = json.dumps({"incident": notice.summary.incident_id})
    back = actions(button("Review", ids.REVIEW_OVERVIEW, notice.summary.incident_id))
    blocks = [*listing(notice).blocks, back]
    return modal("Action items", blocks, callback_id=ids.ACTIONS_VIEW, close="Back", private_metadata=about)


def row(item: ActionItemLine) -> Block:
    """An item with its menu."""
    if item.state is not ActionState.OPEN:
        return section(described(item))
    entries = [("Done", "done"), ("Move or give…", "move"), ("Drop…", "drop")]
    return section(
        described(item), overflow(ids.ACTION_MENU, [option(name, f"{verb}:{item.item_id}") for name, verb in entries])
    )


def receipt(notice: ActionReceipt) -> Message:
    """How it was understood."""
    item = notice.item
    drill = words.drill(notice.summary)
    if item.state is not ActionState.OPEN:
        return Message(f"{drill}Action item A{item.item_id} is {item.state.value}", [section(drill + described(item))])
    verb = "changed" if notice.was_changed else "added"
    text = f"{drill}Action item A{item.item_id} {verb}"
    blocks = [section(f":white_check_mark: {text}: {described(item)}"), actions(*_buttons(item))]
    if item.owner_id is None:
        blocks.append(context("Nobody owns it yet: the review cannot be closed with it unless somebody says why."))
    return Message(text, blocks)


def receipt_modal(notice: ActionReceipt) -> dict[str, Any]:
    """The same in place of the form."""
    return modal("Action item", receipt(notice).blocks[:1], callback_id=ids.CLOSED_VIEW, close="Close")


def for_you(notice: ActionForYou) -> Message:
    """The item, told to its owner."""
    item, summary = notice.item, notice.summary
    drill = words.drill(summary)
    name = f"action item A{item.item_id} of {summary.reference}"
    if not notice.is_yours:
        text = f"{drill}{name[0].upper()}{name[1:]} went to somebody else: {escape(item.text, 200)}"
        return Message(text, [section(text)])
    if item.state is not ActionState.OPEN:
        return Message(f"{drill}{name} is {item.state.value}", [section(drill + described(item))])
    due = f", due {when(item.due_at, '{date_short_pretty}')}" if item.due_at else ""
    blocks = [
        section(f":dart: {drill}{actor(notice.given_by)} gave you {name}{due}."),
        section(quote(item.text)),
        actions(*_buttons(item)),
        context(f"{ACTION_NAME[item.kind]}. You are reminded before and after it is due, until it is done or dropped."),
    ]
    return Message(f"{drill}An action item for you, from {summary.reference}: {escape(item.text, 200)}", blocks)


def chased(notice: ActionsChased) -> Message:
    """The reminder, and why it came."""
    summary, count = notice.summary, len(notice.items)
    late = sum(item.is_late for item in notice.items)
    what = "An action item" if count == 1 else f"{count} action items"
    state = ("is past due" if count == 1 else "are past due") if late == count else "of yours wait"
    state = "of yours waits" if count == 1 and not late else state
    text = f"{words.drill(summary)}{what} {state}, from {summary.reference}"
    blocks = [section(f":dart: {what} {state}, from {words.name(summary)}.")]
    for item in notice.items[:SHOWN]:
        blocks += [section(described(item)), actions(*_buttons(item))]
    why = "Why you: you promised it. Reminders stop when it is done, moved with a reason, or dropped with a reason."
    return Message(text, [*blocks, context(why)])


def owner_left(notice: OwnerLeft) -> Message:
    """Somebody else has to."""
    summary, item = notice.summary, notice.item
    name = escape(notice.owner_name, 80)
    text = f"{words.drill(summary)}{name} has left; action item A{item.item_id} of {summary.reference} has no owner"
    why = f"Why you: {notice.why_you}." if notice.why_you else "Why here: nobody who leads or led it can be asked."
    blocks = [section(f":warning: {text}."), section(quote(item.text)), actions(*_buttons(item)), context(why)]
    return Message(text, blocks)


def _buttons(item: ActionItemLine) -> list[Block]:
    return [
        button("Done", ids.ACTION_DONE, item.item_id, style="primary"),
        button("Move or give…", ids.ACTION_MOVE, item.item_id),
        button("Drop…", ids.ACTION_DROP, item.item_id),
    ]


def _about(summary: Summary, item: ActionItemLine, under: str) -> str:
    return json.dumps({"incident": summary.incident_id, "item": item.item_id, "under": under})


MESSAGES = {
    ActionItemList: listing,
    ActionReceipt: receipt,
    ActionForYou: for_you,
    ActionsChased: chased,
    OwnerLeft: owner_left,
}
MODALS = {
    ActionForm: form,
    ActionMoveForm: move_form,
    ActionDropForm: drop_form,
    ActionItemList: listing_modal,
    ActionReceipt: receipt_modal,
}
