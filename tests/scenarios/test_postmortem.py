"""The post-mortem on the wire: compiled, written, promised, shared; what is redacted or private stays where it is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from tests.office import Office, open_office
from tests.scenarios.seats import seat

PRIVATE = {"Who may see it?": "Only the people working on it"}
DRAFT = "Post-mortem draft"


@pytest.fixture
async def any_office(tmp_path: Path, database_url: str) -> AsyncIterator[Office]:
    """The office on SQLite, then on PostgreSQL."""
    async with open_office(tmp_path, database_url) as opened:
        yield opened


async def say(office: Office, person: Person, channel: str, line: str) -> None:
    """Type a line and let everything happen."""
    await person.types(channel, line)
    await office.settle()


async def compile_now(office: Office, person: Person, channel: str) -> str:
    """`/incident postmortem`; the text of the newest file in the channel."""
    await say(office, person, channel, "/incident postmortem")
    await office.forward(minutes=3)
    return files(office, channel)[-1]


def files(office: Office, channel: str) -> list[str]:
    """The drafts shared into a channel, oldest first."""
    found = office.sandbox.workspace.files.values()
    here = office.sandbox.channel(channel).id
    return [(one.content or b"").decode() for one in found if here in one.channels and one.name == "AI-0001.md"]


def message(person: Person, channel: str) -> Seen:
    """The one message of the draft."""
    (found,) = [seen for seen in person.sees(channel) if DRAFT in seen.text]
    return found


def called(office: Office, method: str) -> int:
    return sum(method in str(call) for call in office.sandbox.traffic)


async def test_a_whole_incident_becomes_a_draft_worth_reading(any_office: Office) -> None:
    """What was said, pinned, decided and asked stands in it with dates, people and links; it says what it lacks."""
    office = any_office
    channel = await office.declare(**{"Which AI system?": "Shop discount assistant", "What kind?": "prompt_attack"})
    lena = office.person("lena")
    await say(office, lena, channel, "/incident take lead")
    pinned = await lena.says(channel, "Orders run at 12 times the usual minute since 16:10")
    await lena.reacts(pinned, "pushpin")
    for line in (
        "/incident update Codes are being taken away.",
        "/incident sev 1 money is lost",
        "/incident contained 212 attacks, none got a code",
        "/incident resolved the limit is in the order service",
    ):
        await office.forward(minutes=7)
        await say(office, lena, channel, line)
    text = await compile_now(office, lena, channel)
    for words in (
        "# AI-0001 · The shop bot gives 99% off",
        "Shop discount assistant",
        "Orders run at 12 times the usual minute",
        "Severity changed from SEV2 to SEV1: money is lost",
        "212 attacks, none got a code",
        "| Lead      | Lena Voss",
        "Asked Lena Voss, because an incident was declared",
        "_Not written yet._",
        "## How complete this record is",
    ):
        assert words in text, words
    post = message(lena, channel)
    assert "Wanted from people" in post.text
    assert post.buttons == ("Write a section", "Add action item", "Compile again")
    assert [name for seen in lena.sees(channel, post) for name in seen.files] == ["AI-0001.md"]
    told = lena.ephemerals(channel)[-1]
    assert "compiled from the record" in told.text
    assert office.sandbox.channel(channel).canvas


async def test_people_write_and_a_compile_keeps_it(office: Office) -> None:
    """A section chosen in the form shows what stands there; saved, it is in every later draft with its author."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await compile_now(office, lena, channel)
    await lena.presses(message(lena, channel), "Write a section")
    await office.settle()
    await lena.fills({"Root cause": "The tool took any percentage. <!channel> <https://evil.example|look>"})
    await lena.submits()
    assert lena.modal is None
    await office.forward(minutes=3)
    await lena.presses(message(lena, channel), "Write a section")
    await office.settle()
    assert lena.modal is not None
    assert "The tool took any percentage." in str(lena.modal.view.blocks)
    assert "Last written by @Lena" in lena.modal.text
    await lena.chooses(lena.modal, "What went well")
    await office.settle()
    assert "The tool took any percentage." not in str(lena.modal.view.blocks)
    await lena.fills({"What went well": "The reporter pulled the cord at once."})
    await lena.submits()
    text = await compile_now(office, lena, channel)
    assert "The tool took any percentage." in text
    assert "The reporter pulled the cord at once." in text
    assert "](https://evil" not in text
    post = message(lena, channel)
    assert "Written: Root cause  ·  What went well" in post.text.replace("*", "")
    assert "version 3" in post.text


async def test_promises(office: Office) -> None:
    """An action item by form, with who and until when; due when policy says if nothing is chosen; none in the past."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await compile_now(office, lena, channel)
    await lena.presses(message(lena, channel), "Add action item")
    await office.settle()
    await lena.fills(text="Limit prices in the tool", owner="mateo", due=office.clock.now() - timedelta(days=2))
    await lena.submits()
    assert lena.modal is not None
    assert "in the past" in str(lena.modal.errors["due"])
    await lena.fills(due=office.clock.now() + timedelta(days=14), eval_added="Yes")
    await lena.submits()
    assert lena.modal is None
    await office.forward(minutes=3)
    assert "Action items: 1" in message(lena, channel).text.replace("*", "")
    assert "Limit prices in the tool" in files(office, channel)[-1]
    assert "Mateo Rojas" in files(office, channel)[-1]


async def test_closing_compiles(office: Office) -> None:
    """The draft appears by itself when the incident is closed, and can be written from then on."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    for line in ("contained off", "resolved evals pass", "close The limit is in the tool."):
        await say(office, lena, channel, f"/incident {line}")
    await office.settle()
    assert "Closing note by Lena Voss: The limit is in the tool." in files(office, channel)[-1]
    await lena.presses(message(lena, channel), "Write a section")
    await office.settle()
    assert lena.modal is not None


async def test_the_document_needs_no_slack(office: Office) -> None:
    """Thirty messages later: the calls of a compile are those that show it, and none that reads."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    for index in range(30):
        await lena.says(channel, f"message {index}")
    await office.settle()
    reading = ("conversations.history", "conversations.replies", "chat.getPermalink", "users.info")
    await office.forward(minutes=3)
    before = {method: called(office, method) for method in reading}
    await say(office, lena, channel, "/incident postmortem")
    assert len(files(office, channel)) == 1
    assert {method: called(office, method) for method in reading} == before


@pytest.mark.parametrize("kind", ["lost_answer", "cut"])
async def test_the_file_is_shared_once(office: Office, kind: str) -> None:
    """Slack shared it but the answer was lost on the way: there is one file all the same, and its link is known."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    office.sandbox.faults.add("files.completeUploadExternal", kind)  # type: ignore[arg-type]
    await say(office, lena, channel, "/incident postmortem")
    await office.forward(minutes=3)
    assert len(files(office, channel)) == 1
    shared = [name for seen in lena.sees(channel, message(lena, channel)) for name in seen.files]
    assert shared == ["AI-0001.md"]
    async with office.store.read() as unit:
        draft = await unit.postmortems.newest(1)
    assert draft is not None
    assert draft.permalink


async def test_a_free_workspace_has_no_canvas(office: Office) -> None:
    """The file is there, nothing complains."""
    office.sandbox.workspace.plan = "free"
    channel = await office.declare()
    lena = await seat(office, "lena")
    assert "AI-0001" in await compile_now(office, lena, channel)
    assert not office.sandbox.channel(channel).canvas
    await say(office, lena, channel, "/incident timeline")
    assert "canvas" not in lena.ephemerals(channel)[-1].text


async def test_redacted_text_is_in_no_draft(office: Office) -> None:
    """A pinned message is redacted after the draft was shared: new draft, old file gone, canvas rewritten."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    rae = office.person("rae")
    said = await rae.says(channel, "Customer Dora Quist, 14 Alder Row")
    await rae.reacts(said, "pushpin")
    await office.settle()
    assert "Alder Row" in await compile_now(office, lena, channel)
    await lena.message_shortcut("redact_message", said)
    await office.settle()
    await lena.fills(reason="A customer's address")
    await lena.submits()
    await office.forward(minutes=3)
    assert not [text for text in files(office, channel) if "Alder Row" in text]
    canvas = office.sandbox.workspace.canvases[office.sandbox.channel(channel).canvas or ""]
    assert "Alder Row" not in canvas.markdown
    assert "redacted" in files(office, channel)[-1]
    async with office.store.read() as unit:
        newest = await unit.postmortems.newest(1)
    assert newest is not None
    assert newest.version == 2


async def test_a_private_draft_stays_in_its_channel(office: Office) -> None:
    """The file is shared there and nowhere else; an outsider's command and press get nothing."""
    channel = await office.declare("Zanzibar records in an answer", **PRIVATE)
    lena = await seat(office, "lena")
    assert "**Private incident.**" in await compile_now(office, lena, channel)
    (file,) = [one for one in office.sandbox.workspace.files.values() if one.name == "AI-0001.md"]
    assert list(file.channels) == [office.sandbox.channel(channel).id]
    otto = office.person("otto")
    await say(office, otto, "support", "/incident postmortem AI-0001")
    assert "There is no such incident" in otto.ephemerals("support")[-1].text


async def test_outsiders_do_not_write(office: Office) -> None:
    """Somebody without a part in a public incident hears who may."""
    await office.declare()
    otto = office.person("otto")
    await say(office, otto, "support", "/incident postmortem AI-0001")
    assert "Only the people involved in the incident can write the post-mortem" in otto.ephemerals("support")[-1].text


async def test_the_command_line_prints_it(office: Office) -> None:
    """The same text in three forms, for whoever runs Andon."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    shared = await compile_now(office, lena, channel)
    text = office.services.postmortems.text
    assert (await text("AI-0001", "md")).splitlines()[0] == shared.splitlines()[0]
    assert json.loads(await text("AI-0001", "json"))["incident"]["title"] == "The shop bot gives 99% off"
    assert "<h1" in await text("AI-0001", "html")
