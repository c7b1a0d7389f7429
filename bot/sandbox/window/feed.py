"""Who looks, and what each of them is told when something changes: exactly what they may see, nothing else.

Changes are gathered until the program that makes them comes to rest, then written down once for all who look.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator

from bot.sandbox.objects import Channel, Ephemeral, Json, Message, User, View
from bot.sandbox.traffic import Entry, Traffic
from bot.sandbox.window.desk import Desks
from bot.sandbox.window.shapes import crossing_shape, message_shape, view_shape
from bot.sandbox.window.unread import Unread
from bot.sandbox.window.watcher import Shown, Watcher
from bot.sandbox.workspace import Thing, Workspace

RECENT, RECENT_SECONDS = 300, 10.0
Event = tuple[str, str]


class Feed:
    """Everybody who looks. It hears of changes from the first look on; before that the workspace tells nobody."""

    def __init__(self, workspace: Workspace, traffic: Traffic, boot: str, backstage: Callable[[], Json | None]) -> None:
        self.unread = Unread(workspace)
        self._workspace, self._traffic, self._boot, self._backstage = workspace, traffic, boot, backstage
        self._desks = Desks(workspace, self.unread)
        self._watchers: list[Watcher] = []
        self._changed: dict[int, Thing] = {}
        self._recent: deque[tuple[float, Message | Ephemeral]] = deque(maxlen=RECENT)

    def listen(self) -> None:
        """Hear of changes from now on."""
        if self._workspace.changed != self.note:
            self._workspace.changed = self.note
            self._traffic.onlooker = self._cross

    def desk(self, user: User) -> Json:
        """One person's desk."""
        self.listen()
        return self._desks.desk(user) | {"backstage": self._backstage()}

    def open(self, user: User, *, traffic: bool) -> Watcher:
        """Somebody looks from now on; what happened just before, while they were coming, they are told, too."""
        self.listen()
        self._flush()
        watcher = Watcher(user, hears_traffic=traffic)
        watcher.begun()
        self._watchers.append(watcher)
        self.unread.watch(user.id)
        since = asyncio.get_running_loop().time() - RECENT_SECONDS
        for thing in {id(thing): thing for at, thing in self._recent if at >= since}.values():
            self._tell(thing, [watcher])
        watcher.wake()
        return watcher

    def close(self, watcher: Watcher) -> None:
        """They look away."""
        self._watchers.remove(watcher)
        if not any(other.user.id == watcher.user.id for other in self._watchers):
            self.unread.forget(watcher.user.id)

    def close_all(self) -> None:
        """Nobody is told anything any more."""
        for watcher in self._watchers:
            watcher.close()

    def read(self, user: User, channel: Channel, ts: str) -> None:
        """They have read a channel up to here."""
        self.unread.mark(user.id, channel, ts)
        for watcher in self._watchers:
            if watcher.user.id == user.id:
                watcher.is_desk_due = True
                watcher.wake()

    def backstage_changed(self) -> None:
        """What stands backstage is other than before."""
        for watcher in self._watchers:
            watcher.is_backstage_due = True
            watcher.wake()

    def note(self, thing: Thing) -> None:
        """Something changed; tell of it as soon as whoever changes things comes to rest."""
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._flush)
        self._changed[id(thing)] = thing

    def _flush(self) -> None:
        changed, self._changed = self._changed, {}
        now = asyncio.get_running_loop().time()
        for thing in changed.values():
            if isinstance(thing, Message | Ephemeral):
                self._recent.append((now, thing))
            self._tell(thing, self._watchers)

    def _tell(self, thing: Thing, watchers: list[Watcher]) -> None:
        match thing:
            case Message():
                self._tell_message(thing, watchers)
            case Ephemeral():
                self._tell_ephemeral(thing, watchers)
            case View():
                for watcher in watchers:
                    if watcher.user.id == thing.user:
                        watcher.are_surfaces_due = True
                        watcher.wake()
            case Channel():
                self._tell_channel(thing, watchers)

    def _tell_channel(self, channel: Channel, watchers: list[Watcher]) -> None:
        self._desks.changed(channel)
        for watcher in watchers:
            if not self._workspace.visible(channel, watcher.user.id):
                watcher.lose(channel.id)
            watcher.is_desk_due = True
            watcher.wake()

    def _tell_message(self, message: Message, watchers: list[Watcher]) -> None:
        channel = self._workspace.channels[message.channel]
        if message.ts in channel.pins:
            self._tell(channel, watchers)
        recounted = self.unread.note(channel, message)
        seeing = [one for one in watchers if self._workspace.visible(channel, one.user.id)]
        if not seeing:
            return
        there = message.ts in channel.messages
        shown = Shown(message_shape(self._workspace, message)) if there else None
        for watcher in seeing:
            watcher.is_desk_due = watcher.is_desk_due or watcher.user.id in recounted
            watcher.put_message(channel.id, message.ts, shown)

    def _tell_ephemeral(self, note: Ephemeral, watchers: list[Watcher]) -> None:
        seeing = [one for one in watchers if self.sees(one.user, note)]
        if not seeing:
            return
        there = self._workspace.ephemeral(note.ts, note.viewer) is not None
        shown = Shown(message_shape(self._workspace, note)) if there else None
        for watcher in seeing:
            watcher.put_message(note.channel, note.ts, shown)

    def sees(self, user: User, note: Ephemeral) -> bool:
        """Whether this ephemeral message is theirs, in a conversation they can see."""
        channel = self._workspace.channels[note.channel]
        return note.viewer == user.id and self._workspace.visible(channel, user.id)

    def _cross(self, entry: Entry) -> None:
        for watcher in self._watchers:
            if watcher.hears_traffic:
                watcher.put_crossing(entry)

    def events(self, watcher: Watcher) -> Iterator[Event]:
        """Take what waits for one reader, as named JSON."""
        channels = self._workspace.channels
        if any(self._workspace.visible(channels[lost], watcher.user.id) for lost in watcher.lost):
            watcher.look_again()
        if watcher.must_look_again:
            watcher.begun()
            yield self.hello()
        if watcher.is_desk_due:
            watcher.is_desk_due = False
            yield from self._desk_event(watcher)
        yield from self._news(watcher)

    def _news(self, watcher: Watcher) -> Iterator[Event]:
        for channel_id, messages in watcher.take_messages().items():
            if self._workspace.visible(self._workspace.channels[channel_id], watcher.user.id):
                yield "messages", _messages(channel_id, messages, watcher.user.id)
        if watcher.are_surfaces_due:
            watcher.are_surfaces_due = False
            text = json.dumps(self.surfaces(watcher.user))
            if watcher.is_news("surfaces", text):
                yield "surfaces", text
        for entry in watcher.take_crossings():
            yield "crossing", json.dumps(crossing_shape(entry, self._workspace.app))
        if watcher.is_backstage_due:
            watcher.is_backstage_due = False
            text = json.dumps(self._backstage())
            if watcher.is_news("backstage", text):
                yield "backstage", text

    def hello(self) -> Event:
        """Who speaks; whoever hears it looks at everything anew."""
        return "hello", json.dumps({"boot": self._boot})

    def _desk_event(self, watcher: Watcher) -> Iterator[Event]:
        desk = self._desks.desk(watcher.user)
        watcher.lost.clear()
        watcher.found = {channel["id"] for channel in desk["channels"]}
        if watcher.is_news("desk", json.dumps({**desk, "now": None})):
            yield "desk", json.dumps({**desk, "backstage": self._backstage()})

    def surfaces(self, user: User) -> Json:
        """The modals on somebody's screen, bottom to top, and the app's Home for them."""
        workspace = self._workspace
        modals = [view_shape(workspace, workspace.views[view]) for view in workspace.stacks.get(user.id, ())]
        home = workspace.homes.get(user.id)
        return {"modals": modals, "home": view_shape(workspace, home) if home else None}


def _messages(channel: str, messages: dict[str, Shown | None], viewer: str) -> str:
    upserts = ", ".join(shown.text(viewer) for _, shown in sorted(messages.items()) if shown)
    gone = json.dumps([ts for ts, shown in messages.items() if shown is None])
    return f'{{"channel": {json.dumps(channel)}, "upserts": [{upserts}], "gone": {gone}}}'
