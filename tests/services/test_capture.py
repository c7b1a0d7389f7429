from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event as engine_events

from bot.domain.messages import Seen, instant_of
from bot.domain.people import Profile
from bot.slack import messages
from storage.captures import Completeness
from storage.messages import Message, MessageVersion
from tests.workshop import Workshop

EDIT_1, EDIT_2, GONE = "1700000050.000000", "1700000060.000000", "1700000070.000000"


def event(channel_id: str, ts: str, text: str, **more: Any) -> dict[str, Any]:
    return {"channel": channel_id, "user": "URAE", "text": text, "ts": ts, "event_ts": ts, **more}


def edit(channel_id: str, ts: str, text: str, at: str, before: dict[str, Any]) -> dict[str, Any]:
    inner = event(channel_id, ts, text, edited={"user": "URAE", "ts": at})
    return event(channel_id, at, "", subtype="message_changed", message=inner, previous_message=before)


def deletion(channel_id: str, ts: str, before: dict[str, Any] | None = None) -> dict[str, Any]:
    previous = {"previous_message": before} if before else {}
    return event(channel_id, GONE, "", subtype="message_deleted", deleted_ts=ts, **previous)


async def channel_of(workshop: Workshop, incident_id: int) -> str:
    async with workshop.work.read() as unit:
        incident = await unit.incidents.get(incident_id)
    assert incident is not None
    assert incident.channel_id is not None
    return incident.channel_id


async def hear(workshop: Workshop, *events: dict[str, Any]) -> None:
    for one in events:
        heard = messages.heard(one)
        assert heard is not None
        await workshop.services.capture.heard(heard)


async def stored(workshop: Workshop, channel_id: str, ts: str) -> tuple[Message, list[MessageVersion]]:
    async with workshop.work.read() as unit:
        row = await unit.messages.get(channel_id, ts)
        assert row is not None
        versions = [v for v in await unit.messages.versions_of(row.incident_id) if v.ts == ts]
    return row, versions


async def completeness(workshop: Workshop, incident_id: int) -> Completeness:
    async with workshop.work.read() as unit:
        return await unit.captures.completeness(incident_id)


async def test_any_order_and_any_repetition_of_events_is_one_record(workshop: Workshop) -> None:
    """A message, two edits and its deletion, in every order and each delivered twice, always make the same record."""
    channel_id = await channel_of(workshop, await workshop.declare())
    for number, order in enumerate(itertools.permutations(range(4))):
        ts = f"17000000{number:02d}.000100"
        first = event(channel_id, ts, "one")
        second = event(channel_id, ts, "two", edited={"user": "URAE", "ts": EDIT_1})
        story = [
            first,
            edit(channel_id, ts, "two", EDIT_1, first),
            edit(channel_id, ts, "three", EDIT_2, second),
            deletion(channel_id, ts),
        ]
        await hear(workshop, *[story[i] for i in order], *[story[i] for i in reversed(order)])
        row, versions = await stored(workshop, channel_id, ts)
        assert "three" == row.text, order
        assert instant_of(EDIT_2) == row.edited_at
        assert instant_of(GONE) == row.deleted_at
        assert [("", "one"), (EDIT_1, "two")] == [(v.version, v.text) for v in versions], order


async def test_a_deletion_before_its_message_is_remembered(workshop: Workshop) -> None:
    """What was deleted before it was heard is kept, and marked, once it is heard."""
    channel_id = await channel_of(workshop, await workshop.declare())
    ts = "1700000001.000100"
    await hear(workshop, deletion(channel_id, ts), event(channel_id, ts, "regretted"))
    row, _ = await stored(workshop, channel_id, ts)
    assert "regretted" == row.text
    assert row.deleted_at is not None


async def test_a_broadcast_reply_is_one_message(workshop: Workshop) -> None:
    """A reply also sent to the channel has one ts and is one message in its thread."""
    number = await workshop.declare()
    channel_id = await channel_of(workshop, number)
    reply = {"thread_ts": "1700000001.000100"}
    await hear(
        workshop,
        event(channel_id, "1700000001.000100", "parent"),
        event(channel_id, "1700000002.000100", "look", **reply),
        event(channel_id, "1700000002.000100", "look", subtype="thread_broadcast", **reply),
    )
    assert (2, 1) == ((found := await completeness(workshop, number)).messages, found.threads)


async def test_other_channels_are_dropped_after_one_look(workshop: Workshop) -> None:
    """A message of a channel that is no incident's costs one statement and leaves nothing."""
    await workshop.declare()
    statements: list[str] = []
    engine = workshop.database.engine.sync_engine
    engine_events.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    await hear(workshop, event("C0ELSEWHERE", "1700000001.000100", "lunch?"))
    assert 1 == len([s for s in statements if s.startswith("SELECT")])
    assert not [s for s in statements if not s.startswith(("SELECT", "BEGIN"))]


async def test_a_busy_message_costs_no_more_statements_than_a_quiet_one(workshop: Workshop) -> None:
    """However many files, versions and messages there are, taking one in is a fixed number of statements."""
    channel_id = await channel_of(workshop, await workshop.declare())
    counts = []
    statements: list[str] = []
    engine = workshop.database.engine.sync_engine
    engine_events.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    for files in (1, 10):
        statements.clear()
        shared = [{"id": f"F{files}{i}", "name": "log.txt"} for i in range(files)]
        await hear(
            workshop, event(channel_id, f"17000000{files:02d}.000100", "logs", subtype="file_share", files=shared)
        )
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


async def test_the_record_names_whoever_wrote(workshop: Workshop) -> None:
    """Authors not known yet are learned from Slack once; one whom Slack does not know is no problem."""
    channel_id = await channel_of(workshop, await workshop.declare())
    workshop.chat.people["UNEW"] = Profile("UNEW", "Nell New")
    await hear(workshop, event(channel_id, "1700000001.000100", "hi") | {"user": "UNEW"})
    await hear(workshop, event(channel_id, "1700000002.000100", "boo") | {"user": "UGHOST"})
    await workshop.settle()
    async with workshop.work.read() as unit:
        assert {"UNEW"} == set(await unit.people.names(["UNEW", "UGHOST"]))
        assert (await unit.outbox.troubled()) == []


async def test_a_database_that_fails_is_not_silent(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be stored raises, so that the event is not acknowledged and comes again."""
    channel_id = await channel_of(workshop, await workshop.declare())

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("storage.messages._absorb", broken)
    with pytest.raises(OSError, match="disk full"):
        await hear(workshop, event(channel_id, "1700000001.000100", "hi"))
    monkeypatch.undo()
    await hear(workshop, event(channel_id, "1700000001.000100", "hi"))
    row, _ = await stored(workshop, channel_id, "1700000001.000100")
    assert "hi" == row.text


async def test_the_whole_record_is_read_in_five_statements(workshop: Workshop) -> None:
    """Messages, versions, files, reactions and the count of all: one statement each, whatever their number."""
    number = await workshop.declare()
    channel_id = await channel_of(workshop, number)
    sightings = [Seen(channel_id, f"170000{i:04d}.000100", f"m{i}", "URAE") for i in range(300)]
    async with workshop.work() as unit:
        await unit.messages.take(number, sightings, workshop.clock.now())
    statements: list[str] = []
    engine = workshop.database.engine.sync_engine
    engine_events.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    async with workshop.work.read() as unit:
        found: Sequence[Message] = await unit.messages.of(number)
        await unit.messages.versions_of(number)
        await unit.messages.files_of(number)
        await unit.reactions.of(number)
        counts = await unit.captures.completeness(number)
    assert (300, 300) == (len(found), counts.messages)
    assert 5 == len([s for s in statements if s.startswith("SELECT")])
