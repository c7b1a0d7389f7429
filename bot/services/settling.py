"""How reactions end: written down with their outcome, however the database fares, and told where people must know.

What ends at once is written in one transaction. A database that is away for a moment is waited for; a row that cannot
be settled keeps its lease until that runs out, and is looked for then before it is repeated. When Slack is back after
an outage, what waits for its next try is due.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain.errors import ChatError, ChatUnavailable, ChatUncertain, StorageUnavailable
from bot.domain.events import ProblemNoted
from bot.domain.people import ANDON
from bot.domain.timeline import EntryKind
from bot.services.failing import AWAY, Judgement, code, judge, note
from bot.services.together import Together
from bot.services.work import Work
from storage.owed import OutboxRow
from storage.store import Unit

TRIES, PAUSE = 10, 0.5  # a database that restarts is back within these
CALL_BACK = timedelta(seconds=30)  # at most this often, or a row that Slack never answers would be tried all the time
log = structlog.get_logger(__name__)


class Settling:
    """Writes down how claimed rows went. ``check`` asks Slack whether it answers at all; it raises ChatError if not."""

    def __init__(self, work: Work, check: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._check = check
        self._done = Together(self._finish)
        self._hurried = False
        self._slack_away = False
        self._called_back_at: datetime | None = None
        self._suspects: set[int] = set()

    def hurry(self) -> None:
        """The program stops: a database that is away is not waited for any more."""
        self._hurried = True

    async def done(self, row: OutboxRow) -> None:
        """It was carried out."""
        await self._insist(lambda: self._done.add(row))

    async def failed(self, row: OutboxRow, error: BaseException) -> None:
        """It raised this."""
        judged = judge(row, error, self._work.now())
        note(row, error, judged)
        self._slack_away |= isinstance(error, ChatUnavailable | ChatUncertain)
        try:
            await self._settle_failure(row, error, judged)
        except Exception:
            log.exception("could not settle a failed reaction; its lease will run out and it is looked at again")

    async def look_for_slack(self) -> bool:
        """After an outage, ask whether Slack is back; if so, what waits for its next try is due, and True."""
        if not self._slack_away or not await self._slack_answers():
            return False
        async with self._work() as unit:
            await self._call_back(unit)
        return True

    async def _settle_failure(self, row: OutboxRow, error: BaseException, judged: Judgement) -> None:
        values: dict[str, Any] = {"state": judged.state, "last_error": judged.said}
        if judged.due_at is None:
            await self._settle_told(row, error, values | {"finished_at": self._work.now()})
            return
        values |= {"due_at": judged.due_at, "clean_attempts": row.clean_attempts + judged.is_clean}
        if row.lane is not None and ":" not in row.lane:
            values["lane"] = None  # a lane that has no owner, and that all share, is for those that get on
        if judged.may_be_set_aside and await self._is_row_at_fault(row):
            log.warning("set aside: Slack answers, but not this; its lane goes on", attempt=row.attempts)
            await self._settle_told(row, error, values | {"lane": None}, is_tried_on=True)
        else:
            await self._settle(row, **values)

    async def _finish(self, rows: Sequence[OutboxRow]) -> None:
        async with self._work() as unit:
            if await unit.outbox.finish(rows, self._work.now()) < len(rows):
                log.warning("lease lost; somebody else settles a reaction that was carried out here")
            if self._slack_away:
                await self._call_back(unit)
        self._suspects.difference_update(row.key for row in rows)

    async def _call_back(self, unit: Unit) -> None:
        """Something was carried out again: what waits because Slack was away need not wait any longer."""
        now = self._work.now()
        self._slack_away = False
        if self._called_back_at is None or abs(now - self._called_back_at) >= CALL_BACK:
            self._called_back_at = now
            await unit.outbox.hurry_failed(AWAY, now)

    async def _settle(self, row: OutboxRow, **values: Any) -> None:
        async def write() -> None:
            async with self._work() as unit:
                if not await unit.outbox.settle(row, **values):
                    log.warning("lease lost; somebody else settles this reaction")

        await self._insist(write)

    async def _insist(self, write: Callable[[], Awaitable[None]]) -> None:
        for tries_left in reversed(range(TRIES)):
            try:
                await write()
            except StorageUnavailable as error:
                if tries_left and not self._hurried:
                    await asyncio.sleep(PAUSE)
                    continue
                log.error("could not settle a reaction; it is looked at again later", reason=str(error))  # noqa: TRY400
            except Exception:
                log.exception("could not settle a reaction; it is looked at again later")
            return

    async def _settle_told(
        self, row: OutboxRow, error: BaseException, values: dict[str, Any], *, is_tried_on: bool = False
    ) -> None:
        """Settle, and write in the same transaction what people read on the timeline and the card."""
        async with self._work() as unit:
            if not await unit.outbox.settle(row, **values) or row.incident_id is None:
                return
            said = f"{code(error)}; still trying" if is_tried_on else code(error)
            unit.timeline.note(
                row.incident_id,
                EntryKind.PROBLEM,
                f"{row.reaction}: {error}",
                by=ANDON,
                at=self._work.now(),
                data={"reaction": row.reaction, "code": said},
                source_key=_aside_key(row) if is_tried_on else None,
            )
            if row.reaction != "cards.refresh":
                unit.tell(ProblemNoted(row.incident_id))

    async def _is_told(self, row: OutboxRow) -> bool:
        """Whether people know already that this one is tried on; what belongs to no incident has nobody to tell."""
        if row.incident_id is None:
            return row.lane is None
        async with self._work.read() as unit:
            return await unit.timeline.by_source(_aside_key(row)) is not None

    async def _is_row_at_fault(self, row: OutboxRow) -> bool:
        """Slack answers, and answered already when this failed the last time: it did not just come back in between."""
        if await self._is_told(row) or not await self._slack_answers():
            return False
        was_suspected = row.key in self._suspects
        self._suspects.add(row.key)
        return was_suspected

    async def _slack_answers(self) -> bool:
        try:
            await self._check()
        except ChatError:
            return False
        return True


def _aside_key(row: OutboxRow) -> str:
    return f"{row.incident_id}:aside:{row.key}"
