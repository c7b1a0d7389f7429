"""The post-mortem in Slack: the draft's message, what is still missing, and the forms to write it."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.postmortem import DraftPost, DraftRequested, SectionForm
from bot.domain.postmortem import SectionKey
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, Message, actions, actor, button, context, link, option, section, when
from bot.slack.views.forms import field, modal, select, text_input

SECTION_NAME = {
    SectionKey.SUMMARY: "Summary in three sentences",
    SectionKey.IMPACT: "Impact: people, decisions, money",
    SectionKey.AI_FACTS: "What the AI did",
    SectionKey.DETECTION: "Detection: how found, why not sooner",
    SectionKey.ROOT_CAUSE: "Root cause",
    SectionKey.CONTRIBUTING_FACTORS: "Contributing factors",
    SectionKey.WENT_WELL: "What went well",
    SectionKey.WENT_BADLY: "What went badly",
    SectionKey.LUCKY: "Where we were lucky",
    SectionKey.CONTAINMENT: "Containment and its gaps",
    SectionKey.NOTIFICATIONS: "Notifications",
    SectionKey.PLAYBOOK_CHANGES: "Playbook changes",
    SectionKey.RISK_REGISTER: "Risk register",
    SectionKey.OPEN_QUESTIONS: "Open questions",
}


def posted(notice: DraftPost) -> Message:
    """The draft's message."""
    summary = notice.summary
    name = f"Post-mortem draft, version {notice.version}"
    place = link(notice.permalink, name) if notice.permalink else name
    figures = f"{_count(notice.entries, 'timeline line')} and {_count(notice.messages, 'message')} went into it"
    text = f"{words.drill(summary)}The post-mortem draft of {summary.reference} is ready, version {notice.version}"
    blocks = [
        section(f":memo: *{words.drill(summary)}{place}* of {summary.reference}. {figures}.{_file(notice)}"),
        section(_state(notice.written, notice.missing, notice.items)),
        _buttons(summary.incident_id),
        context(
            f"Compiled {when(notice.compiled_at)} for {actor(notice.compiled_by)}. What you write is never overwritten."
        ),
    ]
    return Message(text, blocks)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _file(notice: DraftPost) -> str:
    return "" if notice.permalink else " The file follows in this thread."


def requested(notice: DraftRequested) -> Message:
    """The person who asked."""
    reference = f"{words.drill(notice.summary)}{notice.summary.reference}"
    text = f"The post-mortem draft of {reference} is compiled from the record."
    place = link(notice.permalink, "The draft") if notice.permalink else "The draft"
    follows = "is in the channel, and is brought up to date" if notice.permalink else "appears in the channel"
    head = f"{text} {place} {follows} in a moment."
    state = section(_state(notice.written, notice.missing, None))
    return Message(text, [section(head), state, _buttons(notice.summary.incident_id)])


def requested_modal(notice: DraftRequested) -> dict[str, Any]:
    """The same on top of the panel."""
    return modal("Post-mortem", requested(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Back")


def _state(written: tuple[SectionKey, ...], missing: tuple[SectionKey, ...], items: int | None) -> str:
    lines = []
    if written:
        lines.append(f"*Written*: {'  ·  '.join(SECTION_NAME[key] for key in written)}")
    if missing:
        lines.append(f"*Wanted from people*: {'  ·  '.join(SECTION_NAME[key] for key in missing)}")
    if items is not None:
        lines.append(f"*Action items*: {items or 'none yet'}")
    return "\n".join(lines) or "Every section is written."


def _buttons(incident_id: int) -> Block:
    return actions(
        button("Write a section", ids.WRITE_SECTION, incident_id, style="primary"),
        button("Add action item", ids.ADD_ACTION, incident_id),
        button("Compile again", ids.COMPILE, incident_id),
    )


def section_form(notice: SectionForm) -> dict[str, Any]:
    """One section; choosing another shows what stands there."""
    choices = [option(name, key) for key, name in SECTION_NAME.items()]
    hint = "Roles rather than names; how it came about rather than who failed. Earlier versions are kept."
    blocks = [
        field(
            ids.SECTION,
            "Which section?",
            select(choices, initial=notice.section, action_id=ids.CHOOSE_SECTION),
            dispatch=True,
        ),
        # Slack keeps what was typed under a block id: another section needs another block.
        field(
            f"{ids.TEXT}_{notice.section}",
            SECTION_NAME[notice.section],
            text_input(notice.text, multiline=True),
            hint=hint,
        ),
    ]
    if notice.written_by and notice.written_at:
        blocks.append(context(f"Last written by {actor(notice.written_by)} {when(notice.written_at)}"))
    return modal(
        f"Post-mortem {notice.summary.reference}",
        blocks,
        callback_id=ids.SECTION_FORM,
        submit="Save",
        private_metadata=json.dumps({"incident": notice.summary.incident_id}),
    )


MESSAGES = {DraftPost: posted, DraftRequested: requested}
MODALS = {DraftRequested: requested_modal, SectionForm: section_form}
