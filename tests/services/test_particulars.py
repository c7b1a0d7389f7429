"""Particulars: written once by those who may, corrected with a reason, every version kept."""

from __future__ import annotations

import pytest

from bot.domain.errors import AlreadyDone, BadInput, NotAllowed, NotFound
from bot.domain.people import Actor
from tests.services.seats import seat
from tests.workshop import Workshop


async def test_a_particular_is_written_once_and_corrected_with_a_reason(workshop: Workshop) -> None:
    """The same submission changes nothing; another value wants a reason; what stood before is kept."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    particulars = workshop.services.particulars
    first = await particulars.set(number, "people_affected", "1,120", by=lena, source_key="p1", is_confirmed=False)
    assert (first.particular.count, first.particular.words) == (1120, "about 1,120 (not confirmed)")
    again = await particulars.set(number, "people_affected", "1120", by=lena, source_key="p1")
    assert again.particular == first.particular
    confirmed = await particulars.set(number, "people_affected", "1120", by=lena, source_key="p2")
    assert (confirmed.particular.version, confirmed.particular.words) == (2, "1,120")
    with pytest.raises(AlreadyDone, match="is 1,120 already"):
        await particulars.set(number, "people_affected", "1.120", by=lena, source_key="p3")
    with pytest.raises(BadInput, match="Say why it is corrected") as refused:
        await particulars.set(number, "people_affected", "1300", by=lena, source_key="p4")
    assert refused.value.field == "reason"
    fixed = await particulars.set(number, "people_affected", "1300", by=lena, source_key="p5", reason="second tenant")
    assert fixed.before is not None
    assert (fixed.before.value, fixed.particular.value) == ("1120", "1300")
    listing = await particulars.listing(number, by=lena)
    assert ["1300"] == [one.value for one in listing.known]
    assert ["1120", "1120", "1300"] == [one.value for one in listing.history]
    async with workshop.work.read() as unit:
        lines = [entry.text for entry in await unit.timeline.of(number) if "People affected" in entry.text]
    assert "People affected corrected from 1,120 to 1,300: second tenant" in lines


async def test_who_may_and_what_is_accepted(workshop: Workshop) -> None:
    """A role that the policy names, or an admin; an instant that is past, of a named decider; a word of the list."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    rae, admin = Actor.person("URAE"), workshop.person("UADMIN")
    particulars = workshop.services.particulars
    with pytest.raises(NotAllowed, match="Only whoever holds legal or lead, or an admin, writes down “Aware since”"):
        await particulars.set(number, "aware_at", "2026-11-20 09:00", by=rae, source_key="a1")
    with pytest.raises(NotAllowed, match="Only whoever holds legal, or an admin"):
        await particulars.set(number, "material", "yes", by=lena, source_key="a2")
    with pytest.raises(BadInput, match="in the future"):
        await particulars.set(number, "aware_at", "2036-11-20 09:00", by=lena, source_key="a3")
    with pytest.raises(BadInput, match="is no date and time"):
        await particulars.set(number, "aware_at", "tomorrow-ish", by=lena, source_key="a4")
    with pytest.raises(BadInput, match="is none of eu, uk"):
        await particulars.set(number, "regions", "mars", by=lena, source_key="a5")
    with pytest.raises(BadInput, match="Did you mean `people_affected`"):
        await particulars.set(number, "people_afected", "1", by=lena, source_key="a6")
    said = await particulars.set(
        number, "aware_at", "2026-11-20T10:00+01:00", by=lena, source_key="a7", decided_by="person:UGRACE"
    )
    assert (said.particular.value, said.particular.decided_by) == ("2026-11-20T09:00:00+00:00", "person:UGRACE")
    assert (
        "eu,us_ca"
        == (await particulars.set(number, "regions", "US-CA, eu", by=admin, source_key="a8")).particular.value
    )
    keys = {choice.key for choice in (await particulars.chooser(number, by=rae)).choices}
    assert not keys & {"aware_at", "material"}


async def test_a_private_incident_gives_nothing_away(workshop: Workshop) -> None:
    """Whoever may not see the incident learns nothing of what is established, nor that there is one."""
    number = await workshop.declare(is_private=True)
    stranger = workshop.person("USTRANGER")
    for attempt in (
        workshop.services.particulars.listing(number, by=stranger),
        workshop.services.particulars.chooser(number, by=stranger),
        workshop.services.particulars.set(number, "people_affected", "1", by=stranger, source_key="x"),
    ):
        with pytest.raises(NotFound):
            await attempt
