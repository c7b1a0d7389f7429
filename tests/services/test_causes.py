"""The kind of cause is one word of a closed list, and earlier incidents are found by it, by whoever may see them."""

from __future__ import annotations

import pytest

from bot.domain.causes import CAUSES, CauseClass, parse_cause
from bot.domain.errors import AlreadyDone, BadInput, NotFound
from bot.domain.incident import IncidentType
from bot.domain.people import Actor
from tests.workshop import Workshop

RAE, OTTO = Actor.person("URAE"), Actor.person("UOTTO")


async def caused(workshop: Workshop, text: str, cause: CauseClass | None, **answers: object) -> int:
    """An incident of a cause."""
    number = await workshop.declare(text, **answers)
    if cause is not None:
        await workshop.services.causes.name(number, cause, "the log shows it", by=RAE, key=f"cause-{number}")
        await workshop.settle()
    return number


async def card(workshop: Workshop, number: int) -> tuple[str, ...]:
    """What the card says of earlier ones."""
    async with workshop.work.read() as unit:
        found = await workshop.services.cards.read(unit, number)
    assert found is not None
    return found.seen_before


async def test_a_cause_is_said_once_and_corrected_with_a_reason(workshop: Workshop) -> None:
    """Kept as a finding and on the incident; the same again is told; another takes its place, and both stay on record."""
    number = await caused(workshop, "It lies", CauseClass.TEST_GAP)
    with pytest.raises(AlreadyDone, match="Gap in the tests"):
        await workshop.services.causes.name(number, CauseClass.TEST_GAP, "again", by=RAE, key="again")
    with pytest.raises(BadInput):
        await workshop.services.causes.name(number, CauseClass.DATA, " ", by=RAE, key="empty")
    await workshop.services.causes.name(number, CauseClass.DATA, "the table was stale", by=RAE, key="other")
    async with workshop.work.read() as unit:
        incident = await unit.incidents.get(number)
        assert incident is not None
        assert incident.cause_class is CauseClass.DATA
        found = [finding.text for finding in await unit.findings.of(number)]
    assert found == ["Gap in the tests: the log shows it", "Data: the table was stale"]


async def test_earlier_ones_of_the_same_cause_are_named(workshop: Workshop) -> None:
    """By the cause alone, on the card and for whoever asks; what is like it in nothing is not."""
    first = await caused(workshop, "It lies", CauseClass.TEST_GAP, system="support-answers")
    await caused(workshop, "It drifts", CauseClass.DRIFT, system="investment-summaries", type=IncidentType.DRIFT)
    third = await caused(workshop, "It leaks", CauseClass.TEST_GAP, type=IncidentType.DATA_EXPOSURE)
    assert await card(workshop, third) == ("AI-0001",)
    found = await workshop.services.causes.earlier(third, by=OTTO)
    assert [(one.summary.incident_id, one.alike) for one in found.items] == [(first, ("cause",))]


async def test_private_ones_are_for_whoever_may_see_them(workshop: Workshop) -> None:
    """The card, which a channel reads, names none; a person who is part of one sees it, another does not."""
    await caused(workshop, "Salaries leak", CauseClass.OVERSIGHT, is_private=True)
    later = await caused(workshop, "Bonuses leak", CauseClass.OVERSIGHT)
    assert await card(workshop, later) == ()
    assert not (await workshop.services.causes.earlier(later, by=OTTO)).items
    (seen,) = (await workshop.services.causes.earlier(later, by=RAE)).items
    assert seen.summary.is_private
    hidden = await workshop.declare("Another secret", is_private=True)
    with pytest.raises(NotFound):
        await workshop.services.causes.earlier(hidden, by=OTTO)


def test_causes_as_they_are_typed() -> None:
    """Hyphens and capitals do not matter; a typo is met with what was meant; each word has a name and a meaning."""
    assert parse_cause("Test-Gap") is CauseClass.TEST_GAP
    with pytest.raises(BadInput, match="Did you mean `integration`"):
        parse_cause("intergration")
    assert set(CAUSES) == set(CauseClass)
