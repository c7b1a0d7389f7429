"""What has newly appeared on people's screens by the app's doing: messages, direct messages, forms, joined people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.objects import Channel, Kind, Message
from bot.sandbox.reading import instant_of, read_view, see, see_ephemeral
from bot.sandbox.workspace import Workspace

READER = "UTC"
JOINS = ("channel_join", "group_join")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, in one line, with what there is to read."""

    at: datetime
    head: str
    body: str = ""


class Watcher:
    """Looks at the whole workspace and tells what is new since it looked last."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._app = workspace.app.name
        self._channels: set[str] = set(workspace.channels)
        self._texts: dict[tuple[str, str], str] = {}
        self._reactions: set[tuple[str, str, str]] = set()
        self._whispers = 0
        self._views: dict[str, str] = {}
        self._forms: set[str] = set()
        self.look()

    def look(self) -> list[Happening]:
        """What is new, in the order in which it happened."""
        found = [*self._opened(), *self._said(), *self._whispered(), *self._shown()]
        return sorted(found, key=lambda happening: happening.at)

    def _opened(self) -> Iterator[Happening]:
        for channel in list(self._workspace.channels.values()):
            if channel.id not in self._channels and not channel.direct:
                kind = "the private channel" if channel.kind is Kind.PRIVATE else "the channel"
                yield Happening(
                    self._workspace.instant(), f"{self._name(channel.creator)} opens {kind} #{channel.name}"
                )
            self._channels.add(channel.id)

    def _said(self) -> Iterator[Happening]:
        for channel in self._workspace.channels.values():
            joined: dict[datetime, list[str]] = {}
            for message in channel.messages.values():
                if message.subtype in JOINS:
                    self._note_join(message, joined)
                elif message.user == self._workspace.app.bot_user:
                    yield from self._spoken(channel, message)
                yield from self._confirmed(message)
            for at, names in joined.items():
                yield Happening(at, f"In #{channel.name} now: {', '.join(names)}")

    def _note_join(self, message: Message, joined: dict[datetime, list[str]]) -> None:
        key = (message.channel, message.ts)
        if key not in self._texts and message.user != self._workspace.app.bot_user:
            at = instant_of(message.ts).replace(microsecond=0)
            joined.setdefault(at, []).append(self._name(message.user))
        self._texts[key] = ""

    def _spoken(self, channel: Channel, message: Message) -> Iterator[Happening]:
        if message.subtype not in (None, "bot_message", "file_share", "thread_broadcast"):
            return
        key, text = (message.channel, message.ts), see(self._workspace, message, READER).text
        before = self._texts.get(key)
        self._texts[key] = text
        place = self._place(channel)
        below = " (in a thread)" if message.is_reply else ""
        if before is None:
            yield Happening(instant_of(message.ts), f"{self._app} {place}{below}", text)
        elif before != text:
            known = set(before.splitlines())
            changed = "\n".join(line for line in text.splitlines() if line not in known)
            title = text.splitlines()[0][:60] if text else ""
            yield Happening(self._workspace.instant(), f"{self._app} {place}: changes “{title}”", changed)

    def _place(self, channel: Channel) -> str:
        if not channel.direct:
            return f"in #{channel.name}"
        others = [self._name(user) for user in channel.members if user != self._workspace.app.bot_user]
        return f"to {' and '.join(others)}, as a direct message"

    def _confirmed(self, message: Message) -> Iterator[Happening]:
        for reaction in message.reactions:
            key = (message.channel, message.ts, reaction.name)
            if reaction.user == self._workspace.app.bot_user and key not in self._reactions:
                self._reactions.add(key)
                whose = self._name(message.user)
                yield Happening(self._workspace.instant(), f"{self._app} puts :{reaction.name}: on {whose}’s message")

    def _whispered(self) -> Iterator[Happening]:
        new = self._workspace.ephemerals[self._whispers :]
        self._whispers = len(self._workspace.ephemerals)
        for note in new:
            channel = self._workspace.channels[note.channel]
            head = f"Only {self._name(note.viewer)} sees, in #{channel.name}"
            yield Happening(instant_of(note.ts), head, see_ephemeral(self._workspace, note, READER).text)

    def _shown(self) -> Iterator[Happening]:
        for user in self._workspace.users:
            view = self._workspace.top_view(user)
            state = f"{view.id} {view.hash} {sorted(view.errors.items())}" if view else ""
            if view is None or self._views.get(user) == state:
                self._views[user] = state
                continue
            self._views[user] = state
            text = read_view(view, READER, self._workspace)
            title, _, rest = text.partition("\n")
            known = title in self._forms and not view.errors and "[Close]" not in text
            self._forms.add(title)
            head = f"{self._name(user)} sees the form “{title.strip('= ')}”"
            yield Happening(self._workspace.instant(), head, "" if known else rest)

    def _name(self, user: str) -> str:
        found = self._workspace.users.get(user)
        return found.first_name.capitalize() if found else user
