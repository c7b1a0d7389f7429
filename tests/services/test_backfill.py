from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import ChatRateLimited, ChatRefused
from bot.domain.messages import MessageKind, Seen, instant_of, ts_of
from bot.domain.timeline import EntryKind
from bot.services.backfill import PACE
from bot.services.ports import HistoryPage
from storage.captures import Capture
from tests.services.test_capture import channel_of, completeness, event, hear, stored
from tests.workshop import Workshop


def said(channel_id: str, number: int, text: str = "", **more: object) -> Seen:
    seen = Seen(channel_id, f"17000{number:05d}.000100", text or f"message {number}", "URAE", reactions={})
    return replace(seen, **more)  # type: ignore[arg-type]


def paged(workshop: Workshop, key: str, *pages: list[Seen]) -> None:
    """What Slack answers, page by page."""
    last = len(pages) - 1
    workshop.chat.pages[key] = [
        HistoryPage(tuple(page), str(number + 1) if number < last else None) for number, page in enumerate(pages)
    ]


async def capture(workshop: Workshop, number: int) -> Capture:
    async with workshop.work.read() as unit:
        found = await unit.captures.get(number)
    assert found is not None
    return found


async def run(workshop: Workshop, *, seconds: int = 60) -> None:
    """Look for gaps, and let time pass until everything owed is read."""
    await workshop.services.backfill.check()
    await workshop.services.backfill.tick()
    for _ in range(seconds * 2):
        await workshop.settle()
        workshop.clock.forward(seconds=0.6)


async def missed(workshop: Workshop) -> tuple[int, str]:
    """An incident with two known messages, and downtime since."""
    number = await workshop.declare()
    channel_id = await channel_of(workshop, number)
    await hear(workshop, *(event(channel_id, said(channel_id, i).ts, f"message {i}") for i in (1, 2)))
    workshop.clock.forward(minutes=10)
    return number, channel_id


async def test_a_gap_is_filled_without_doubles(workshop: Workshop) -> None:
    """Messages written while nobody listened are read from history once, beside those known already."""
    number, channel_id = await missed(workshop)
    paged(workshop, channel_id, [said(channel_id, i) for i in (5, 4)], [said(channel_id, i) for i in (3, 2, 1)])
    await run(workshop)
    await run(workshop)
    async with workshop.work.read() as unit:
        assert [f"message {i}" for i in range(1, 6)] == [row.text for row in await unit.messages.of(number)]
    assert (await capture(workshop, number)).complete_through_ts is not None


async def test_edits_and_deletions_made_meanwhile_are_noticed(workshop: Workshop) -> None:
    """A newer text is a version; a message missing from a range shown whole is gone, and noticed only now."""
    number, channel_id = await missed(workshop)
    edited = said(channel_id, 1, "corrected", version="1700000300.000000")
    paged(workshop, channel_id, [said(channel_id, 3), edited, said(channel_id, 0, kind=MessageKind.SYSTEM)])
    await run(workshop)
    row, versions = await stored(workshop, channel_id, said(channel_id, 1).ts)
    assert ("corrected", ["message 1"]) == (row.text, [version.text for version in versions])
    gone, _ = await stored(workshop, channel_id, said(channel_id, 2).ts)
    assert gone.deleted_at is not None
    assert gone.is_deletion_noticed
    assert "message 2" == gone.text
    assert 0 == (await completeness(workshop, number)).threads_incomplete


async def test_nothing_outside_what_slack_shows_is_called_gone(workshop: Workshop) -> None:
    """Where Slack hides old history, what is older than its last page is not taken for deleted."""
    _, channel_id = await missed(workshop)
    paged(workshop, channel_id, [said(channel_id, 3), said(channel_id, 2)])
    await run(workshop)
    row, _ = await stored(workshop, channel_id, said(channel_id, 1).ts)
    assert row.deleted_at is None


async def test_what_is_heard_during_a_run_is_not_called_gone(workshop: Workshop) -> None:
    """A message that arrives live after Slack drew the page is no deletion."""
    number, channel_id = await missed(workshop)
    paged(workshop, channel_id, [said(channel_id, 2), said(channel_id, 1)])
    await workshop.services.backfill.check()
    await workshop.services.backfill.tick()
    workshop.clock.forward(seconds=1)
    await hear(workshop, event(channel_id, said(channel_id, 9).ts, "just now"))
    await workshop.settle()
    assert 0 == (await completeness(workshop, number)).deletions


async def test_threads_are_read_where_something_may_be_new(workshop: Workshop) -> None:
    """A thread whose count does not fit is read, page by page; one that is whole and quiet is left alone."""
    number, channel_id = await missed(workshop)
    reply = said(channel_id, 50, "in the thread", thread_ts=said(channel_id, 2).ts)
    other = said(channel_id, 51, "deeper", thread_ts=said(channel_id, 2).ts)
    parent = said(channel_id, 2, reply_count=2, latest_reply=other.ts)
    paged(workshop, channel_id, [parent, said(channel_id, 1)])
    paged(workshop, f"{channel_id}:{parent.ts}", [parent, reply], [other])
    await run(workshop)
    found = await completeness(workshop, number)
    assert (4, 1, 0) == (found.messages, found.threads, found.threads_incomplete)
    before = workshop.chat.calls.count("replies")
    await run(workshop)
    assert before == workshop.chat.calls.count("replies")


async def test_our_own_posts_in_a_thread_do_not_make_it_incomplete(workshop: Workshop) -> None:
    """Slack counts our own replies; we do not keep them, and still the thread is whole."""
    number, channel_id = await missed(workshop)
    ours = said(channel_id, 50, "ours", thread_ts=said(channel_id, 2).ts, kind=MessageKind.OWN)
    parent = said(channel_id, 2, reply_count=1, latest_reply=ours.ts)
    paged(workshop, channel_id, [parent, said(channel_id, 1)])
    paged(workshop, f"{channel_id}:{parent.ts}", [parent, ours])
    await run(workshop)
    assert 0 == (await completeness(workshop, number)).threads_incomplete
    before = workshop.chat.calls.count("replies")
    await run(workshop)
    assert before == workshop.chat.calls.count("replies")


async def test_pages_keep_slacks_pace_over_all_channels(workshop: Workshop) -> None:
    """However many channels are read, history is asked no oftener than leaves room for others."""
    for name in ("one", "two", "three"):
        channel_id = await channel_of(workshop, await workshop.declare(name))
        paged(workshop, channel_id, *[[said(channel_id, i)] for i in range(9, 0, -1)])
    workshop.clock.forward(minutes=10)
    await workshop.services.backfill.check()
    await workshop.services.backfill.tick()
    for second in range(30):
        await workshop.settle()
        assert workshop.chat.calls.count("history") <= second / PACE.total_seconds() + 1
        workshop.clock.forward(seconds=1)
    for _ in range(2):
        await run(workshop, seconds=20)
    assert 27 + 3 <= workshop.chat.calls.count("history")


async def test_a_run_goes_on_where_it_was(workshop: Workshop) -> None:
    """Rate limits and a crash after a page was stored delay a run; every page is stored once and none is skipped."""
    number, channel_id = await missed(workshop)
    paged(workshop, channel_id, *[[said(channel_id, i)] for i in (5, 4, 3)], [said(channel_id, 2), said(channel_id, 1)])
    workshop.chat.fail("history", ChatRateLimited(7))
    await workshop.services.backfill.check()
    await workshop.services.backfill.tick()
    for _ in range(6):
        await workshop.settle()
        workshop.clock.forward(seconds=1.3)
    first = await capture(workshop, number)
    assert first.is_running
    await workshop.services.backfill.tick()
    assert first.run == (await capture(workshop, number)).run
    await run(workshop, seconds=20)
    assert 5 == (await completeness(workshop, number)).messages


async def test_a_refusal_is_told_once_and_ends_the_run(workshop: Workshop) -> None:
    """When Slack will not show the history people can read why, once, and nothing hangs."""
    number, _ = await missed(workshop)
    workshop.chat.fail("history", *[ChatRefused("missing_scope", "needs the scope channels:history")] * 2)
    await run(workshop, seconds=3)
    await run(workshop, seconds=3)
    found = await capture(workshop, number)
    assert not found.is_running
    async with workshop.work.read() as unit:
        problems = [entry for entry in await unit.timeline.of(number) if entry.kind is EntryKind.PROBLEM]
    assert ["missing_scope"] == [problem.data["code"] for problem in problems]


async def test_an_expired_cursor_starts_over(workshop: Workshop) -> None:
    """A cursor Slack has forgotten costs a new run, not the rest of the history."""
    number, channel_id = await missed(workshop)
    paged(workshop, channel_id, [said(channel_id, 3)], [said(channel_id, 2), said(channel_id, 1)])
    workshop.chat.fail("history", ChatRefused("invalid_cursor"))
    await run(workshop, seconds=3)
    await workshop.services.backfill.tick()
    await run(workshop, seconds=10)
    assert 3 == (await completeness(workshop, number)).messages


async def test_marks_made_meanwhile_count(workshop: Workshop) -> None:
    """A 📌 put on while nobody listened makes its line, one taken off takes it away."""
    number, channel_id = await missed(workshop)
    pinned = said(channel_id, 2, reactions={"pushpin": ("ULENA",)})
    paged(workshop, channel_id, [pinned, said(channel_id, 1)])
    await run(workshop, seconds=3)
    async with workshop.work.read() as unit:
        assert 1 == len([e for e in await unit.timeline.of(number) if e.kind is EntryKind.PINNED])
    paged(workshop, channel_id, [said(channel_id, 2), said(channel_id, 1)])
    await run(workshop, seconds=3)
    async with workshop.work.read() as unit:
        assert [] == [e for e in await unit.timeline.of(number) if e.kind is EntryKind.PINNED]


async def test_a_new_channel_is_read_once_by_itself(workshop: Workshop) -> None:
    """Two minutes after a channel opens its first messages are looked for; then not again for hours."""
    number = await workshop.declare()
    await workshop.services.backfill.tick()
    await workshop.settle()
    assert 0 == workshop.chat.calls.count("history")
    for _ in range(10):
        workshop.clock.forward(minutes=3)
        await workshop.services.backfill.tick()
        await workshop.settle()
    assert 1 == workshop.chat.calls.count("history")
    workshop.clock.forward(hours=6)
    await workshop.services.backfill.tick()
    await workshop.settle()
    assert 2 == workshop.chat.calls.count("history")
    found = await capture(workshop, number)
    assert found.started_at is not None
    assert ts_of(found.started_at) == found.complete_through_ts
    assert instant_of(found.complete_through_ts) > found.since_at + timedelta(hours=5)


async def test_a_run_that_died_is_begun_again(workshop: Workshop) -> None:
    """A run without progress for an hour (its rows were given up) does not block the channel for ever."""
    number, channel_id = await missed(workshop)
    paged(workshop, channel_id, [said(channel_id, 2), said(channel_id, 1)])
    workshop.chat.fail("history", *[RuntimeError("bug")] * 5)  # type: ignore[list-item]
    await run(workshop, seconds=200)
    assert (await capture(workshop, number)).is_running
    workshop.clock.forward(minutes=61)
    await run(workshop, seconds=3)
    assert not (await capture(workshop, number)).is_running
