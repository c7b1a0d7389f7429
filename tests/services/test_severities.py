"""How bad it is, and who may say so."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotAllowed, NotFound
from bot.domain.incident import Role, Severity
from bot.domain.notices.lifecycle import SeverityConfirmedPost, SeverityPost, SeverityProposal
from bot.domain.people import Actor
from bot.services.severities import Done
from storage.incidents import Incident
from tests.services.seats import seat
from tests.workshop import Workshop


async def stored(workshop: Workshop, number: int) -> Incident:
    """The incident as the record has it."""
    async with workshop.work.read() as unit:
        found = await unit.incidents.get(number)
    assert found is not None
    return found


async def said(workshop: Workshop, number: int, kind: type) -> list[object]:
    """What was said of this kind in the incident's channel, as it reads now."""
    await workshop.settle()
    channel_id = (await stored(workshop, number)).channel_id or ""
    return [notice for notice in workshop.chat.in_channel(channel_id) if isinstance(notice, kind)]


async def test_the_lead_raises_at_once(workshop: Workshop) -> None:
    """One message with old, new and reason; the update comes due sooner; the severity is no longer provisional."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    became = await workshop.services.severities.change(number, Severity.SEV1, "more users hit", by=lena)
    assert became is Done.CHANGED
    (post,) = await said(workshop, number, SeverityPost)
    assert isinstance(post, SeverityPost)
    assert (post.old, post.new, post.reason) == (Severity.SEV2, Severity.SEV1, "more users hit")
    incident = await stored(workshop, number)
    assert not incident.is_provisional
    assert incident.next_update_at is not None
    assert incident.severity_changed_at == workshop.clock.now()


async def test_a_reason_is_required(workshop: Workshop) -> None:
    """No reason, no change."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    with pytest.raises(BadInput):
        await workshop.services.severities.change(number, Severity.SEV1, "  ", by=lena)
    assert (await stored(workshop, number)).severity is Severity.SEV2


async def test_anybody_proposes_and_the_lead_confirms(workshop: Workshop) -> None:
    """A bystander's SEV1 waits for the lead; once confirmed the question shows it and loses its button."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    otto = workshop.person("UOTTO")
    became = await workshop.services.severities.change(number, Severity.SEV1, "orders still flow", by=otto)
    assert became is Done.PROPOSED
    assert (await stored(workshop, number)).severity is Severity.SEV2
    (asked,) = await said(workshop, number, SeverityProposal)
    assert isinstance(asked, SeverityProposal)
    assert asked.is_carried is None
    assert await workshop.services.severities.support(asked.proposal_id, by=lena) is Done.CHANGED
    (settled,) = await said(workshop, number, SeverityProposal)
    assert isinstance(settled, SeverityProposal)
    assert settled.is_carried is True
    assert (await stored(workshop, number)).severity is Severity.SEV1
    with pytest.raises(AlreadyDone):
        await workshop.services.severities.support(asked.proposal_id, by=lena)


async def test_two_responders_suffice_and_one_does_not(workshop: Workshop) -> None:
    """Without the lead it takes two people who hold a role; one person pressing twice counts once."""
    number = await workshop.declare()
    await seat(workshop, number, "ULENA")
    grace = await seat(workshop, number, "UGRACE", Role.LEGAL)
    cory = await seat(workshop, number, "UCORY", Role.COMMS)
    severities = workshop.services.severities
    await severities.change(number, Severity.SEV1, "press calls", by=workshop.person("UOTTO"))
    (asked,) = await said(workshop, number, SeverityProposal)
    assert isinstance(asked, SeverityProposal)
    assert await severities.support(asked.proposal_id, by=grace) is Done.PROPOSED
    with pytest.raises(AlreadyDone):
        await severities.support(asked.proposal_id, by=grace)
    (shown,) = await said(workshop, number, SeverityProposal)
    assert isinstance(shown, SeverityProposal)
    assert shown.confirmed_by == ("UGRACE",)
    assert await severities.support(asked.proposal_id, by=cory) is Done.CHANGED
    assert (await stored(workshop, number)).severity is Severity.SEV1


async def test_a_bystander_cannot_confirm(workshop: Workshop) -> None:
    """Confirming needs a role."""
    number = await workshop.declare()
    await seat(workshop, number, "ULENA")
    await workshop.services.severities.change(number, Severity.SEV1, "why", by=workshop.person("UOTTO"))
    (asked,) = await said(workshop, number, SeverityProposal)
    assert isinstance(asked, SeverityProposal)
    with pytest.raises(NotAllowed):
        await workshop.services.severities.support(asked.proposal_id, by=workshop.person("UDANA"))
    with pytest.raises(AlreadyDone, match="was proposed by"):
        await workshop.services.severities.change(number, Severity.SEV1, "me too", by=workshop.person("UDANA"))


async def test_with_empty_seats_up_means_up(workshop: Workshop) -> None:
    """While nobody is seated who could confirm, a raise takes effect at once, provisionally."""
    number = await workshop.declare()
    became = await workshop.services.severities.change(
        number, Severity.SEV1, "someone is hurt", by=workshop.person("UX")
    )
    incident = await stored(workshop, number)
    assert became is Done.CHANGED
    assert incident.severity is Severity.SEV1
    assert incident.is_provisional


async def test_the_lead_pressing_settles_what_waits(workshop: Workshop) -> None:
    """A severity set by the lead makes an open question moot."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    severities = workshop.services.severities
    await severities.change(number, Severity.SEV1, "why", by=workshop.person("UOTTO"))
    await severities.change(number, Severity.SEV1, "agreed", by=lena)
    (asked,) = await said(workshop, number, SeverityProposal)
    assert isinstance(asked, SeverityProposal)
    assert asked.is_carried is False


async def test_lowering_is_for_the_lead(workshop: Workshop) -> None:
    """Technical may raise but not lower; a SEV1 stays for 15 minutes and then needs containment or the statement."""
    number = await workshop.declare(severity=Severity.SEV1)
    lena = await seat(workshop, number, "ULENA")
    mateo = await seat(workshop, number, "UMATEO", Role.TECHNICAL)
    change = workshop.services.severities.change
    with pytest.raises(NotAllowed, match="lead"):
        await change(number, Severity.SEV2, "calm", by=mateo)
    with pytest.raises(IllegalMove, match="15 minutes"):
        await change(number, Severity.SEV2, "calm", by=lena, nobody_is_hurt=True)
    workshop.clock.forward(minutes=16)
    with pytest.raises(BadInput, match="nobody is being hurt"):
        await change(number, Severity.SEV2, "calm", by=lena)
    assert await change(number, Severity.SEV2, "calm", by=lena, nobody_is_hurt=True) is Done.CHANGED


async def test_confirming_a_provisional_severity(workshop: Workshop) -> None:
    """`confirm`, or naming the present severity, clears the mark; a second time says so."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    await workshop.services.severities.confirm(number, "looked at it", by=lena)
    assert not (await stored(workshop, number)).is_provisional
    assert len(await said(workshop, number, SeverityConfirmedPost)) == 1
    with pytest.raises(AlreadyDone, match="SEV2 already"):
        await workshop.services.severities.change(number, Severity.SEV2, "same", by=lena)


async def test_two_at_once_change_once(workshop: Workshop) -> None:
    """Two people set the same severity at the same moment: one change, one message, the other hears it is done."""
    number = await workshop.declare()
    lena, mateo = await seat(workshop, number, "ULENA"), await seat(workshop, number, "UMATEO", Role.TECHNICAL)
    change = workshop.services.severities.change
    results = await asyncio.gather(
        change(number, Severity.SEV1, "a", by=lena),
        change(number, Severity.SEV1, "b", by=mateo),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["AlreadyDone", "Done"]
    assert len(await said(workshop, number, SeverityPost)) == 1


async def test_a_private_incident_is_not_there_for_others(workshop: Workshop) -> None:
    """Proposing on what one may not see gets the answer of what does not exist."""
    number = await workshop.declare(is_private=True)
    with pytest.raises(NotFound):
        await workshop.services.severities.change(number, Severity.SEV1, "x", by=Actor.person("UOTTO"))
    with pytest.raises(NotFound):
        await workshop.services.severities.change(999, Severity.SEV1, "x", by=Actor.person("UOTTO"))
