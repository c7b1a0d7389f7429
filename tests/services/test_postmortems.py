"""The draft: compiled from storage in a fixed number of statements, never over what people wrote, shared once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from bot.domain.errors import BadInput, ChatRefused, ChatUncertain, NotAllowed, NotFound
from bot.domain.incident import Severity
from bot.domain.notices.postmortem import DraftPost
from bot.domain.people import Actor
from bot.domain.postmortem import SectionKey
from bot.domain.timeline import EntryKind
from bot.services.review.items import Promise
from bot.services.settling import Settling
from storage.incidents import Incident
from storage.messages import Message
from storage.postmortems import PostmortemDraft
from tests.services.seats import seat
from tests.workshop import Workshop

RAE = Actor.person("URAE")


async def settle(workshop: Workshop) -> None:
    """Everything owed is carried out; what waits for people to have finished writing, too."""
    await workshop.settle()
    workshop.clock.forward(minutes=3)
    await workshop.settle()


async def compiled(workshop: Workshop, number: int) -> PostmortemDraft:
    """A fresh compile; the newest draft."""
    await workshop.services.postmortems.want(number, by=RAE)
    await settle(workshop)
    async with workshop.work.read() as unit:
        newest = await unit.postmortems.newest(number)
    assert newest is not None
    return newest


async def closed(workshop: Workshop, number: int, lead: Actor, note: str) -> PostmortemDraft:
    """The lead contains, resolves and closes it; the draft that this leaves."""
    await workshop.services.lifecycle.contain(number, "off", by=lead)
    await workshop.services.lifecycle.resolve(number, "evals pass", by=lead)
    await workshop.services.closing.close(number, note, by=lead)
    await settle(workshop)
    async with workshop.work.read() as unit:
        draft = await unit.postmortems.newest(number)
    assert draft is not None
    return draft


async def talk(workshop: Workshop, number: int, count: int, *, after: int = 0) -> None:
    """So many more messages in the channel, in threads of ten, by thirty people."""
    async with workshop.work() as unit:
        incident = await unit.incidents.get(number)
        assert incident is not None
        unit.session.add_all([_message(incident, workshop.clock.now(), index) for index in range(after, after + count)])


def _message(incident: Incident, now: datetime, index: int) -> Message:
    root = index - index % 10
    at = now + timedelta(seconds=index)
    return Message(
        incident_id=incident.key,
        channel_id=incident.channel_id or "",
        ts=f"{1800000000 + index}.000000",
        thread_ts=None if index == root else f"{1800000000 + root}.000000",
        author_id=f"UPERSON{index % 30}",
        text=f"message {index}",
        version="",
        sent_at=at,
        recorded_at=at,
        sha256="0" * 64,
    )


@contextmanager
def statements(workshop: Workshop) -> Iterator[list[str]]:
    """Everything the database is asked meanwhile."""
    said: list[str] = []

    def note(*arguments: object) -> None:
        said.append(str(arguments[2]))

    engine = workshop.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_the_number_of_statements_does_not_depend_on_the_messages(workshop: Workshop) -> None:
    """With 100 and with 10,000 messages the document takes the same few statements and not one call to Slack."""
    number = await workshop.declare()
    counts, calls = [], len(workshop.chat.calls)
    for before, total in ((0, 100), (100, 10_000)):
        await talk(workshop, number, total - before, after=before)
        with statements(workshop) as said:
            text = await workshop.services.postmortems.text("AI-0001", "json")
        counts.append(len(said))
        assert json.loads(text)["completeness"]["messages"] == total
    assert counts[0] == counts[1]
    assert counts[0] <= 28
    assert len(workshop.chat.calls) == calls


async def test_a_compile_posts_one_message_one_file_one_canvas(workshop: Workshop) -> None:
    """And the next compile, with something new, edits that message, writes that canvas and shares one more file."""
    number = await workshop.declare()
    first = await compiled(workshop, number)
    posts = [said for said in workshop.chat.said if isinstance(said.notice, DraftPost)]
    assert len(posts) == len(workshop.chat.shared) == len(workshop.chat.canvases) == 1
    assert isinstance(posts[0].now, DraftPost)
    assert posts[0].now.permalink == first.permalink
    await workshop.services.postmortems.write(number, SectionKey.ROOT_CAUSE, "No limit.", by=RAE, key="v1")
    second = await compiled(workshop, number)
    assert (second.version, second.message_ts, second.canvas_id) == (2, first.message_ts, first.canvas_id)
    assert len([said for said in workshop.chat.said if isinstance(said.notice, DraftPost)]) == 1
    assert len(workshop.chat.shared) == 2
    assert "No limit." in workshop.chat.canvases[second.canvas_id or ""]


async def test_two_compiles_before_anything_was_posted(workshop: Workshop) -> None:
    """Asked twice while Slack is slow: still one message and one canvas, and only the newest draft's file."""
    number = await workshop.declare()
    await workshop.services.postmortems.want(number, by=RAE)
    await workshop.services.postmortems.write(number, SectionKey.LUCKY, "It was Sunday.", by=RAE, key="v1")
    await workshop.services.postmortems.want(number, by=RAE)
    await settle(workshop)
    assert len([said for said in workshop.chat.said if isinstance(said.notice, DraftPost)]) == 1
    assert len(workshop.chat.canvases) == 1


async def test_nothing_new_makes_no_new_version(workshop: Workshop) -> None:
    """Compiling again without anything to add changes and shares nothing."""
    number = await workshop.declare()
    first = await compiled(workshop, number)
    again = await compiled(workshop, number)
    third = await compiled(workshop, number)
    assert third.id == again.id
    assert again.version <= first.version + 1  # the first compile is itself a line of the timeline
    assert len(workshop.chat.shared) == again.version


async def test_a_draft_is_compiled_once_however_the_program_ends(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the keeping of the draft and whatever comes after it, nothing compiles a second version."""

    async def killed(*_: object) -> None:
        """Nothing is settled any more."""

    number = await workshop.declare()
    await workshop.services.postmortems.want(number, by=RAE)
    monkeypatch.setattr(Settling, "done", killed)
    await workshop.outbox.drain()
    monkeypatch.undo()
    await workshop.outbox.recover()
    await settle(workshop)
    async with workshop.work.read() as unit:
        newest = await unit.postmortems.newest(number)
    assert newest is not None
    assert newest.version == 1


async def test_a_recompile_keeps_what_people_wrote(workshop: Workshop) -> None:
    """The newest version of each section stands in every later draft, with its author; older ones are kept."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    write = workshop.services.postmortems.write
    await write(number, SectionKey.ROOT_CAUSE, "A limit in the prompt only.", by=RAE, key="v1")
    await write(number, SectionKey.ROOT_CAUSE, "The tool took any percentage.", by=lena, key="v2")
    await write(number, SectionKey.ROOT_CAUSE, "The tool took any percentage.", by=lena, key="v2")
    for _ in range(2):
        text = (await compiled(workshop, number)).markdown
        assert "The tool took any percentage." in text
        assert "A limit in the prompt only." not in text
    form = await workshop.services.postmortems.section_form(number, SectionKey.ROOT_CAUSE, by=RAE)
    assert (form.text, form.written_by) == ("The tool took any percentage.", "person:ULENA")
    async with workshop.work.read() as unit:
        assert await unit.postmortems.section_by_source("v1") is not None


async def test_action_items(workshop: Workshop) -> None:
    """Due when policy says unless chosen; a second submission makes no second item; the past is refused."""
    number = await workshop.declare(severity=Severity.SEV1)
    workshop.person("ULENA")
    form = await workshop.services.action_items.form(number, by=RAE)
    assert form.due_at is not None
    assert timedelta(days=27) < form.due_at - workshop.clock.now() < timedelta(days=29)
    add = workshop.services.action_items.add
    wish = Promise("Limit prices in the tool", owner_id="ULENA", eval_added=True, due=form.due_at)
    for _ in range(2):
        await add(number, wish, by=RAE, key="v1")
    with pytest.raises(BadInput) as refused:
        await add(number, Promise("x", due=workshop.clock.now() - timedelta(days=1)), by=RAE, key="v2")
    assert refused.value.field == "due"
    text = (await compiled(workshop, number)).markdown
    assert text.count("| Limit prices in the tool") == 1


async def test_empty_and_endless_sections_are_refused(workshop: Workshop) -> None:
    """With a sentence under the field, and nothing is stored."""
    number = await workshop.declare()
    for text in ("  ", "x" * 20_001):
        with pytest.raises(BadInput) as refused:
            await workshop.services.postmortems.write(number, SectionKey.LUCKY, text, by=RAE, key="v1")
        assert refused.value.field == "text"
    async with workshop.work.read() as unit:
        assert not await unit.postmortems.sections(number)


async def test_a_lost_answer_shares_the_file_once(workshop: Workshop) -> None:
    """Slack shared it and its answer was lost: the second try finds it instead of sharing again."""
    number = await workshop.declare()
    workshop.chat.fail("share", ChatUncertain("no_answer"))
    await compiled(workshop, number)
    assert len(workshop.chat.shared) == 1
    assert workshop.chat.calls.count("share") == 2


async def test_a_workspace_without_canvases_is_no_problem(workshop: Workshop) -> None:
    """The file has it all; no line on the timeline complains."""
    number = await workshop.declare()
    workshop.chat.fail("channel_canvas", ChatRefused("team_tier_cannot_create_channel_canvases"))
    await compiled(workshop, number)
    assert len(workshop.chat.shared) == 1
    async with workshop.work.read() as unit:
        assert not [entry for entry in await unit.timeline.of(number) if entry.kind is EntryKind.PROBLEM]


async def test_what_is_redacted_leaves_every_draft(workshop: Workshop) -> None:
    """A pinned message stood in the draft; once redacted it is in no draft, no canvas and no file of Andon's."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    await talk(workshop, number, 3)
    ts = "1800000000.000000"
    async with workshop.work() as unit:
        incident = await unit.incidents.get(number)
        assert incident is not None
        unit.timeline.note(
            number,
            EntryKind.PINNED,
            "Dora Quist, 14 Alder Row",
            by=lena,
            at=workshop.clock.now(),
            channel_id=incident.channel_id,
            message_ts=ts,
        )
    first = await compiled(workshop, number)
    assert "Alder Row" in first.markdown
    await workshop.services.redaction.redact(number, incident.channel_id or "", ts, "a customer's address", by=lena)
    await settle(workshop)
    async with workshop.work.read() as unit:
        newest = await unit.postmortems.newest(number)
        old = await unit.postmortems.draft(first.key)
    assert newest is not None
    assert old is not None
    assert newest.version > first.version
    everything = [newest.markdown, old.markdown, *workshop.chat.canvases.values()]
    everything += [content for _, content in workshop.chat.files.values()]
    assert not [text for text in everything if "Alder Row" in text]
    for form in ("md", "html", "json"):
        assert "Alder Row" not in await workshop.services.postmortems.text("AI-0001", form)


async def test_the_command_line_gives_three_forms(workshop: Workshop) -> None:
    """Markdown, a page, data; an unknown reference says so."""
    await workshop.declare("It said <script>alert(1)</script> & more")
    text = workshop.services.postmortems.text
    assert (await text("AI-0001", "md")).startswith("# AI-0001")
    page = await text("ai-1", "html")
    assert "<script>alert" not in page
    assert json.loads(await text("AI-0001", "json"))["incident"]["reference"] == "AI-0001"
    with pytest.raises(NotFound, match="AI-0999"):
        await text("AI-0999", "md")


async def test_closing_compiles(workshop: Workshop) -> None:
    """Whoever closes gets a draft without asking; it says how the incident ended."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    draft = await closed(workshop, number, lena, "The limit is in the tool now.")
    assert "The limit is in the tool now." in draft.markdown


async def test_a_promise_that_was_never_kept_stays_one(workshop: Workshop) -> None:
    """The update that was due when it was resolved is counted as missed in the draft of what is closed, too."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    await workshop.services.updates.send(number, "We look into it.", by=lena, key="1")
    workshop.clock.forward(hours=30)
    draft = await closed(workshop, number, lena, "Over.")
    assert "1 of 2 on time" in draft.markdown


async def test_a_short_form_of_what_was_cancelled(workshop: Workshop) -> None:
    """What turned out to be none can still be written down when somebody asks; nothing is compiled by itself."""
    number = await workshop.declare()
    await workshop.services.closing.cancel(number, "a load test", by=RAE)
    await settle(workshop)
    assert not workshop.chat.shared
    assert "Not an incident: a load test" in (await compiled(workshop, number)).markdown


async def test_who_may_compile_and_write(workshop: Workshop) -> None:
    """The people involved; for anybody else a private incident does not exist."""
    public = await workshop.declare()
    secret = await workshop.declare("Zanzibar", is_private=True)
    otto = workshop.person("UOTTO")
    with pytest.raises(NotAllowed):
        await workshop.services.postmortems.want(public, by=otto)
    with pytest.raises(NotFound):
        await workshop.services.postmortems.want(secret, by=otto)
    with pytest.raises(NotFound):
        await workshop.services.postmortems.write(secret, SectionKey.LUCKY, "x", by=otto, key="v")
    await compiled(workshop, secret)
    async with workshop.work.read() as unit:
        incident = await unit.incidents.get(secret)
    assert incident is not None
    assert {channel for _, channel in workshop.chat.shared} == {incident.channel_id}
