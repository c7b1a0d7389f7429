from __future__ import annotations

import pytest

from bot.domain.declaration import SourceMessage
from bot.domain.errors import AlreadyDone, BadInput, ChatUnavailable, IllegalMove, NotAllowed, NotFound
from bot.domain.incident import Outcome, Phase
from bot.domain.messages import Reacted, Seen, SeenFile, instant_of
from bot.domain.notices.memory import RedactionAsk
from bot.domain.people import Actor
from bot.domain.timeline import EntryKind
from storage.evidence import Exhibit, digest
from storage.timeline import TimelineEntry
from tests.services.test_capture import channel_of, event, hear, stored
from tests.workshop import Workshop

TS, LATER = "1700000001.000100", "1700000100.000000"
SECRET = "Card 4111 1111 1111 1111"
LENA, OTTO, ADMIN = Actor.person("ULENA"), Actor.person("UOTTO"), Actor.person("UADMIN")


async def incident_with(workshop: Workshop, text: str = "the model said <@ULENA> owes &lt;99&gt;") -> tuple[int, str]:
    """An incident with one message in its channel."""
    number = await workshop.declare()
    channel_id = await channel_of(workshop, number)
    files = [{"id": "F1", "name": "trace.json", "mimetype": "application/json", "size": 12}]
    await hear(workshop, event(channel_id, TS, text, files=files))
    await workshop.settle()
    return number, channel_id


async def react(
    workshop: Workshop, channel_id: str, emoji: str, by: str = "ULENA", *, at: float, added: bool = True
) -> None:
    moment = instant_of(f"{int(1_700_000_100 + at)}.000000")
    await workshop.services.capture.reacted(Reacted(channel_id, TS, emoji, by, moment, added))
    await workshop.settle()


async def lines(workshop: Workshop, number: int, kind: EntryKind = EntryKind.PINNED) -> list[TimelineEntry]:
    async with workshop.work.read() as unit:
        return [entry for entry in await unit.timeline.of(number) if entry.kind is kind]


async def exhibits(workshop: Workshop, number: int) -> list[Exhibit]:
    async with workshop.work.read() as unit:
        return list(await unit.evidence.of(number))


async def test_a_pin_is_a_line_at_the_messages_own_time(workshop: Workshop) -> None:
    """📌 writes one line at the instant of the message, linked to it, and the bot confirms with ✅."""
    number, channel_id = await incident_with(workshop)
    await react(workshop, channel_id, "pushpin", at=1)
    await react(workshop, channel_id, "pushpin", "UOTTO", at=2)
    (line,) = await lines(workshop, number)
    assert instant_of(TS) == line.at
    assert "the model said <@ULENA> owes <99>" == line.text
    assert line.permalink is not None
    assert line.permalink.endswith("p1700000001000100")
    assert {(channel_id, TS, "white_check_mark")} == workshop.chat.reactions


async def test_the_last_pin_taken_off_takes_the_line_off(workshop: Workshop) -> None:
    """While somebody's 📌 stands the line stands; with the last it goes, with the confirmation, and can come again."""
    number, channel_id = await incident_with(workshop)
    await react(workshop, channel_id, "pushpin", at=1)
    await react(workshop, channel_id, "pushpin", "UOTTO", at=2)
    await react(workshop, channel_id, "pushpin", at=3, added=False)
    assert 1 == len(await lines(workshop, number))
    await react(workshop, channel_id, "pushpin", "UOTTO", at=4, added=False)
    assert [] == await lines(workshop, number)
    assert set() == workshop.chat.reactions
    await react(workshop, channel_id, "pushpin", at=5)
    assert 1 == len(await lines(workshop, number))


async def test_a_pin_taken_back_before_it_was_heard_marks_nothing(workshop: Workshop) -> None:
    """Reactions delivered in the wrong order end as they stand in Slack."""
    number, channel_id = await incident_with(workshop)
    await react(workshop, channel_id, "pushpin", at=2, added=False)
    await react(workshop, channel_id, "pushpin", at=1)
    assert [] == await lines(workshop, number)


async def test_a_pin_on_an_unknown_message_looks_it_up(workshop: Workshop) -> None:
    """A message from before anybody listened is fetched, kept and pinned."""
    number = await workshop.declare()
    channel_id = await channel_of(workshop, number)
    workshop.chat.messages[channel_id, TS] = Seen(channel_id, TS, "said long before", "UOTTO")
    await react(workshop, channel_id, "pushpin", at=1)
    (line,) = await lines(workshop, number)
    assert ("said long before", "person:UOTTO") == (line.text, line.actor)


async def test_a_mark_survives_slack_being_away(workshop: Workshop) -> None:
    """The line is written although link and confirmation must wait for Slack."""
    number, channel_id = await incident_with(workshop)
    away = [ChatUnavailable("unreachable")] * 2  # the second when something else was told that Slack is back
    workshop.chat.fail("permalink", *away)
    workshop.chat.fail("react", *away)
    await react(workshop, channel_id, "pushpin", at=1)
    (line,) = await lines(workshop, number)
    assert line.permalink is None
    workshop.clock.forward(minutes=2)
    await workshop.settle()
    (line,) = await lines(workshop, number)
    assert line.permalink is not None
    assert {(channel_id, TS, "white_check_mark")} == workshop.chat.reactions


async def test_a_receipt_makes_an_exhibit_with_one_hash_over_text_and_files(workshop: Workshop) -> None:
    """🧾 keeps text and file references once; the hash can be recomputed from the body; taking it off keeps it."""
    number, channel_id = await incident_with(workshop)
    workshop.chat.downloads["F1"] = b"a trace"
    await react(workshop, channel_id, "receipt", at=1)
    await react(workshop, channel_id, "receipt", "UOTTO", at=2)
    await react(workshop, channel_id, "receipt", at=3, added=False)
    (kept,) = await exhibits(workshop, number)
    assert str(SeenFile("F1", "trace.json", "application/json", 12)) in kept.body
    assert digest(kept.body) == kept.sha256
    assert "person:ULENA" == kept.kept_by
    assert 1 == len(await lines(workshop, number, EntryKind.EVIDENCE))


async def test_other_emoji_mark_nothing(workshop: Workshop) -> None:
    """A thumb is recorded and is only a thumb."""
    number, channel_id = await incident_with(workshop)
    await react(workshop, channel_id, "+1", at=1)
    assert [] == await lines(workshop, number)
    async with workshop.work.read() as unit:
        assert ["+1"] == [found.emoji for found in await unit.reactions.of(number)]


async def test_the_shortcut_does_the_same_and_outlives_emoji(workshop: Workshop) -> None:
    """*Add to timeline* adds the line once; a 📌 that comes and goes later does not take it off."""
    number, channel_id = await incident_with(workshop)
    found = Seen(channel_id, TS, "the model said <@ULENA> owes &lt;99&gt;", "URAE")
    assert "AI-0001" == await workshop.services.marks.pin(found, by=LENA)
    with pytest.raises(AlreadyDone):
        await workshop.services.marks.pin(found, by=OTTO)
    await react(workshop, channel_id, "pushpin", at=1)
    await react(workshop, channel_id, "pushpin", at=2, added=False)
    assert 1 == len(await lines(workshop, number))


async def test_the_shortcut_elsewhere_explains_itself(workshop: Workshop) -> None:
    """A message of another channel goes on no timeline."""
    await workshop.declare()
    with pytest.raises(BadInput, match="own channel"):
        await workshop.services.marks.pin(Seen("C0ELSEWHERE", TS, "lunch", "URAE"), by=LENA)


async def test_a_merged_incident_sends_notes_on(workshop: Workshop) -> None:
    """After a merge a note says where to write instead, and nothing is written."""
    first, second = await workshop.declare("one"), await workshop.declare("two")
    async with workshop.work() as unit:
        incident = await unit.incidents.get(first, lock=True)
        assert incident is not None
        incident.phase, incident.outcome, incident.merged_into_id = Phase.CLOSED, Outcome.MERGED, second
        incident.closed_at = workshop.clock.now()
    with pytest.raises(IllegalMove, match="AI-0002"):
        await workshop.services.timeline.note(first, "more", by=LENA, key="k")


async def test_a_note_is_written_once(workshop: Workshop) -> None:
    """The same submission twice is one line; an empty one says what is wanted."""
    number = await workshop.declare()
    for _ in range(2):
        await workshop.services.timeline.note(number, "vendor called back", by=LENA, key="V1")
    assert ["vendor called back"] == [line.text for line in await lines(workshop, number, EntryKind.NOTE)]
    with pytest.raises(BadInput):
        await workshop.services.timeline.note(number, "   ", by=LENA, key="V2")


async def test_pages_of_the_timeline_join_without_gap_or_double(workshop: Workshop) -> None:
    """Going back page by page meets every line exactly once, although many share one instant."""
    number = await workshop.declare()
    for i in range(40):
        await workshop.services.timeline.note(number, f"note {i}", by=LENA, key=f"k{i}")
    page = await workshop.services.timeline.page(number, by=LENA)
    texts = [line.text for line in page.lines]
    while page.older_than is not None:
        page = await workshop.services.timeline.page(number, by=LENA, before_id=page.older_than)
        texts = [line.text for line in page.lines] + texts
    async with workshop.work.read() as unit:
        whole = await unit.timeline.of(number)
    assert len(whole) == len(texts)
    assert [f"note {i}" for i in range(40)] == texts[-40:]


async def test_redaction_leaves_nothing_but_the_hash(workshop: Workshop) -> None:
    """A redacted message is gone from text, versions, files, line and exhibit, and never comes back."""
    number, channel_id = await incident_with(workshop, SECRET)
    first = event(channel_id, TS, SECRET)
    changed = event(channel_id, TS, SECRET + "!", edited={"user": "URAE", "ts": LATER})
    edit = event(channel_id, LATER, "", subtype="message_changed", message=changed, previous_message=first)
    await hear(workshop, edit)
    await react(workshop, channel_id, "pushpin", at=1)
    await react(workshop, channel_id, "receipt", at=2)
    await workshop.services.redaction.redact(number, channel_id, TS, "customer data", by=ADMIN)
    await hear(workshop, first, edit)
    await react(workshop, channel_id, "pushpin", "UOTTO", at=3)

    row, versions = await stored(workshop, channel_id, TS)
    (kept,) = await exhibits(workshop, number)
    assert ("", digest(SECRET + "!"), "person:UADMIN") == (row.text, row.sha256, row.redacted_by)
    assert [""] == [version.text for version in versions]
    assert ("", [], 64) == (kept.body, kept.files, len(kept.sha256))
    assert [] == await lines(workshop, number)
    async with workshop.work.read() as unit:
        everything = repr([*await unit.timeline.of(number), *await unit.messages.files_of(number)])
    assert "4111" not in everything
    assert "trace.json" not in everything
    (line,) = await lines(workshop, number, EntryKind.REDACTED)
    assert "customer data" == line.data["reason"]


async def test_redaction_asks_below_the_original_for_its_deletion(workshop: Workshop) -> None:
    """The bot cannot delete what others wrote: it asks, once, in the message's thread, and quotes nothing."""
    number, channel_id = await incident_with(workshop, SECRET)
    await workshop.services.redaction.redact(number, channel_id, TS, "customer data", by=ADMIN)
    await workshop.settle()
    (asked,) = [said for said in workshop.chat.said if isinstance(said.notice, RedactionAsk)]
    assert TS == asked.thread_ts
    assert "4111" not in repr(asked.notice)
    with pytest.raises(AlreadyDone):
        await workshop.services.redaction.redact(number, channel_id, TS, "again", by=ADMIN)


@pytest.mark.parametrize(
    ("link", "reason", "field"),
    [("what Rae wrote", "why", "link"), ("https://k.slack.com/archives/C0OTHER00/p1700000001000100", "why", "link")],
)
async def test_a_wrong_link_names_its_field(workshop: Workshop, link: str, reason: str, field: str) -> None:
    """What is no link, or leads elsewhere, is told under the field it is about."""
    number, _ = await incident_with(workshop)
    with pytest.raises(BadInput) as caught:
        await workshop.services.redaction.redact_link(number, link, reason, by=ADMIN)
    assert field == caught.value.field


async def test_only_role_holders_and_admins_redact(workshop: Workshop) -> None:
    """Whoever merely sees the incident may not redact, and hears who may."""
    number, channel_id = await incident_with(workshop)
    with pytest.raises(NotAllowed, match="holds a role"):
        await workshop.services.redaction.redact(number, channel_id, TS, "why", by=OTTO)


async def test_a_private_incidents_memory_is_closed_to_outsiders(workshop: Workshop) -> None:
    """Timeline, evidence, exhibits, notes and redaction answer an outsider as if there were no such incident."""
    number = await workshop.declare("Customer records", is_private=True)
    channel_id = await channel_of(workshop, number)
    await hear(workshop, event(channel_id, TS, SECRET))
    await react(workshop, channel_id, "receipt", "URAE", at=1)
    (kept,) = await exhibits(workshop, number)
    assert kept.id is not None
    services = workshop.services
    for attempt in (
        services.timeline.page(number, by=OTTO),
        services.timeline.note_form(number, by=OTTO),
        services.timeline.note(number, "hi", by=OTTO, key="k"),
        services.exhibits.list(number, by=OTTO),
        services.exhibits.show(kept.id, by=OTTO),
        services.redaction.form(number, by=OTTO),
        services.redaction.form_for(channel_id, TS, by=OTTO),
        services.marks.pin(Seen(channel_id, TS, SECRET), by=OTTO),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_the_reported_message_can_be_redacted_where_it_was_reported(workshop: Workshop) -> None:
    """An exhibit made from a message elsewhere is emptied by that message's link; nothing is posted over there."""
    source = SourceMessage("C0SUPPORT", TS, SECRET, "URAE", permalink="https://k.slack.com/x")
    number = await workshop.declare("It printed a card number", source=source)
    link = "https://k.slack.com/archives/C0SUPPORT/p1700000001000100"
    assert number == (await workshop.services.redaction.form_for("C0SUPPORT", TS, by=ADMIN)).summary.incident_id
    await workshop.services.redaction.redact_link(number, link, "customer data", by=ADMIN)
    await workshop.settle()
    (kept,) = await exhibits(workshop, number)
    assert ("", digest(SECRET)) == (kept.body, kept.sha256)
    assert [] == workshop.chat.in_channel("C0SUPPORT")
    with pytest.raises(AlreadyDone):
        await workshop.services.redaction.redact_link(number, link, "again", by=ADMIN)


async def test_a_pin_taken_back_at_once_leaves_no_line(workshop: Workshop) -> None:
    """When the emoji is gone again before its mark was placed, nothing is placed."""
    number, channel_id = await incident_with(workshop)
    for at, added in ((1, True), (2, False)):
        moment = instant_of(f"{1_700_000_100 + at}.000000")
        await workshop.services.capture.reacted(Reacted(channel_id, TS, "pushpin", "ULENA", moment, added))
    await workshop.settle()
    assert [] == await lines(workshop, number)
