"""The incident as people meet it: the card, the announcement, the topic and what its reporter hears."""

from __future__ import annotations

from bot.domain.containment.words import RunState
from bot.domain.incident import Phase, Role
from bot.domain.notices.incident import (
    Announcement,
    ChannelAwaited,
    ChannelTopic,
    ChannelUnavailable,
    DeclaredReceipt,
    IncidentCard,
    MoreQuestions,
    Problem,
)
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    button,
    channel,
    clip,
    clock_time,
    context,
    escape,
    fields,
    link,
    mention,
    mentions,
    option,
    overflow,
    quote,
    section,
    when,
)
from bot.slack.views.law import line as clock_line

SWITCH_STATE = {
    RunState.REQUESTED: "waits for approval",
    RunState.APPROVED: "about to run",
    RunState.RUNNING: "running",
    RunState.VERIFYING: "called, not seen to have moved yet",
    RunState.HOLDING: "moved, watched",
    RunState.CONTAINED: "moved, seen, held",
    RunState.FAILED: ":x: failed",
    RunState.ROLLED_BACK: "switched on again",
}
MISSING_SHOWN = 2
CARD_MENU = (
    ("severity", "Change severity"),
    ("phase", "Change phase"),
    ("task", "Add a task"),
    ("contained", "Set contained"),
    ("panel", "Everything else…"),
)


def card(notice: IncidentCard) -> Message:
    """The live message at the top of the channel."""
    summary = notice.summary
    text = f"{words.name_plain(summary)}: {words.severity_plain(summary.severity)}, {summary.phase}"
    head = section(f"*{words.drill(summary)}{summary.reference}: {escape(summary.title, 160)}*\n{_state(notice)}")
    if summary.phase is Phase.CLOSED:
        return Message(text, [head], words.color(summary), [*_ending(notice), context(*_small_print(notice))])
    tail = [fields(_facts(notice)), fields(_seats(notice)), section(quote(notice.what_happened, 500))]
    tail += [context(*_small_print(notice)), actions(*_buttons(notice))]
    return Message(text, [head], words.color(summary), tail)


def _ending(notice: IncidentCard) -> list[Block]:
    outcome = notice.summary.outcome
    state = words.OUTCOME_WORD[outcome].capitalize() if outcome else "Closed"
    at = f" {when(notice.closed_at)}" if notice.closed_at else ""
    note = f"\n{quote(notice.closed_note)}" if notice.closed_note else ""
    return [section(f"*{state}*{at}{note}")]


def standing(notice: IncidentCard) -> list[Block]:
    """Where the incident stands and who sits where, for screens beside the card."""
    return [section(_state(notice)), fields(_facts(notice)), fields(_seats(notice))]


def _state(notice: IncidentCard) -> str:
    summary = notice.summary
    parts = [words.severity(summary.severity, provisional=summary.is_provisional), words.PHASE_NAME[summary.phase]]
    if summary.is_private:
        parts.append(":lock: private")
    return "  ·  ".join(parts)


def _facts(notice: IncidentCard) -> list[tuple[str, str]]:
    summary = notice.summary
    rows = [("Type", escape(notice.type_name))]
    if notice.system_name:
        rows.append(("AI system", escape(notice.system_name, 100)))
    rows.append(("Containment", _containment(notice)))
    if summary.phase is not Phase.CLOSED and summary.next_update_at:
        rows.append(("Next update due", clock_time(summary.next_update_at)))
    if notice.open_tasks or notice.done_tasks:
        rows.append(("Tasks", f"{notice.done_tasks} of {notice.open_tasks + notice.done_tasks} done"))
    if notice.exhibits or (notice.evidence.required and summary.phase is not Phase.CLOSED):
        rows.append(("Evidence", _evidence(notice)))
    if notice.clocks is not None:
        rows.append(("Legal clocks", clock_line(notice.clocks)))
    if notice.closed_at and summary.outcome:
        rows.append(("Closed", f"{when(notice.closed_at)}: {words.OUTCOME_WORD[summary.outcome]}"))
    return rows


def _containment(notice: IncidentCard) -> str:
    if notice.summary.contained_at is None:
        return f":warning: not contained yet{_switch(notice)}"
    by = f" by {mention(notice.contained_by)}" if notice.contained_by else ""
    return f":white_check_mark: {clock_time(notice.summary.contained_at)}{by}"


def _switch(notice: IncidentCard) -> str:
    run = notice.switch
    if run is None:
        return ""
    until = f" until {clock_time(run.hold_until)}" if run.state is RunState.HOLDING and run.hold_until else ""
    return f"\n{escape(run.title, 80)}: {SWITCH_STATE.get(run.state, run.state)}{until}"


def _evidence(notice: IncidentCard) -> str:
    wanted, missing = notice.evidence, notice.evidence.missing
    if not wanted.required:
        return f"{notice.exhibits} kept"
    named = ", ".join(escape(item.name, 40).lower() for item in missing[:MISSING_SHOWN])
    more = f" and {len(missing) - MISSING_SHOWN} more" if len(missing) > MISSING_SHOWN else ""
    required = f"{wanted.kept} of {len(wanted.required)} required"
    kept = f"{notice.exhibits} kept, {required}" if notice.exhibits else required
    return f"{kept}; missing: {named}{more}" if missing else f":white_check_mark: {kept}"


def _seats(notice: IncidentCard) -> list[tuple[str, str]]:
    return [(words.ROLE_NAME[role], _seat(notice.seats[role], notice.asked.get(role, ()))) for role in Role]


def _seat(sitting: tuple[str, ...], asked: tuple[str, ...]) -> str:
    if sitting:
        return mentions(sitting)
    return f"_asked:_ {mentions(asked)}" if asked else "_nobody yet_"


def _small_print(notice: IncidentCard) -> list[str]:
    lines = []
    if notice.summary.declared_at:
        lines.append(f"Declared by {mention(notice.declared_by)} {when(notice.summary.declared_at)}")
    if notice.origin_permalink:
        lines.append(link(notice.origin_permalink, "Where it was reported"))
    if notice.seen_before:
        lines.append(f"Seen before? {', '.join(notice.seen_before)}")
    if notice.merged_into:
        lines.append(f"Goes on in {words.name(notice.merged_into)}")
    if notice.problems:
        lines.append(f":warning: I could not {'; '.join(_problem(problem) for problem in notice.problems)}")
    return lines or ["Facts only, no guesses: this channel is the record."]


def _problem(problem: Problem) -> str:
    who = f" {mention(problem.user_id)}" if problem.user_id else ""
    return f"{escape(problem.what, 80)}{who} ({escape(problem.code, 80)})"


def _buttons(notice: IncidentCard) -> list[Block]:
    incident_id = notice.summary.incident_id
    empty = [role for role in Role if not notice.seats[role]][:2]
    take = [
        button(f"Take {words.ROLE_NAME[role].lower()}", f"{ids.TAKE_ROLE}:{role}", incident_id, style="primary")
        for role in empty
    ]
    menu = [option(label, f"{key}:{incident_id}") for key, label in CARD_MENU if _is_useful(key, notice)]
    contain = [button("Contain…", ids.OPEN_CONTAIN, incident_id)] if _is_containable(notice) else []
    update = button("Send update", ids.SEND_UPDATE, incident_id)
    return [*take, *contain, update, overflow(ids.CARD_MENU, menu)]


def _is_containable(notice: IncidentCard) -> bool:
    return notice.can_switch and notice.summary.contained_at is None


def _is_useful(key: str, notice: IncidentCard) -> bool:
    return key != "contained" or notice.summary.contained_at is None


def announcement(notice: Announcement) -> Message:
    """The post in the announce channel."""
    summary = notice.summary
    head = f"{words.severity(summary.severity, provisional=summary.is_provisional)}  ·  "
    state = words.OUTCOME_WORD[summary.outcome] if summary.outcome else words.PHASE_NAME[summary.phase].lower()
    system = f" on {escape(notice.system_name, 100)}" if notice.system_name else ""
    blocks = [section(f"{words.name(summary)}\n{head}{escape(notice.type_name)}{system}  ·  {state}{_led(notice)}")]
    if notice.merged_into:
        blocks.append(section(f"Goes on in {words.name(notice.merged_into)}"))
    elif notice.latest_update:
        blocks.append(section(quote(notice.latest_update, 400)))
    if summary.phase is not Phase.CLOSED:
        blocks.append(
            actions(
                button("Join", ids.JOIN, summary.incident_id),
                button("Follow", ids.FOLLOW, summary.incident_id),
                button("I have another example", ids.ANOTHER_EXAMPLE, summary.incident_id),
            )
        )
    text = f"{words.name_plain(summary)}: {words.severity_plain(summary.severity)}, {state}"
    return Message(text, blocks)


def _led(notice: Announcement) -> str:
    if notice.summary.phase is Phase.CLOSED:
        return ""
    return f"  ·  led by {mention(notice.lead_id)}" if notice.lead_id else "  ·  lead wanted"


NEXT = (
    "What happens next: the people on duty have been called, somebody takes the lead within minutes, "
    "and you will hear how it ends."
)


def receipt(notice: DeclaredReceipt) -> Message:
    """What whoever declared hears."""
    summary = notice.summary
    first = "You had already declared this" if notice.was_already_declared else "Thank you for pulling the cord"
    place = f"Follow it in {channel(summary.channel_id)}." if summary.channel_id else "Its channel is being opened now."
    lines = [
        f"*{words.drill(summary)}{first}.* It is {summary.reference}, {words.severity(summary.severity)}. {place}",
        "You are not in trouble, whatever turns out. You need not prove anything.",
        NEXT,
    ]
    if summary.is_private:
        lines.append(":lock: It is private: only the people working on it can see it.")
    return Message(f"{words.drill(summary)}{first}: {summary.reference}", [section("\n".join(lines))])


def more_questions(notice: MoreQuestions) -> Message:
    """The form's questions, after a declaration in a hurry."""
    text = (
        f"{mention(notice.asked_id)}, when you have a moment: which AI system was it, what kind of failure, "
        "and who has been affected?"
    )
    button_row = actions(button("Answer a few questions", ids.ANSWER_MORE, notice.summary.incident_id))
    return Message(text, [section(text), button_row])


def topic(notice: ChannelTopic) -> Message:
    """The channel's topic: plain text, no links."""
    summary = notice.summary
    lead = f"lead {notice.lead_name}" if notice.lead_name else "lead wanted"
    state = words.OUTCOME_WORD[summary.outcome] if summary.outcome else lead
    text = f"{words.drill(summary)}{summary.reference} | {summary.severity} | {state} | {summary.title}"
    return Message(escape(clip(text, 200), 250), [])


def awaited_channel(notice: ChannelAwaited) -> Message:
    """The channel waits for Slack's limits."""
    summary = notice.summary
    text = (
        f"{words.drill(summary)}*{summary.reference} is on record*, and the people on duty are called. Slack lets me "
        "open only about 20 channels a minute, and more are wanted just now: this one opens at about "
        f"{clock_time(notice.opens_at)}, and you will hear where it is."
    )
    return Message(text, [section(text)])


def no_channel(notice: ChannelUnavailable) -> Message:
    """Slack refused the channel."""
    summary = notice.summary
    kind = "private channel" if summary.is_private else "channel"
    text = (
        f":warning: {summary.reference} is declared and on record, but Slack did not let me open its {kind} "
        f"({escape(notice.reason, 80)}). Nothing was posted anywhere else. Ask whoever administers Slack to let Andon "
        "create channels; roles, updates and the post-mortem work meanwhile with "
        f"`/incident … {summary.reference}`."
    )
    return Message(text, [section(text)])


MESSAGES = {
    IncidentCard: card,
    Announcement: announcement,
    ChannelAwaited: awaited_channel,
    DeclaredReceipt: receipt,
    MoreQuestions: more_questions,
    ChannelTopic: topic,
    ChannelUnavailable: no_channel,
}
