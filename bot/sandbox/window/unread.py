"""Who has read how far, and what has come since. The workspace does not know; a client of it does.

Somebody's own message, or coming in, counts as having read up to there.
"""

from bot.sandbox.objects import Channel, Kind, Message
from bot.sandbox.reading import pings_of
from bot.sandbox.workspace import Workspace

EVERYBODY = {"here", "channel", "everyone"}
QUIET = ("channel_join", "group_join", "channel_leave", "group_leave", "tombstone")
Waiting = dict[str, bool]  # by ts, whether it mentions the reader


class Unread:
    """Marks of all people; counts are kept up for those who are `watched`, and counted anew for others."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._read: dict[tuple[str, str], str] = {}
        self._waiting: dict[str, dict[str, Waiting]] = {}

    def watch(self, user: str) -> None:
        """Keep counts up for this person."""
        self._waiting.setdefault(user, {})

    def forget(self, user: str) -> None:
        """Nobody watches them any longer."""
        self._waiting.pop(user, None)

    def counts(self, user: str, channel: Channel) -> tuple[int, int]:
        """How many messages wait in a channel, and how many of them mention the person; in a direct one all do."""
        if user not in channel.members:
            self._waiting.get(user, {}).pop(channel.id, None)
            return 0, 0
        if user not in self._waiting:
            waiting = self._scan(user, channel)
        elif channel.id in self._waiting[user]:
            waiting = self._waiting[user][channel.id]
        else:
            waiting = self._waiting[user][channel.id] = self._scan(user, channel)
        return len(waiting), len(waiting) if channel.kind is Kind.IM else sum(waiting.values())

    def _scan(self, user: str, channel: Channel) -> Waiting:
        since, waiting = self._read.get((user, channel.id), ""), Waiting()
        for message in reversed(channel.messages.values()):
            if message.ts <= since or _marks(message, user):
                break
            if _counts(message, user):
                waiting[message.ts] = self._pings(message, user, pings_of(message))
        return waiting

    def mark(self, user: str, channel: Channel, ts: str) -> None:
        """They have read up to here; a mark never goes back."""
        if ts <= self._read.get((user, channel.id), ""):
            return
        self._read[user, channel.id] = ts
        waiting = self._waiting.get(user, {}).get(channel.id, {})
        for old in [one for one in waiting if one <= ts]:
            del waiting[old]

    def note(self, channel: Channel, message: Message) -> set[str]:
        """A message came, changed or went; the answer is for whom of the watched the counts are other than before."""
        gone = message.ts not in channel.messages
        if _marks(message, message.user):  # be it gone by now: its author was there
            self.mark(message.user, channel, message.ts)
        changed, pings = {message.user}, None
        for user, channels in self._waiting.items():
            waiting = channels.get(channel.id)
            if waiting is None or message.ts <= self._read.get((user, channel.id), ""):
                continue
            if gone or not _counts(message, user):
                was = waiting.pop(message.ts, None)
                changed |= {user} if was is not None else set()
                continue
            pings = pings_of(message) if pings is None else pings
            waiting[message.ts] = self._pings(message, user, pings)
            changed.add(user)
        return changed & self._waiting.keys()

    def _pings(self, message: Message, user: str, pings: set[str]) -> bool:
        groups = {g.id for g in self._workspace.user_groups.values() if user in g.users}
        return bool(pings & (groups | EVERYBODY | {user}))


def _marks(message: Message, user: str) -> bool:
    return message.user == user and not message.is_reply


def _counts(message: Message, user: str) -> bool:
    shown = not message.is_reply or message.broadcast
    return shown and message.user != user and message.subtype not in QUIET
