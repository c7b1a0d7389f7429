"""The form to declare with: one required field, plain language, *Not sure* everywhere."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.incident import DeclaredReceipt, DeclareForm, Summary
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, button, context, divider, option, quote, section
from bot.slack.views.forms import field, modal, radio, select, text_input, yes_no
from bot.slack.views.incident import receipt

NOT_SURE = "not_sure"
OTHER = "other"
DECLARE_NOW, JUST_REPORT = "declare", "report"


def form(notice: DeclareForm) -> dict[str, Any]:
    """The modal. Similar open incidents stand above the submit button's reach: at the top, where they are seen."""
    blocks = [*_similar(notice.similar)]
    if notice.source_excerpt is not None:
        blocks.append(section(f"The message you report, kept as evidence:\n{quote(notice.source_excerpt, 500)}"))
    blocks += [
        field(
            ids.WHAT_HAPPENED,
            "What happened?",
            text_input(
                notice.what_happened,
                placeholder="What did the AI say or do, and where? A few words are enough.",
                multiline=True,
            ),
        ),
        field(ids.SYSTEM, "Which AI system?", _systems(notice), optional=True, dispatch=True),
        field(
            ids.OTHER_SYSTEM,
            "Another system",
            text_input(placeholder="Its name, if it is not in the list", limit=100),
            optional=True,
        ),
        field(ids.TYPE, "What kind?", _types(notice), optional=True),
        field(ids.SEVERITY, "How bad is it?", _severities(notice), optional=True),
        _private(notice),
        _first(notice),
        context("You need no proof, and you are not in trouble. Not sure? Declare: it is easily taken back."),
    ]
    just_report = notice.details.get(ids.FIRST) == JUST_REPORT
    return modal(
        "Report to triage" if just_report else "Declare an AI incident",
        blocks,
        callback_id=ids.DECLARE_FORM,
        submit="Send" if just_report else "Declare",
        private_metadata=_origin(notice),
    )


def _private(notice: DeclareForm) -> Block:
    return field(
        ids.PRIVATE,
        "Who may see it?",
        yes_no("Only the people working on it", "Everyone", initial=notice.details.get("private", "no")),
        hint="Private is right when people's data, a legal claim or an accusation is involved.",
    )


def _first(notice: DeclareForm) -> Block:
    return field(
        ids.FIRST,
        "What happens first?",
        radio(
            [
                option("An incident is opened now", DECLARE_NOW),
                option("Just report: people on duty look, and tell you", JUST_REPORT),
            ],
            initial=notice.details.get(ids.FIRST, DECLARE_NOW),
        ),
        optional=True,
    )


def _origin(notice: DeclareForm) -> str:
    return json.dumps({"channel": notice.origin_channel_id, "source": notice.source_key})


def _similar(similar: tuple[Summary, ...]) -> list[Block]:
    if not similar:
        return []
    rows = [
        section(
            f"{words.name(found)}\n{words.severity(found.severity)}  ·  {words.PHASE_NAME[found.phase]}",
            button("Add mine to that one", ids.ADD_TO_INCIDENT, found.incident_id),
        )
        for found in similar
    ]
    return [section("*Already being handled on this system.* Is it the same thing?"), *rows, divider()]


def _systems(notice: DeclareForm) -> Block:
    choices = [option("Not sure", NOT_SURE), *(option(name, slug) for slug, name in notice.systems[:98])]
    return select(choices, initial=notice.details.get("system"), placeholder="Not sure", action_id=ids.CHOOSE_SYSTEM)


def _types(notice: DeclareForm) -> Block:
    choices = [option("Not sure", NOT_SURE), *(option(name, slug, text) for slug, name, text in notice.types)]
    return select(choices, initial=notice.details.get("type"), placeholder="Not sure")


def _severities(notice: DeclareForm) -> Block:
    choices = [*(option(sentence, level) for level, sentence in notice.severities), option("Not sure", NOT_SURE)]
    return radio(choices, initial=notice.details.get("severity", NOT_SURE))


def receipt_modal(notice: DeclaredReceipt) -> dict[str, Any]:
    """What the form turns into once it is taken."""
    return modal("Declared", receipt(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Close")


MODALS = {DeclareForm: form, DeclaredReceipt: receipt_modal}
