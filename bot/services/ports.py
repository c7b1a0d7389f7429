"""The two ports of Andon: the chat it speaks through and the clock it lives by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.messages import Seen
from bot.domain.notices import Notice
from bot.domain.people import Profile


class Clock(Protocol):
    """Tells the instant, in UTC."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands. ``is_found``: an earlier try posted it, and it shows what was true then."""

    channel_id: str
    ts: str
    is_found: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that exists."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Once:
    """What makes an act safe to repeat: a key that marks it, and whether an earlier try may have succeeded."""

    key: str
    look_first: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of a channel's past and where the next begins."""

    messages: tuple[Seen, ...]
    next_cursor: str | None


class Chat(Protocol):
    """Slack as Andon needs it. Every method raises :class:`bot.domain.errors.ChatError` and nothing else."""

    async def open_channel(self, name: str, *, is_private: bool, once: Once) -> Channel:
        """Make a channel. Raises ChatRefused("name_taken") when another than ours has the name."""

    async def invite(self, channel_id: str, user_ids: Sequence[str]) -> dict[str, str]:
        """Invite people; who is in already counts as invited. Gives Slack's reason for each who could not be."""

    async def post(self, channel_id: str, notice: Notice, *, once: Once, thread_ts: str | None = None) -> Posted:
        """Say something in a channel, exactly once for one key."""

    async def dm(self, user_id: str, notice: Notice, *, once: Once) -> Posted:
        """Say something to one person, exactly once for one key."""

    async def recall(self, place_id: str, *, once: Once, thread_ts: str | None = None) -> Posted | None:
        """What an earlier try may have said under this key in a channel or to a person; None when there is no doubt."""

    async def edit(self, posted: Posted, notice: Notice) -> None:
        """Replace one of our messages. Raises ChatRefused("message_not_found") when somebody deleted it."""

    async def whisper(self, channel_id: str, user_id: str, notice: Notice, *, thread_ts: str | None = None) -> None:
        """Say something only this person sees, there and now; delivery is not guaranteed."""

    async def pin(self, posted: Posted) -> None:
        """Pin a message; pinned already is fine."""

    async def set_topic(self, channel_id: str, notice: Notice, *, once: Once) -> None:
        """Set the channel's topic; the line that Slack writes about it comes once."""

    async def bookmark(self, channel_id: str, title: str, link: str) -> None:
        """Bookmark a link, once."""

    async def react(self, channel_id: str, ts: str, emoji: str) -> None:
        """Add a reaction; there already is fine."""

    async def unreact(self, channel_id: str, ts: str, emoji: str) -> None:
        """Take our reaction back; gone already is fine."""

    async def permalink(self, channel_id: str, ts: str) -> str:
        """The link to a message."""

    async def message(self, channel_id: str, ts: str, thread_ts: str | None = None) -> Seen | None:
        """One message as Slack has it now, None when it is gone or out of reach."""

    async def profile(self, user_id: str) -> Profile:
        """Who this is. Raises ChatRefused("user_not_found")."""

    async def find_by_email(self, email: str) -> Profile:
        """Who has this address. Raises ChatRefused("users_not_found")."""

    async def group_members(self, handle: str) -> list[str]:
        """The user ids in a user group named ``@handle``. Raises ChatRefused("no_such_subteam")."""

    async def find_channel(self, name: str) -> Channel | None:
        """The public channel of this name, if there is one."""

    async def archive(self, channel_id: str) -> None:
        """Archive a channel; archived already is fine."""

    async def history(self, channel_id: str, *, oldest: str | None, cursor: str | None, limit: int) -> HistoryPage:
        """A page of the channel's messages, newest first."""

    async def replies(self, channel_id: str, thread_ts: str, *, cursor: str | None, limit: int) -> HistoryPage:
        """A page of a thread, oldest first."""

    async def upload(self, name: str, content: str, title: str) -> str:
        """Send a text file's bytes; gives the file id to :meth:`share`."""

    async def share(
        self, file_id: str, channel_id: str, title: str, *, once: Once, thread_ts: str | None = None
    ) -> str:
        """Finish an upload by sharing it into a channel or thread, once; gives its permalink."""

    async def download(self, file_id: str, most: int) -> bytes:
        """The bytes of a file. ChatRefused for one that is gone, out of reach, or larger than ``most`` (too_large)."""

    async def delete_file(self, file_id: str) -> None:
        """Delete a file of ours, wherever it was shared; one that is gone already is fine."""

    async def channel_canvas(self, channel_id: str, markdown: str, *, known_id: str | None) -> str:
        """Write the channel's canvas, anew or over the old one; gives its id. ChatRefused where canvases are off."""

    async def publish_home(self, user_id: str, notice: Notice) -> None:
        """Show this on the person's App Home."""

    async def check(self) -> None:
        """Nothing, when Slack answers us at all; raises what it says instead."""
