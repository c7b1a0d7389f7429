"""What Andon remembers of a channel, and what it forgets when asked: on the wire, end to end."""

from __future__ import annotations

from pathlib import Path

from bot.domain.timeline import EntryKind
from bot.sandbox.people import Person
from bot.slack import ids
from bot.stage import staged
from storage.captures import Completeness
from storage.messages import Message
from storage.timeline import TimelineEntry
from tests.office import Office
from tests.scenarios.seats import seat

SECRET = "Card 4111 1111 1111 1111 of Mrs Doe"


async def kept(office: Office, number: int = 1) -> list[Message]:
    async with office.store.read() as unit:
        return list(await unit.messages.of(number))


async def completeness(office: Office, number: int = 1) -> Completeness:
    async with office.store.read() as unit:
        return await unit.captures.completeness(number)


async def pinned(office: Office, number: int = 1) -> list[TimelineEntry]:
    async with office.store.read() as unit:
        return [entry for entry in await unit.timeline.of(number) if entry.kind is EntryKind.PINNED]


def whispered(person: Person, channel: str) -> str:
    return "\n".join(seen.text for seen in person.ephemerals(channel))


async def test_everything_said_in_the_channel_is_kept(office: Office) -> None:
    """Messages, replies, edits, deletions, files and reactions are in the record; what Andon says itself is not."""
    channel = await office.declare()
    rae = office.person("rae")
    first = await rae.says(channel, "It happens with every code, see @lena & #support")
    await rae.says(channel, "the third answer was worst", thread=first)
    await rae.says(channel, "everybody look", thread=first, broadcast=True)
    await rae.edits(first, "It happens with two codes")
    regretted = await rae.says(channel, "Bob broke it")
    await rae.deletes(regretted)
    await rae.uploads(channel, "trace.json", b"{}", text="the trace")
    await rae.reacts(first, "eyes")
    await office.settle()
    assert [
        "It happens with two codes",
        "the third answer was worst",
        "everybody look",
        "Bob broke it",
        "the trace",
    ] == [row.text for row in await kept(office)]
    assert Completeness(5, 1, 0, 1, 1, 0, 1, 0) == await completeness(office)


async def test_a_pin_goes_on_the_timeline_and_is_confirmed(office: Office) -> None:
    """📌 on a message: ✅ from Andon, a line at the message's own time, and the line goes with the pin."""
    channel = await office.declare()
    rae = office.person("rae")
    said = await rae.says(channel, "Rollback of prompt 41 starts <now>")
    await office.forward(minutes=5)
    await rae.reacts(said, "pushpin")
    await office.settle()
    assert "white_check_mark" in {reaction.name for reaction in said.reactions}
    (line,) = await pinned(office)
    assert line.permalink
    await rae.types(channel, "/incident timeline")
    assert "Rollback of prompt 41 starts <now>" in whispered(rae, channel)
    await rae.unreacts(said, "pushpin")
    await office.settle()
    assert [] == await pinned(office)
    assert "white_check_mark" not in {reaction.name for reaction in said.reactions}


async def test_the_shortcut_adds_a_message_once(office: Office) -> None:
    """*Add to timeline* says what it did; used again it says that it is there already; elsewhere it explains."""
    channel = await office.declare()
    rae, lena = office.person("rae"), office.person("lena")
    said = await rae.says(channel, "vendor confirmed")
    await rae.message_shortcut(ids.PIN_TIMELINE, said)
    await office.settle()
    assert "on the timeline of AI-0001" in whispered(rae, channel)
    await rae.message_shortcut(ids.PIN_TIMELINE, said)
    await office.settle()
    assert "already" in whispered(rae, channel)
    assert 1 == len(await pinned(office))
    lunch = await lena.says("general", "lunch?")
    await lena.message_shortcut(ids.PIN_TIMELINE, lunch)
    await office.settle()
    assert "own channel" in whispered(lena, "general")


async def test_evidence_is_listed_without_its_words(office: Office) -> None:
    """🧾 keeps a message with its hash; the list never says what it says; *Show* does, to the person alone, defanged."""
    channel = await office.declare()
    rae = office.person("rae")
    said = await rae.says(channel, "it wrote: visit https://evil.example <!channel>")
    await rae.reacts(said, "receipt")
    await office.settle()
    await rae.types(channel, "/incident evidence")
    note = rae.ephemerals(channel)[-1]
    assert "1 kept" in note.text
    assert "evil" not in note.text
    await rae.presses(note, "Show")
    await office.settle()
    assert rae.modal is not None
    assert "evil.example" in rae.modal.text
    assert "https://evil" not in rae.modal.text
    assert "1 kept" in next(seen for seen in rae.sees(channel) if "nobody yet" in seen.text).text


async def test_notes_are_written_by_line_and_by_form(office: Office) -> None:
    """`note` with words writes them; without, it opens a form; both stand on the timeline and are read there."""
    channel = await office.declare()
    rae = office.person("rae")
    await rae.types(channel, "/incident note vendor called at nine")
    assert "Noted on the timeline of AI-0001" in whispered(rae, channel)
    await rae.types(channel, "/incident note")
    await office.settle()
    await rae.fills(note="second call at ten")
    await rae.submits()
    await rae.types(channel, "/incident timeline")
    text = rae.ephemerals(channel)[-1].text
    assert "vendor called at nine" in text
    assert "second call at ten" in text


async def test_a_long_timeline_is_turned_page_by_page(office: Office) -> None:
    """*Older* shows the page before, until there is none."""
    channel = await office.declare()
    rae = office.person("rae")
    for number in range(20):
        await rae.types(channel, f"/incident note remark {number:02d}")
    await rae.types(channel, "/incident timeline")
    newest = rae.ephemerals(channel)[-1]
    assert "remark 19" in newest.text
    assert "remark 00" not in newest.text
    await rae.presses(newest, "Older")
    await office.settle()
    assert "remark 00" in whispered(rae, channel)


async def test_redaction_takes_a_message_out_of_every_view(office: Office) -> None:
    """A redacted message is in no view any more; its author is asked to delete the original; the form says so."""
    channel = await office.declare()
    lead = await seat(office, "lena")
    rae = office.person("rae")
    said = await rae.says(channel, SECRET)
    await rae.reacts(said, "pushpin")
    await rae.reacts(said, "receipt")
    await office.settle()
    await lead.message_shortcut(ids.REDACT_MESSAGE, said)
    await office.settle()
    await lead.fills(reason="personal data")
    await lead.submits()
    await office.settle()
    assert lead.modal is not None
    assert "out of the record of AI-0001" in lead.modal.text
    thread = [message for message in office.sandbox.channel(channel).messages.values() if message.thread_ts == said.ts]
    assert "delete the original" in thread[-1].text
    await lead.closes()
    for command in ("timeline", "evidence"):
        await lead.types(channel, f"/incident {command}")
        assert "4111" not in lead.ephemerals(channel)[-1].text
    await lead.types(channel, "/incident timeline")
    assert "personal data" in lead.ephemerals(channel)[-1].text
    async with office.store.read() as unit:
        everything = [
            *await unit.messages.of(1),
            *await unit.messages.versions_of(1),
            *await unit.messages.files_of(1),
            *await unit.evidence.of(1),
            *await unit.timeline.of(1),
        ]
    assert "4111" not in repr(everything)


async def test_redacting_by_link_says_what_is_wrong_under_the_field(office: Office) -> None:
    """A link that is none keeps the form open; who holds no role hears who may."""
    channel = await office.declare()
    lead = await seat(office, "lena")
    await lead.types(channel, "/incident redact")
    await office.settle()
    await lead.fills(link="that message of Rae", reason="personal data")
    await lead.submits()
    assert lead.modal is not None
    assert "no link" in lead.modal.errors["link"]
    await office.person("rae").types(
        channel, "/incident redact https://x.slack.com/archives/C0123/p1700000000000100 why"
    )
    assert "holds a role" in whispered(office.person("rae"), channel)


async def test_who_joins_is_caught_up_once(office: Office) -> None:
    """Coming in: one private word on where it stands, also after leaving and coming back; who declared hears none."""
    channel = await office.declare()
    await seat(office, "lena")
    otto, rae = office.person("otto"), office.person("rae")
    await otto.joins(channel)
    await office.settle()
    assert "Welcome to AI-0001" in whispered(otto, channel)
    assert "Lena" in whispered(otto, channel)
    await otto.leaves(channel)
    await otto.joins(channel)
    await office.settle()
    assert 1 == whispered(otto, channel).count("Welcome")
    assert "Welcome" not in whispered(rae, channel)
    async with office.store.read() as unit:
        tie = await unit.participants.get(1, otto.id)
    assert tie is not None
    assert tie.has_access


async def test_what_was_missed_is_read_afterwards(office: Office) -> None:
    """Andon away: what people write, edit, delete and pin meanwhile is in the record soon after it is back."""
    channel = await office.declare()
    rae = office.person("rae")
    before, typo = await rae.says(channel, "before"), await rae.says(channel, "tpyo")
    regretted = await rae.says(channel, "Bob broke it")
    await office.settle()
    await office.stage.connection.stop()
    missed = await rae.says(channel, "while nobody listened")
    await rae.says(channel, "in a thread of old", thread=before)
    await rae.edits(typo, "typo")
    await rae.deletes(regretted)
    await rae.reacts(missed, "pushpin")
    office.clock.forward(hours=3)
    await office.stage.connection.start()
    await office.services.backfill.check()
    await office.forward(minutes=2)
    assert ["before", "typo", "Bob broke it", "while nobody listened", "in a thread of old"] == [
        row.text for row in await kept(office)
    ]
    assert ["while nobody listened"] == [line.text for line in await pinned(office)]
    assert Completeness(5, 1, 0, 1, 1, 0, 0, 0) == await completeness(office)
    again = await completeness(office)
    await office.services.backfill.check()
    await office.forward(minutes=2)
    assert again == await completeness(office)


async def test_an_event_that_could_not_be_stored_comes_again(office: Office) -> None:
    """Nothing acknowledged is lost: while the database fails no event is acknowledged, and Slack's retry is taken."""
    channel = await office.declare()
    capture = office.services.capture
    rae = office.person("rae")

    async def broken(_: object) -> None:
        raise OSError("disk full")

    object.__setattr__(capture, "heard", broken)
    await rae.says(channel, "remember me")
    object.__delattr__(capture, "heard")
    assert [] == await kept(office)
    await office.forward(minutes=2)
    assert ["remember me"] == [row.text for row in await kept(office)]


async def test_who_was_called_is_not_greeted(tmp_path: Path) -> None:
    """Time goes by between declaring and letting the first people in; they are no newcomers for that."""
    async with staged(tmp_path, runs=True) as stage:
        await stage.person("otto").types("general", "/incident now The shop bot insults people")
        await stage.settle()
        lena = stage.person("lena")
        assert [name for name in lena.sidebar if name.startswith("ai-0001")]
        assert not lena.ephemerals()
