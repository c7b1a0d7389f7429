"""Seats and tasks on the screen: within Slack's limits whatever people typed, and nothing typed pings or links."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.incident import Phase as Stage
from bot.domain.incident import Role, Severity
from bot.domain.notices import Notice, roles, tasks
from bot.domain.notices.incident import Summary
from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from bot.sandbox.blocks import lint_blocks, lint_view
from bot.slack import views

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
LENA, BEA = "U07LENA0001", "U07BEA00001"
BY = f"person:{LENA}"
HOSTILE = "<!channel> <@U07OTTO0001> <https://evil.example|https://good.example> *bold* `code` & > quote"


def summary(title: str, **changes: Any) -> Summary:
    """An incident in one line."""
    known = {"severity": Severity.SEV1, "is_provisional": True, "phase": Stage.TRIAGE, "channel_id": "C07ABC00001"}
    return Summary(incident_id=1, reference="AI-0001", title=title, **(known | changes))


def handover(text: str) -> roles.Handover:
    """As much as a handover can hold."""
    return roles.Handover(
        lines=tuple(roles.HandoverLine(NOW, EntryKind.NOTE, BY, text) for _ in range(4)),
        tasks=tuple(roles.HandoverTask(n, text, BEA, NOW) for n in range(8)),
        more_tasks=40,
        next_update_at=NOW,
        undecided=tuple(roles.Undecided),
        empty_roles=tuple(Role),
    )


def item(text: str, number: int = 1, **changes: Any) -> tasks.TaskItem:
    """A task."""
    return replace(tasks.TaskItem(number, number, text, BEA, NOW, tasks.TaskState.OPEN, is_late=True), **changes)


def messages(text: str) -> list[Notice]:
    """Every message of these rooms with this text wherever a person or a policy file may write."""
    one = summary(text)
    many, facts = (text,) * 45, handover(text)
    late = tuple(item(text, n) for n in range(60))
    ended = tuple(
        item(text, n, state=state, ended_by=BY, ended_at=NOW, reason=text)
        for n, state in enumerate((tasks.TaskState.DONE, tasks.TaskState.DROPPED) * 20)
    )
    offers = [
        roles.RoleOffer(
            one, text, 7, role, text, by, many, state, text, hands_over, facts if hands_over else None, veiled
        )
        for role, by, state, hands_over, veiled in product(
            (Role.LEAD,), (BY, str(ANDON)), roles.OfferState, (False, True), (False, True)
        )
    ]
    posts = [
        roles.OfferPost(one, 7, Role.LEAD, BEA, BY, state, text, holder, facts)
        for state, holder in product(roles.OfferState, (None, LENA))
    ]
    taken = [roles.SeatTaken(one, Role.LEGAL, BEA, how, LENA, text) for how in roles.Seating]
    ticked = dict.fromkeys(range(0, 45, 2), NOW)
    return [
        *offers,
        *posts,
        *taken,
        roles.OfferDeclined(one, Role.COMMS, BEA, text),
        roles.SeatReleased(one, Role.LEAD, BEA, text, is_empty=True),
        roles.SeatReleased(one, Role.TECHNICAL, BEA, "", is_empty=False),
        roles.SeatLost(one, Role.LEAD, BEA, text),
        roles.SeatHeld(one, Role.LEAD, 7, BEA, NOW),
        roles.HandoverWanted(one, Role.LEAD, 7, BEA),
        roles.SeatUnfilled(one, Role.LEGAL),
        roles.RoleGuide(one, text, 7, Role.LEAD, text, many, ticked, note=text),
        roles.RoleGuide(one, text, 7, Role.LEAD, text, many, ticked, is_over=True),
        tasks.TaskPost(one, item(text), BY),
        tasks.TaskPost(one, ended[1], BY),
        tasks.TaskForYou(one, item(text), BY),
        tasks.TaskForYou(one, item(text), BY, is_yours=False),
        tasks.TaskForYou(one, ended[0], BY),
        tasks.TaskReceipt(one, item(text, owner_id=None, due_at=None, is_late=False)),
        tasks.TaskReceipt(one, ended[0], was_changed=True),
        tasks.TasksLate(one, late, is_for_lead=True),
        tasks.TaskList(one, late, ended, "/incident"),
        tasks.TaskList(one, (), (), "/incident"),
    ]


def forms(text: str) -> list[Notice]:
    """Every form and screen of these rooms."""
    one = summary(text)
    late = tuple(item(text, n) for n in range(60))
    return [
        roles.RoleForm(one, Role.LEGAL),
        roles.TakeOverForm(one, Role.LEAD, BEA),
        roles.HandoverForm(one, tuple(Role), handover(text), Role.LEAD, BEA, text),
        tasks.TaskForm(one, text, BEA, text[:80]),
        tasks.TaskEditForm(one, item(text)),
        tasks.TaskDropForm(one, item(text)),
        tasks.TaskReceipt(one, item(text)),
        tasks.TaskList(one, late, late, "/incident"),
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.text(max_size=60) | st.sampled_from(["&<>" * 3000, "x" * 40_000, "\u202e" + "מה קרה" * 200, HOSTILE, "\n" * 500])
)
def test_every_screen_fits(text: str) -> None:
    """Slack takes every message and form, however long or strange the words in it."""
    for notice in messages(text):
        message = views.message(notice)
        assert lint_blocks(message.blocks) == [], notice
        assert len(message.text) <= 4000
        assert message.text.strip()
    for notice in forms(text):
        assert lint_view(views.modal(notice)) == [], notice


@pytest.mark.parametrize("notice", [*messages(HOSTILE), *forms(HOSTILE)], ids=lambda notice: type(notice).__name__)
def test_hostile_words_stay_words(notice: Notice) -> None:
    """No broadcast, mention or link that somebody typed is alive in any text that Slack reads as markup."""
    shown = [view(notice) for view in (_message, _modal) if view(notice)]
    for text in _marked_up(shown):
        for alive in ("<!channel>", "<@U07OTTO0001>", "<https://evil.example"):
            assert alive not in text, text


def test_a_veiled_offer_says_nothing_of_the_incident() -> None:
    """Neither title nor note nor type of a private incident reaches whoever is asked from outside."""
    secret = "Zanzibar"
    for notice in messages(secret):
        if isinstance(notice, roles.RoleOffer) and notice.is_veiled and notice.state is roles.OfferState.OPEN:
            bare = replace(notice, note="", handover=None, instructions=(), does="")
            assert secret not in str(views.message(bare).arguments())


def _message(notice: Notice) -> Any:
    return views.message(notice).arguments() if type(notice) in views.MESSAGES else None


def _modal(notice: Notice) -> Any:
    return views.modal(notice) if type(notice) in views.MODALS else None


def _marked_up(thing: Any) -> list[str]:
    """Every text that Slack renders as markup: mrkdwn objects and the text of messages."""
    if isinstance(thing, list):
        return [text for part in thing for text in _marked_up(part)]
    if not isinstance(thing, dict):
        return []
    if thing.get("type") == "mrkdwn":
        return [thing["text"]]
    own = [thing["text"]] if isinstance(thing.get("text"), str) and "type" not in thing else []
    return own + [text for part in thing.values() for text in _marked_up(part)]
