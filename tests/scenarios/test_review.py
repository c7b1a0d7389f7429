"""The review at the wire: booked, led through without losing a word, its promises kept, closed with reasons."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from bot.domain.people import Actor
from bot.domain.postmortem import SectionKey
from bot.sandbox.people import Person
from bot.slack import ids
from tests.office import Office
from tests.scenarios.seats import seat

REFUSED = (
    ("review book 2026-01-05 10:00", "in the past"),
    ("review book 30 february", "cannot read"),
    ("review book friday 14:00 @mateo tomorrow", "I cannot read “tomorrow”"),
    ("review frobnicate", "takes `book`"),
    ("review cancel no time", "is not booked"),
    ("actions done A9", "There is no such"),
    ("actions move", "Say which action item"),
    ("actions export pdf", "write csv or md"),
)


async def held(office: Office) -> tuple[str, Person]:
    """An incident that Lena leads; its channel."""
    channel = await office.declare(type="prompt_attack")
    return channel, await seat(office, "lena")


async def types(office: Office, person: Person, channel: str, line: str) -> None:
    await person.types(channel, f"/incident {line}")
    await office.settle()


def entries(office: Office) -> list[tuple[str, Event]]:
    """The calendar files in the order in which they came: method and event."""
    found = []
    for file in office.sandbox.workspace.files.values():
        if file.name.endswith(".ics"):
            calendar = Calendar.from_ical((file.content or b"").decode())
            found.append((str(calendar["METHOD"]), calendar.events[0]))
    return found


def starts(event: Event) -> datetime:
    at: datetime = event["DTSTART"].dt
    return at


async def test_a_review_is_booked_moved_and_called_off_in_everybodys_calendar(office: Office) -> None:
    """One UID, a SEQUENCE that grows, CANCEL at the end; one message in the channel, the files in its thread."""
    channel, lena = await held(office)
    for line, says in REFUSED:
        await types(office, lena, channel, line)
        assert says in lena.ephemerals()[-1].text, line
    assert [] == entries(office)
    await types(office, lena, channel, "review book friday 14:00 @mateo @rae")
    await types(office, lena, channel, "review move monday 10:00 because legal is away on friday")
    mateo = office.person("mateo")
    told = [seen.text for seen in mateo.direct_messages if "to the review of" in seen.text]
    assert len(told) == 2 and "asks you to the review" in told[0] and "legal is away" in told[1]
    await types(office, lena, channel, "review cancel it was a false alarm")
    files = entries(office)
    assert [method for method, _ in files] == ["REQUEST", "REQUEST", "CANCEL"]
    assert 1 == len({str(event["UID"]) for _, event in files})
    assert [int(event["SEQUENCE"]) for _, event in files] == [0, 1, 2]
    assert [str(event["STATUS"]) for _, event in files] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert starts(files[0][1]) != starts(files[1][1]) == starts(files[2][1])
    assert files[0][1]["DTEND"].dt - starts(files[0][1]) == timedelta(minutes=60)
    people = {str(address) for address in files[0][1]["ATTENDEE"]}
    assert people == {"mailto:mateo@kestrel.example", "mailto:rae@kestrel.example"}
    assert str(files[0][1]["ORGANIZER"]) == "mailto:lena@kestrel.example"
    posts = [seen for seen in lena.sees(channel) if "The review of AI-0001" in seen.text]
    assert len(posts) == 1 and "called off" in posts[0].text and "false alarm" in posts[0].text
    shared = [s for s in lena.sees(channel, thread=posts[0]) if "ics" in str(s.text) or s.files]
    assert len(shared) >= 3
    await types(office, lena, channel, "review move tuesday 10:00 because of it")
    again = entries(office)[-1][1]
    assert str(again["UID"]) != str(files[0][1]["UID"]) and int(again["SEQUENCE"]) == 0


async def open_step(office: Office, person: Person, channel: str, step: str) -> None:
    await types(office, person, channel, f"review {step}")
    assert person.modal is not None and person.error is None


async def test_nothing_typed_is_lost(office: Office) -> None:
    """Closed without saving, it is there again; two who write at once see both, and both stay on record."""
    channel, lena = await held(office)
    rae = office.person("rae")
    await open_step(office, lena, channel, "why")
    await lena.fills({"Root cause": "The limit stood in the prompt only"})
    await lena.closes()
    await open_step(office, lena, channel, "why")
    assert lena.modal is not None
    assert lena.modal.values["Root cause"] == "The limit stood in the prompt only"
    assert "typed and not saved" in lena.modal.text
    await open_step(office, rae, channel, "why")
    assert rae.modal is not None and rae.modal.values["Root cause"] is None
    await rae.fills({"Root cause": "The tool took any number"})
    await rae.submits()
    await lena.submits()
    await office.settle()
    assert lena.modal is not None
    assert "Somebody else saved another text" in lena.modal.text and "The tool took any number" in lena.modal.text
    await lena.fills({"Root cause": "The tool took any number, and the limit stood in the prompt only"})
    await lena.submits()
    await office.settle()
    assert lena.modal is not None and "What we do about it" in lena.modal.text
    await office.services.reviewing.typed(
        1, {SectionKey.ROOT_CAUSE: "The tool"}, by=Actor.person(lena.id), at=office.clock.now() - timedelta(seconds=9)
    )
    async with office.store.read() as unit:
        newest = (await unit.postmortems.sections(1))["root_cause"]
        assert newest.text.startswith("The tool took any number, and")
        assert [] == list(await unit.reviews.unsaved(1))
    await types(office, lena, channel, "postmortem")
    async with office.store.read() as unit:
        draft = await unit.postmortems.newest(1)
    assert draft is not None and "the limit stood in the prompt only" in draft.markdown


async def test_a_review_leads_to_promises_and_is_closed_with_reasons(office: Office) -> None:
    """Of an incident that is closed already: from step to step, then a named reason for each gap. Reopened, it goes on."""
    channel, lena = await held(office)
    for line in ("contained the switch is off", "resolved the limit is in the tool", "close all is well"):
        await types(office, lena, channel, line)
    await types(office, lena, channel, "review")
    assert lena.modal is not None
    await lena.presses(lena.modal, "Open", action_id=f"{ids.REVIEW_STEP}:doing")
    await office.settle()
    await lena.fills({"What went well": "Pulled at once"})
    await lena.presses(lena.modal, "Add action item…")
    await office.settle()
    await lena.fills({"What will be done?": "A price limit in the order service"})
    await lena.submits()
    await office.settle()
    assert lena.modal is not None and "A1." in lena.modal.text and "nobody yet" in lena.modal.text
    assert lena.modal.values["What went well"] == "Pulled at once"
    await lena.submits()
    await lena.submits()
    await lena.submits()
    await office.settle()
    assert lena.modal is not None and "There is 1 action item without an owner" in lena.modal.text
    await lena.presses(lena.modal, "Close the review…")
    await office.settle()
    assert lena.modal is not None
    unowned, evidence = "Why close it with action items that nobody owns?", "Why close it without this evidence?"
    assert lena.modal.labels == [unowned, evidence]
    await lena.fills({unowned: "Ann starts on Monday and takes it", evidence: "x"})
    await lena.submits()
    assert lena.modal is not None and "Say why" in str(lena.modal.errors)
    await lena.fills({evidence: "The provider keeps no logs"})
    await lena.submits()
    await office.settle()
    post = next(seen for seen in lena.sees(channel) if "The review of AI-0001 is closed" in seen.text)
    assert "Ann starts on Monday" in post.text and "Lena" in post.text
    async with office.store.read() as unit:
        draft = await unit.postmortems.newest(1)
    assert draft is not None and "The provider keeps no logs" in draft.markdown
    await types(office, lena, channel, "review close")
    assert "was closed by" in lena.ephemerals()[-1].text
    await types(office, lena, channel, "reopen it came back")
    async with office.store.read() as unit:
        review = await unit.reviews.get(1)
    assert review is not None and review.closed_at is None


async def test_an_owner_settles_items_from_dm_and_home(office: Office) -> None:
    """Told, reminded, seen on Home; moved with a reason, done; the file for the channel defuses formulas."""
    channel, lena = await held(office)
    await types(office, lena, channel, "action @mateo by 2026-12-18 =cmd|' /C calc'!A0")
    mateo = office.person("mateo")
    assert "gave you action item A1" in mateo.direct_messages[-1].text
    await mateo.opens_home()
    await office.settle()
    assert mateo.home is not None and "A1." in mateo.home.text
    await mateo.presses(mateo.direct_messages[-1], "Move or give…")
    await office.settle()
    await mateo.fills({"Until when instead?": office.clock.now() + timedelta(days=40), "Why?": "The vendor is late"})
    await mateo.submits()
    await types(office, mateo, channel, "actions")
    assert "moved 1 time" in mateo.ephemerals()[-1].text
    await types(office, mateo, channel, "actions export csv")
    (table,) = [f for f in office.sandbox.workspace.files.values() if f.name == "AI-0001-action-items.csv"]
    assert "\"'=cmd|' /C calc'!A0\"" in (table.content or b"").decode()
    await mateo.opens_home()
    await office.settle()
    assert mateo.home is not None
    await mateo.presses(mateo.home, "Done")
    await office.settle()
    assert "A1." not in mateo.home.text
