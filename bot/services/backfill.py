"""Backfill: what was missed while nobody listened is read from Slack's own history, page by page, at Slack's pace.

A run reads the channel's pages, newest first, and every thread that may hold something new. Each page is one outbox
row in one lane for all channels, a pace apart; the row that read a page owes the next one in the transaction that
stores it, so a crash at any point goes on where it was. Slack is believed: a changed text is an edit, and a message
missing from a range shown whole is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import ChatRefused
from bot.domain.events import Fact, HistoryOwed, ThreadOwed
from bot.domain.incident import Phase, reference
from bot.domain.messages import Reacted, Seen, ts_of
from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from bot.services.capture import marked, meet
from bot.services.ports import Chat, HistoryPage
from bot.services.reaction import Attempt
from bot.services.reactions import REACTIONS
from bot.services.watching import AFTERMATH, has_rest, next_look, watched
from bot.services.work import Work, outbox_row
from storage.captures import Capture
from storage.store import Unit

PAGE = 200
LANE = "backfill"
PACE = timedelta(seconds=1.5)  # of 50 calls a minute, ten are left to those who look for one message
# Further runs wait for their turn in their captures: the outbox is for what is under way.
AHEAD, LOOKS = timedelta(minutes=5), 200
QUIET = timedelta(days=1)  # a thread silent for longer is read again only when its count of replies says so
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Range:
    """The part of a channel or thread that a page shows whole: from ``above`` up to, not including, ``below``."""

    above: str
    below: str | None


class Backfill:
    """Looks for gaps and fills them."""

    def __init__(self, work: Work, chat: Chat) -> None:
        self._work = work
        self._chat = chat

    async def check(self) -> None:
        """Something may have been missed (start, new connection): every living channel is to be read again."""
        async with self._work() as unit:
            await self._watch(unit)
            now = self._work.now()
            await unit.captures.want_all(now, now - AFTERMATH)

    async def tick(self) -> None:
        """Start the runs that are due."""
        async with self._work() as unit:
            now = self._work.now()
            due = await unit.captures.due(now, LOOKS)
            room = await self._room(unit) if due else 0
            for capture, phase, closed_at in due:
                capture.due_at = next_look(capture)
                if phase is Phase.CLOSED and has_rest(capture, closed_at, now):
                    capture.due_at = None  # until it is wanted, or the incident reopened
                elif capture.due_at <= now and room > 0:
                    await self._start(unit, capture)
                    room -= 1

    async def read_page(self, fact: HistoryOwed, _: Attempt) -> None:
        """Read one page of the channel, newest first."""
        step = f"page:{fact.page}"
        channel_id = await self._channel(fact.incident_id, fact.run, step)
        if channel_id is None:
            return
        as_of = self._work.now()
        try:
            page = await self._chat.history(channel_id, oldest=None, cursor=fact.cursor, limit=PAGE)
        except ChatRefused as refusal:
            await self._refused(fact.incident_id, fact.run, refusal)
            return
        async with self._work() as unit:
            capture = await self._owing(unit, fact.incident_id, fact.run, step)
            if capture is None:
                return
            oldest = min((seen.ts for seen in page.messages), default=None)
            await self._store(unit, capture, page, as_of)
            if oldest is not None:
                await self._notice_gone(unit, capture, page, Range(oldest, fact.before), None)
            follow: list[Fact] = await self._threads(unit, capture, page)
            if page.next_cursor:
                follow.append(
                    HistoryOwed(fact.incident_id, fact.run, fact.page + 1, page.next_cursor, oldest or fact.before)
                )
            await self._done(unit, capture, step, follow)

    async def read_thread(self, fact: ThreadOwed, _: Attempt) -> None:
        """Read one page of a thread, oldest first."""
        step = f"thread:{fact.thread_ts}:{fact.after}"
        channel_id = await self._channel(fact.incident_id, fact.run, step)
        if channel_id is None:
            return
        as_of = self._work.now()
        try:
            page = await self._chat.replies(channel_id, fact.thread_ts, cursor=fact.cursor, limit=PAGE)
        except ChatRefused as refusal:
            if refusal.code != "thread_not_found":
                await self._refused(fact.incident_id, fact.run, refusal)
                return
            page = HistoryPage((), None)
        async with self._work() as unit:
            capture = await self._owing(unit, fact.incident_id, fact.run, step)
            if capture is None:
                return
            newest = max((seen.ts for seen in page.messages), default=fact.after)
            await self._store(unit, capture, page, as_of)
            below = f"{newest}0" if page.next_cursor else None
            if page.messages:
                await self._notice_gone(unit, capture, page, Range(fact.after, below), fact.thread_ts)
            follow: list[Fact] = []
            if page.next_cursor:
                follow.append(ThreadOwed(fact.incident_id, fact.run, fact.thread_ts, page.next_cursor, newest))
            else:
                await self._thread_read(unit, capture, fact.thread_ts, newest)
            await self._done(unit, capture, step, follow)

    async def _watch(self, unit: Unit) -> None:
        now = self._work.now()
        unwatched = await unit.captures.unwatched(now - AFTERMATH)
        await unit.captures.watch([watched(incident_id, channel_id, now) for incident_id, channel_id in unwatched])

    async def _room(self, unit: Unit) -> int:
        """How many further runs the lane can begin within the next minutes."""
        now = self._work.now()
        last = await unit.outbox.last_due(LANE) or now
        return max(0, (now + AHEAD - max(now, last)) // PACE)

    async def _start(self, unit: Unit, capture: Capture) -> None:
        now = self._work.now()
        capture.run += 1
        capture.started_at = capture.progressed_at = now
        capture.wanted_at = None
        log.info("reading a channel's history", incident=reference(capture.incident_id), run=capture.run)
        await self._owe(unit, capture, [HistoryOwed(capture.incident_id, capture.run, 0, None, None)], keep=[])

    async def _channel(self, incident_id: int, run: int, step: str) -> str | None:
        """The channel to read, None when this step was done by an earlier try or its run is over."""
        async with self._work.read() as unit:
            capture = await unit.captures.get(incident_id)
        return capture.channel_id if capture and capture.run == run and step in capture.owed else None

    async def _owing(self, unit: Unit, incident_id: int, run: int, step: str) -> Capture | None:
        capture = await unit.captures.get(incident_id, lock=True)
        return capture if capture and capture.run == run and step in capture.owed else None

    async def _store(self, unit: Unit, capture: Capture, page: HistoryPage, as_of: datetime) -> None:
        """Take a page as Slack showed it at ``as_of``; what was heard since is newer and stays."""
        kept = [replace(seen, noticed_ts=ts_of(as_of)) for seen in page.messages if seen.is_kept]
        await unit.messages.take(capture.incident_id, kept, self._work.now())
        await meet(unit, capture.incident_id, (seen.author_id for seen in kept))
        for change in await self._reactions(unit, capture, kept, as_of):
            await marked(unit, capture.incident_id, change)

    async def _reactions(self, unit: Unit, capture: Capture, kept: Sequence[Seen], as_of: datetime) -> list[Reacted]:
        """Emoji that came or went unheard."""
        told = [seen for seen in kept if seen.reactions is not None]
        if not told:
            return []
        rows = await unit.reactions.on(capture.channel_id, [seen.ts for seen in told])
        known = {(row.ts, row.emoji, row.user_id) for row in rows if row.is_there}
        there = {
            (seen.ts, emoji, user) for seen in told for emoji, users in (seen.reactions or {}).items() for user in users
        }
        changes = [Reacted(capture.channel_id, *key, as_of, is_added=key in there) for key in sorted(there ^ known)]
        moved = {(row.ts, row.emoji, row.user_id) for row in await unit.reactions.change(capture.incident_id, changes)}
        return [change for change in changes if (change.ts, change.emoji, change.user_id) in moved]

    async def _notice_gone(
        self, unit: Unit, capture: Capture, page: HistoryPage, shown: Range, thread_ts: str | None
    ) -> None:
        # A tombstone is no message: it is what Slack leaves of a deleted one.
        gone = await unit.messages.mark_gone(
            capture.channel_id,
            thread_ts=thread_ts,
            above=shown.above,
            below=shown.below,
            present=[seen.ts for seen in page.messages if seen.is_kept],
            recorded_before=capture.started_at or self._work.now(),
            at=self._work.now(),
        )
        if gone:
            log.info("messages were deleted while nobody listened", incident=reference(capture.incident_id), count=gone)

    async def _threads(self, unit: Unit, capture: Capture, page: HistoryPage) -> list[Fact]:
        """The threads of this page that may hold what is not known yet."""
        parents = {seen.ts: seen for seen in page.messages if seen.reply_count}
        if not parents:
            return []
        rows = await unit.messages.expect(capture.incident_id, capture.channel_id, parents, self._work.now())
        known = await unit.messages.threads(capture.channel_id, parents)
        recent = ts_of(self._work.now() - QUIET)
        facts: list[Fact] = []
        for ts, parent in parents.items():
            count, newest = known.get(ts, (0, ""))
            latest = parent.latest_reply or ""
            rows[ts].reply_count = parent.reply_count
            is_whole = parent.reply_count in {count, rows[ts].replies_read} and latest <= max(newest, rows[ts].read_ts)
            if not is_whole or latest > recent:
                facts.append(ThreadOwed(capture.incident_id, capture.run, ts, None, ts))
        return facts

    async def _thread_read(self, unit: Unit, capture: Capture, thread_ts: str, newest: str) -> None:
        rows = await unit.messages.expect(capture.incident_id, capture.channel_id, {thread_ts}, self._work.now())
        rows[thread_ts].replies_read, rows[thread_ts].read_ts = rows[thread_ts].reply_count, newest

    async def _done(self, unit: Unit, capture: Capture, step: str, follow: Sequence[Fact]) -> None:
        now = self._work.now()
        capture.progressed_at = now
        await self._owe(unit, capture, follow, keep=[owed for owed in capture.owed if owed != step])
        if not capture.owed:
            capture.finished_at, capture.problem, capture.cursor = now, None, None
            capture.complete_through_ts = ts_of(capture.started_at or now)
            capture.due_at = next_look(capture)
            log.info("a channel's history is read", incident=reference(capture.incident_id), run=capture.run)

    async def _owe(self, unit: Unit, capture: Capture, facts: Sequence[Fact], *, keep: list[str]) -> None:
        """Write the rows that read on, each a pace after the one before, whichever channel that reads."""
        last = await unit.outbox.last_due(LANE) if facts else None
        now = self._work.now()
        for fact in facts:
            last = max(now, last + PACE) if last else now
            row = outbox_row(fact, REACTIONS[type(fact)][0], now)
            row.lane, row.due_at = LANE, last
            unit.outbox.add(row)
        capture.owed = [*keep, *(_step(fact) for fact in facts)]
        capture.is_running = bool(capture.owed)
        capture.due_at = next_look(capture)
        pages = [fact.cursor for fact in facts if isinstance(fact, HistoryOwed)]
        capture.cursor = pages[0] if pages else capture.cursor

    async def _refused(self, incident_id: int, run: int, refusal: ChatRefused) -> None:
        """Slack will not show its history: the run ends and people can read why. A cursor too old starts a new run."""
        async with self._work() as unit:
            capture = await unit.captures.get(incident_id, lock=True)
            if capture is None or capture.run != run:
                return
            capture.is_running, capture.owed, capture.cursor = False, [], None
            if refusal.code == "invalid_cursor":
                capture.wanted_at = capture.due_at = self._work.now()
                return
            capture.problem, capture.finished_at = refusal.code, self._work.now()
            capture.due_at = next_look(capture)
            await self._note_problem(unit, incident_id, refusal, self._work.now())

    async def _note_problem(self, unit: Unit, incident_id: int, refusal: ChatRefused, now: datetime) -> None:
        log.warning("a channel's history cannot be read", incident=reference(incident_id), reason=refusal.code)
        key = f"{incident_id}:problem:backfill:{refusal.code}"
        if await unit.timeline.by_source(key) is None:
            data = {"reaction": "backfill", "code": refusal.code}
            unit.timeline.note(
                incident_id, EntryKind.PROBLEM, str(refusal), by=ANDON, at=now, data=data, source_key=key
            )


def _step(fact: Fact) -> str:
    if isinstance(fact, ThreadOwed):
        return f"thread:{fact.thread_ts}:{fact.after}"
    if isinstance(fact, HistoryOwed):
        return f"page:{fact.page}"
    raise TypeError(f"{type(fact).__name__} is no step of a backfill")
