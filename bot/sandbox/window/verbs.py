"""What the page can do: each verb is one of a person's own, with its arguments checked."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.sandbox.objects import Channel, Ephemeral, Json, Message, View
from bot.sandbox.people import Person
from bot.sandbox.pointing import Entered
from bot.sandbox.refusal import Impossible
from bot.sandbox.window.doors import Denied
from bot.sandbox.workspace import Workspace

LONGEST_MESSAGE = 12_000
Verb = Callable[[Person, "Words"], Awaitable[object]]


class Words:
    """The arguments of one act, as somebody means them.

    Raises:
        Denied: 400, an argument is missing or of the wrong kind.
        Impossible: it names what is not there, or what they cannot see.
    """

    def __init__(self, workspace: Workspace, person: Person, args: Json) -> None:
        self._workspace, self._person, self._args = workspace, person, args

    def text(self, name: str) -> str:
        """A text that has to be there."""
        value = self._args.get(name)
        if not isinstance(value, str):
            raise Denied(400, f"{name} has to be a text")
        return value

    def flag(self, name: str) -> bool:
        """Yes or no; no where nothing is said."""
        value = self._args.get(name)
        if value is not None and not isinstance(value, bool):
            raise Denied(400, f"{name} has to be true or false")
        return bool(value)

    def line(self) -> str:
        """What was typed as a message."""
        line = self.text("text")
        if not line.strip():
            raise Impossible("There is nothing to send")
        if len(line) > LONGEST_MESSAGE:
            raise Impossible(f"A message has up to {LONGEST_MESSAGE:,} characters")
        return line

    def comment(self) -> str:
        """What was typed beside a file, if anything."""
        return self.line() if str(self._args.get("text", "")).strip() else ""

    def stamp(self, name: str = "ts") -> str:
        """A `ts`."""
        stamp = self.text(name)
        if not re.fullmatch(r"\d{1,12}\.\d{6}", stamp, re.ASCII):
            raise Denied(400, f"{name} has to be a ts")
        return stamp

    def channel(self) -> Channel:
        """A conversation they can find."""
        return visible_channel(self._workspace, self._person.id, self.text("channel"))

    def message(self, name: str = "ts") -> Message:
        """A message of that conversation."""
        found = self.channel().messages.get(self.stamp(name))
        if found is None:
            raise Impossible("That message is gone")
        return found

    def thread(self) -> Message | None:
        """The message to which a reply is meant, if it is one."""
        return None if self._args.get("thread") is None else self.message("thread")

    def surface(self) -> Message | Ephemeral | View:
        """The message, modal or Home that a control is on."""
        where = self._args.get("where", {"view": self._args.get("view")})
        if not isinstance(where, dict):
            raise Denied(400, "where has to be an object")
        inner = Words(self._workspace, self._person, where)
        if "view" in where:
            return inner.view()
        channel, stamp = inner.channel(), inner.stamp()
        found = channel.messages.get(stamp) or self._workspace.ephemeral(stamp, self._person.id)
        if found is None:
            raise Impossible("That message is gone")
        return found

    def view(self) -> View:
        """A modal or Home on their screen."""
        found = self.view_if_open()
        if found is None:
            raise Impossible("That is closed by now")
        return found

    def view_if_open(self) -> View | None:
        """A modal or Home, if it is on their screen."""
        wanted, home = self.text("view"), self._workspace.homes.get(self._person.id)
        if wanted in self._workspace.stacks.get(self._person.id, ()):
            return self._workspace.views[wanted]
        return home if home is not None and home.id == wanted else None

    def value(self) -> Any:
        """The plain value for a control, checked by the control."""
        return self._args.get("value")

    def entered(self) -> list[Entered]:
        """What else was put into the view."""
        rows = self._args.get("typed")
        if rows is None:
            return []
        if not isinstance(rows, list):
            raise Denied(400, "typed has to be a list")
        return [self._row(row) for row in rows]

    def _row(self, row: Any) -> Entered:
        if not isinstance(row, dict):
            raise Denied(400, "typed has to hold objects")
        inner = Words(self._workspace, self._person, row)
        return inner.text("block_id"), inner.text("action_id"), row.get("value")


def visible_channel(workspace: Workspace, user: str, wanted: str) -> Channel:
    """A conversation this user can find; one they cannot is as good as none."""
    channel = workspace.channels.get(wanted)
    if channel is None or not workspace.visible(channel, user):
        raise Impossible("There is no such conversation")
    return channel


async def _types(person: Person, words: Words) -> None:
    await person.types(words.channel(), words.line(), thread=words.thread(), broadcast=words.flag("broadcast"))


async def _closes(person: Person, words: Words) -> None:
    """Closing what is closed already is no trouble: an app may have done it meanwhile."""
    entered = words.entered()
    if (view := words.view_if_open()) is not None:
        await person.closes(view, entered)


async def _opens_home(person: Person, words: Words) -> None:
    tab = words.text("tab")
    if tab not in ("home", "messages"):
        raise Denied(400, "tab has to be home or messages")
    await person.opens_home(tab)


async def _acts(person: Person, words: Words) -> None:
    ids = words.text("block_id"), words.text("action_id")
    await person.acts(words.surface(), *ids, words.value(), words.entered())


async def _suggests(person: Person, words: Words) -> Json:
    ids = words.text("block_id"), words.text("action_id")
    return await person.searches(words.surface(), *ids, words.text("query"))


VERBS: Mapping[str, Verb] = {
    "types": _types,
    "edits": lambda person, words: person.edits(words.message(), words.line()),
    "deletes": lambda person, words: person.deletes(words.message()),
    "reacts": lambda person, words: person.reacts(words.message(), words.text("emoji")),
    "unreacts": lambda person, words: person.unreacts(words.message(), words.text("emoji")),
    "joins": lambda person, words: person.joins(words.channel()),
    "leaves": lambda person, words: person.leaves(words.channel()),
    "archives": lambda person, words: person.archives(words.channel()),
    "invites": lambda person, words: person.invites(words.channel(), words.text("user")),
    "global_shortcut": lambda person, words: person.global_shortcut(words.text("callback_id")),
    "message_shortcut": lambda person, words: person.message_shortcut(words.text("callback_id"), words.message()),
    "acts": _acts,
    "suggests": _suggests,
    "submits": lambda person, words: person.submits(words.view(), words.entered()),
    "closes": _closes,
    "opens_home": _opens_home,
}
