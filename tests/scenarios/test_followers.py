"""Those who are not in the channel: they follow, join, give another example, answer questions. On the wire."""

from __future__ import annotations

from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from tests.office import Office
from tests.scenarios.seats import seat


def announced(person: Person, reference: str = "AI-0001") -> Seen:
    """The announcement as it stands now."""
    return next(seen for seen in person.sees("ai-incidents") if reference in seen.text)


async def test_following_without_joining(office: Office) -> None:
    """*Follow* brings updates as direct messages until *Stop following*; the announcement shows the latest."""
    channel = await office.declare()
    lena, hana = await seat(office, "lena"), office.person("hana")
    await hana.presses(announced(hana), "Follow")
    await office.settle()
    assert "You follow *AI-0001*" in hana.ephemerals("ai-incidents")[-1].text
    await lena.types(channel, "/incident update We switched the coupon tool off.")
    await office.settle()
    (told,) = [seen for seen in hana.direct_messages if "coupon tool" in seen.text]
    assert "Next update due" in told.text
    assert "SEV2" in told.text
    assert "We switched the coupon tool off." in announced(hana).text
    assert "hana" not in str(office.sandbox.channel(channel).members)
    await hana.presses(told, "Stop following")
    await office.settle()
    await lena.types(channel, "/incident update It is fixed.")
    await office.settle()
    assert not any("It is fixed." in seen.text for seen in hana.direct_messages)
    assert sum("It is fixed." in seen.text for seen in lena.sees(channel)) == 1


async def test_the_update_form_promises_the_next(office: Office) -> None:
    """*Send update* on the card opens the form; the chosen time stands on the card; a custom one needs its date."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    card_ts = (await office.incident()).card_ts
    card = next(seen for seen in lena.sees(channel) if seen.ts == card_ts)
    await lena.presses(card, "Send update")
    await office.settle()
    assert lena.modal is not None
    await lena.fills(text="Nothing new.", next_due="At the time below")
    await lena.submits()
    assert lena.modal is not None
    assert "Give the date and time" in str(lena.modal.errors)
    await lena.fills(next_due="In 2 hours")
    await lena.submits()
    await office.settle()
    incident = await office.incident()
    assert incident.next_update_at is not None
    assert round((incident.next_update_at - office.clock.now()).total_seconds() / 60) == 120


async def test_joining_from_the_announcement(office: Office) -> None:
    """*Join* brings the person into the channel; once it is over the buttons are gone and the command says why."""
    channel = await office.declare()
    hana = office.person("hana")
    await hana.presses(announced(hana), "Join")
    await office.settle()
    assert hana.id in office.sandbox.channel(channel).members
    await office.person("rae").types(channel, "/incident cancel a load test")
    await office.settle()
    assert not announced(hana).buttons
    await office.person("cory").types("ai-incidents", "/incident join AI-0001")
    assert "was closed as not an incident" in office.person("cory").ephemerals("ai-incidents")[-1].text


async def test_another_example(office: Office) -> None:
    """*I have another example* thanks, keeps it as evidence and tells the channel, never the announcement."""
    channel = await office.declare()
    cory = office.person("cory")
    await cory.presses(announced(cory), "I have another example")
    await office.settle()
    await cory.fills(text="It told me my coupon is worth 999 dollars, see https://evil.example/x")
    await cory.submits()
    await office.settle()
    assert cory.modal is not None
    assert "Thank you." in cory.modal.text
    said = [seen.text for seen in office.person("rae").sees(channel)]
    assert sum("another example" in text for text in said) == 1
    assert any("hxxps://evil.example" in text for text in said)
    assert "999 dollars" not in announced(cory).text
    async with office.store.read() as unit:
        assert [exhibit.title for exhibit in await unit.evidence.of(1)] == ["Another example"]


async def test_adding_mine_to_that_one(office: Office) -> None:
    """A second report on the same system goes to the incident that exists, with the reported message; none is made."""
    name = office.services.library.system_choices()[0][1]
    channel = await office.declare("First on this system", system=name)
    otto = office.person("otto")
    message = await otto.says("support", "The bot promised me a car")
    await otto.message_shortcut("report_output", message)
    await office.settle()
    await otto.fills(what_happened="A customer was promised a car")
    await otto.fills(system=name)
    await office.settle()
    assert otto.modal is not None
    await otto.presses(otto.modal, "Add mine to that one")
    await office.settle()
    assert otto.modal is not None
    assert "Thank you." in otto.modal.text
    async with office.store.read() as unit:
        assert len(await unit.incidents.open_ones()) == 1
        bodies = [exhibit.body for exhibit in await unit.evidence.of(1)]
    assert bodies == ["A customer was promised a car", "The bot promised me a car"]
    assert any("promised a car" in seen.text for seen in office.person("rae").sees(channel))


async def test_answering_three_questions(office: Office) -> None:
    """After `now`, the answers land on the card and in the channel once."""
    otto = office.person("otto")
    await otto.types("support", "/incident now The bot insulted a customer")
    await office.settle()
    channel = await office.channel()
    asked = next(seen for seen in otto.sees(channel) if "Answer a few questions" in seen.buttons)
    await otto.presses(asked, "Answer a few questions")
    await office.settle()
    slug, name = office.services.library.system_choices()[0]
    await otto.fills(system=name, affected="two customers <!channel>")
    await otto.submits()
    await office.settle()
    assert otto.modal is None
    said = [seen for seen in otto.sees(channel) if "answered" in seen.text]
    assert len(said) == 1
    assert "two customers" in said[0].text
    assert name in said[0].text
    assert (await office.incident()).system == slug


async def test_a_private_incident_is_closed_to_outsiders(office: Office) -> None:
    """Every verb of an outsider gets the answer of what does not exist."""
    await office.declare("A complaint about hiring", private="Only the people working on it")
    otto = office.person("otto")
    for verb in ("follow", "join", "example x", "sev 1 x", "update x", "merge AI-0002 x", "details"):
        first, _, rest = verb.partition(" ")
        await otto.types("support", f"/incident {first} AI-0001 {rest}")
        answer = otto.ephemerals("support")[-1].text
        assert "There is no such incident" in answer, verb
        assert "hiring" not in answer, verb
