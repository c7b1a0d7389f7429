"""How a step becomes an act of a person in the sandbox, and how the minutes tell it. One function per verb."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.drill.plain import plain, short
from bot.drill.sights import Places
from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from bot.sandbox.refusal import Impossible
from bot.sandbox.workspace import Workspace
from playbooks import deeds
from playbooks.stories import Step

Told = tuple[str, str]
QUOTED = 40


class Stagehand:
    """Carries out steps and keeps the names that messages were given."""

    def __init__(self, workspace: Workspace, channels: Mapping[str, str]) -> None:
        self.workspace = workspace
        self.places = Places(workspace, channels)

    async def act(self, person: Person, step: Step) -> Told:
        """Do it; the answer is how the minutes tell it, in one line and the words said.

        Raises:
            Impossible: no Slack client would let this person do it now, or Slack told them that it failed.
        """
        told = await ACTS[step.verb](self, person, step.deed)
        if person.error:
            raise Impossible(f"Slack tells {person.name}: {person.error}")
        return told

    async def types(self, person: Person, deed: deeds.Types) -> Told:
        """A command."""
        channel = self.places.channel(person, deed.place)
        await person.types(channel, deed.what)
        return f"{person.name} types in {short(channel)}", deed.what

    async def says(self, person: Person, deed: deeds.Says) -> Told:
        """A message or a reply."""
        thread = self.places.message(person, deed.thread) if deed.thread else None
        if thread is None and deed.place is None:
            raise Impossible("a message needs a channel (`in`) or a thread")
        channel = self.places.channel(person, deed.place) if deed.place else self._name(thread)
        message = await person.says(channel, deed.what, thread=thread)
        self._call(deed.called, message)
        below = f", below {self._quoted(thread)}" if thread else ""
        return f"{person.name} in {short(channel)}{below}", deed.what

    async def uploads(self, person: Person, deed: deeds.Uploads) -> Told:
        """A file."""
        channel = self.places.channel(person, deed.place)
        message = await person.uploads(channel, deed.what, deed.content.encode(), text=deed.comment)
        self._call(deed.called, message)
        return f"{person.name} shares {deed.what} in {short(channel)}", deed.comment

    async def edits(self, person: Person, deed: deeds.Edits) -> Told:
        """Other words."""
        message = self.places.message(person, deed.on)
        was = self._quoted(message)
        await person.edits(message, deed.what)
        return f"{person.name} edits {was} to", deed.what

    async def deletes(self, person: Person, deed: deeds.Deletes) -> Told:
        """A message goes."""
        message = self.places.message(person, deed.what)
        was = self._quoted(message)
        await person.deletes(message)
        return f"{person.name} deletes {was}", ""

    async def reacts(self, person: Person, deed: deeds.Reacts) -> Told:
        """An emoji."""
        message = self.places.message(person, deed.on)
        await person.reacts(message, deed.what)
        return f"{person.name} puts {plain(f':{deed.what}:')} on {self._quoted(message)}", ""

    async def unreacts(self, person: Person, deed: deeds.Reacts) -> Told:
        """An emoji goes."""
        message = self.places.message(person, deed.on)
        await person.unreacts(message, deed.what)
        return f"{person.name} takes {plain(f':{deed.what}:')} off {self._quoted(message)}", ""

    async def uses(self, person: Person, deed: deeds.Uses) -> Told:
        """A shortcut, found by the name that the menu shows."""
        kind = "message" if deed.on else "global"
        menu = {s["name"]: s["callback_id"] for (k, _), s in self.workspace.app.shortcuts.items() if k == kind}
        if deed.what not in menu:
            raise Impossible(f"the menu has no {deed.what!r}; it has: {', '.join(menu)}")
        if deed.on is None:
            await person.global_shortcut(menu[deed.what])
            return f"{person.name} chooses “{deed.what}” from the shortcuts", ""
        message = self.places.message(person, deed.on)
        await person.message_shortcut(menu[deed.what], message)
        return f"{person.name} chooses “{deed.what}” on {self._quoted(message)}", ""

    async def presses(self, person: Person, deed: deeds.Presses) -> Told:
        """A button."""
        await person.presses(self.places.surface(person, deed.on), deed.what)
        return f"{person.name} presses “{deed.what}”", ""

    async def picks(self, person: Person, deed: deeds.Picks) -> Told:
        """A menu's entry."""
        await person.chooses(self.places.surface(person, deed.on), deed.what, field=deed.menu)
        return f"{person.name} picks “{deed.what}”", ""

    async def fills(self, person: Person, deed: deeds.Fills) -> Told:
        """Fields."""
        await person.fills(deed.what)
        return f"{person.name} fills in", "\n".join(f"{label}: {_told(value)}" for label, value in deed.what.items())

    async def submits(self, person: Person, deed: deeds.Submits) -> Told:
        """The open form, by its button."""
        if person.modal is None or person.modal.submit != deed.what:
            raise Impossible(f"no form with the button {deed.what!r} is open, but {person.modal or 'nothing'}")
        await person.submits()
        return f"{person.name} presses “{deed.what}”", ""

    async def closes(self, person: Person, deed: deeds.Closes) -> Told:
        """The open form, by its title."""
        if person.modal is None or person.modal.title != deed.what:
            raise Impossible(f"no form {deed.what!r} is open, but {person.modal or 'nothing'}")
        await person.closes()
        return f"{person.name} closes “{deed.what}”", ""

    async def opens(self, person: Person, deed: deeds.Opens) -> Told:
        """Home."""
        await person.opens_home()
        return f"{person.name} opens Home", ""

    async def joins(self, person: Person, deed: deeds.Joins) -> Told:
        """A channel."""
        channel = self.places.channel(person, deed.what)
        await person.joins(channel)
        return f"{person.name} joins {short(channel)}", ""

    def _call(self, name: str | None, message: Any) -> None:
        if name is not None:
            self.places.named[name] = message

    def _name(self, message: Any) -> str:
        return self.workspace.channels[message.channel].name

    def _quoted(self, message: Any) -> str:
        live = self.workspace.message(message.channel, message.ts)
        author = self.workspace.users.get(live.user) if live else None
        whose = f"{author.first_name}’s" if author else f"{message.author}’s" if isinstance(message, Seen) else "the"
        text = " ".join(plain(str(message.text)).split())
        return f"{whose} “{text[:QUOTED].rstrip()}{'…' if len(text) > QUOTED else ''}”"


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


ACTS: Mapping[str, Callable[[Stagehand, Person, Any], Awaitable[Told]]] = {
    verb: getattr(Stagehand, verb) for verb in deeds.VERBS if verb != "sees"
}
