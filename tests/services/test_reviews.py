"""Reviews: what calendars learn of private incidents, what keeps a review open, and who may close it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from bot.domain.errors import BadInput, ChatUncertain, NotAllowed
from bot.domain.incident import IncidentType
from bot.domain.notices.review import ReviewInvitation, ReviewPost
from bot.domain.people import Actor
from bot.domain.review import GapKind
from bot.services.review.booking import Wish
from tests.services.seats import seat
from tests.workshop import Workshop

RAE, OTTO = Actor.person("URAE"), Actor.person("UOTTO")


async def test_calendars_learn_nothing_of_a_private_incident(workshop: Workshop) -> None:
    """Neither its title nor its channel; who may not see it is not invited, by name or by default."""
    number = await workshop.declare("A secret leaks", is_private=True)
    workshop.person("UOTTO")
    wish = Wish(workshop.clock.now() + timedelta(days=2), ("UOTTO",))
    with pytest.raises(NotAllowed, match="is private and Uotto is not part of it"):
        await workshop.services.booking.book(number, wish, by=RAE)
    await workshop.services.booking.book(number, Wish(wish.starts_at), by=RAE)
    await workshop.settle()
    ((_, content),) = workshop.chat.files.values()
    (event,) = Calendar.from_ical(content).events
    assert "secret" not in content.lower() and "#" not in content
    assert (str(event["SUMMARY"]), str(event["CLASS"])) == ("Review of AI-0001", "PRIVATE")


async def test_a_lost_answer_books_once(workshop: Workshop) -> None:
    """One message, one file shared, one invitation, however often Slack's answers are lost."""
    number = await workshop.declare()
    await seat(workshop, number, "ULENA")
    for method in ("post", "share", "dm"):
        workshop.chat.fail(method, ChatUncertain("no_answer"))
    wish = Wish(workshop.clock.now() + timedelta(days=2), ("ULENA",))
    await workshop.services.booking.book(number, wish, by=RAE)
    again = await workshop.services.booking.book(number, wish, by=RAE)
    assert "booked like that already" in again.sentence
    for _ in range(3):
        await workshop.settle()
        workshop.clock.forward(minutes=2)
    assert 1 == len([said for said in workshop.chat.said if isinstance(said.notice, ReviewPost)])
    assert 1 == len([n for n in workshop.chat.dms("ULENA") if isinstance(n, ReviewInvitation)])
    assert 1 == len(workshop.chat.shared)


async def test_a_merged_or_cancelled_incident_calls_its_review_off(workshop: Workshop) -> None:
    """The calendar entry is cancelled, whoever was to come hears why, and the ladder may ask again."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    at = workshop.clock.now() + timedelta(days=2)
    await workshop.services.booking.book(number, Wish(at, ("ULENA",)), by=RAE)
    async with workshop.work.read() as unit:
        incident = await unit.incidents.get(number)
    assert incident is not None and incident.facts["review_booked"] is True
    await workshop.services.closing.cancel(number, "it was a test", by=lena)
    await workshop.settle()
    methods = [str(Calendar.from_ical(content)["METHOD"]) for _, content in workshop.chat.files.values()]
    assert methods.count("CANCEL") == 1
    told = [n for n in workshop.chat.dms("ULENA") if isinstance(n, ReviewInvitation)]
    assert [(n.is_wanted, n.reason) for n in told] == [(True, ""), (False, "it was no incident")]
    async with workshop.work.read() as unit:
        incident = await unit.incidents.get(number)
    assert incident is not None and incident.facts["review_booked"] is False


async def test_whoever_is_uninvited_hears_it(workshop: Workshop) -> None:
    """Moving needs a reason, changing the people does not; only those concerned are told."""
    number = await workshop.declare()
    for user_id in ("ULENA", "UMATEO"):
        await seat(workshop, number, user_id, role="technical")  # type: ignore[arg-type]
    at = workshop.clock.now() + timedelta(days=2)
    await workshop.services.booking.book(number, Wish(at, ("ULENA", "UMATEO")), by=RAE)
    await workshop.settle()
    with pytest.raises(BadInput, match="why the review is moved"):
        await workshop.services.booking.book(number, Wish(at + timedelta(days=1)), by=RAE)
    await workshop.services.booking.book(number, Wish(at, ("ULENA",)), by=RAE)
    await workshop.settle()
    told = {
        u: [n.is_wanted for n in workshop.chat.dms(u) if isinstance(n, ReviewInvitation)] for u in ("ULENA", "UMATEO")
    }
    assert told == {"ULENA": [True], "UMATEO": [True, False]}


async def test_a_review_names_everything_that_is_missing(workshop: Workshop) -> None:
    """Evidence that nobody kept, an item of nobody's; and only who holds a role may close it."""
    number = await workshop.declare(type=IncidentType.PROMPT_ATTACK)
    lena = await seat(workshop, number, "ULENA")
    from bot.services.review.items import Promise

    await workshop.services.action_items.add(number, Promise("A limit"), by=RAE, key="k")
    form = await workshop.services.review_closing.form(number, by=lena)
    kinds = [gap.kind for gap in form.gaps]
    assert GapKind.UNOWNED_ACTIONS in kinds and GapKind.MISSING_EVIDENCE in kinds
    workshop.person("UOTTO")
    with pytest.raises(NotAllowed, match="whoever holds a role"):
        await workshop.services.review_closing.close(number, {}, by=OTTO)
    with pytest.raises(BadInput):
        await workshop.services.review_closing.close(number, {}, by=lena)
    waived = await workshop.services.review_closing.close(number, dict.fromkeys(GapKind, "agreed"), by=lena)
    assert [one.by for one in waived] == [str(lena)] * len(kinds)
