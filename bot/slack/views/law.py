"""The law's clocks as people meet them: the list, what legal and executives are told, what the channel hears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.notices.incident import ClockLine, Summary
from bot.domain.notices.law import (
    AlterationWarning,
    ClockItem,
    ClockList,
    ClockPost,
    ClockReceipt,
    ClocksForLegal,
    ClocksOverdue,
    SentItem,
    SheetPost,
    Untold,
)
from bot.domain.obligations.words import Decision, Step
from bot.slack import ids
from bot.slack.views import words
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
    option,
    overflow,
    quote,
    section,
    when,
)
from bot.slack.views.forms import modal

NO_ADVICE = "Andon proposes and reckons; legal decides. Work towards the strict time: the statutory one is a note."
DECISION = {
    Decision.PROPOSED: ":grey_question: may apply, not decided",
    Decision.UNDECIDED: ":grey_question: undecided",
    Decision.APPLIES: ":hourglass_flowing_sand: applies",
    Decision.DOES_NOT_APPLY: ":heavy_minus_sign: does not apply",
}
PASSED = {
    Step.HALF: "half of its time has passed",
    Step.THREE_QUARTERS: "three quarters of its time have passed",
    Step.NEARLY: "nine tenths of its time have passed",
    Step.OVERDUE: ":rotating_light: its time is over",
}
SHOWN, LISTED = 12, 30


def listing(notice: ClockList) -> dict[str, Any]:
    """Every clock, those that run first."""
    blocks = [section(f"Clocks of {words.name(notice.summary)}"), *_nothing(notice)]
    for clock in notice.clocks[:LISTED]:
        blocks.append(section(row(clock, notice.now), _acts(clock) if notice.may_decide else None))
        blocks += [context(*small_print(clock))] if clock.is_undecided and notice.may_decide else []
    if len(notice.clocks) > LISTED:
        more = len(notice.clocks) - LISTED
        blocks.append(context(f"{more} more: `{notice.command} clocks` in a terminal is `andon obligations of`."))
    blocks += [divider(), actions(*_below(notice)), context(NO_ADVICE)]
    return modal("Clocks", blocks, callback_id=ids.CLOCKS_VIEW, close="Close")


def for_legal(notice: ClocksForLegal) -> Message:
    """What legal is to decide or to send."""
    drill = words.drill(notice.summary)
    head = f"{drill}:scales: Clocks of {words.name(notice.summary)}"
    rows = [section(row(clock, notice.now)) for clock in notice.clocks[:SHOWN]]
    text = f"{drill}{len(notice.clocks)} legal clocks of {notice.summary.reference} want your word"
    return Message(text, [section(head), *rows, _open(notice.summary), context(f"Why you: {notice.why}.", NO_ADVICE)])


def overdue(notice: ClocksOverdue) -> Message:
    """An executive hears what is at stake, without jargon."""
    drill = words.drill(notice.summary)
    legal = f"{mentions(notice.legal)} holds legal." if notice.legal else "*Nobody holds legal.*"
    head = f"{drill}:rotating_light: *A legal deadline has passed.* {words.name(notice.summary)}\n{legal}"
    rows = [section(_at_stake(clock)) for clock in notice.clocks[:SHOWN]]
    why = context("Why you: policy tells you when such a clock runs out and no notice is recorded as sent.")
    return Message(f"{drill}A legal deadline of {notice.summary.reference} has passed", [section(head), *rows, why])


def posted(notice: ClockPost) -> Message:
    """What the channel hears: decided, or sent."""
    drill, clock = words.drill(notice.summary), notice.clock
    if notice.sent is not None:
        said = f"{drill}:outbox_tray: *{_title(clock)}*: {_sent(notice.sent)}, recorded by {actor(notice.by)}"
        return Message(f"{drill}Notice sent: {_title(clock)}", [section(said)])
    said = f"{drill}:scales: *{_title(clock)}* {_plain(clock)}, says {actor(notice.by)}"
    blocks = [section(f"{said}\n{_due(clock)}" if clock.is_running else said)]
    blocks += [section(quote(clock.why))] if clock.why else []
    if clock.is_running:
        blocks.append(context(f"Owed to: {escape(clock.authority, 200)}", NO_ADVICE))
    return Message(f"{drill}{_title(clock)} {_plain(clock)}", blocks)


def receipt(notice: ClockReceipt) -> dict[str, Any]:
    """How it was understood."""
    clock = notice.clock
    due = f"\n{_due(clock)}" if clock.due_strict and clock.sent_at is None else ""
    blocks = [section(f"*{_title(clock)}*\n{_state(clock)}{due}")]
    blocks += [section(escape(notice.note))] if notice.note else []
    return modal("Written down", blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def warning(notice: AlterationWarning) -> Message:
    """The system is about to be altered before an authority was told."""
    drill = words.drill(notice.summary)
    head = (
        f"{drill}:warning: *{escape(notice.what, 200)}*: this may alter the system before an authority was told. "
        "Switching off or routing away is safe; changing the model, its prompt or its data may spoil finding the cause."
    )
    rows = "\n".join(f"• {escape(one.name, 160)}: {escape(one.authority, 200)}" for one in notice.untold[:SHOWN])
    small = context("Ask legal first. Nothing is held back by this.")
    return Message(f"{drill}Ask legal before the system is altered", [section(head), section(rows), small])


def untold(waiting: Sequence[Untold]) -> list[Block]:
    """The same on a form, before anything is done; nothing where no authority waits."""
    if not waiting:
        return []
    names = "; ".join(f"{escape(one.name, 160)} ({escape(one.authority, 120)})" for one in waiting[:SHOWN])
    said = f":warning: *No notice was sent yet under {names}.* Ask legal before the system itself is altered."
    return [section(said)]


def sheet(notice: SheetPost) -> Message:
    """The file comes, and what is still open."""
    drill, known = words.drill(notice.summary), notice.fields - len(notice.missing)
    said = (
        f"{drill}:page_facing_up: Data for authorities' forms of {words.name(notice.summary)}, version {notice.version}"
    )
    blocks = [section(f"{said}\n{known} of {notice.fields} fields are known.")]
    if notice.missing:
        blocks.append(context(f"Not yet known: {escape(', '.join(notice.missing), 1500)}"))
    return Message(f"{drill}Data for authorities' forms of {notice.summary.reference}", blocks)


def line(clocks: ClockLine) -> str:
    """The card's line: the clock that is due first in both forms, how many more run, how many wait for legal."""
    waits = f"{clocks.undecided} for legal to decide" if clocks.undecided else ""
    if clocks.due_strict is None or clocks.due_statutory is None:
        return f":scales: {waits}"
    mark = ":rotating_light: over since" if clocks.is_over else "due"
    same = clocks.due_statutory == clocks.due_strict
    note = " (strict and statutory alike)" if same else f" (statutory note {when(clocks.due_statutory)})"
    more = f"{clocks.running - 1} more running" if clocks.running > 1 else ""
    said = f":scales: {escape(clocks.name, 80)} {mark} {when(clocks.due_strict)}{note}"
    return "; ".join(one for one in (said, more, waits) if one)


def row(clock: ClockItem, now: datetime) -> str:
    """A clock in a few lines: what it is, what was said of it, when it is due."""
    lines = [f"*{clock.number}. {_title(clock)}*", _state(clock)]
    if clock.sent_at is None and clock.decision is not Decision.DOES_NOT_APPLY:
        lines.append(_due(clock, now))
    if clock.is_undecided:
        lines.append(f"Because: {escape(clock.because, 300)}")
    elif clock.why:
        lines.append(quote(clock.why, 200))
    return "\n".join(lines)


def small_print(clock: ClockItem) -> list[str]:
    """Whom it binds, what sets it off, how sure the row is."""
    sure = {"H": "read in the law", "M": "from good sources", "L": ":warning: hardly known: ask counsel first"}
    return [
        f"Binds: {escape(clock.who, 200)}",
        f"When: {escape(clock.trigger, 200)}",
        f"To: {escape(clock.authority, 200)}",
        f"Source: {escape(clock.source, 120)}, {sure.get(clock.confidence, '')}; reviewed {escape(clock.reviewed, 80)}",
        *([escape(clock.note, 300)] if clock.note else []),
    ]


def _nothing(notice: ClockList) -> list[Block]:
    said = "_No clock was proposed. Type, regions and what is established propose them; legal can add one._"
    return [] if notice.clocks else [section(said)]


def _below(notice: ClockList) -> list[Block]:
    incident_id = notice.summary.incident_id
    buttons = [button("Write down what is established…", ids.NEW_PARTICULAR, incident_id)]
    if notice.may_decide:
        buttons.append(button("Add a clock…", ids.ADD_CLOCK, incident_id))
        buttons.append(button("Data for the authority's form", ids.EXPORT_CLOCKS, incident_id))
    return buttons


def _acts(clock: ClockItem) -> Block:
    if clock.is_undecided:
        return button("Decide…", f"{ids.CLOCK_DECIDE}:{clock.obligation_id}", clock.obligation_id, style="primary")
    if clock.decision is Decision.DOES_NOT_APPLY:
        return button("Decide again…", f"{ids.CLOCK_DECIDE}:{clock.obligation_id}", clock.obligation_id)
    if clock.sent_at is not None:
        return button("Another notice…", f"{ids.CLOCK_SENT}:{clock.obligation_id}", clock.obligation_id)
    choices = [option("Sent…", f"sent:{clock.obligation_id}"), option("Decide again…", f"decide:{clock.obligation_id}")]
    return overflow(f"{ids.CLOCK_MENU}:{clock.obligation_id}", choices)


def _open(summary: Summary) -> Block:
    return actions(button("Open the clocks", ids.SHOW_CLOCKS, summary.incident_id, style="primary"))


def _title(clock: ClockItem) -> str:
    return escape(clock.name, 160)


def _state(clock: ClockItem) -> str:
    if clock.sent_at is not None:
        return f":white_check_mark: sent {when(clock.sent_at)}"
    is_told = clock.said in PASSED and clock.decision is not Decision.DOES_NOT_APPLY
    passed = f"  ·  {PASSED[clock.said]}" if is_told else ""
    return f"{DECISION[clock.decision]}{passed}"


def _plain(clock: ClockItem) -> str:
    return DECISION[clock.decision].partition(" ")[2]


def _due(clock: ClockItem, now: datetime | None = None) -> str:
    """When it is due, strictly and by statute, for the reader and where the authority sits."""
    if clock.due_strict is None or clock.due_statutory is None:
        return f"Starts with {escape(clock.starts, 200)}" if clock.starts else "Without delay; no fixed time"
    there = clock.due_strict.astimezone(ZoneInfo(clock.timezone))
    left = f" ({_left(clock.due_strict - now)})" if now else ""
    same = clock.due_statutory == clock.due_strict
    note = "; strict and statutory alike" if same else f"; statutory note {when(clock.due_statutory)}"
    return f"Due *{when(clock.due_strict)}*{left}, {there:%a %H:%M} in {clock.timezone.replace('_', ' ')}{note}"


def _left(span: timedelta) -> str:
    minutes = int(abs(span).total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    said = f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
    return f"in {said}" if span > timedelta() else f"over by {said}"


def _at_stake(clock: ClockItem) -> str:
    due = f"was due {when(clock.due_strict)}" if clock.due_strict else "has no fixed time"
    said = "applies" if clock.is_running else "was never decided"
    return f"*{_title(clock)}* {said}: a notice to {escape(clock.authority, 200)} {due}, and none is recorded."


def _sent(sent: SentItem) -> str:
    late = " :warning: *late*" if sent.is_late else ""
    under = f", reference {escape(sent.reference, 100)}" if sent.reference else ""
    return f"notice {sent.version} sent to {escape(sent.recipient, 200)} {when(sent.sent_at)}{under}{late}"


MESSAGES = {
    ClocksForLegal: for_legal,
    ClocksOverdue: overdue,
    ClockPost: posted,
    AlterationWarning: warning,
    SheetPost: sheet,
}
MODALS = {ClockList: listing, ClockReceipt: receipt}
