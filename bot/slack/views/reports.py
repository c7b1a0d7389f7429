"""Reports as whoever judges them meets them: in the triage channel, as a direct message, in a list."""

from __future__ import annotations

from bot.domain.notices.reports import (
    Judgement,
    ReportDone,
    ReportLine,
    ReportList,
    ReportPost,
    ReportSource,
)
from bot.domain.report import ReportState
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    actor,
    button,
    channel,
    context,
    divider,
    escape,
    fields,
    link,
    mentions,
    quote,
    section,
    when,
)
from bot.slack.views.forms import modal

STATE_PLAIN = {
    ReportState.WAITING: "waits for somebody",
    ReportState.DISPUTED: "dismissed, and its reporter disagrees",
    ReportState.DISMISSED: "dismissed",
    ReportState.DECLARED: "declared",
    ReportState.ADDED: "added to an incident",
    ReportState.SAME: "put together with another report",
}
EMOJI = {
    ReportState.WAITING: ":inbox_tray:",
    ReportState.DISPUTED: ":raised_hand:",
    ReportState.DISMISSED: ":heavy_minus_sign:",
    ReportState.DECLARED: ":rotating_light:",
    ReportState.ADDED: ":heavy_plus_sign:",
    ReportState.SAME: ":link:",
}
STATE = {state: f"{EMOJI[state]} {said}" for state, said in STATE_PLAIN.items()}
SHOWN = 20


def post(notice: ReportPost) -> Message:
    """The report for whoever looks; condensed and without buttons once it is settled."""
    line = notice.line
    if notice.hidden:
        text = f"{drill(line)}{line.reference} {STATE_PLAIN[line.state]}; it is private"
        return Message(text, [section(f"{drill(line)}*{line.reference}* :lock: private\n{STATE[line.state]}")])
    text = f"{drill(line)}Report {line.reference}, {STATE_PLAIN[line.state]}: {escape(line.title, 160)}"
    head = section(f"{title(line)}\n{STATE[line.state]}{_waiting(line)}{_calls(notice)}")
    if not line.is_open:
        return Message(text, [head], words.GREY, _ending(notice))
    tail = [fields(_facts(notice)), section(quote(notice.what_happened, 900))]
    tail += [*_judged(notice), *_similar(notice), context(*_small_print(notice)), actions(*_buttons(notice))]
    color = words.RED if line.state is ReportState.DISPUTED else words.ORANGE
    return Message(text, [*_why(notice), head], color, tail)


def source(notice: ReportSource) -> Message:
    """The reported message, defanged."""
    text = f"{drill(notice.line)}What was reported as {notice.line.reference}"
    return Message(text, [section(f"{text}:\n{quote(notice.text, 2500)}")])


def done(notice: ReportDone) -> Message:
    """A judgement was taken."""
    sentence = f"{drill(notice.line)}{notice.line.reference}: {escape(notice.sentence)}"
    return Message(sentence, [section(f":white_check_mark: {sentence}")])


def done_modal(notice: ReportDone) -> dict[str, object]:
    """The same in place of the form."""
    return modal("Done", done(notice).blocks, callback_id=ids.CLOSED_VIEW, close="Close")


def listing(notice: ReportList) -> Message:
    """What waits, oldest first."""
    if not notice.lines:
        return Message("No report waits.", [section("No report waits for anybody.")])
    rows: list[Block] = []
    for line in notice.lines[:SHOWN]:
        rows += [section(f"{title(line)}\n{STATE[line.state]}{_waiting(line)}"), divider()]
    more = len(notice.lines) - SHOWN
    rest = [context(f"and {more} more; `andon reports list` shows all")] if more > 0 else []
    return Message(f"{len(notice.lines)} reports wait", [*rows[:-1], *rest])


def title(line: ReportLine) -> str:
    """Reference and title, as mrkdwn."""
    return f"*{drill(line)}{line.reference}* {escape(line.title, 160)}{'  :lock: private' if line.is_private else ''}"


def drill(line: ReportLine) -> str:
    """The banner of a drill, on every message of it."""
    return "[DRILL] " if line.is_drill else ""


def _why(notice: ReportPost) -> list[Block]:
    return [context(escape(notice.why, 300))] if notice.why else []


def _calls(notice: ReportPost) -> str:
    return f"\n{mentions(notice.calls)}: one of you who did not dismiss it judges it now." if notice.calls else ""


def _waiting(line: ReportLine) -> str:
    if not line.is_open:
        return ""
    looks = f"  ·  {actor(line.looked_by)} looks into it" if line.looked_by else ""
    return f" since {when(line.waits_since, '{time}, {ago}')}{looks}"


def _facts(notice: ReportPost) -> list[tuple[str, str]]:
    line = notice.line
    rows = [
        ("AI system", escape(line.system_name or "", 100)),
        ("Type", escape(line.type_name or "", 100)),
        ("How bad, as reported", words.severity(line.severity) if line.severity else ""),
        ("Model version", escape(notice.model_version, 100)),
        ("Trace", _trace(notice)),
        ("Said", _signals(notice)),
        ("Reported by", f"{actor(line.reported_by)}, {when(line.reported_at)}"),
        ("Where", _where(notice)),
    ]
    return [(label, value) for label, value in rows if value]


def _trace(notice: ReportPost) -> str:
    """A link to where we have dashboards, else the address as text: nobody follows it by accident."""
    if notice.is_trace_known:
        return link(notice.trace_url, "open the trace")
    return f"`{escape(notice.trace_url.replace('`', ''), 200)}`" if notice.trace_url else ""


def _signals(notice: ReportPost) -> str:
    quiet = f"quiet since {when(notice.quiet_since)}" if notice.quiet_since else ""
    if notice.line.signals < 2:
        return quiet
    last = f", last {when(notice.last_signal_at)}" if notice.last_signal_at and not quiet else ""
    return f"{notice.line.signals} times{last}{'; ' if quiet else ''}{quiet}"


def _where(notice: ReportPost) -> str:
    if notice.source_link:
        return link(notice.source_link, "the message")
    return channel(notice.origin_channel_id) if notice.origin_channel_id else ""


def _judged(notice: ReportPost) -> list[Block]:
    rows: list[Block] = []
    for number, dismissal in enumerate(notice.dismissals):
        rows.append(section(f"{_by(dismissal, 'dismissed it')}\n{quote(dismissal.reason, 500)}"))
        if number < len(notice.disputes):
            held = notice.disputes[number]
            rows.append(section(f"{_by(held, 'disagrees')}\n{quote(held.reason, 500)}"))
    return rows


def _by(judgement: Judgement, what: str) -> str:
    return f"{actor(judgement.by)} {what} {when(judgement.at)}:"


def _similar(notice: ReportPost) -> list[Block]:
    number = notice.line.report_id
    rows = [
        section(
            f"Perhaps {words.name(found)}",
            button(f"Add to {found.reference}", f"{ids.REPORT_ADD_TO}:{found.incident_id}", number),
        )
        for found in notice.similar
    ]
    rows += [
        section(
            f"Perhaps the same as {title(other)}",
            button(f"Put with {other.reference}", f"{ids.REPORT_PUT_WITH}:{other.report_id}", number),
        )
        for other in notice.same
    ]
    return rows


def _small_print(notice: ReportPost) -> list[str]:
    lines = [f"{len(notice.links)} links came with it: {escape('  '.join(notice.links), 500)}"] if notice.links else []
    if notice.files:
        lines.append(f"{notice.files} files came with it; they are kept once it is an incident")
    if notice.has_source:
        lines.append("The message itself stands behind *Show*: what an AI says can hurt")
    return [
        *lines,
        "A dismissal is told to whoever reported, who may disagree. Not sure? Declare: it is taken back easily.",
    ]


def _buttons(notice: ReportPost) -> list[Block]:
    number = notice.line.report_id
    buttons = [
        button("Declare…", ids.REPORT_DECLARE, number, style="primary"),
        button("Add to…", ids.REPORT_ADD, number),
        button("Dismiss…", ids.REPORT_DISMISS, number),
    ]
    if notice.line.looked_by is None:
        buttons.append(button("I look into it", ids.REPORT_LOOK, number))
    if notice.has_source:
        buttons.append(button("Show", ids.REPORT_SHOW, number))
    return buttons


def _ending(notice: ReportPost) -> list[Block]:
    at = f" {when(notice.settled_at)}" if notice.settled_at else ""
    by = f"{STATE_PLAIN[notice.line.state].capitalize()} by {actor(notice.settled_by)}{at}" if notice.settled_by else ""
    rows = [context(by)] if by else []
    if notice.incident is not None:
        over = f" ({words.OUTCOME_WORD[notice.incident.outcome]})" if notice.incident.outcome else ""
        rows.append(section(f"{words.name(notice.incident)}{over}"))
    elif notice.is_elsewhere:
        rows.append(context("What it became is private."))
    elif notice.same_as:
        rows.append(context(f"It goes on as {notice.same_as}."))
    if notice.line.state is ReportState.DISMISSED and notice.dismissals:
        rows.append(section(quote(notice.dismissals[-1].reason, 500)))
    return rows


MESSAGES = {
    ReportPost: post,
    ReportSource: source,
    ReportDone: done,
    ReportList: listing,
}
MODALS = {ReportDone: done_modal}
