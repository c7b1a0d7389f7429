"""Seats as people meet them: the question, its answer, who sits, the handover, the checklist."""

from __future__ import annotations

from bot.domain.notices.roles import (
    HandoverWanted,
    OfferDeclined,
    OfferPost,
    OfferState,
    RoleGuide,
    RoleOffer,
    SeatHeld,
    Seating,
    SeatLost,
    SeatReleased,
    SeatTaken,
    SeatUnfilled,
)
from bot.domain.people import ANDON
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import (
    Block,
    Message,
    actions,
    actor,
    button,
    clock_time,
    context,
    escape,
    mention,
    quote,
    section,
)
from bot.slack.views.handover import handover
from bot.slack.views.words import ROLE_NAME

PREVIEWED = 3


def offer(notice: RoleOffer) -> Message:
    """The question, told privately; afterwards its answer, without buttons."""
    summary, role = notice.summary, ROLE_NAME[notice.role].lower()
    if notice.state is not OfferState.OPEN:
        text = f"{words.drill(summary)}{_settled(notice.state, role)} on {summary.reference}."
        return Message(text, [section(text)])
    is_policy = notice.given_by == str(ANDON)
    asks = "You are asked" if is_policy else f"{actor(notice.given_by)} asks you"
    text = f"{asks} to {'take over as' if notice.hands_over else 'be'} *{role}* of {_which(notice)}."
    blocks = [section(f":raised_hand: {text}"), context(_why(notice, is_policy, role))]
    if notice.note:
        blocks.append(section(quote(notice.note)))
    if notice.handover is not None:
        blocks += handover(notice.handover)
    elif notice.instructions:
        first = "\n".join(f"• {escape(line, 300)}" for line in notice.instructions[:PREVIEWED])
        blocks.append(section(f"*What comes first*\n{first}"))
    yes, no = ("Take it", "Not me") if is_policy else ("Accept", "Decline")
    blocks.append(
        actions(
            button(yes, ids.ACCEPT_ROLE, notice.tenure_id, style="primary"),
            button(no, ids.DECLINE_ROLE, notice.tenure_id),
        )
    )
    plain = f"{words.drill(summary)}{asks} to be {role} of {summary.reference}, {summary.severity}"
    return Message(plain, blocks)


def _which(notice: RoleOffer) -> str:
    summary = notice.summary
    level = words.severity(summary.severity, provisional=summary.is_provisional)
    if notice.is_veiled:
        return f"{words.drill(summary)}{summary.reference}, {level}. :lock: It is private: you see it once you accept"
    return f"{words.name(summary)}, {level}"


def _why(notice: RoleOffer, is_policy: bool, role: str) -> str:
    job = escape(notice.does, 300)
    if is_policy:
        kind = "" if notice.is_veiled else f" of the kind “{escape(notice.type_name, 80)}”"
        return f"Why you: our policy wants {role} at a {notice.summary.severity}{kind}, and you are next. {job}"
    return f"{job} Nothing happens until you accept; declining is fine."


def _settled(state: OfferState, role: str) -> str:
    return {
        OfferState.ACCEPTED: f":white_check_mark: You accepted *{role}*",
        OfferState.DECLINED: f":no_entry_sign: You declined *{role}*",
        OfferState.WITHDRAWN: f":heavy_minus_sign: No longer needed: *{role}*",
    }[state]


def offer_post(notice: OfferPost) -> Message:
    """The same offer in the channel."""
    role, receiver = ROLE_NAME[notice.role].lower(), mention(notice.user_id)
    drill = words.drill(notice.summary)
    if notice.state is not OfferState.OPEN:
        text = f"{drill}{_settled_post(notice.state, role, receiver)}"
        return Message(text, [section(text)])
    if notice.holder_id is None:
        text = f"{drill}{actor(notice.given_by)} asks {receiver} to be *{role}*."
    else:
        holder = mention(notice.holder_id)
        text = f"{drill}{actor(notice.given_by)} hands *{role}* over to {receiver}. Until they accept, it is {holder}."
    blocks = [section(f":raised_hand: {text}")]
    if notice.note:
        blocks.append(section(quote(notice.note)))
    if notice.handover is not None:
        blocks += handover(notice.handover)
    blocks.append(
        actions(
            button("Accept", ids.ACCEPT_ROLE, notice.tenure_id, style="primary"),
            button("Decline", ids.DECLINE_ROLE, notice.tenure_id),
        )
    )
    return Message(text, blocks)


def _settled_post(state: OfferState, role: str, receiver: str) -> str:
    return {
        OfferState.ACCEPTED: f":white_check_mark: {receiver} accepted *{role}*.",
        OfferState.DECLINED: f":no_entry_sign: {receiver} cannot be *{role}*.",
        OfferState.WITHDRAWN: f":heavy_minus_sign: {receiver} need not be *{role}* any more.",
    }[state]


def declined(notice: OfferDeclined) -> Message:
    """Told to whoever had offered."""
    role = ROLE_NAME[notice.role].lower()
    text = f"{mention(notice.user_id)} cannot be *{role}* of {words.name(notice.summary)}."
    blocks = [section(text)]
    if notice.reason:
        blocks.append(section(quote(notice.reason)))
    blocks.append(context("Nothing has changed. Ask somebody else in the incident's channel."))
    return Message(f"{words.drill(notice.summary)}{role} of {notice.summary.reference} was declined", blocks)


def taken(notice: SeatTaken) -> Message:
    """Everybody hears who sits."""
    who, role = mention(notice.user_id), ROLE_NAME[notice.role].lower()
    former = mention(notice.former_id) if notice.former_id else ""
    text = f"{words.drill(notice.summary)}{who} is *{role}* now"
    if former and notice.how is Seating.HANDED_OVER:
        text += f", handed over by {former}"
    if former and notice.how is Seating.TAKEN_OVER:
        text += f", taken over from {former}"
    blocks = [section(f":bust_in_silhouette: {text}.")]
    if notice.reason and notice.how is Seating.TAKEN_OVER:
        blocks.append(section(quote(notice.reason)))
    return Message(f"{text}.", blocks)


def released(notice: SeatReleased) -> Message:
    """Everybody hears that a seat was given up; while it is empty, it can be taken here."""
    role = ROLE_NAME[notice.role].lower()
    text = f"{words.drill(notice.summary)}{mention(notice.user_id)} is no longer *{role}*."
    blocks = [section(f"{text} Nobody is {role} now." if notice.is_empty else text)]
    if notice.reason:
        blocks.append(section(quote(notice.reason)))
    if notice.is_empty:
        blocks.append(actions(_take(notice)))
    return Message(text, blocks)


def lost(notice: SeatLost) -> Message:
    """Told to whoever held the seat."""
    role = ROLE_NAME[notice.role].lower()
    text = f"{mention(notice.taker_id)} took over as *{role}* of {words.name(notice.summary)}. You are not {role} now."
    plain = f"{words.drill(notice.summary)}You are not {role} of {notice.summary.reference} now: it was taken over"
    return Message(plain, [section(text), section(quote(notice.reason))])


def held(notice: SeatHeld) -> Message:
    """The seat is taken: two ways on."""
    role, holder = ROLE_NAME[notice.role].lower(), mention(notice.holder_id)
    text = f"{holder} is *{role}* of {notice.summary.reference} since {clock_time(notice.since)}. Nothing was changed."
    row = actions(
        button("Ask for a handover", ids.ASK_HOLDER, notice.tenure_id),
        button("Take over anyway…", ids.TAKE_OVER, notice.tenure_id, style="danger"),
    )
    return Message(text, [section(text), row])


def wanted(notice: HandoverWanted) -> Message:
    """Asks the holder for the seat."""
    role, asker = ROLE_NAME[notice.role].lower(), mention(notice.asker_id)
    text = f"{asker} would take over as *{role}* of {words.name(notice.summary)}."
    blocks = [
        section(text),
        actions(button("Hand over…", f"{ids.GIVE_SEAT}:{notice.asker_id}", notice.tenure_id, style="primary")),
        context("You stay until they accept. To keep the seat, do nothing."),
    ]
    return Message(f"{words.drill(notice.summary)}{asker} would take over as {role}", blocks)


def unfilled(notice: SeatUnfilled) -> Message:
    """Nobody on the roster is left to ask."""
    role = ROLE_NAME[notice.role].lower()
    text = f"{words.drill(notice.summary)}Our policy wants *{role}* here, and nobody on its roster is left to ask."
    blocks = [section(f":warning: {text} Who can sit, or knows who can?"), actions(_take(notice))]
    return Message(text, blocks)


def guide(notice: RoleGuide) -> Message:
    """The checklist of whoever sits. A pressed line is ticked and goes on the timeline."""
    summary, role = notice.summary, ROLE_NAME[notice.role].lower()
    if notice.is_over:
        kept = "What you ticked stays on the timeline." if notice.ticked else "Thank you."
        text = f"{words.drill(summary)}You were *{role}* of {summary.reference}. {kept}"
        return Message(text, [section(text)])
    level = words.severity(summary.severity, provisional=summary.is_provisional)
    text = f"You are *{role}* of {words.name(summary)}, {level}."
    blocks = [section(text), context(escape(notice.does, 300), "What you tick goes on the timeline.")]
    if notice.note:
        blocks.append(section(quote(notice.note)))
    blocks += [_line(notice, index) for index in range(len(notice.instructions))][:40]
    return Message(f"{words.drill(summary)}You are {role} of {summary.reference}: this is what to do", blocks)


def _line(notice: RoleGuide, index: int) -> Block:
    text = escape(notice.instructions[index], 600)
    at = notice.ticked.get(index)
    if at is not None:
        return section(f":white_check_mark: {text}  ·  {clock_time(at)}")
    return section(f":white_large_square: {text}", button("Done", f"{ids.TICK_INSTRUCTION}:{index}", notice.tenure_id))


def _take(notice: SeatReleased | SeatUnfilled) -> Block:
    label = f"Take {ROLE_NAME[notice.role].lower()}"
    return button(label, f"{ids.TAKE_ROLE}:{notice.role}", notice.summary.incident_id, style="primary")


MESSAGES = {
    RoleOffer: offer,
    OfferPost: offer_post,
    OfferDeclined: declined,
    SeatTaken: taken,
    SeatReleased: released,
    SeatLost: lost,
    SeatHeld: held,
    HandoverWanted: wanted,
    SeatUnfilled: unfilled,
    RoleGuide: guide,
}
