"""What is owed: the rows of the outbox, and the two statements that are asked all the time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Integer, Interval, Text, and_, bindparam, exists, func, or_, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.columns import BigId, JsonObject, words


class OutboxState(StrEnum):
    """Where a row stands; the first two are unfinished, the last two were told to a person."""

    PENDING = "pending"
    CLAIMED = "claimed"
    DONE = "done"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


UNFINISHED = (OutboxState.PENDING, OutboxState.CLAIMED)


class OutboxRow(SQLModel, table=True):
    """One reaction that is owed. Rows of one ``lane`` run one after another, all others side by side.

    ``attempts`` counts claims and ``clean_attempts`` those that surely had no effect: while they differ by more
    than the running one, an earlier try may have reached Slack.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "state", "due_at"), Index("ix_outbox_lane", "lane", "state", "id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    fact: str = Field(max_length=64)
    payload: dict[str, Any] = Field(sa_type=JsonObject)
    reaction: str = Field(max_length=64)
    lane: str | None = Field(default=None, max_length=64)
    state: OutboxState = Field(default=OutboxState.PENDING, sa_type=words(OutboxState))
    created_at: datetime
    due_at: datetime
    attempts: int = 0
    clean_attempts: int = 0
    claimed_by: str | None = Field(default=None, max_length=64)
    lease_until: datetime | None = None
    finished_at: datetime | None = None
    last_error: str | None = Field(default=None, sa_type=Text)

    @property
    def key(self) -> int:
        """The id of a stored row."""
        if self.id is None:
            raise ValueError("this row is not stored yet")
        return self.id

    @property
    def is_doubtful(self) -> bool:
        """Whether an earlier attempt may have reached Slack."""
        return self.attempts - 1 > self.clean_attempts


def _claim(*, is_sqlite: bool) -> Any:
    mine, earlier = aliased(OutboxRow), aliased(OutboxRow)
    now = bindparam("now", type_=UTCDateTime())
    clock: Any = now if is_sqlite else func.statement_timestamp()
    until: Any = bindparam("until", type_=UTCDateTime()) if is_sqlite else clock + bindparam("until", type_=Interval())
    blocked = exists().where(
        col(earlier.lane) == col(mine.lane), col(earlier.id) < col(mine.id), col(earlier.state).in_(UNFINISHED)
    )
    due = and_(
        col(mine.state).in_(UNFINISHED),
        col(mine.due_at) <= now,
        or_(col(mine.lease_until).is_(None), col(mine.lease_until) <= clock),
        ~blocked,
        col(mine.id).not_in(bindparam("besides", expanding=True)),
    )
    ids = select(mine.id).where(due).order_by(col(mine.id)).limit(bindparam("most", type_=Integer()))
    return (
        update(OutboxRow)
        .where(col(OutboxRow.id).in_(ids.with_for_update(skip_locked=True)))
        .values(
            state=OutboxState.CLAIMED,
            claimed_by=bindparam("me"),
            lease_until=until,
            attempts=col(OutboxRow.attempts) + 1,
        )
        .returning(OutboxRow)
        .execution_options(synchronize_session=False)
    )


def _finish() -> Any:
    claims = tuple_(col(OutboxRow.id), col(OutboxRow.attempts), col(OutboxRow.claimed_by))
    return (
        update(OutboxRow)
        .where(claims.in_(bindparam("claims", expanding=True)), col(OutboxRow.state) == OutboxState.CLAIMED)
        .values(state=OutboxState.DONE, finished_at=bindparam("now"), lease_until=None, last_error=None)
        .execution_options(synchronize_session=False)
    )


# To put them together each time would cost more than the database does.
CLAIM = {is_sqlite: _claim(is_sqlite=is_sqlite) for is_sqlite in (True, False)}
FINISH = _finish()
