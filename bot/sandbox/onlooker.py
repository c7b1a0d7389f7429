"""What one member of the workspace can look at: channels, threads, modals, the Home tab, direct messages."""

from collections.abc import Iterable

from bot.sandbox.modal import Home, Modal
from bot.sandbox.objects import Channel, Ephemeral, Json, Kind, Message, User, View
from bot.sandbox.reading import Seen, all_blocks, see, see_ephemeral
from bot.sandbox.refusal import Impossible
from bot.sandbox.workspace import Workspace

On = Message | Seen
Where = Message | Ephemeral | Seen | Modal | Home | View


class Onlooker:
    """The eyes of one member; sees what Slack would show them and nothing else."""

    def __init__(self, workspace: Workspace, user: User) -> None:
        self.user, self.id, self.name = user, user.id, user.first_name
        self._workspace = workspace

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def modal(self) -> Modal | None:
        """The topmost open modal."""
        view = self._workspace.top_view(self.id)
        return Modal(view, self.user.tz, self._workspace) if view else None

    @property
    def home(self) -> Home | None:
        """The app's Home tab as published for this person."""
        view = self._workspace.homes.get(self.id)
        return Home(view, self.user.tz, self._workspace) if view else None

    @property
    def direct_messages(self) -> list[Seen]:
        """Everything in the direct conversation with the app, oldest first, threads included."""
        wanted = {self.id, self._workspace.app.bot_user}
        talks = [c for c in self._workspace.channels.values() if c.kind is Kind.IM and set(c.members) == wanted]
        return [see(self._workspace, m, self.user.tz) for c in talks for m in c.messages.values()]

    @property
    def app_channel(self) -> Channel:
        """The direct conversation with the app, to type into."""
        return self._workspace.direct(self._workspace.app.bot_user, self.id)

    def ephemerals(self, channel: str | Channel | None = None) -> list[Seen]:
        """Messages only this person sees, of one channel or all, oldest first."""
        only = self._channel(channel).id if channel else None
        mine = [e for e in self._workspace.ephemerals if e.viewer == self.id and only in (None, e.channel)]
        return [see_ephemeral(self._workspace, e, self.user.tz) for e in mine]

    def sees(self, channel: str | Channel, thread: On | None = None) -> list[Seen]:
        """The channel's messages (or one thread's), oldest first, and nothing where this person may not look."""
        where = self._channel(channel)
        found: Iterable[Message] = where.messages.values()
        if thread is not None:
            root = thread.thread_ts or thread.ts
            found = [m for m in found if root in (m.ts, m.thread_ts)]
        else:
            found = [m for m in found if not m.is_reply or m.broadcast]
        return [see(self._workspace, m, self.user.tz) for m in found]

    @property
    def sidebar(self) -> list[str]:
        """Names of the channels this person can find: those they are in and, but for guests, public ones; live ones."""
        channels = self._workspace.channels.values()
        found = [c for c in channels if not c.direct and not c.archived and self._workspace.visible(c, self.id)]
        return [c.name for c in found]

    def _check_active(self) -> None:
        if self.user.deleted:
            raise Impossible(f"{self.name} is deactivated")

    def _channel(self, channel: str | Channel) -> Channel:
        """A channel this person can look into."""
        found = channel
        if isinstance(found, str):
            named = self._workspace.channels.get(found) or self._workspace.channel_by_name(found)
            if named is None:
                raise Impossible(f"There is no channel {channel!r}")
            found = named
        if not self._workspace.visible(found, self.id):
            raise Impossible(f"{self.name} cannot see #{found.name}")
        return found

    def _writable(self, channel: str | Channel) -> Channel:
        self._check_active()
        found = self._channel(channel)
        if self.id not in found.members:
            raise Impossible(f"{self.name} is not in #{found.name}")
        if found.archived:
            raise Impossible(f"#{found.name} is archived")
        return found

    def _message(self, on: On) -> Message:
        self._check_active()
        self._channel(on.channel)
        message = self._workspace.message(on.channel, on.ts)
        if message is None:
            raise Impossible("That message is gone")
        return message

    def _live(self, on: On) -> Message:
        """A message that can still be changed: its channel is not archived."""
        message = self._message(on)
        channel = self._workspace.channels[message.channel]
        if channel.archived:
            raise Impossible(f"#{channel.name} is archived")
        return message

    def _own(self, on: On) -> Message:
        message = self._live(on)
        if message.user != self.id:
            raise Impossible(f"That message is not {self.name}'s")
        return message

    def _surface(self, where: Where) -> tuple[Message | Ephemeral | View, list[Json]]:
        """The live thing behind what a person looks at, with its blocks as they are now."""
        self._check_active()
        if isinstance(where, Home):
            return where.view, where.view.blocks
        if isinstance(where, View):
            return self._own_view(where), where.blocks
        if isinstance(where, Ephemeral) or (isinstance(where, Seen) and where.ephemeral):
            note = self._workspace.ephemeral(where.ts, self.id)
            if note is None:
                raise Impossible("That message is gone")
            return note, all_blocks(note)
        message = self._message(where)
        return message, all_blocks(message)

    def _own_view(self, view: View) -> View:
        """A view that is on this person's screen."""
        is_open = view.id in self._workspace.stacks.get(self.id, ())
        if not is_open and self._workspace.homes.get(self.id) is not view:
            raise Impossible("That is closed by now")
        return view

    def _open_view(self) -> View:
        view = self._workspace.top_view(self.id)
        if view is None:
            raise Impossible(f"{self.name} has no modal open")
        return view
