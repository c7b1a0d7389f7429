"""Faults a test asks for: Slack saying 429 or 500, hanging, answering too late or not at all.

A fault names a Web API method (`chat.postMessage`), `upload` for file bytes, `response_url`, or `*` for every method.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.objects import Json

FaultKind = Literal[
    "rate_limited", "server_error", "hang", "hang_after", "lost_answer", "cut", "cut_before", "slow", "error"
]
AFTER = frozenset({"hang_after", "lost_answer", "cut"})  # the call has had its effect when these strike


@dataclass
class Fault:
    """One planned fault.

    rate_limited: 429 with `retry_after` seconds, no effect. server_error: 500, no effect. hang: no effect, no answer
    until the client gives up. hang_after: the same once the effect has happened. lost_answer: the effect happens, then
    500. cut: the effect happens, then the connection breaks without an answer. cut_before: the connection breaks, no
    effect. slow: `seconds` of real time pass first. error: `ok: false` with `code`, no effect.
    """

    method: str
    kind: FaultKind
    times: int
    retry_after: int
    seconds: float
    code: str
    where: Callable[[Json], bool] | None

    def fits(self, method: str, args: Json) -> bool:
        """Whether this fault is still to happen and meant for this call."""
        return self.times > 0 and self.method in ("*", method) and (self.where is None or self.where(args))


class Faults:
    """What will go wrong next, the latency that every call pays, and what the first call of a connection pays besides.

    Both are real seconds; the second stands for the handshakes of TCP and TLS, which loopback does not have. `struck`
    are the faults that came to pass, each noted at its moment: those after the effect once the effect has happened.
    """

    def __init__(self) -> None:
        self.latency = 0.0
        self.connecting = 0.0
        self.struck: list[tuple[str, FaultKind]] = []
        self._planned: list[Fault] = []

    def add(
        self,
        method: str,
        kind: FaultKind,
        times: int = 1,
        *,
        retry_after: int = 30,
        seconds: float = 0.0,
        code: str = "internal_error",
        where: Callable[[Json], bool] | None = None,
    ) -> None:
        """Plan a fault for the next `times` calls of a method whose arguments satisfy `where`."""
        self._planned.append(Fault(method, kind, times, retry_after, seconds, code, where))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._planned.clear()
        self.latency = self.connecting = 0.0

    def take(self, method: str, args: Json) -> Fault | None:
        """The fault for this call, used up by it."""
        fault = next((f for f in self._planned if f.fits(method, args)), None)
        if fault is not None:
            fault.times -= 1
        return fault
