"""What a story needs to be played: a workspace with people, a bot that comes to rest, and time that can be moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.sandbox.server import Sandbox


class World(Protocol):
    """A sandbox with an app installed, on one steered clock."""

    @property
    def sandbox(self) -> Sandbox:
        """The workspace and its people."""

    def now(self) -> datetime:
        """The instant it is there."""

    async def hears(self, source: str, body: str) -> str:
        """A machine sends this body to the door of a source of alerts; what it is answered.

        Raises:
            Impossible: the door does not take it.
        """

    async def settle(self) -> None:
        """Return when everything under way or due has come to its end."""

    async def until(self, instant: datetime, seen: Callable[[], None]) -> None:
        """Move time on to an instant; whatever falls due happens at its own time, and after each ``seen`` is called."""

    async def linger(self, span: timedelta, seen: Callable[[], None]) -> None:
        """A moment goes by after everything has settled: as ``until``, and not even looked at where nothing is due."""


class LiveWorld(World, Protocol):
    """A world whose bot works by itself, and can be hindered and killed."""

    @property
    def bot(self) -> Literal["running", "stopped", "starting"]:
        """Whether the bot runs."""

    @property
    def is_moving(self) -> bool:
        """Whether time is being moved now."""

    @property
    def time_runs(self) -> bool:
        """Whether time goes by itself."""

    def let_time_run(self, runs: bool) -> None:
        """Time goes by itself from now on, or stands still between moves."""

    async def next_due(self) -> datetime | None:
        """When anything that waits for its time next happens; None when nothing waits."""

    async def restart(self) -> None:
        """Kill the bot wherever it stands and start it anew on the same database and clock."""

    def keep_limits(self, keep: bool) -> None:
        """Slack's published limits hold from now on, and the bot keeps them; or neither."""

    async def hear_that_slack_is_back(self) -> None:
        """Have the bot try again at once what failed while Slack could not be reached."""


class House(Protocol):
    """Where one world follows the other at the same address."""

    @property
    def world(self) -> LiveWorld:
        """The present one."""

    async def renew(self, start: datetime | None = None) -> None:
        """A fresh world: at ``start``, where time stands still, or at the present instant, where it goes by itself."""
