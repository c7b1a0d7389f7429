"""The outbox: one row per (fact, reaction), written in the transaction that made the fact true."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, union_all, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.owed import CLAIM, FINISH, UNFINISHED, OutboxRow, OutboxState

DOORBELL = "andon_outbox"  # where replicas on PostgreSQL hear each other ring


class Outbox:
    """Owed reactions: added with the fact, claimed under a lease, finished once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: OutboxRow) -> None:
        """Owe a reaction."""
        self._session.add(row)

    async def add_all(self, rows: Sequence[dict[str, Any]]) -> None:
        """Owe many, given as columns, in the order they are to run in."""
        if rows:
            await self._session.flush()  # they are about rows that may not be written yet
            await (await self._session.connection()).execute(insert(OutboxRow.__table__), list(rows))  # type: ignore[attr-defined]

    async def waiting(self, wanted: Collection[tuple[int | str, str]]) -> set[tuple[int | str, str]]:
        """Which of these (incident or lane, reaction) are owed and did nothing yet: still so when this unit ends."""
        found: set[tuple[int | str, str]] = set()
        for place, kind in ((col(OutboxRow.incident_id), int), (col(OutboxRow.lane), str)):
            if not (places := {where for where, _ in wanted if isinstance(where, kind)}):
                continue
            untouched = select(place, OutboxRow.reaction).where(
                place.in_(places),
                col(OutboxRow.reaction).in_({reaction for _, reaction in wanted}),
                col(OutboxRow.state) == OutboxState.PENDING,
                col(OutboxRow.attempts) == col(OutboxRow.clean_attempts),
            )
            found |= {(where, name) for where, name in await self._session.exec(untouched.with_for_update()) if where}
        return found

    async def is_owed(self, incident_id: int, reaction: str) -> bool:
        """Whether the reaction is still to be carried out, claimed or not."""
        query = select(OutboxRow.id).where(
            col(OutboxRow.incident_id) == incident_id,
            col(OutboxRow.reaction) == reaction,
            col(OutboxRow.state).in_(UNFINISHED),
        )
        return (await self._session.exec(query)).first() is not None

    async def claim(
        self, me: str, now: datetime, lease: timedelta, limit: int, besides: Sequence[int] = ()
    ) -> Sequence[OutboxRow]:
        """Take up to ``limit`` rows that are due, in order within their lane, under a lease of so long.

        Not those named ``besides``, which whoever asks is running, whatever a stepping clock says of their leases.
        """
        until = now + lease if self._is_sqlite else lease
        told = {"me": me, "now": now, "until": until, "most": limit, "besides": list(besides)}
        rows = (await self._session.exec(CLAIM[self._is_sqlite], params=told)).scalars().all()
        return sorted(rows, key=lambda row: row.key)

    async def extend(self, me: str, ids: Sequence[int], now: datetime, lease: timedelta) -> set[int]:
        """Hold these rows for so long from now on; which of them are still held by ``me``."""
        statement = (
            update(OutboxRow)
            .where(
                col(OutboxRow.id).in_(ids),
                col(OutboxRow.claimed_by) == me,
                col(OutboxRow.state) == OutboxState.CLAIMED,
            )
            .values(lease_until=self._lease_clock(now) + lease)
            .returning(col(OutboxRow.id))
            .execution_options(synchronize_session=False)
        )
        return set((await self._session.exec(statement)).scalars())

    async def settle(self, row: OutboxRow, **values: Any) -> bool:
        """Write how a claimed row went; False when its lease was lost and somebody else has it."""
        statement = (
            update(OutboxRow)
            .where(
                col(OutboxRow.id) == row.id,
                col(OutboxRow.claimed_by) == row.claimed_by,
                col(OutboxRow.attempts) == row.attempts,
                col(OutboxRow.state) == OutboxState.CLAIMED,
            )
            .values(lease_until=None, **values)
        )
        return bool((await self._session.exec(statement)).rowcount)

    async def finish(self, rows: Sequence[OutboxRow], now: datetime) -> int:
        """Write that claimed rows are done; how many were still ours, the others have been taken over."""
        claims = [(row.id, row.attempts, row.claimed_by) for row in rows]
        done = await self._session.exec(FINISH, params={"claims": claims, "now": now})
        return int(done.rowcount)

    async def free(self, now: datetime) -> int:
        """Let go of every lease: for the one program of a SQLite file, at its start. How many were held by the dead."""
        statement = update(OutboxRow).where(col(OutboxRow.state) == OutboxState.CLAIMED).values(lease_until=now)
        return (await self._session.exec(statement)).rowcount

    async def hurry_all(self, now: datetime) -> None:
        """Whatever is unfinished is due now: the instants it waits for are those of a clock that was set back."""
        waits = and_(col(OutboxRow.state).in_(UNFINISHED), col(OutboxRow.due_at) > now)
        await self._session.exec(update(OutboxRow).where(waits).values(due_at=now))

    async def clip(self, now: datetime, lease: timedelta) -> None:
        """No lease lasts longer than one begun now would, whatever clock it was begun by."""
        end = self._lease_clock(now) + lease
        endless = and_(col(OutboxRow.state) == OutboxState.CLAIMED, col(OutboxRow.lease_until) > end)
        await self._session.exec(update(OutboxRow).where(endless).values(lease_until=end))

    async def hurry(self, incident_id: int, now: datetime) -> None:
        """What waited for the incident's channel is due now."""
        await self._session.exec(
            update(OutboxRow)
            .where(
                col(OutboxRow.incident_id) == incident_id,
                col(OutboxRow.state) == OutboxState.PENDING,
                col(OutboxRow.due_at) > now,
            )
            .values(due_at=now)
        )

    async def hurry_failed(self, errors: Sequence[str], now: datetime) -> None:
        """What waits for its next try after an error that begins like one of these is due now."""
        await self._session.exec(
            update(OutboxRow)
            .where(
                col(OutboxRow.state) == OutboxState.PENDING,
                col(OutboxRow.due_at) > now,
                or_(*(col(OutboxRow.last_error).startswith(error, autoescape=True) for error in errors)),
            )
            .values(due_at=now)
            .execution_options(synchronize_session=False)
        )

    async def next_due(self, after: datetime | None = None) -> datetime | None:
        """When the earliest unclaimed row is due, or the earliest that is due after an instant."""
        query = select(func.min(OutboxRow.due_at)).where(col(OutboxRow.state) == OutboxState.PENDING)
        if after is not None:
            query = query.where(col(OutboxRow.due_at) > after)
        return (await self._session.exec(query)).one()

    async def last_due(self, lane: str) -> datetime | None:
        """When the latest row of a lane is or was due; what keeps a pace waits its interval after that."""
        is_here = col(OutboxRow.lane) == lane
        done_last = select(func.max(OutboxRow.id)).where(is_here, col(OutboxRow.state) == OutboxState.DONE)
        rows = select(OutboxRow.due_at).where(is_here)  # of a week's, those that may be the latest
        unfinished = rows.where(col(OutboxRow.state).in_(UNFINISHED))
        latest = union_all(unfinished, rows.where(col(OutboxRow.id) == done_last.scalar_subquery())).subquery()
        due_at: datetime | None = (await self._session.exec(select(func.max(latest.c.due_at)))).one()
        return due_at

    async def counts(self) -> dict[OutboxState, int]:
        """How many rows stand where."""
        query = select(OutboxRow.state, func.count()).group_by(col(OutboxRow.state))
        return {state: n for state, n in (await self._session.exec(query)).all() if isinstance(state, OutboxState)}

    async def troubled(self, limit: int = 50) -> Sequence[OutboxRow]:
        """Rows that were refused or given up, newest first."""
        query = (
            select(OutboxRow)
            .where(col(OutboxRow.state).in_((OutboxState.REFUSED, OutboxState.GIVEN_UP)))
            .order_by(col(OutboxRow.id).desc())
            .limit(limit)
        )
        return (await self._session.exec(query)).all()

    async def unfinished_since(self, before: datetime, limit: int = 50) -> Sequence[OutboxRow]:
        """Rows owed before this instant and still not done, oldest first."""
        query = (
            select(OutboxRow)
            .where(col(OutboxRow.state).in_(UNFINISHED), col(OutboxRow.created_at) < before)
            .order_by(col(OutboxRow.id))
            .limit(limit)
        )
        return (await self._session.exec(query)).all()

    async def sweep(self, before: datetime) -> int:
        """Forget finished rows older than ``before``; how many went."""
        statement = delete(OutboxRow).where(
            col(OutboxRow.state) == OutboxState.DONE,
            col(OutboxRow.due_at) < before,  # it was due before it was done, and by that there is an index
            col(OutboxRow.finished_at) < before,
        )
        return (await self._session.exec(statement)).rowcount

    async def ring(self) -> None:
        """Wake the workers of other replicas when this unit commits; many rings of one unit are one."""
        if self._session.get_bind().dialect.name == "postgresql":
            await self._session.exec(select(func.pg_notify(DOORBELL, "")))

    @property
    def _is_sqlite(self) -> bool:
        return self._session.get_bind().dialect.name == "sqlite"

    def _lease_clock(self, now: datetime) -> Any:
        """Replicas hold their leases by one clock, the database's; a single machine has but its own."""
        return now if self._is_sqlite else func.statement_timestamp()
