"""The forms of texts: the words, where and when it was sent, why it is dropped or not needed."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.texts import FormSection, SentForm, TextForm, TextReasonForm
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, actions, actor, button, context, escape, option, section, when
from bot.slack.views.forms import field, instant_select, modal, select, text_input
from bot.slack.views.texts import hints, line, speaks

FIELD_LIMIT = 3000


def form(notice: TextForm) -> dict[str, Any]:
    """One field for each section; what is left empty says that it is not yet known."""
    kind = notice.kind
    blocks = [section(f"{words.name(notice.summary)}\n*{escape(kind.title)}*. For: {escape(kind.audience, 300)}")]
    blocks += [*_overtaken(notice), context(speaks(kind)), *_must_not(notice), *_wrong(notice)]
    blocks += [_field(one) for one in notice.sections]
    blocks += hints(notice.hints, is_checked=notice.is_checked)
    blocks.append(actions(button("Check the wording", ids.TEXT_CHECK, notice.summary.incident_id)))
    about = {
        "incident": notice.summary.incident_id,
        "template": kind.name,
        "text": notice.text_id,
        "base": notice.base,
    }
    return modal(kind.title, blocks, callback_id=ids.TEXT_FORM, submit="Save", private_metadata=json.dumps(about))


def sent_form(notice: SentForm) -> dict[str, Any]:
    """Where, to whom, when; from then on it stays as it is."""
    choices = [option(title, name) for name, title in notice.places]
    blocks = [
        section(f"{words.drill(notice.summary)}{line(notice.item)}"),
        field(ids.PLACE, "Where was it sent?", select(choices)),
        field(
            ids.TOLD,
            "To whom, under which reference?",
            text_input(placeholder="612 accounts, campaign 4711", limit=1000),
            optional=True,
        ),
        field(ids.AT, "When?", instant_select(notice.now), optional=True, hint="Left empty: now."),
        context("What was sent is kept as it is and cannot be changed any more."),
    ]
    about = json.dumps({"version": notice.item.version_id})
    return modal("Mark as sent", blocks, callback_id=ids.TEXT_SENT_FORM, submit="It was sent", private_metadata=about)


def reason_form(notice: TextReasonForm) -> dict[str, Any]:
    """Why it is dropped, or why none is needed."""
    title = escape(notice.kind.title)
    if notice.text_id is not None:
        head, label = f"*{notice.number}. {title}*", "Why is it dropped?"
        about = {"text": notice.text_id}
    else:
        head, label = f"*{title}*", "Why is none needed?"
        about = {"incident": notice.summary.incident_id}
    blocks = [section(f"{words.name(notice.summary)}\n{head}"), field(ids.REASON, label, text_input(limit=500))]
    meta = json.dumps({**about, "template": notice.kind.name})
    name = "Drop" if notice.text_id is not None else "Not needed"
    return modal(name, blocks, callback_id=ids.TEXT_REASON_FORM, submit="Keep this", private_metadata=meta)


def _field(one: FormSection) -> Block:
    needed = "" if one.is_required else " (if there is anything to say)"
    typed = text_input(one.text, multiline=True, limit=FIELD_LIMIT)
    return field(one.key, f"{one.label}{needed}", typed, optional=True)


def _must_not(notice: TextForm) -> list[Block]:
    rules = "; ".join(escape(one.what, 200) for one in notice.kind.must_not)
    return [context(f":no_entry_sign: Not in this text: {rules}")] if rules else []


def _overtaken(notice: TextForm) -> list[Block]:
    if (other := notice.overtaken) is None:
        return []
    said = (
        f"{actor(other.by)} saved version {other.version} {when(other.at)} while you wrote. Nothing of yours is lost: "
    )
    return [section(f":warning: {said}it stands below. *Save* puts yours after theirs, and keeps both.")]


def _wrong(notice: TextForm) -> list[Block]:
    lines = [
        f"{escape(one.title, 100)} is “{escape(one.now, 200)}” now, this says “{escape(one.said, 200)}”"
        for one in notice.stale[:5]
    ]
    return [section(":warning: *Corrected meanwhile*\n" + "\n".join(lines))] if lines else []


MODALS = {TextForm: form, SentForm: sent_form, TextReasonForm: reason_form}
