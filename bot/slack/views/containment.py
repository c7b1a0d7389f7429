"""Containment as people meet it: the request and what becomes of it, the exact call, the list."""

from __future__ import annotations

from typing import Any

from bot.domain.containment.words import Direction, Reversibility, RunState
from bot.domain.notices.containment import (
    DryRun,
    RunItem,
    SwitchFailure,
    SwitchList,
    SwitchPost,
    SwitchReceipt,
    SwitchStaysAsk,
    SwitchUnratifiedPost,
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
    confirm,
    context,
    divider,
    escape,
    mention,
    quote,
    section,
    when,
)
from bot.slack.views.forms import modal

UNDONE = {
    Reversibility.FULL: "can be undone in full",
    Reversibility.PARTIAL: "can be undone only in part",
    Reversibility.NONE: ":warning: *cannot be undone*",
}
STATE = {
    RunState.REQUESTED: ":hourglass: waiting for approval",
    RunState.APPROVED: ":arrow_forward: approved, about to run",
    RunState.RUNNING: ":arrow_forward: running",
    RunState.VERIFYING: ":mag: called; looking whether it has moved",
    RunState.HOLDING: ":mag: moved; watched until it holds",
    RunState.CONTAINED: ":white_check_mark: moved, seen, held",
    RunState.FAILED: ":x: failed",
    RunState.EXPIRED: ":heavy_minus_sign: expired, nothing was run",
    RunState.REFUSED: ":heavy_minus_sign: refused, nothing was run",
    RunState.ROLLED_BACK: ":leftwards_arrow_with_hook: switched on again",
}
STEP = {"read": "Control plane", "probe": "What users get", "by hand": "Seen by hand"}
OVER = frozenset({RunState.EXPIRED, RunState.REFUSED, RunState.ROLLED_BACK})
SHOWN = 15


def post(notice: SwitchPost) -> Message:
    """The request in the channel."""
    run, drill = notice.run, words.drill(notice.summary)
    text = f"{drill}{title_plain(run)}: {_state_plain(run)}"
    head = section(f"{drill}:octagonal_sign: {title(run)}\n{_state(run)}{_until(run)}")
    if run.state in OVER:
        return Message(text, [head, context(_asked(run)), *_outcome(run)])
    blocks = [head, section(escape(run.effect, 500)), section(quote(run.reason, 500)), context(*_small_print(run))]
    blocks += [*_by_hand(run), *_seen(run), *_outcome(run)]
    buttons = _buttons(run)
    return Message(text, [*blocks, actions(*buttons)] if buttons else blocks)


def receipt(notice: SwitchReceipt) -> Message:
    """Where it stands now."""
    run = notice.run
    text = f"{words.drill(notice.summary)}{title(run)}: {_state(run)}{_until(run)}{_wanted(run)}"
    return Message(f"{title_plain(run)}: {_state_plain(run)}", [section(text)])


def failure(notice: SwitchFailure) -> Message:
    """It did not work, said loudly."""
    run, drill = notice.run, words.drill(notice.summary)
    what = "could not be switched on again" if run.direction is Direction.ON else "is NOT contained by this"
    where = f" {words.name(notice.summary)}" if notice.is_direct else ""
    head = f"{drill}:rotating_light: *Containment failed.*{where}\n{title(run)} {what}."
    blocks = [section(head), section(quote(run.outcome, 800)), *_seen(run)]
    blocks.append(context("Nothing is tried again by itself. Look at the switch, then ask anew or do it by hand."))
    return Message(f"{drill}Containment failed: {title_plain(run)}", blocks)


def unratified(notice: SwitchUnratifiedPost) -> Message:
    """One person's word still stands alone."""
    run, drill = notice.run, words.drill(notice.summary)
    said = f"{drill}:warning: {title(run)} was run by {_who(run.requested_by)} alone, and nobody has ratified it yet."
    row = actions(button("Ratify", ids.SWITCH_RATIFY, run.run_id, style="primary"))
    why = context(f"Why now: at SEV1 one person may act alone, and {run.agrees} ratifies within half an hour.")
    return Message(f"{drill}Not ratified: {title_plain(run)}", [section(said), row, why])


def stays(notice: SwitchStaysAsk) -> Message:
    """Ask whether what is not meant to stay still should."""
    run, drill = notice.run, words.drill(notice.summary)
    where = f" {words.name(notice.summary)}" if notice.is_direct else ""
    if run.state is RunState.RUNNING:
        return _not_done(run, drill, where)
    since = f" since {when(run.moved_at)}" if run.moved_at else ""
    said = f"{drill}:hourglass_flowing_sand: *Still in force{since}.*{where}\n{title(run)}\n{escape(run.effect, 300)}"
    row = [button("It stays", ids.SWITCH_STAYS, run.run_id)]
    if run.can_go_back:
        row.insert(0, button("Switch on again…", ids.SWITCH_BACK, run.run_id, style="primary"))
    again = f" Asked again {when(run.review_at)} unless somebody says that it stays." if run.review_at else ""
    why = context(f"Why now: it is not meant to stay, so people are asked.{again}")
    return Message(f"{drill}Still in force: {title_plain(run)}", [section(said), actions(*row), why])


def _not_done(run: RunItem, drill: str, where: str) -> Message:
    """Nobody has said yet that it was done by hand."""
    said = f"{drill}:hourglass_flowing_sand: *Still to be done by hand.*{where}\n{title(run)}"
    row = actions(button("It is done…", ids.SWITCH_BY_HAND, run.run_id, style="primary"))
    why = context("Why now: it was agreed to, and nobody has said that it was done.")
    blocks = [section(said), section(quote(run.instructions, 800)), row, why]
    return Message(f"{drill}Still to be done by hand: {title_plain(run)}", blocks)


def dry_run(notice: DryRun) -> Message:
    """The exact calls; nothing was sent."""
    drill = words.drill(notice.summary)
    blocks = [
        section(f"{drill}:test_tube: *Dry run: {escape(notice.title, 100)}.* Nothing was sent. Secrets are masked.")
    ]
    if notice.missing:
        blocks.append(section(f":warning: Not set where Andon runs: {escape(', '.join(notice.missing), 300)}"))
    if notice.is_drill:
        blocks.append(context("This is a drill: outside the sandbox nothing is ever sent for it."))
    blocks += [section(f"```{_fenced(call)}```") for call in notice.calls[:10]]
    if not notice.calls:
        blocks.append(section("_Andon sends nothing for this: a person does it by hand._"))
    return Message(f"{drill}Dry run: {escape(notice.title, 100)}", blocks)


def listing(notice: SwitchList) -> Message:
    """What was done and what can be done."""
    rows = [section(f"{title(run)}\n{_state(run)}{_until(run)}{_wanted(run)}") for run in notice.runs[-SHOWN:]]
    blocks = [
        section(f"*Containment of {notice.summary.reference}*"),
        *(rows or [section("_Nothing was asked for yet._")]),
    ]
    if notice.actions:
        listed = "\n".join(f"`{one.action}` {escape(one.title)} ({one.catalogue})" for one in notice.actions[:SHOWN])
        blocks += [divider(), section(listed), context(f"`{notice.command} contain` asks for one of these.")]
    return Message(f"{len(notice.runs)} containment actions in {notice.summary.reference}", blocks)


def listing_modal(notice: SwitchList) -> dict[str, Any]:
    """The same as a screen."""
    return modal("Containment", listing(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def title(run: RunItem) -> str:
    """Number, title and catalogue id."""
    back = "Switch on again: " if run.direction is Direction.ON else ""
    return f"*{run.number}. {back}{escape(run.title, 160)}* ({run.catalogue})"


def title_plain(run: RunItem) -> str:
    """The same without markup."""
    back = "switch on again: " if run.direction is Direction.ON else ""
    return f"Containment {run.number}, {back}{escape(run.title, 160)}"


def _state(run: RunItem) -> str:
    is_owed = run.is_by_hand and run.state is RunState.RUNNING
    return ":raised_hand: waits for somebody to do it" if is_owed else STATE[run.state]


def _state_plain(run: RunItem) -> str:
    return _state(run).partition(" ")[2]


def _until(run: RunItem) -> str:
    if run.state is RunState.REQUESTED:
        return f" until {clock_time(run.expires_at)}"
    if run.state is RunState.HOLDING and run.hold_until:
        return f", {clock_time(run.hold_until)} at the earliest"
    return f" at {clock_time(run.ended_at)}" if run.ended_at else ""


def _wanted(run: RunItem) -> str:
    if run.state is not RunState.REQUESTED:
        return ""
    return f"\n{run.wanted} more must agree: {run.agrees}, not you who asked."


def _who(stored: str) -> str:
    return actor(stored) if ":" in stored else mention(stored)


def _asked(run: RunItem) -> str:
    return f"Asked for by {_who(run.requested_by)} {when(run.requested_at)}"


def _small_print(run: RunItem) -> list[str]:
    lines = [_asked(run), f"It {UNDONE[run.reversibility]}"]
    lines += [f"Agreed by {mention(yes.by)} at {clock_time(yes.at)}" for yes in run.agreed]
    if run.is_automatic:
        lines.append("Run by a breaker that policy approved beforehand")
    if run.is_break_glass:
        yes = run.ratified
        ratified = f"ratified by {mention(yes.by)} at {clock_time(yes.at)}" if yes else "not ratified yet"
        lines.append(f"Run on one person's word; {ratified}")
    if run.harm_cannot_wait:
        lines.append(f"Evidence could not wait: {escape(run.harm_cannot_wait, 200)}")
    elif run.direction is Direction.OFF and run.exhibits:
        lines.append(f"{run.exhibits} exhibit{'s' if run.exhibits > 1 else ''} kept before")
    if run.review_at and run.state is not RunState.RUNNING:
        lines.append(f"Not meant to stay: people are asked {when(run.review_at)}")
    if run.state is RunState.REQUESTED:
        lines.append(f"{run.wanted} more must agree: {run.agrees}, never whoever asked")
    return lines


def _by_hand(run: RunItem) -> list[Block]:
    if run.is_by_hand and run.state is RunState.RUNNING:
        return [section(f"*Do this by hand now:*\n{quote(run.instructions, 800)}")]
    return []


def _seen(run: RunItem) -> list[Block]:
    latest = {check.step: check for check in run.checks}
    lines = [
        f"{STEP.get(check.step, check.step)}: {_mark(check.is_as_wanted)} {escape(check.what, 120)}"
        for check in latest.values()
    ]
    if run.state is RunState.HOLDING and run.look_at:
        lines.append(f"Look yourself, too: {escape('; '.join(run.look_at), 300)}")
    return [context(*lines)] if lines else []


def _mark(is_as_wanted: bool | None) -> str:
    return {True: ":white_check_mark:", False: ":x:", None: ":grey_question:"}[is_as_wanted]


def _outcome(run: RunItem) -> list[Block]:
    is_told = run.state in OVER | {RunState.FAILED}
    return [section(quote(run.outcome, 500))] if is_told and run.outcome else []


def _buttons(run: RunItem) -> list[Block]:
    buttons = []
    if run.state is RunState.REQUESTED:
        sure = confirm("Run it?", f"{escape(run.title, 80)}: {escape(run.effect, 150)}", "Approve")
        buttons += [
            button("Approve", ids.SWITCH_APPROVE, run.run_id, style="primary", confirm=sure),
            button("Refuse…", ids.SWITCH_REFUSE, run.run_id),
            button("Dry run", ids.SWITCH_DRY_RUN, run.run_id),
        ]
    if run.is_break_glass and run.ratified is None:
        buttons.append(button("Ratify", ids.SWITCH_RATIFY, run.run_id, style="primary"))
    if run.is_by_hand and run.state is RunState.RUNNING:
        buttons.append(button("It is done…", ids.SWITCH_BY_HAND, run.run_id, style="primary"))
    if run.can_go_back:
        buttons.append(button("Switch on again…", ids.SWITCH_BACK, run.run_id))
    if run.review_at and run.state is not RunState.RUNNING:
        buttons.append(button("It stays", ids.SWITCH_STAYS, run.run_id))
    return buttons


def _fenced(call: str) -> str:
    return escape(call.replace("```", "'''"), 2500)


MESSAGES = {
    SwitchPost: post,
    SwitchReceipt: receipt,
    SwitchFailure: failure,
    SwitchUnratifiedPost: unratified,
    SwitchStaysAsk: stays,
    DryRun: dry_run,
    SwitchList: listing,
}
MODALS = {SwitchList: listing_modal}
