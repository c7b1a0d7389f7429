"""Booking the review: the forms, the message in the channel, what those invited hear."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.review import Booking, ReviewBookForm, ReviewCancelForm, ReviewInvitation, ReviewPost
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Message, actions, actor, button, context, mentions, option, quote, section, when
from bot.slack.views.forms import field, instant_select, modal, people_select, select, text_input

MINUTES = (30, 45, 60, 90, 120)


def span(booking: Booking) -> str:
    """When it is, and for how long."""
    return f"{when(booking.starts_at)}, {booking.minutes} min"


def book_form(notice: ReviewBookForm) -> dict[str, Any]:
    """When, for how long, with whom; moving it wants a reason."""
    lengths = sorted({*MINUTES, notice.minutes})
    choices = [option(f"{minutes} minutes", minutes) for minutes in lengths]
    blocks = [section(words.name(notice.summary))]
    if notice.promised_by:
        blocks.append(context(f"Policy wants it by {when(notice.promised_by)}."))
    blocks += [
        field(ids.WHEN, "When?", instant_select(notice.starts_at), hint="In your own time zone."),
        field(ids.MINUTES, "For how long?", select(choices, initial=str(notice.minutes))),
        field(ids.PEOPLE, "With whom?", people_select(notice.people), hint="Each is told, and stands in the file."),
    ]
    if notice.booking is not None:
        why = text_input(placeholder="One line", limit=500)
        blocks.append(field(ids.REASON, "Why is it moved?", why, optional=True, hint="Needed for another time."))
    title, submit = ("Move the review", "Move it") if notice.booking else ("Book the review", "Book it")
    return modal(
        title,
        blocks,
        callback_id=ids.REVIEW_BOOK_FORM,
        submit=submit,
        private_metadata=_about(notice.summary.incident_id),
    )


def cancel_form(notice: ReviewCancelForm) -> dict[str, Any]:
    """Why it is called off."""
    blocks = [
        section(f"{words.name(notice.summary)}\n{span(notice.booking)}"),
        field(ids.REASON, "Why is it called off?", text_input(limit=500)),
    ]
    about = _about(notice.summary.incident_id)
    return modal(
        "Call the review off", blocks, callback_id=ids.REVIEW_CANCEL_FORM, submit="Call it off", private_metadata=about
    )


def posted(notice: ReviewPost) -> Message:
    """The review in its channel."""
    summary, booking = notice.summary, notice.booking
    drill = words.drill(summary)
    reason = [section(quote(notice.reason, 400))] if notice.reason else []
    if booking is None:
        text = f"{drill}The review of {summary.reference} is called off."
        return Message(text, [section(f":calendar: {text}"), *reason])
    verb = "was moved" if notice.was_moved else "is booked"
    text = f"{drill}The review of {summary.reference} {verb}"
    blocks = [
        section(f":calendar: *{text}*: {span(booking)}\nWith {mentions(booking.attendees)}"),
        *(reason if notice.was_moved else []),
        actions(button("Open the review", ids.OPEN_REVIEW, summary.incident_id)),
        context("The calendar file is in this thread; a newer one replaces an older one in your calendar."),
    ]
    return Message(text, blocks)


def invitation(notice: ReviewInvitation) -> Message:
    """Told to one person."""
    summary, booking = notice.summary, notice.booking
    drill = words.drill(summary)
    reason = [section(quote(notice.reason, 400))] if notice.reason else []
    if booking is None:
        text = f"{drill}You need not come to the review of {summary.reference} any more."
        head = f":calendar: You need not come to the review of {words.name(summary)}."
        return Message(text, [section(head), *reason])
    verb = "was moved to" if notice.was_moved else "is"
    text = f"{drill}The review of {summary.reference} {verb} {when(booking.starts_at)}"
    asks = f"{actor(booking.booked_by)} asks you to the review of {words.name(summary)}"
    blocks = [
        section(f":calendar: {asks}: *{span(booking)}*"),
        *(reason if notice.was_moved else []),
        actions(button("Open the review", ids.OPEN_REVIEW, summary.incident_id)),
        context("The calendar file is in the incident's channel. Nobody is blamed there: it is about what to change."),
    ]
    return Message(text, blocks)


def _about(incident_id: int) -> str:
    return json.dumps({"incident": incident_id})


MESSAGES = {ReviewPost: posted, ReviewInvitation: invitation}
MODALS = {ReviewBookForm: book_form, ReviewCancelForm: cancel_form}
