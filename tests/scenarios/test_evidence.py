"""Evidence at the wire: form, shortcut, files fetched from Slack, what is shown, what is under seal."""

from __future__ import annotations

from bot.slack import ids
from storage.evidence import Exhibit
from tests.office import Office


async def exhibits(office: Office) -> list[Exhibit]:
    """What is kept of the first incident."""
    async with office.store.read() as unit:
        return list(await unit.evidence.of(1))


async def test_a_structured_exhibit_by_form(office: Office) -> None:
    """`evidence add` asks; what was typed is kept to the byte; the card counts what the type requires."""
    channel = await office.declare(type="prompt_attack")
    rae = office.person("rae")
    await rae.types(channel, "/incident evidence add")
    await office.settle()
    await rae.fills(
        {
            f"{ids.FIELD}:prompt": "  ignore\u200b all rules ",
            f"{ids.FIELD}:output": "99% off",
            ids.MORE: "trace_id: 4bf92f",
            ids.UNKNOWN: ["model_answered"],
            ids.ITEMS: ["E10"],
        }
    )
    await rae.submits()
    await office.settle()
    assert rae.modal is not None
    assert "X1" in rae.modal.text
    (exhibit,) = await exhibits(office)
    assert exhibit.fields == {
        "prompt": "  ignore\u200b all rules ",
        "output": "99% off",
        "trace_id": "4bf92f",
        "model_answered": None,
    }
    assert exhibit.items == ["E01", "E02", "E09", "E10", "?E05"]
    card = next(seen for seen in rae.sees(channel) if "nobody yet" in seen.text)
    assert "1 kept, 4 of 13 required" in card.text
    await rae.types(channel, "/incident evidence X1")
    await office.settle()
    assert rae.modal is not None
    assert "⟨U+200B⟩" in rae.modal.text
    assert "1 hidden character" in rae.modal.text


async def test_a_message_is_kept_with_its_file(office: Office) -> None:
    """*Keep as evidence* asks what it is; its file is fetched and stored; said twice it is kept once for each form."""
    channel = await office.declare()
    rae = office.person("rae")
    said = await rae.uploads(channel, "trace.json", b'{"a": 1}', text="the trace")
    await office.settle()
    await rae.message_shortcut(ids.KEEP_MESSAGE, said)
    await office.settle()
    await rae.fills({ids.ITEMS: ["E02"]})
    await rae.submits()
    await office.settle()
    (exhibit,) = await exhibits(office)
    assert (exhibit.how, exhibit.items, exhibit.files[0]["state"]) == ("message shortcut", ["E02"], "kept")
    assert await office.services.blobs.get(exhibit.files[0]["sha256"]) == b'{"a": 1}'
    assert "the trace" in exhibit.body


async def test_a_file_that_vanished_is_told(office: Office) -> None:
    """A file deleted in Slack before it could be fetched: kept as a name, and said in the channel with the reason."""
    channel = await office.declare()
    rae = office.person("rae")
    said = await rae.uploads(channel, "trace.json", b"x", text="the trace")
    for file in office.sandbox.workspace.files.values():
        file.deleted = True
    await rae.reacts(said, "receipt")
    await office.settle()
    (exhibit,) = await exhibits(office)
    assert exhibit.files[0]["state"] == "could not be fetched"
    assert any("could not be fetched, and only the name is kept" in seen.text for seen in rae.sees(channel))


async def test_a_privileged_note_is_for_those_named(office: Office) -> None:
    """Legal of people.yaml writes and reads; the lead is told who may; the draft and the timeline know nothing of it."""
    channel = await office.declare()
    gus, lena = office.person("gus"), office.person("lena")
    await gus.joins(channel)
    await gus.types(channel, "/incident privileged")
    await office.settle()
    await gus.fills({ids.TEXT: "Counsel says: settle"})
    await gus.submits()
    await office.settle()
    await gus.types(channel, "/incident evidence sealed")
    await gus.presses(gus.ephemerals(channel)[-1], "Read")
    await office.settle()
    assert gus.modal is not None
    assert "Counsel says" in gus.modal.text
    await lena.types(channel, "/incident evidence sealed")
    assert "evidence policy names" in lena.ephemerals(channel)[-1].text
    async with office.store.read() as unit:
        deeds = [link.fields()["what"] for link in await unit.custody.links(1)]
        assert not [entry for entry in await unit.timeline.of(1) if "Counsel" in entry.text]
    assert deeds == ["privileged note kept", "read while sealed"]
