"""What has newly appeared on people's screens by the app's doing: messages, direct messages, forms, joined people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.drill.plain import listed, plain, short
from bot.sandbox.objects import Channel, Kind, Message
from bot.sandbox.reading import instant_of, read_view, see, see_ephemeral
from bot.sandbox.workspace import Workspace

READER = "UTC"
JOINS = ("channel_join", "group_join")
SPEECH = (None, "bot_message", "file_share", "thread_broadcast")
TITLE = 48
# In which order things of one second are told: the room, what is said in it, private words, small signs, forms.
OPENED, JOINED, SAID, CHANGED, TOLD, WHISPERED, SIGN, FORM = range(8)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, in one line, with what there is to read. ``reader`` has it as a direct message."""

    at: datetime
    head: str
    body: str = ""
    rank: int = SAID
    reader: str = ""


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
        return sorted(found, key=_order)

    def _opened(self) -> Iterator[Happening]:
        for channel in list(self._workspace.channels.values()):
            if channel.id not in self._channels and not channel.direct:
                kind = "the private channel" if channel.kind is Kind.PRIVATE else "the channel"
                who = self._app if channel.creator == self._workspace.app.bot_user else self._name(channel.creator)
                yield Happening(self._workspace.instant(), f"{who} opens {kind} #{channel.name}", rank=OPENED)
            self._channels.add(channel.id)

    def _said(self) -> Iterator[Happening]:
        for channel in self._workspace.channels.values():
            joined: dict[datetime, list[str]] = {}
            for message in channel.messages.values():
                if message.subtype in JOINS:
                    self._note_join(message, joined)
                elif message.user == self._workspace.app.bot_user and message.subtype in SPEECH:
                    yield from self._spoken(channel, message)
                yield from self._confirmed(message)
            for at, names in joined.items():
                yield Happening(at, f"{listed(names)} {_are(names)} in {short(channel.name)} now", rank=JOINED)

    def _note_join(self, message: Message, joined: dict[datetime, list[str]]) -> None:
        key = (message.channel, message.ts)
        if key not in self._texts and message.user != self._workspace.app.bot_user:
            at = instant_of(message.ts).replace(microsecond=0)
            joined.setdefault(at, []).append(self._name(message.user))
        self._texts[key] = ""

    def _spoken(self, channel: Channel, message: Message) -> Iterator[Happening]:
        key, text = (message.channel, message.ts), plain(see(self._workspace, message, READER).text)
        before = self._texts.get(key)
        self._texts[key] = text
        readers = [self._name(user) for user in channel.members if user != self._workspace.app.bot_user]
        reader = listed(readers) if channel.direct else ""
        place = (
            f"to {reader}" if reader else f"in {short(channel.name)}" + (", in a thread" if message.is_reply else "")
        )
        if before is None:
            rank = TOLD if reader else SAID
            yield Happening(instant_of(message.ts), f"{self._app} {place}", text, rank, reader)
        elif changed := _news(before, text):
            head = f"{self._app} {place}: “{_title(before)}” now says"
            yield Happening(self._workspace.instant(), head, changed, CHANGED, reader)

    def _confirmed(self, message: Message) -> Iterator[Happening]:
        for reaction in message.reactions:
            key = (message.channel, message.ts, reaction.name)
            if reaction.user == self._workspace.app.bot_user and key not in self._reactions:
                self._reactions.add(key)
                head = f"{self._app} puts {plain(f':{reaction.name}:')} on {self._name(message.user)}’s message"
                yield Happening(self._workspace.instant(), head, rank=SIGN)

    def _whispered(self) -> Iterator[Happening]:
        new = self._workspace.ephemerals[self._whispers :]
        self._whispers = len(self._workspace.ephemerals)
        for note in new:
            channel = self._workspace.channels[note.channel]
            head = f"{self._app} in {short(channel.name)}, for {self._name(note.viewer)} alone"
            text = plain(see_ephemeral(self._workspace, note, READER).text)
            yield Happening(instant_of(note.ts), head, text, WHISPERED)

    def _shown(self) -> Iterator[Happening]:
        for user in self._workspace.users:
            view = self._workspace.top_view(user)
            state = f"{view.id} {view.hash} {sorted(view.errors.items())}" if view else ""
            is_news, self._views[user] = self._views.get(user) != state, state
            if view is None or not is_news:
                continue
            title, _, rest = plain(read_view(view, READER, self._workspace)).partition("\n")
            is_known = title in self._forms and not view.errors and "[Close]" not in rest
            self._forms.add(title)
            if not is_known:
                head = f"{self._name(user)} has the form “{title.strip('= ')}” open"
                yield Happening(self._workspace.instant(), head, rest, FORM)

    def _name(self, user: str) -> str:
        found = self._workspace.users.get(user)
        return found.first_name.capitalize() if found else user


def _order(one: Happening) -> tuple[datetime, int, str, str]:
    """By the second and rank; private words side by side where they are alike, all else as it stands in its channel."""
    return one.at.replace(microsecond=0), one.rank, one.body if one.reader else "", one.reader


def _news(before: str, text: str) -> str:
    """The lines that were not there before; buttons alone are no news."""
    known = set(before.splitlines())
    return "\n".join(line for line in text.splitlines() if line not in known and not line.startswith("["))


def _title(text: str) -> str:
    first = text.partition("\n")[0]
    return first if len(first) <= TITLE else first[:TITLE].rstrip() + "…"


def _are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
