"""Lists of incidents as one person may see them: the command's answer and App Home, from the same query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.events import Fact
from bot.domain.notices.home import ClosedLine, HomeScreen
from bot.domain.notices.incident import Summary
from bot.domain.notices.lists import IncidentList
from bot.domain.people import Actor
from bot.services.access import Access
from bot.services.channels import declarer_id
from bot.services.ports import Chat
from bot.services.reaction import Attempt
from bot.services.review.lines import line
from bot.services.summaries import summary
from bot.services.work import Work
from storage.incidents import Incident
from storage.screens import Board

SHOWN = 20
CLOSED_SHOWN = 5
PROMISES_SHOWN = 10
CLOSED_WITHIN = timedelta(days=30)


class Home:
    """Shows people what is going on. ``command`` is the slash command that the screens mention."""

    def __init__(self, work: Work, chat: Chat, access: Access, command: str) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._command = command

    async def listing(self, *, by: Actor, limit: int = SHOWN) -> IncidentList:
        """The open incidents the person may see, gravest first."""
        async with self._work.read() as unit:
            board = await unit.screens.board(by.id, sees_all=self._access.is_admin(by.id), limit=limit)
        rows = tuple(summary(row.incident, row.lead_id) for row in board.rows)
        return IncidentList(self._command, self._work.now(), rows, board.total - len(rows))

    async def screen(self, *, by: Actor) -> HomeScreen:
        """App Home: the person's own incidents, the other open ones, and those closed lately."""
        sees_all, now = self._access.is_admin(by.id), self._work.now()
        async with self._work.read() as unit:
            board = await unit.screens.board(by.id, sees_all=sees_all, limit=SHOWN, mine_first=True)
            closed = await unit.screens.closed(by.id, sees_all=sees_all, since=now - CLOSED_WITHIN, limit=CLOSED_SHOWN)
            own = await unit.action_items.seen_by(by.id, sees_all=sees_all, is_own=True, limit=PROMISES_SHOWN)
        return HomeScreen(
            command=self._command,
            now=now,
            mine=_rows(board, mine=True),
            others=_rows(board, mine=False),
            more=board.total - len(board.rows),
            closed=_closed(closed),
            promises=tuple(line(item, now, reference=incident.reference) for item, incident in own),
        )

    async def closed(self, *, by: Actor, limit: int = SHOWN) -> tuple[ClosedLine, ...]:
        """The incidents closed in the last thirty days that the person may see, latest first."""
        since, sees_all = self._work.now() - CLOSED_WITHIN, self._access.is_admin(by.id)
        async with self._work.read() as unit:
            found = await unit.screens.closed(by.id, sees_all=sees_all, since=since, limit=limit)
        return _closed(found)

    async def publish(self, user_id: str) -> None:
        """Show the person their Home as it is now."""
        await self._chat.publish_home(user_id, await self.screen(by=Actor.person(user_id)))

    async def refresh_declarer(self, fact: Fact, _: Attempt) -> None:
        """Whoever declared from Home sees the incident there without opening it again."""
        async with self._work.read() as unit:
            incident = await unit.incidents.get(fact.incident_id)
        user_id = declarer_id(incident) if incident else None
        if user_id is not None:
            await self.publish(user_id)


def _closed(found: Sequence[tuple[Incident, str | None]]) -> tuple[ClosedLine, ...]:
    return tuple(ClosedLine(summary(row), row.closed_at, link) for row, link in found if row.closed_at)


def _rows(board: Board, *, mine: bool) -> tuple[Summary, ...]:
    return tuple(summary(row.incident, row.lead_id) for row in board.rows if row.is_mine is mine)
