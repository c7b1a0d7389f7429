"""The review as people meet it: its screen, its steps, its booking, its end."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.review import (
    ReviewClosedPost,
    ReviewCloseForm,
    ReviewScreen,
    ReviewStepForm,
    StepField,
    StepLine,
)
from bot.domain.review import GapKind, ReviewGap, ReviewStep, Waiver
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.action_items import described
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    actor,
    button,
    context,
    divider,
    escape,
    mentions,
    quote,
    section,
    when,
)
from bot.slack.views.forms import field, modal, text_input
from bot.slack.views.postmortem import SECTION_NAME
from bot.slack.views.review_booking import span

STEP_NAME = {
    ReviewStep.HAPPENED: "What happened",
    ReviewStep.WHY: "Why it happened",
    ReviewStep.DOING: "What we do about it",
    ReviewStep.PLAYBOOK: "What changes in the playbook",
    ReviewStep.LEGAL: "Legal follow-up",
}
ASK_WHY = {
    GapKind.UNOWNED_ACTIONS: "Why close it with action items that nobody owns?",
    GapKind.UNDECIDED_OBLIGATIONS: "Why close it with undecided obligations?",
    GapKind.MISSING_EVIDENCE: "Why close it without this evidence?",
}
NAMED = 6
BLAMELESS = "Roles rather than names; how it came about rather than who failed. What you type is kept as you type."


def screen(notice: ReviewScreen) -> dict[str, Any]:
    """Where it stands; each step opens in its place."""
    summary = notice.summary
    blocks = [section(f"Review of {words.name(summary)}"), *_booking(notice), divider()]
    for number, step in enumerate(notice.steps, 1):
        blocks.append(section(f"*{number}. {STEP_NAME[step.step]}*\n{_state(step)}", _open(step, summary.incident_id)))
    items = f"{notice.open_items} open of {notice.all_items}" if notice.all_items else "none yet"
    shown = button("Show", ids.SHOW_ACTIONS, summary.incident_id)
    blocks += [divider(), section(f"*Action items*: {items}", shown), *_ending(notice)]
    metadata = json.dumps({"incident": summary.incident_id})
    title = f"Review {summary.reference}"
    return modal(title, blocks, callback_id=ids.REVIEW_VIEW, close="Done", private_metadata=metadata)


def _booking(notice: ReviewScreen) -> list[Block]:
    number, booking = notice.summary.incident_id, notice.booking
    if booking is None:
        return [
            section(":calendar: *Not booked yet.*", button("Book it…", ids.REVIEW_BOOK, number, style="primary")),
        ]
    said = f":calendar: *{span(booking)}* with {mentions(booking.attendees)}"
    row = actions(button("Move it…", ids.REVIEW_BOOK, number), button("Call it off…", ids.REVIEW_CANCEL, number))
    return [section(said), row]


def _state(step: StepLine) -> str:
    parts = [f":white_check_mark: {SECTION_NAME[key]}" for key in step.written]
    parts += [f":white_large_square: {SECTION_NAME[key]}" for key in step.wanted]
    unsaved = "\n:pencil2: _You typed something here and did not save it._" if step.has_unsaved else ""
    return "  ·  ".join(parts) + unsaved


def _open(step: StepLine, incident_id: int) -> Block:
    return button("Go on" if step.has_unsaved else "Open", f"{ids.REVIEW_STEP}:{step.step}", incident_id)


def _ending(notice: ReviewScreen) -> list[Block]:
    if notice.closed_at is not None:
        by = f" by {actor(notice.closed_by)}" if notice.closed_by else ""
        return [section(f":white_check_mark: *Closed* {when(notice.closed_at)}{by}"), *_waived(notice.waived)]
    blocks = [_gap(gap) for gap in notice.gaps]
    if notice.unsaved:
        blocks.append(context(f":pencil2: Typed and not saved by {mentions(notice.unsaved)}."))
    style = None if notice.gaps else "primary"
    close = button("Close the review…", ids.REVIEW_CLOSE, notice.summary.incident_id, style=style)
    return [*blocks, actions(close)]


def _gap(gap: ReviewGap) -> Block:
    named = "\n".join(f"• {escape(what, 120)}" for what in gap.what[:NAMED])
    more = f"\n• and {len(gap.what) - NAMED} more" if len(gap.what) > NAMED else ""
    return section(f":warning: {gap.said}:\n{named}{more}")


def _waived(waived: tuple[Waiver, ...]) -> list[Block]:
    return [
        section(f"Closed with {ReviewGap(one.kind, one.what).sentence}. {actor(one.by)} says:\n{quote(one.why, 400)}")
        for one in waived
    ]


def step_form(notice: ReviewStepForm) -> dict[str, Any]:
    """One step: what is known, then a field for each section. Saving goes on to the next."""
    number = list(ReviewStep).index(notice.step) + 1
    blocks = [section(f"*{number} of {len(ReviewStep)}: {STEP_NAME[notice.step]}*\n{words.name(notice.summary)}")]
    if notice.facts:
        blocks.append(context("On record: " + "  ·  ".join(notice.facts)))
    if notice.has_conflict:
        blocks.append(section(":warning: *Somebody else saved another text.* Take over what is right and save again."))
    blocks += [*_work(notice), *(_gap(gap) for gap in notice.gaps)]
    blocks.append(context(BLAMELESS))
    for one in notice.fields:
        blocks += _field(one)
    blocks.append(_elsewhere(notice))
    about = {
        "incident": notice.summary.incident_id,
        "step": notice.step.value,
        "versions": {one.section.value: one.version for one in notice.fields},
    }
    submit = "Save and go on" if notice.step.following else "Save"
    return modal(
        f"Review {notice.summary.reference}",
        blocks,
        callback_id=ids.REVIEW_STEP_FORM,
        submit=submit,
        private_metadata=json.dumps(about),
    )


def _field(one: StepField) -> list[Block]:
    # Slack keeps what was typed under a block id: another version needs another block.
    block_id = f"{ids.TEXT}_{one.section.value}_{one.version}"
    typed = text_input(one.text, multiline=True)
    typed["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    typed["action_id"] = ids.REVIEW_TYPED
    blocks = [field(block_id, SECTION_NAME[one.section], typed, optional=True, dispatch=True)]
    if one.theirs is not None and one.theirs_by:
        said = f"{actor(one.theirs_by)} saved this meanwhile, and it stays on record:\n{quote(one.theirs, 1500)}"
        blocks.append(section(said))
    elif one.written_by and one.written_at:
        mine = "What you see was typed and not saved yet. " if one.is_unsaved else ""
        blocks.append(context(f"{mine}Last saved by {actor(one.written_by)} {when(one.written_at)}"))
    elif one.is_unsaved:
        blocks.append(context("This was typed and not saved yet."))
    return blocks


def _work(notice: ReviewStepForm) -> list[Block]:
    incident_id = notice.summary.incident_id
    if notice.step is ReviewStep.DOING:
        shown = [section(described(item)) for item in notice.items] or [section("_No action item yet._")]
        row = actions(
            button("Add action item…", ids.ADD_ACTION, incident_id, style="primary"),
            button("All action items", ids.SHOW_ACTIONS, incident_id),
        )
        return [*shown, row]
    if notice.step is ReviewStep.PLAYBOOK:
        suggested = "\n".join(f"• {escape(text, 300)}" for text in notice.suggestions) or "_Nothing suggested yet._"
        return [section(suggested), actions(button("Suggest a change…", ids.SUGGEST_CHANGE, incident_id))]
    return []


def _elsewhere(notice: ReviewStepForm) -> Block:
    """The other steps: what was typed here is kept, saved or not."""
    others = [step for step in ReviewStep if step is not notice.step]
    number = notice.summary.incident_id
    row = [button(STEP_NAME[step], f"{ids.REVIEW_STEP}:{step}", number) for step in others]
    return actions(button("Overview", ids.REVIEW_OVERVIEW, number), *row)


def close_form(notice: ReviewCloseForm) -> dict[str, Any]:
    """A reason for everything that is missing."""
    blocks = [section(f"Close the review of {words.name(notice.summary)}")]
    for gap in notice.gaps:
        why = text_input(placeholder="Your name stands beside this reason", multiline=True, limit=1000)
        blocks += [_gap(gap), field(gap.kind.field, ASK_WHY[gap.kind], why)]
    if not notice.gaps:
        blocks.append(section("Every action item has an owner, legal has decided, and the evidence is there."))
    blocks.append(context("Reasons stay on the timeline and in the post-mortem. Action items are followed up."))
    about = _about(notice.summary.incident_id)
    return modal(
        "Close the review", blocks, callback_id=ids.REVIEW_CLOSE_FORM, submit="Close it", private_metadata=about
    )


def closed(notice: ReviewClosedPost) -> Message:
    """The review is closed."""
    summary = notice.summary
    text = f"{words.drill(summary)}The review of {summary.reference} is closed"
    rest = (
        f"{notice.open_items} of {notice.all_items} action items are open and followed up" if notice.open_items else ""
    )
    items = rest or ("All action items are done or dropped" if notice.all_items else "There is no action item")
    blocks = [section(f":white_check_mark: *{text}*, says {actor(notice.by)}. {items}."), *_waived(notice.waived)]
    return Message(text, [*blocks, context("The post-mortem says so, too.")])


def _about(incident_id: int) -> str:
    return json.dumps({"incident": incident_id})


MESSAGES = {ReviewClosedPost: closed}
MODALS = {
    ReviewScreen: screen,
    ReviewStepForm: step_form,
    ReviewCloseForm: close_form,
}
