"""Who is let into a private incident, and that everybody else learns nothing."""

from __future__ import annotations

import pytest

from bot.domain.errors import AlreadyDone, BadInput, NotFound
from bot.domain.notices.private import AccessRequested, AccessWelcome
from bot.domain.people import Actor
from bot.domain.timeline import EntryKind
from tests.workshop import Workshop

OTTO = Actor.person("UOTTO")
RAE = Actor.person("URAE")


async def private(workshop: Workshop) -> int:
    """A private incident declared by Rae, with Otto outside."""
    for user_id, name in (("UOTTO", "Otto Brandt"), ("URAE", "Rae Okafor"), ("UMINA", "Mina Sato")):
        workshop.person(user_id, name)
    return await workshop.declare("Customer records in an answer", is_private=True)


def request_in(workshop: Workshop, channel_id: str) -> AccessRequested:
    """The one request asked in this channel, as it reads now."""
    (found,) = [n for n in workshop.chat.in_channel(channel_id) if isinstance(n, AccessRequested)]
    return found


async def said_of_access(workshop: Workshop, incident_id: int) -> list[str]:
    """What the timeline says of who asked and was let in."""
    await workshop.services.directory.profile("UOTTO")
    page = await workshop.services.timeline.page(incident_id, by=RAE)
    return [line.text for line in page.lines if line.kind is EntryKind.ACCESS]


async def channel(workshop: Workshop, incident_id: int) -> str:
    """The incident's channel."""
    async with workshop.work.read() as unit:
        incident = await unit.incidents.get(incident_id)
    assert incident is not None
    assert incident.channel_id is not None
    return incident.channel_id


async def test_asking_answers_alike_whether_or_not_there_is_an_incident(workshop: Workshop) -> None:
    """Neither the answer nor a message to the asker tells whether the incident exists."""
    number = await private(workshop)
    service = workshop.services.private
    assert await service.ask(number, by=OTTO) is None
    assert await service.ask(999, by=OTTO) is None
    await workshop.settle()
    assert workshop.chat.dms("UOTTO") == []


async def test_its_people_are_asked_once_in_fifteen_minutes(workshop: Workshop) -> None:
    """Asking again and again asks its people once, and once more when a quarter of an hour has passed."""
    number = await private(workshop)
    where = await channel(workshop, number)
    for _ in range(3):
        await workshop.services.private.ask(number, by=OTTO)
        await workshop.settle()
        workshop.clock.forward(minutes=4)
    assert request_in(workshop, where).asker_id == "UOTTO"
    workshop.clock.forward(minutes=4)
    await workshop.services.private.ask(number, by=OTTO)
    await workshop.settle()
    asked = [n for n in workshop.chat.in_channel(where) if isinstance(n, AccessRequested)]
    assert len(asked) == 2


async def test_allowing_lets_in_invites_and_tells(workshop: Workshop) -> None:
    """Allowed, the asker sees the incident, is in its channel, has been told, and the question shows its answer."""
    number = await private(workshop)
    where = await channel(workshop, number)
    await workshop.services.private.ask(number, by=OTTO)
    await workshop.settle()
    await workshop.services.private.decide(request_in(workshop, where).request_id, allow=True, by=RAE)
    await workshop.settle()
    assert "UOTTO" in workshop.chat.members[where]
    assert await said_of_access(workshop, number) == ["Asked for access", "Let Otto Brandt in"]
    assert (await workshop.services.incidents.by_number(number, OTTO)).incident_id == number
    assert [type(notice) for notice in workshop.chat.dms("UOTTO")] == [AccessWelcome]
    assert request_in(workshop, where).is_allowed is True


async def test_a_denial_is_told_to_nobody(workshop: Workshop) -> None:
    """Denied, the asker hears and sees nothing; its people see that it was denied, and by whom."""
    number = await private(workshop)
    where = await channel(workshop, number)
    await workshop.services.private.ask(number, by=OTTO)
    await workshop.settle()
    await workshop.services.private.decide(request_in(workshop, where).request_id, allow=False, by=RAE)
    await workshop.settle()
    assert workshop.chat.dms("UOTTO") == []
    assert (await said_of_access(workshop, number))[-1] == "Denied access to Otto Brandt, who had asked for it"
    assert (request_in(workshop, where).is_allowed, request_in(workshop, where).decided_by) == (False, "URAE")
    with pytest.raises(NotFound):
        await workshop.services.incidents.by_number(number, OTTO)


async def test_the_second_to_decide_hears_who_was_first(workshop: Workshop) -> None:
    """Two people decide at once: the first counts, the second is told so, by name."""
    number = await private(workshop)
    where = await channel(workshop, number)
    await workshop.services.private.ask(number, by=OTTO)
    await workshop.settle()
    request_id = request_in(workshop, where).request_id
    await workshop.services.directory.profile("URAE")
    await workshop.services.private.decide(request_id, allow=False, by=RAE)
    with pytest.raises(AlreadyDone, match="denied already by Rae Okafor at"):
        await workshop.services.private.decide(request_id, allow=True, by=Actor.person("UADMIN"))
    with pytest.raises(NotFound):
        await workshop.services.incidents.by_number(number, OTTO)


async def test_an_outsider_decides_nothing(workshop: Workshop) -> None:
    """A forged press by an outsider is answered as for a request that never was."""
    number = await private(workshop)
    where = await channel(workshop, number)
    await workshop.services.private.ask(number, by=OTTO)
    await workshop.settle()
    with pytest.raises(NotFound) as real:
        await workshop.services.private.decide(request_in(workshop, where).request_id, allow=True, by=OTTO)
    with pytest.raises(NotFound) as unreal:
        await workshop.services.private.decide(999, allow=True, by=OTTO)
    assert str(real.value) == str(unreal.value)


async def test_asking_for_what_is_open_says_so(workshop: Workshop) -> None:
    """Whoever may see the incident asks nobody."""
    number = await private(workshop)
    found = await workshop.services.private.ask(number, by=RAE)
    assert found is not None
    assert found.incident_id == number


async def test_inviting_lets_in_once(workshop: Workshop) -> None:
    """An insider lets somebody in; doing it again says that they are in, and a request of theirs is answered."""
    number = await private(workshop)
    where = await channel(workshop, number)
    await workshop.services.private.ask(number, by=OTTO)
    await workshop.settle()
    await workshop.services.private.let_in(number, "UOTTO", by=RAE)
    await workshop.settle()
    assert "UOTTO" in workshop.chat.members[where]
    assert request_in(workshop, where).is_allowed is True
    with pytest.raises(AlreadyDone, match="Otto Brandt is already part of AI-0001"):
        await workshop.services.private.let_in(number, "UOTTO", by=RAE)
    await workshop.settle()
    assert len(workshop.chat.dms("UOTTO")) == 1


@pytest.mark.parametrize(
    ("about", "sentence"),
    [({"is_bot": True}, "bot"), ({"is_deactivated": True}, "deactivated")],
)
async def test_who_can_do_nothing_is_not_let_in(workshop: Workshop, about: dict[str, bool], sentence: str) -> None:
    """Bots and people who have left are refused with the reason."""
    number = await private(workshop)
    workshop.person("UDANA", "Dana Frost", **about)
    with pytest.raises(BadInput, match=sentence):
        await workshop.services.private.let_in(number, "UDANA", by=RAE)


async def test_somebody_unknown_is_not_let_in(workshop: Workshop) -> None:
    """An id nobody has is refused under the field it was typed in."""
    number = await private(workshop)
    with pytest.raises(BadInput) as refusal:
        await workshop.services.private.let_in(number, "UNOBODY", by=RAE)
    assert refusal.value.field == "person"


async def test_an_outsider_invites_nobody(workshop: Workshop) -> None:
    """An outsider who tries to let somebody in learns nothing, not even about the somebody."""
    number = await private(workshop)
    with pytest.raises(NotFound) as real:
        await workshop.services.private.let_in(number, "UNOBODY", by=OTTO)
    with pytest.raises(NotFound) as unreal:
        await workshop.services.private.let_in(999, "UNOBODY", by=OTTO)
    assert str(real.value) == str(unreal.value)
