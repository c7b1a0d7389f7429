"""What becomes of a reaction that failed: tried again, and when; told to people while it is tried on; or given up.

Slack's silence is outlasted for a day and our own faults for a few tries. What Slack never answers although it answers
everything else is *set aside*: people are told and its lane goes on, while it is tried on beside it.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import (
    ChatError,
    ChatRateLimited,
    ChatRefused,
    ChatUnavailable,
    ChatUncertain,
    StorageUnavailable,
)
from bot.services.leases import LeaseLost
from storage.owed import OutboxRow, OutboxState

PATIENCE = timedelta(hours=24)
DAM_PATIENCE = timedelta(minutes=5)
FOREIGN_PATIENCE = timedelta(minutes=10)
OWN_FAULT_TRIES = 5
# How the errors of a Slack that cannot be reached or does not answer begin, as they are kept with the row.
AWAY = ("unreachable", "no_answer", "http_5", "internal_error", "fatal_error", "request_timeout", "service_unavailable")
log = structlog.get_logger(__name__)


class NotYet(Exception):
    """The reaction needs something that is still being made (the channel); it is hurried when that is there."""


class NotUnderstood(Exception):
    """This version does not know the fact, the reaction or what the row says; another replica's version may."""


class Endless(Exception):
    """The reaction did not come to its end in time and was cut off."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to do with the row. ``due_at`` is None when it is over; ``is_clean``: the try surely had no effect."""

    state: OutboxState
    due_at: datetime | None
    said: str
    is_clean: bool = False
    may_be_set_aside: bool = False


def judge(row: OutboxRow, error: BaseException, now: datetime) -> Judgement:
    """What becomes of a row whose reaction raised this."""
    match error:
        case LeaseLost():
            return _again(now, row.last_error or str(error))
        case NotYet():
            return _again(now + timedelta(seconds=30), "", is_clean=True)
        case NotUnderstood() if now - row.created_at < FOREIGN_PATIENCE:
            return _again(now + timedelta(seconds=30), str(error), is_clean=True)
        case ChatRateLimited():
            return _again(now + timedelta(seconds=error.retry_after), str(error), is_clean=True)
        case ChatRefused():
            return Judgement(OutboxState.REFUSED, None, str(error))
        case ChatUnavailable() | ChatUncertain() | Endless() | StorageUnavailable() if now - row.created_at < PATIENCE:
            is_clean = isinstance(error, ChatUnavailable)
            is_aside = not isinstance(error, StorageUnavailable) and now - row.created_at >= DAM_PATIENCE
            due_at = now + backoff(row.attempts)
            return Judgement(OutboxState.PENDING, due_at, str(error), is_clean=is_clean, may_be_set_aside=is_aside)
        case _ if row.attempts - row.clean_attempts < OWN_FAULT_TRIES and not _is_outlasted(error):
            return _again(now + backoff(row.attempts), repr(error))
        case _:
            return Judgement(OutboxState.GIVEN_UP, None, str(error) or repr(error))


def note(row: OutboxRow, error: BaseException, judged: Judgement) -> None:
    """Log it, with a traceback where the fault is our own."""
    match error:
        case NotYet() | ChatRateLimited():
            return
        case ChatRefused():
            log.warning("reaction refused by Slack", code=error.code)
        case LeaseLost():
            log.warning("too late to act on this reaction; whoever has it now looks first", reason=str(error))
        case _ if judged.due_at is None:
            log.error("reaction given up", exc_info=error)
        case ChatError() | Endless() | StorageUnavailable() | NotUnderstood():
            log.warning("reaction not carried out; trying again", reason=str(error), attempt=row.attempts)
        case _:
            log.error("reaction failed; trying again", exc_info=error)


def is_ours_to_judge(error: BaseException) -> bool:
    """Whether the reaction raised this, rather than somebody who stops the program or this very task."""
    if isinstance(error, KeyboardInterrupt):
        return False
    task = asyncio.current_task()
    return not (isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling())


def code(error: BaseException) -> str:
    """The short word for what went wrong that a card shows; empty for our own faults."""
    if isinstance(error, Endless):
        return "no end"
    return error.code if isinstance(error, ChatError) else ""


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from half a second to a minute, with a little chance."""
    return timedelta(seconds=min(60.0, 0.5 * 2 ** min(attempts, 8)) * random.uniform(0.9, 1.1))


def _again(due_at: datetime, said: str, *, is_clean: bool = False) -> Judgement:
    return Judgement(OutboxState.PENDING, due_at, said, is_clean=is_clean)


def _is_outlasted(error: BaseException) -> bool:
    """Whether it was tried for as long as we have patience, or never will be understood."""
    return isinstance(error, ChatUnavailable | ChatUncertain | Endless | StorageUnavailable | NotUnderstood)
