"""Type, phase, contained, resolved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotAllowed
from bot.domain.incident import IncidentType, Phase
from bot.domain.notices.lifecycle import ContainedPost, PhasePost, TypePost
from bot.domain.people import Actor
from bot.domain.timeline import EntryKind
from tests.services.seats import seat
from tests.services.test_severities import said, stored
from tests.workshop import Workshop


async def test_the_type_changes_with_its_reason(workshop: Workshop) -> None:
    """Old and new are told and kept; the same type again changes nothing."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    await workshop.services.lifecycle.change_type(number, IncidentType.DRIFT, "because quality fell", by=lena)
    (post,) = await said(workshop, number, TypePost)
    assert isinstance(post, TypePost)
    assert post.reason == "quality fell"
    with pytest.raises(AlreadyDone):
        await workshop.services.lifecycle.change_type(number, IncidentType.DRIFT, "again", by=lena)
    with pytest.raises(NotAllowed):
        await workshop.services.lifecycle.change_type(number, IncidentType.BIAS, "x", by=Actor.person("UOTTO"))


async def test_phases_move_with_a_reason(workshop: Workshop) -> None:
    """Forward and back while open; closing is no phase to move to; the same phase says so."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    move = workshop.services.lifecycle.move
    await move(number, Phase.CONTAINMENT, "orders keep coming", by=lena)
    (post,) = await said(workshop, number, PhasePost)
    assert isinstance(post, PhasePost)
    assert (post.old, post.new) == (Phase.TRIAGE, Phase.CONTAINMENT)
    with pytest.raises(AlreadyDone):
        await move(number, Phase.CONTAINMENT, "again", by=lena)
    with pytest.raises(IllegalMove, match="act of its own"):
        await move(number, Phase.CLOSED, "done", by=lena)
    with pytest.raises(BadInput):
        await move(number, Phase.RECOVERY, " ", by=lena)


async def test_contained_is_an_act_with_who_when_and_how(workshop: Workshop) -> None:
    """A stated earlier instant counts, investigation follows, one message is posted, and the second is told who was first."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    workshop.clock.forward(minutes=30)
    at = workshop.clock.now() - timedelta(minutes=10)
    contain = workshop.services.lifecycle.contain
    with pytest.raises(BadInput) as refused:
        await contain(number, "", by=lena)
    assert refused.value.field == "how"
    await contain(number, "20 probes refused", by=lena, stated_at=at)
    incident = await stored(workshop, number)
    assert (incident.contained_at, incident.contained_by, incident.contained_how) == (
        at,
        str(lena),
        "20 probes refused",
    )
    assert incident.phase is Phase.INVESTIGATION
    assert len(await said(workshop, number, ContainedPost)) == 1
    assert not await said(workshop, number, PhasePost)
    with pytest.raises(AlreadyDone, match="by Ulena"):
        await contain(number, "me too", by=lena)
    async with workshop.work.read() as unit:
        entries = [e for e in await unit.timeline.of(number) if e.kind is EntryKind.CONTAINED]
    assert [(entry.at, entry.text) for entry in entries] == [(at, "20 probes refused")]


async def test_harm_that_goes_on_is_not_contained_any_more(workshop: Workshop) -> None:
    """Back to containment takes `contained` away; it can be set anew, and the timeline keeps both."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    await workshop.services.lifecycle.contain(number, "flag off", by=lena)
    await workshop.services.lifecycle.move(number, Phase.CONTAINMENT, "a second endpoint", by=lena)
    assert (await stored(workshop, number)).contained_at is None
    (post,) = await said(workshop, number, PhasePost)
    assert isinstance(post, PhasePost)
    assert post.lost_containment
    await workshop.services.lifecycle.contain(number, "both off", by=lena)
    assert (await stored(workshop, number)).contained_how == "both off"


async def test_resolved_comes_after_contained(workshop: Workshop) -> None:
    """Harm is stopped before its cause counts as fixed; not earlier on the clock either."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    lifecycle = workshop.services.lifecycle
    with pytest.raises(IllegalMove, match="not contained yet"):
        await lifecycle.resolve(number, "fixed", by=lena)
    await lifecycle.contain(number, "flag off", by=lena)
    with pytest.raises(BadInput) as refused:
        await lifecycle.resolve(number, "fixed", by=lena, stated_at=workshop.clock.now() - timedelta(hours=1))
    assert refused.value.field == "at"
    await lifecycle.resolve(number, "500 evals pass", by=lena)
    incident = await stored(workshop, number)
    assert incident.phase is Phase.REVIEW
    assert incident.resolved_how == "500 evals pass"
    with pytest.raises(AlreadyDone):
        await lifecycle.resolve(number, "again", by=lena)
