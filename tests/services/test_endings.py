"""Closing, cancelling, merging, reopening."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotAllowed, NotFound
from bot.domain.incident import Outcome, Phase, Role
from bot.domain.notices.closing import AbsorbedPost, CancelledPost, ClosedPost, Ending, MergedPost, ReopenedPost
from bot.domain.notices.tasks import TasksLate
from bot.domain.people import Actor
from bot.services.moments import Moment
from bot.services.summaries import summary
from storage.incidents import Incident
from storage.store import Unit
from tests.services.seats import seat
from tests.services.test_severities import said, stored
from tests.workshop import Workshop


async def over(workshop: Workshop, number: int, by: Actor) -> None:
    """Contained and resolved."""
    await workshop.services.lifecycle.contain(number, "flag off", by=by)
    await workshop.services.lifecycle.resolve(number, "evals pass", by=by)


def endings(workshop: Workshop, user_id: str) -> list[Ending]:
    """What this person heard about endings."""
    return [notice for notice in workshop.chat.dms(user_id) if isinstance(notice, Ending)]


async def test_closing_tells_everybody_who_waits(workshop: Workshop) -> None:
    """The channel gets the note once, reporter and followers hear how it ended, clocks stop, hooks run inside."""
    number = await workshop.declare(by="URAE")
    lena, cleo = await seat(workshop, number, "ULENA"), workshop.person("UCLEO")
    await workshop.services.following.follow(number, by=cleo)
    stopped: list[int] = []

    async def hook(unit: Unit, incident: Incident) -> None:
        stopped.append(incident.key)

    workshop.services.moments.at(Moment.STOPPED, hook)
    await over(workshop, number, lena)
    await workshop.services.closing.close(number, "The coupon tool checks its input now.", by=lena)
    assert len(await said(workshop, number, ClosedPost)) == 1
    assert stopped == [number]
    incident = await stored(workshop, number)
    assert (incident.phase, incident.outcome) == (Phase.CLOSED, Outcome.RESOLVED)
    assert summary(incident).next_update_at is None
    (told,) = endings(workshop, "URAE")
    assert told.is_declarer
    assert told.note == "The coupon tool checks its input now."
    assert [ending.is_declarer for ending in endings(workshop, "UCLEO")] == [False]
    with pytest.raises(IllegalMove, match="is closed"):
        await workshop.services.closing.close(number, "again", by=lena)


async def test_closing_early_needs_a_reason(workshop: Workshop) -> None:
    """Not contained, not resolved: closed only with a stated reason, and never called resolved."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    form = await workshop.services.closing.close_form(number, by=lena)
    assert form.missing == "not contained and not resolved yet"
    with pytest.raises(BadInput) as refused:
        await workshop.services.closing.close(number, "It ends here.", by=lena)
    assert refused.value.field == "why_anyway"
    await workshop.services.closing.close(number, "It ends here.", by=lena, why_anyway="The vendor left the market.")
    assert (await stored(workshop, number)).outcome is Outcome.UNRESOLVED
    (post,) = await said(workshop, number, ClosedPost)
    assert isinstance(post, ClosedPost)
    assert post.why_anyway == "The vendor left the market."


async def test_only_the_lead_closes(workshop: Workshop) -> None:
    """Whoever declared may cancel but not close."""
    number = await workshop.declare(by="URAE")
    with pytest.raises(NotAllowed):
        await workshop.services.closing.close(number, "x", by=Actor.person("URAE"))


async def test_cancelling_thanks_and_tells_why(workshop: Workshop) -> None:
    """The reporter hears the reason; the one who cancels is not told their own news."""
    number = await workshop.declare(by="URAE")
    lena = await seat(workshop, number, "ULENA")
    with pytest.raises(BadInput):
        await workshop.services.closing.cancel(number, "", by=lena)
    await workshop.services.closing.cancel(number, "It is the planned load test.", by=lena)
    assert len(await said(workshop, number, CancelledPost)) == 1
    (told,) = endings(workshop, "URAE")
    assert (told.outcome, told.note) == (Outcome.CANCELLED, "It is the planned load test.")
    other = await workshop.declare("Another", by="URAE")
    await workshop.services.closing.cancel(other, "My mistake", by=Actor.person("URAE"))
    await workshop.settle()
    assert len(endings(workshop, "URAE")) == 1


async def test_reopening(workshop: Workshop) -> None:
    """Back to investigation with the reason; resolved is forgotten, contained is not; open ones say so."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    with pytest.raises(AlreadyDone, match="is open"):
        await workshop.services.closing.reopen(number, "x", by=lena)
    await over(workshop, number, lena)
    await workshop.services.closing.close(number, "Done.", by=lena)
    await workshop.services.closing.reopen(number, "It does it again.", by=lena)
    incident = await stored(workshop, number)
    assert (incident.phase, incident.outcome, incident.resolved_at) == (Phase.INVESTIGATION, None, None)
    assert incident.contained_at is not None
    assert incident.closed_at is None
    assert len(await said(workshop, number, ReopenedPost)) == 1
    assert workshop.chat.archived == set()


async def test_reopening_goes_on_reminding(workshop: Workshop) -> None:
    """A task that fell due while the incident was closed reminds its owner now, and its channel is read again."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    due_at, owner = workshop.clock.now() + timedelta(hours=1), workshop.chat.people["ULENA"]
    await workshop.services.tasks.add(number, "Call the vendor", owner, due_at, by=lena, key="k")
    await over(workshop, number, lena)
    await workshop.services.closing.close(number, "Done.", by=lena)
    workshop.clock.forward(days=2)
    for reopened in (False, True):
        if reopened:
            await workshop.services.closing.reopen(number, "It does it again.", by=lena)
        await workshop.services.tasks.nudge_due()
        await workshop.services.backfill.tick()
        await workshop.settle()
        assert sum(isinstance(notice, TasksLate) for notice in workshop.chat.dms("ULENA")) == reopened
    workshop.clock.forward(hours=7)
    async with workshop.work.read() as unit:
        due = await unit.captures.due(workshop.clock.now(), 9)
    assert [(1, number)] == [(found.run, found.incident_id) for found, _, _ in due]


async def test_merging_links_both_and_carries_people_over(workshop: Workshop) -> None:
    """Followers and people come along, both channels say so, the reporter hears where it goes on, later acts are refused."""
    first, second = await workshop.declare("One", by="URAE"), await workshop.declare("Two", by="UOTTO")
    lena, cleo = await seat(workshop, first, "ULENA"), workshop.person("UCLEO")
    await workshop.services.following.follow(first, by=cleo)
    await workshop.services.merging.merge(first, second, "same bot, same prompt", by=lena)
    (left,), (into,) = await said(workshop, first, MergedPost), await said(workshop, second, AbsorbedPost)
    assert isinstance(left, MergedPost)
    assert left.into.incident_id == second
    assert isinstance(into, AbsorbedPost)
    assert into.merged.incident_id == first
    async with workshop.work.read() as unit:
        ties = {tie.user_id: tie for tie in await unit.participants.of(second)}
    assert ties["ULENA"].has_access
    assert ties["UCLEO"].is_following
    assert ties["URAE"].is_following
    channel_id = (await stored(workshop, second)).channel_id
    assert channel_id is not None
    assert {"ULENA", "URAE"} <= workshop.chat.members[channel_id]
    (told,) = endings(workshop, "URAE")
    assert told.into is not None
    assert told.into.incident_id == second
    with pytest.raises(IllegalMove, match=r"merged into AI-0002 \(#ai-0002-two\)\. Use it there"):
        await workshop.services.updates.send(first, "late", by=lena, key="late")
    with pytest.raises(AlreadyDone):
        await workshop.services.merging.merge(first, second, "again", by=lena)


async def test_merging_refuses_circles_and_itself(workshop: Workshop) -> None:
    """Itself, what is merged or closed already: refused, with the way out."""
    first, second, third = [await workshop.declare(text) for text in ("One", "Two", "Three")]
    lena = Actor.person("UADMIN")
    merge = workshop.services.merging.merge
    with pytest.raises(BadInput, match="itself"):
        await merge(first, first, "x", by=lena)
    await merge(first, second, "same", by=lena)
    with pytest.raises(BadInput, match="itself merged into AI-0002"):
        await merge(second, first, "back", by=lena)
    with pytest.raises(BadInput, match="itself merged into"):
        await merge(third, first, "same", by=lena)
    await workshop.services.closing.cancel(second, "no incident", by=lena)
    with pytest.raises(BadInput, match="closed"):
        await merge(third, second, "same", by=lena)


async def test_merging_each_into_the_other_at_once(workshop: Workshop) -> None:
    """Two people merge in opposite directions at the same moment: one wins, no circle."""
    first, second = await workshop.declare("One"), await workshop.declare("Two")
    admin, merge = Actor.person("UADMIN"), workshop.services.merging.merge
    results = await asyncio.gather(
        merge(first, second, "a", by=admin), merge(second, first, "b", by=admin), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    targets = [(await stored(workshop, number)).merged_into_id for number in (first, second)]
    assert targets.count(None) == 1


async def test_merging_never_tells_of_what_is_private(workshop: Workshop) -> None:
    """Private into public and public into private are refused; an outsider is told that there is none."""
    public, private = await workshop.declare("Public"), await workshop.declare("Private", is_private=True)
    lena = await seat(workshop, private, "ULENA")
    await seat(workshop, public, "ULENA")
    merge = workshop.services.merging.merge
    with pytest.raises(BadInput, match="is private"):
        await merge(private, public, "x", by=lena)
    with pytest.raises(BadInput, match="is private"):
        await merge(public, private, "x", by=lena)
    mateo = await seat(workshop, public, "UMATEO", Role.TECHNICAL)
    with pytest.raises(NotFound):
        await merge(public, private, "x", by=mateo)
    form = await workshop.services.merging.form(public, by=mateo)
    assert form.candidates == ()


async def test_a_reopened_merge_stands_alone_again(workshop: Workshop) -> None:
    """Reopening what was merged undoes the link."""
    first, second = await workshop.declare("One"), await workshop.declare("Two")
    admin = Actor.person("UADMIN")
    await workshop.services.merging.merge(first, second, "same", by=admin)
    await workshop.services.closing.reopen(first, "not the same after all", by=admin)
    assert (await stored(workshop, first)).merged_into_id is None
