"""The forms of containment: what to do, why not, why it is safe again, what was done by hand."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.containment import (
    ActionItem,
    ByHandForm,
    RunItem,
    SwitchBackForm,
    SwitchForm,
    SwitchRefuseForm,
)
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, divider, escape, option, quote, section
from bot.slack.views.containment import SHOWN, UNDONE, title
from bot.slack.views.forms import checkboxes, field, modal, select, text_input
from bot.slack.views.law import untold

ALONE = "alone"


def form(notice: SwitchForm) -> dict[str, Any]:
    """What to do about the system; evidence stands before the switch."""
    chosen = notice.chosen or (notice.actions[0].action if len(notice.actions) == 1 else None)
    choices = [option(f"{one.title} ({one.catalogue})", one.action) for one in notice.actions]
    kept = f"{notice.exhibits} kept" if notice.exhibits else ":warning: nothing is kept yet"
    problem, listed = [], notice.actions[:SHOWN]
    if notice.problem:  # it says what is missing, and what is to be done is known already
        problem = [section(f":warning: {escape(notice.problem, 600)}")]
        listed = tuple(one for one in listed if chosen in (one.action, one.catalogue)) or listed
    elif notice.missing:
        kept = f"{kept}; wanted before: {escape(', '.join(notice.missing), 300)}"
    blocks = [
        *problem,
        section(f"{words.name(notice.summary)}\n*{escape(notice.system_name, 100)}*  ·  Evidence: {kept}"),
        *(section(_about(one)) for one in listed),
        *(untold(notice.untold) if any(one.alters for one in notice.actions) else ()),
        divider(),
        field(ids.SWITCH, "What should be done?", select(choices, initial=chosen)),
        field(
            ids.REASON, "What do you see that makes it necessary?", text_input(notice.why, multiline=True, limit=1000)
        ),
        field(
            ids.HARM,
            "Why can the harm not wait for evidence?",
            text_input(limit=500),
            optional=True,
            hint="Only needed while something above is not kept yet. It stands in the record.",
        ),
    ]
    if notice.may_break_glass:
        blocks.append(_alone(notice))
    about = json.dumps({"incident": notice.summary.incident_id})
    return modal("Contain", blocks, callback_id=ids.SWITCH_FORM, submit="Ask", private_metadata=about)


def refuse_form(notice: SwitchRefuseForm) -> dict[str, Any]:
    """Why not."""
    blocks = [section(title(notice.run)), field(ids.REASON, "Why should it not be run?", text_input(limit=500))]
    return _about_run("Refuse", blocks, ids.SWITCH_REFUSE_FORM, notice.run)


def back_form(notice: SwitchBackForm) -> dict[str, Any]:
    """Why it is safe again."""
    blocks = [
        section(f"{title(notice.run)}\nSomebody else has to agree before it is switched on again."),
        field(ids.REASON, "Why is it safe to switch it on again?", text_input(multiline=True, limit=1000)),
    ]
    return _about_run("Switch on again", blocks, ids.SWITCH_BACK_FORM, notice.run)


def by_hand_form(notice: ByHandForm) -> dict[str, Any]:
    """What was done."""
    blocks = [
        section(title(notice.run)),
        section(quote(notice.run.instructions, 800)),
        field(ids.HOW, "What did you do, and how did you see that it worked?", text_input(multiline=True, limit=1000)),
    ]
    return _about_run("Done by hand", blocks, ids.SWITCH_HAND_FORM, notice.run)


def _about_run(title: str, blocks: list[Block], callback_id: str, run: RunItem) -> dict[str, Any]:
    about = json.dumps({"run": run.run_id})
    return modal(title, blocks, callback_id=callback_id, submit="Send", private_metadata=about)


def _alone(notice: SwitchForm) -> Block:
    label = f"Run it at once on my word alone; somebody ratifies it within {notice.ratify_minutes} minutes"
    box = checkboxes([option("Break the glass", ALONE, "Only at SEV1, only for what can be undone in full")])
    return field(ids.ALONE, label, box, optional=True)


def _about(one: ActionItem) -> str:
    people = "1 other person agrees" if one.approvers == 1 else f"{one.approvers} other people agree"
    hand = "  ·  by hand" if one.adapter == "record" else ""
    missing = f"\n:warning: not set where Andon runs: {escape(', '.join(one.missing), 200)}" if one.missing else ""
    changes = "  ·  changes the system itself" if one.alters else ""
    head = f"*{escape(one.title)}* ({one.catalogue})  ·  {UNDONE[one.reversibility]}  ·  {people}{hand}{changes}"
    return f"{head}\n{escape(one.effect, 300)}{missing}"


MODALS = {
    SwitchForm: form,
    SwitchRefuseForm: refuse_form,
    SwitchBackForm: back_form,
    ByHandForm: by_hand_form,
}
