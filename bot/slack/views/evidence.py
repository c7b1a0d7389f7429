"""Evidence without its harm: the list, one exhibit behind *Show*, the forms, what is missing, what could not be had."""

from __future__ import annotations

from typing import Any

from bot.domain.custody import How
from bot.domain.evidence import UNKNOWN_MARK, ExhibitField, ItemState, Wanted, WantedItem
from bot.domain.notices.evidence import (
    EvidenceAlarm,
    EvidenceAsk,
    EvidenceChecked,
    EvidenceList,
    ExhibitLine,
    ExhibitReceipt,
    ExhibitShown,
    FileLine,
    FilesLost,
)
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    actor,
    button,
    context,
    escape,
    link,
    quote,
    section,
    when,
)
from bot.slack.views.exhibit_forms import LABELS
from bot.slack.views.forms import modal

# Slack takes windows of 250 kB at most, and one character can take twelve bytes: the texts of an exhibit share this.
PART, MOST_SHOWN = 2500, 17_500
SHOWN_ITEMS = 8
DOORS: dict[str, str] = {How.MODAL: "by the form", How.SHORTCUT: "by the message's menu", How.RECEIPT: "by :receipt:"}
COUNTED = {
    "exhibit": ("exhibit", "exhibits"),
    "file": ("file", "files"),
    "sealed": ("item under seal", "items under seal"),
    "stamp": ("time-stamp", "time-stamps"),
}


def evidence(notice: EvidenceList) -> Message:
    """What is kept, each behind *Show*."""
    kept = notice.total - notice.redacted
    return Message(f"Evidence of {words.name_plain(notice.summary)}: {kept} kept", _list_blocks(notice))


def evidence_modal(notice: EvidenceList) -> dict[str, Any]:
    """The same as a window of its own."""
    blocks = _list_blocks(notice)
    return modal(f"Evidence {notice.summary.reference}", blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def _list_blocks(notice: EvidenceList) -> list[Block]:
    summary = notice.summary
    redacted = f", {notice.redacted} redacted" if notice.redacted else ""
    head = f"*{words.drill(summary)}Evidence of {summary.reference}*"
    add = button("Add evidence", ids.ADD_EXHIBIT, summary.incident_id)
    blocks = [section(f"{head}  ·  {notice.total - notice.redacted} kept{redacted}", add), *_standing(notice.wanted)]
    blocks += [_exhibit(one) for one in notice.exhibits]
    if not notice.exhibits:
        blocks.append(context("Nothing is kept yet. Put :receipt: on a message to keep it, with its hash."))
    elif notice.total > len(notice.exhibits):
        blocks.append(context(f"and {notice.total - len(notice.exhibits)} older ones, all in the post-mortem"))
    else:
        blocks.append(context("What an AI wrote can hurt: it is shown to you alone, when you ask."))
    return blocks


def _standing(wanted: Wanted) -> list[Block]:
    """How complete it is: what is there, what is not, what nobody can know."""
    if not wanted.required:
        return []
    lines = [f"*{wanted.kept} of {len(wanted.required)}* required things are kept."]
    if wanted.missing:
        lines.append(f":mag: Missing: {_names(wanted.missing)}")
    unknown = [item for item in wanted.required if item.state is ItemState.UNKNOWN]
    if unknown:
        lines.append(f":grey_question: Known to be unknown: {_names(unknown)}")
    if wanted.advisable:
        lines.append(f"Where it can be had: {_names(wanted.advisable)}")
    return [section("\n".join(lines))]


def _names(items: Any) -> str:
    return escape(", ".join(f"{item.id} {item.name}" for item in items), 900)


def _exhibit(one: ExhibitLine) -> Block:
    if one.is_redacted:
        return section(f"*X{one.exhibit_id}*  _redacted_  ·  `{one.sha256[:12]}…`")
    files = f"  ·  {one.files} file{'s' if one.files > 1 else ''}" if one.files else ""
    source = f"  ·  {link(one.permalink, 'original')}" if one.permalink else ""
    how = f" ({escape(DOORS.get(one.how, one.how), 40)})" if one.how else ""
    text = (
        f"*X{one.exhibit_id}*  {escape(one.title, 120)}{files}{_items(one.items)}{source}\n"
        f"by {actor(one.author)}, kept {when(one.kept_at)} by {actor(one.kept_by)}{how}  ·  `{one.sha256[:12]}…`"
    )
    return section(text, button("Show", ids.SHOW_EXHIBIT, one.exhibit_id))


def _items(items: tuple[str, ...]) -> str:
    known = [item for item in items if not item.startswith(UNKNOWN_MARK)]
    return f"  ·  {' '.join(known)}" if known else ""


def exhibit(notice: ExhibitShown) -> dict[str, Any]:
    """One exhibit's content, quoted and defanged, for the person who asked."""
    one = notice.line
    head = f":warning: *X{one.exhibit_id}: {escape(one.title, 120)}*"
    blocks = [section(f"{head}\nThis may be harmful or personal to read. That you looked is on record.")]
    if one.is_redacted:
        blocks.append(section("_Redacted: what it said is not kept any more._"))
    blocks += _hints(notice)
    texts = [notice.body, *(text for _, text in notice.fields if text)]
    share = MOST_SHOWN // max(1, sum(bool(text) for text in texts))
    blocks += _text(notice.body, share)
    for name, text in notice.fields:
        label = LABELS[ExhibitField(name)] if name in set(ExhibitField) else escape(name, 60)
        blocks += [section(f"*{label}*: _unknown_")] if text is None else [section(f"*{label}*"), *_text(text, share)]
    blocks += [section(_file(file)) for file in notice.files]
    blocks.append(context(f"sha256 `{one.sha256}`"))
    if not one.is_redacted:
        blocks.append(actions(button("What is it?", ids.CLASSIFY_EXHIBIT, one.exhibit_id)))
    return modal(f"Exhibit X{one.exhibit_id}", _fitting(blocks), callback_id=ids.CLOSED_VIEW, close="Close")


def _hints(notice: ExhibitShown) -> list[Block]:
    said = []
    if notice.hidden:
        many = f"{notice.hidden} hidden character{'s' if notice.hidden > 1 else ''}"
        said.append(f":eyes: {many} written out as ⟨U+…⟩; the bytes that are kept are as they were.")
    if notice.masked:
        said.append(":lock: Secrets are masked here; what is kept is as it was.")
    return [context(*said)] if said else []


def _text(text: str, most: int) -> list[Block]:
    shown = text[:most]
    blocks = [section(quote(shown[start : start + PART], PART)) for start in range(0, len(shown), PART)]
    if len(text) > most:
        blocks.append(context(f"{len(text) - most:,} more characters are kept."))
    return blocks


def _file(file: FileLine) -> str:
    name = f":paperclip: {escape(file.name, 120)}"
    if file.problem:
        return f"{name}\n:warning: {escape(file.problem, 400)}"
    if file.sha256:
        return f"{name}  ·  {file.size:,} bytes  ·  sha256 `{file.sha256}`"
    return f"{name}  ·  still being fetched"


def _fitting(blocks: list[Block]) -> list[Block]:
    if len(blocks) <= 100:
        return blocks
    return [*blocks[:98], context("More is kept than fits here: `andon evidence export` gives all of it."), blocks[-1]]


def receipt(notice: ExhibitReceipt) -> Message:
    """It is kept."""
    verb = "was kept already" if notice.was_there else "is kept"
    blocks = [
        section(
            f":receipt: *X{notice.exhibit_id}* {escape(notice.title, 120)} {verb} in {words.name(notice.summary)}."
        ),
        context(f"sha256 `{notice.sha256}`"),
        *_standing(notice.wanted),
    ]
    return Message(f"X{notice.exhibit_id} {verb} in {notice.summary.reference}", blocks)


def receipt_modal(notice: ExhibitReceipt) -> dict[str, Any]:
    """The same in place of the form."""
    return modal("Kept", receipt(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def files_lost(notice: FilesLost) -> Message:
    """What could not be fetched, and why."""
    summary = notice.summary
    count = len(notice.reasons)
    what = "A file" if count == 1 else f"{count} files"
    text = f"{words.drill(summary)}{what} of X{notice.exhibit_id} could not be fetched, and only the name is kept."
    reasons = "\n".join(f"• {escape(reason, 400)}" for reason in notice.reasons[:10])
    return Message(text, [section(f":warning: {text}\n{reasons}")])


def ask(notice: EvidenceAsk) -> Message:
    """What is missing, how it is had, why it is asked."""
    summary = notice.summary
    text = f"{words.drill(summary)}{notice.kept} of {notice.required} required things are kept of {summary.reference}"
    head = f":mag: {words.drill(summary)}Evidence of {words.name(summary)}: {notice.kept} of {notice.required} kept."
    first = sorted(notice.missing, key=lambda item: not item.is_volatile)
    blocks = [section(head), *(section(_wanted(item)) for item in first[:SHOWN_ITEMS])]
    if len(first) > SHOWN_ITEMS:
        blocks.append(context(f"And {len(first) - SHOWN_ITEMS} more: `{notice.command} evidence`"))
    if notice.advisable:
        blocks.append(context(f"Where it can be had: {_names(notice.advisable)}"))
    blocks.append(actions(button("Add evidence", ids.ADD_EXHIBIT, summary.incident_id)))
    why = f"Why you: “{escape(notice.type_name, 60)}” requires it before containment ends, and you look after it."
    blocks.append(context(f"{why} What cannot be known can be said to be unknown."))
    return Message(text, blocks)


def _wanted(item: WantedItem) -> str:
    soon = "  ·  :hourglass_flowing_sand: soon gone" if item.is_volatile else ""
    return f"*{item.id} {escape(item.name, 80)}*{soon}\n{escape(item.capture, 300)}"


def checked(notice: EvidenceChecked) -> Message:
    """What a look found, for whoever asked for it."""
    found, name = notice.verified, f"*{notice.summary.reference}*"
    if not found.entries and found.is_sound:
        return Message("Nothing is kept yet", [section(f"Nothing is kept yet of {name}.")])
    counted = ((found.exhibits, "exhibit"), (found.files, "file"), (found.sealed, "sealed"), (found.stamps, "stamp"))
    looked = ", ".join(f"{many:,} {COUNTED[what][many != 1]}" for many, what in counted if many)
    small = context(f"Compared: {looked or 'nothing'}, with {found.entries:,} entries of the record.")
    if found.is_sound:
        said = f":white_check_mark: Everything in {name} is as it was kept."
        return Message(f"Evidence of {notice.summary.reference} is as it was kept", [section(said), small])
    said = f":rotating_light: *Not as it was kept* in {name}:"
    listed = _amiss(tuple(one.sentence for one in found.findings[:SHOWN_ITEMS]), len(found.findings))
    return Message(f"Evidence of {notice.summary.reference} is not as it was kept", [section(said), *listed, small])


def alarm(notice: EvidenceAlarm) -> Message:
    """Evidence was altered, told to whoever has to act on it."""
    summary = notice.summary
    text = f"{words.drill(summary)}Evidence of {summary.reference} is not as it was kept"
    said = f":rotating_light: {words.drill(summary)}*Evidence is not as it was kept* in {words.name(summary)}."
    why = (
        "Why you: Andon compares evidence with its record each day, and its admins and the lead hear what is amiss. "
        "Change nothing: look at the backups, and at who could reach the database and the store. "
        "`andon evidence verify` lists all of it."
    )
    return Message(text, [section(said), *_amiss(notice.findings, notice.total), context(why)])


def _amiss(sentences: tuple[str, ...], total: int) -> list[Block]:
    more = [context(f"And {total - len(sentences)} more.")] if total > len(sentences) else []
    return [section("\n".join(f"• {escape(sentence, 300)}" for sentence in sentences)), *more]


MESSAGES = {
    EvidenceList: evidence,
    ExhibitReceipt: receipt,
    FilesLost: files_lost,
    EvidenceAsk: ask,
    EvidenceChecked: checked,
    EvidenceAlarm: alarm,
}
MODALS = {
    EvidenceList: evidence_modal,
    ExhibitShown: exhibit,
    ExhibitReceipt: receipt_modal,
}
