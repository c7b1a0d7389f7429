"""Texts as people meet them: in the channel, the list, one in full with what can be done, reminders, corrections."""

from __future__ import annotations

from typing import Any

from bot.domain.incident import Role
from bot.domain.notices.texts import (
    TextDelivered,
    TextItem,
    TextKind,
    TextList,
    TextPost,
    TextReminder,
    TextShown,
    TextsWrong,
    WantedText,
)
from bot.domain.particulars import NOT_YET_KNOWN
from bot.domain.texts.lint import Hint
from bot.domain.texts.words import TextState, Wording
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    escape,
    mention,
    mentions,
    option,
    quote,
    section,
    when,
)
from bot.slack.views.forms import modal, select

SHOWN, SECTION_LIMIT = 15, 2900
WHY = {
    Wording.CAUSE: "promises or names a cause",
    Wording.TIME: "promises a time",
    Wording.SPECULATION: "guesses",
    Wording.BLAME: "blames",
    Wording.NUMBER: "a number that nobody has confirmed",
    Wording.NAME: "names a person",
    Wording.ATTACK: "repeats the attack's own words",
    Wording.FORBIDDEN: "must not be in this text",
    Wording.MISSING: "nothing is said yet",
}
STATE = {
    TextState.DRAFT: ":pencil2: draft",
    TextState.SENT: ":outbox_tray: sent",
    TextState.DROPPED: ":heavy_minus_sign: dropped",
    TextState.NOT_NEEDED: ":heavy_minus_sign: not needed",
}


def post(notice: TextPost) -> Message:
    """What the channel sees: never its words, which are read where they are approved."""
    item, drill = notice.item, words.drill(notice.summary)
    head = section(f"{drill}{line(item)}\nFor: {escape(item.kind.audience, 300)}")
    blocks = [head, *_wrong(item), context(speaks(item.kind), *_agreed(item))]
    if item.state is TextState.DRAFT:
        blocks.append(actions(button("Read, edit, approve…", ids.TEXT_OPEN, item.text_id)))
    return Message(f"{drill}{plain(item)}", blocks)


def listing(notice: TextList) -> Message:
    """The texts there are, those that are wanted, and a menu of what can be written."""
    blocks: list[Block] = [section(f"Texts of {words.name(notice.summary)}")]
    for item in notice.items[-SHOWN:]:
        row = section(line(item), button("Open", ids.TEXT_OPEN, item.text_id) if item.version_id else None)
        blocks += [row, *_wrong(item)]
    if not notice.items:
        blocks.append(section("_Nothing was written yet._"))
    blocks += _wanted(notice)
    if notice.kinds:
        choices = [
            option(f"{kind.title} ({kind.number})", f"{kind.name}:{notice.summary.incident_id}")
            for kind in notice.kinds
        ]
        blocks.append(actions(select(choices, placeholder="Write a text…", action_id=ids.TEXT_WRITE)))
    blocks.append(context("Andon sends nothing outward. People send; Andon keeps what was sent, where and when."))
    return Message(f"{words.drill(notice.summary)}{len(notice.items)} texts in {notice.summary.reference}", blocks)


def listing_modal(notice: TextList) -> dict[str, Any]:
    """The same as a screen."""
    return modal("Texts", listing(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def shown_modal(notice: TextShown) -> dict[str, Any]:
    """One text in full."""
    item = notice.item
    saved = [section(":white_check_mark: Saved. Every earlier version is kept.")] if notice.is_saved else []
    blocks = [*saved, section(f"{words.drill(notice.summary)}{line(item)}"), *_wrong(item)]
    blocks += [context(speaks(item.kind), *_agreed(item)), divider(), section(f"*{escape(notice.heading, 250)}*")]
    for label, said in notice.sections:
        head = f"*{escape(label, 150)}*\n" if label else ""
        blocks.append(section(f"{head}{quote(said or NOT_YET_KNOWN, SECTION_LIMIT - 200)}"))
    blocks += [divider(), *hints(notice.hints), *_buttons(item)]
    return modal(f"Text {item.number}", blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def shown(notice: TextShown) -> Message:
    """One text where no form is open: where it stands, and the way to it."""
    item = notice.item
    row = actions(button("Open", ids.TEXT_OPEN, item.text_id))
    return Message(f"{words.drill(notice.summary)}{plain(item)}", [section(line(item)), row])


def delivered(notice: TextDelivered) -> Message:
    """The text in a channel that policy names."""
    blocks = [section(escape(part, SECTION_LIMIT)) for part in notice.paragraphs[:48] if part.strip()]
    return Message(escape(notice.title, 250), blocks)


def reminder(notice: TextReminder) -> Message:
    """Somebody has to write it, or see it through."""
    wanted, summary = notice.wanted, notice.summary
    state = ":alarm_clock: is overdue" if notice.is_late else "is wanted"
    ready = f", ready to approve by {when(wanted.ready_at)}" if wanted.ready_at and not notice.is_late else ""
    said = f"{words.name(summary)}\n*{escape(wanted.title)}* {state}: to be sent by {when(wanted.due_at)}{ready}."
    approve = ", ".join(words.ROLE_NAME[role].lower() for role in notice.kind.approved_by)
    row = actions(
        button("Write it…", ids.TEXT_WRITE, f"{wanted.name}:{summary.incident_id}", style="primary"),
        button("Not needed…", ids.TEXT_NOT_NEEDED, f"{wanted.name}:{summary.incident_id}"),
        button("Texts", ids.TEXT_LIST, summary.incident_id),
    )
    why = (
        f"Why now: policy wants it by then at this severity. Approved by {approve}. `{notice.command} texts` lists all."
    )
    return Message(
        f"{words.drill(summary)}{escape(wanted.title)} {'is overdue' if notice.is_late else 'is wanted'} "
        f"for {summary.reference}",
        [section(said), row, context(why)],
    )


def wrong(notice: TextsWrong) -> Message:
    """A correction makes these texts wrong."""
    drill = words.drill(notice.summary)
    blocks = [section(f"{drill}:warning: *A correction makes {_count(notice)} wrong.*")]
    for item in notice.items[:SHOWN]:
        blocks.append(section(line(item), button("Open", ids.TEXT_OPEN, item.text_id)))
        blocks += _wrong(item)
    sent = any(item.state is TextState.SENT for item in notice.items)
    what = "What was sent stays as it was sent: whoever was told needs a correction. " if sent else ""
    blocks.append(context(f"{what}A draft is put right by an edit, and approved anew."))
    return Message(f"{drill}A correction makes {_count(notice)} of {notice.summary.reference} wrong", blocks)


def line(item: TextItem) -> str:
    """A text in one line: number, kind, state, who must still approve, where it was sent."""
    head = f"*{item.number}. {escape(item.kind.title, 100)}*  ·  {STATE[item.state]}"
    if item.state is TextState.SENT and item.sent_at:
        told = f": {escape(item.told, 200)}" if item.told else ""
        return f"{head} by {escape(item.place, 100)} {when(item.sent_at)}{told}"
    if item.state is not TextState.DRAFT:
        return f"{head}: {escape(item.reason, 300)}"
    waits = f"waits for {_roles(item.missing)}" if item.missing else "approved; it can be sent"
    return f"{head}, version {item.version}  ·  {waits}"


def plain(item: TextItem) -> str:
    """The same without markup."""
    waits = f", waits for {_roles(item.missing)}" if item.missing else ""
    return f"Text {item.number}, {escape(item.kind.title, 100)}: {STATE[item.state].partition(' ')[2]}{waits}"


def speaks(kind: TextKind) -> str:
    """Who is authorised to speak."""
    who = mentions(kind.speaker_ids) if kind.speaker_ids else "nobody holds it now"
    return f":speaking_head_in_silhouette: Only {kind.spoken_by.value} ({who}) may send this; nobody else speaks for us"


def hints(found: tuple[Hint, ...], *, is_checked: bool = False) -> list[Block]:
    """What the wording deserves a second look for; it advises and stops nobody."""
    if not found:
        return [context("The wording gives no cause for a second look.")] if is_checked else []
    said = "\n".join(f"• {escape(_hint(hint), 300)}" for hint in found)
    return [section(f":mag: *Worth a second look* (only advice)\n{said}")]


def _hint(hint: Hint) -> str:
    why = f"{WHY[hint.rule]}{f' ({hint.why})' if hint.why else ''}"
    if hint.rule is Wording.MISSING:
        return f"{hint.section}: {f'“{hint.phrase}” still stands in it' if hint.phrase else why}"
    return f"{hint.section}: “{hint.phrase}” {why}" if hint.phrase else f"{hint.section}: {why}"


def _agreed(item: TextItem) -> list[str]:
    return [f"Approved by {mention(one.by)} as {one.role.value} {when(one.at)}" for one in item.approvals]


def _wrong(item: TextItem) -> list[Block]:
    if not item.stale or item.state not in (TextState.DRAFT, TextState.SENT):
        return []
    lines = [
        f"{escape(one.title, 100)}: it says “{escape(one.said, 200)}”, established is “{escape(one.now, 200)}”"
        for one in item.stale[:5]
    ]
    return [section(":warning: *Wrong since a correction*\n" + "\n".join(lines))]


def _buttons(item: TextItem) -> list[Block]:
    if item.state is not TextState.DRAFT or item.version_id is None:
        return []
    row = [button("Edit…", ids.TEXT_EDIT, item.text_id)]
    if item.missing:
        row.append(button("Approve exactly this", ids.TEXT_APPROVE, item.version_id, style="primary"))
    else:
        row.append(button("Mark as sent…", ids.TEXT_SENT, item.text_id, style="primary"))
    row.append(button("Drop…", ids.TEXT_DROP, item.text_id))
    different = ", each by another person" if item.kind.different_people and len(item.kind.approved_by) > 1 else ""
    wants = f"Approved by {_roles(item.kind.approved_by)}{different}. An edit takes every approval back."
    return [actions(*row), context(wants)]


def _wanted(notice: TextList) -> list[Block]:
    lines = [_due(wanted, notice) for wanted in notice.wanted[:SHOWN]]
    return [divider(), section("*Wanted by policy*\n" + "\n".join(lines))] if lines else []


def _due(wanted: WantedText, notice: TextList) -> str:
    late = ":alarm_clock: " if wanted.due_at < notice.now else ""
    return f"{late}{escape(wanted.title)}: to be sent by {when(wanted.due_at)}"


def _roles(roles: tuple[Role, ...]) -> str:
    return " and ".join(role.value for role in roles)


def _count(notice: TextsWrong) -> str:
    return "1 text" if len(notice.items) == 1 else f"{len(notice.items)} texts"


MESSAGES = {
    TextPost: post,
    TextList: listing,
    TextShown: shown,
    TextDelivered: delivered,
    TextReminder: reminder,
    TextsWrong: wrong,
}
MODALS = {TextList: listing_modal, TextShown: shown_modal}
