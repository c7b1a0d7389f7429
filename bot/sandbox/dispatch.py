"""One thing on its way to the app, and what a transport reports about carrying it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.sandbox.objects import Json

Kind = Literal["events_api", "slash_commands", "interactive"]
# How long after each failure Slack tries an event again; after the last it gives up.
RETRY_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))


@dataclass
class Dispatch:
    """A payload with the fate of its delivery.

    `error` is what the person sees: `operation_timeout` (no answer in time) or `dispatch_failed` (app not reachable).
    `ack_seconds` is the real time to the acknowledgement, also of one that came too late to count.
    """

    kind: Kind
    name: str
    payload: Json
    attempt: int = 0
    acked: bool = False
    answer: Json = field(default_factory=dict)
    error: str | None = None
    reason: str = ""
    ack_seconds: float | None = None
    due_at: datetime | None = None

    @property
    def answers(self) -> bool:
        """Whether an acknowledgement may carry content, as Slack's `accepts_response_payload`."""
        return self.kind != "events_api"


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt; `reason` is Slack's word for a failure."""

    acked: bool
    answer: Json = field(default_factory=dict)
    reason: str = ""
    may_retry: bool = True


class Transport(Protocol):
    """Socket Mode or HTTP: carries one payload and waits for its acknowledgement."""

    async def carry(self, dispatch: Dispatch) -> Outcome:
        """Deliver once."""
        ...
