"""Slack's published rate limits per method, off until switched on; time is the workspace's clock."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

MINUTE = timedelta(minutes=1)
POSTING_BURST = 5


class Tier(Enum):
    """How many calls per minute one app may make to one method in one workspace; `POSTING` is per channel."""

    TIER1 = 1
    TIER2 = 20
    TIER3 = 50
    TIER4 = 100
    SPECIAL = 600
    POSTING = 60


class Limits:
    """Counts calls and says how long to wait. Switch on with `limits.on = True`."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.on = False
        self._now = now
        self._calls: dict[str, deque[datetime]] = defaultdict(deque)
        self._credit: dict[str, tuple[float, datetime]] = {}

    def wait(self, method: str, tier: Tier, channel: str = "") -> int:
        """Seconds the caller must wait; 0 means the call is let through and counted."""
        if not self.on:
            return 0
        if tier is Tier.POSTING:
            return self._wait_to_post(channel)
        return self._wait_in_window(method, tier.value)

    def _wait_in_window(self, method: str, most: int) -> int:
        now, calls = self._now(), self._calls[method]
        while calls and now - calls[0] >= MINUTE:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil((MINUTE - (now - calls[0])).total_seconds()))
        calls.append(now)
        return 0

    def _wait_to_post(self, channel: str) -> int:
        """One message a second per channel, with a small credit for bursts that fills up at the same pace."""
        now = self._now()
        credit, since = self._credit.get(channel, (float(POSTING_BURST), now))
        credit = min(float(POSTING_BURST), credit + (now - since).total_seconds())
        allowed = credit >= 1
        self._credit[channel] = (credit - 1 if allowed else credit, now)
        return 0 if allowed else max(1, math.ceil(1 - credit))
