"""A Slack made of lists: the second living implementation of the Chat port. It records notices, never blocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.errors import ChatError, ChatRefused
from bot.domain.messages import Seen
from bot.domain.notices import Notice
from bot.domain.people import Profile
from bot.services.ports import Channel, HistoryPage, Once, Posted


@dataclass
class Said:
    """One message: where, to whom, what."""

    channel_id: str
    ts: str
    notice: Notice
    key: str = ""
    thread_ts: str | None = None
    edits: list[Notice] = field(default_factory=list)

    @property
    def now(self) -> Notice:
        """What it shows now."""
        return self.edits[-1] if self.edits else self.notice


class FakeChat:
    """Does what it is asked and remembers it; ``fail(method, error)`` makes the next call of a method raise."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.private: set[str] = set()
        self.members: dict[str, set[str]] = defaultdict(set)
        self.said: list[Said] = []
        self.whispers: list[tuple[str, str, Notice]] = []
        self.pins: set[tuple[str, str]] = set()
        self.topics: dict[str, Notice] = {}
        self.bookmarks: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.reactions: set[tuple[str, str, str]] = set()
        self.homes: dict[str, Notice] = {}
        self.people: dict[str, Profile] = {}
        self.groups: dict[str, list[str]] = {}
        self.files: dict[str, tuple[str, str]] = {}
        self.downloads: dict[str, bytes] = {}
        self.shared: list[tuple[str, str]] = []
        self.canvases: dict[str, str] = {}
        self.messages: dict[tuple[str, str], Seen] = {}
        self.pages: dict[str, list[HistoryPage]] = defaultdict(list)
        self.archived: set[str] = set()
        self.calls: list[str] = []
        self._failures: dict[str, list[ChatError]] = defaultdict(list)
        self._count = 0

    def fail(self, method: str, *errors: ChatError) -> None:
        """The next calls of this method raise these, one each."""
        self._failures[method].extend(errors)

    def in_channel(self, channel_id: str) -> list[Notice]:
        """What was said in a channel, as it reads now."""
        return [said.now for said in self.said if said.channel_id == channel_id]

    def dms(self, user_id: str) -> list[Notice]:
        """What was said to one person, as it reads now."""
        return self.in_channel(f"D{user_id}")

    async def open_channel(self, name: str, *, is_private: bool, once: Once) -> Channel:
        self._called("open_channel")
        if any(channel.name == name for channel in self.channels.values()):
            raise ChatRefused("name_taken")
        channel = Channel(f"C{self._next()}", name)
        self.channels[channel.id] = channel
        if is_private:
            self.private.add(channel.id)
        return channel

    async def invite(self, channel_id: str, user_ids: Sequence[str]) -> dict[str, str]:
        self._called("invite")
        refused = {u: "user_not_found" for u in user_ids if self.people and u not in self.people}
        self.members[channel_id] |= set(user_ids) - set(refused)
        return refused

    async def post(self, channel_id: str, notice: Notice, *, once: Once, thread_ts: str | None = None) -> Posted:
        self._called("post")
        return self._say(channel_id, notice, once, thread_ts)

    async def dm(self, user_id: str, notice: Notice, *, once: Once) -> Posted:
        self._called("dm")
        return self._say(f"D{user_id}", notice, once, None)

    async def recall(self, place_id: str, *, once: Once, thread_ts: str | None = None) -> Posted | None:
        self._called("recall")
        said = next((one for one in self.said if once.look_first and one.key == once.key), None)
        return Posted(said.channel_id, said.ts, is_found=True) if said else None

    async def edit(self, posted: Posted, notice: Notice) -> None:
        self._called("edit")
        for said in self.said:
            if (said.channel_id, said.ts) == (posted.channel_id, posted.ts):
                said.edits.append(notice)
                return
        raise ChatRefused("message_not_found")

    async def whisper(self, channel_id: str, user_id: str, notice: Notice, *, thread_ts: str | None = None) -> None:
        self._called("whisper")
        self.whispers.append((channel_id, user_id, notice))

    async def pin(self, posted: Posted) -> None:
        self._called("pin")
        self.pins.add((posted.channel_id, posted.ts))

    async def set_topic(self, channel_id: str, notice: Notice, *, once: Once) -> None:
        self._called("set_topic")
        self.topics[channel_id] = notice

    async def bookmark(self, channel_id: str, title: str, link: str) -> None:
        self._called("bookmark")
        if (title, link) not in self.bookmarks[channel_id]:
            self.bookmarks[channel_id].append((title, link))

    async def react(self, channel_id: str, ts: str, emoji: str) -> None:
        self._called("react")
        self.reactions.add((channel_id, ts, emoji))

    async def unreact(self, channel_id: str, ts: str, emoji: str) -> None:
        self._called("unreact")
        self.reactions.discard((channel_id, ts, emoji))

    async def permalink(self, channel_id: str, ts: str) -> str:
        self._called("permalink")
        return f"https://kestrel.example/archives/{channel_id}/p{ts.replace('.', '')}"

    async def message(self, channel_id: str, ts: str, thread_ts: str | None = None) -> Seen | None:
        self._called("message")
        return self.messages.get((channel_id, ts))

    async def profile(self, user_id: str) -> Profile:
        self._called("profile")
        if user_id not in self.people:
            raise ChatRefused("user_not_found")
        return self.people[user_id]

    async def find_by_email(self, email: str) -> Profile:
        self._called("find_by_email")
        for profile in self.people.values():
            if profile.email == email:
                return profile
        raise ChatRefused("users_not_found")

    async def group_members(self, handle: str) -> list[str]:
        self._called("group_members")
        if handle not in self.groups:
            raise ChatRefused("no_such_subteam")
        return self.groups[handle]

    async def find_channel(self, name: str) -> Channel | None:
        self._called("find_channel")
        return next((channel for channel in self.channels.values() if channel.name == name), None)

    async def archive(self, channel_id: str) -> None:
        self._called("archive")
        self.archived.add(channel_id)

    async def history(self, channel_id: str, *, oldest: str | None, cursor: str | None, limit: int) -> HistoryPage:
        self._called("history")
        return self._page(channel_id, cursor)

    async def replies(self, channel_id: str, thread_ts: str, *, cursor: str | None, limit: int) -> HistoryPage:
        self._called("replies")
        return self._page(f"{channel_id}:{thread_ts}", cursor)

    async def upload(self, name: str, content: str, title: str) -> str:
        self._called("upload")
        file_id = f"F{self._next()}"
        self.files[file_id] = (name, content)
        return file_id

    async def share(
        self, file_id: str, channel_id: str, title: str, *, once: Once, thread_ts: str | None = None
    ) -> str:
        self._called("share")
        if (file_id, channel_id) not in self.shared:
            self.shared.append((file_id, channel_id))
        return f"https://kestrel.example/files/{file_id}"

    async def download(self, file_id: str, most: int) -> bytes:
        self._called("download")
        if file_id not in self.downloads:
            raise ChatRefused("file_not_found")
        return self.downloads[file_id]

    async def delete_file(self, file_id: str) -> None:
        self._called("delete_file")
        self.files.pop(file_id, None)

    async def channel_canvas(self, channel_id: str, markdown: str, *, known_id: str | None) -> str:
        self._called("channel_canvas")
        canvas_id = known_id or f"F{self._next()}"
        self.canvases[canvas_id] = markdown
        return canvas_id

    async def publish_home(self, user_id: str, notice: Notice) -> None:
        self._called("publish_home")
        self.homes[user_id] = notice

    async def check(self) -> None:
        self._called("check")

    def _say(self, channel_id: str, notice: Notice, once: Once, thread_ts: str | None) -> Posted:
        if once.look_first:
            for said in self.said:
                if said.key == once.key:
                    return Posted(said.channel_id, said.ts, is_found=True)
        self.said.append(Said(channel_id, f"1700000000.{self._next():06d}", notice, once.key, thread_ts))
        return Posted(channel_id, self.said[-1].ts)

    def _page(self, key: str, cursor: str | None) -> HistoryPage:
        pages = self.pages[key]
        index = int(cursor or 0)
        return pages[index] if index < len(pages) else HistoryPage((), None)

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if self._failures[method]:
            raise self._failures[method].pop(0)

    def _next(self) -> int:
        self._count += 1
        return self._count
