"""What one person sees in one place, and whether it is what a story expects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase

from bot.drill.plain import plain
from bot.sandbox.modal import Home, Modal
from bot.sandbox.objects import Message
from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from bot.sandbox.refusal import Impossible
from bot.sandbox.workspace import Workspace
from playbooks.deeds import On, Sees, Spot

DIRECT, ONLY_ME, MODAL, HOME, SIDEBAR, FILE = "dm", "only me", "modal", "home", "sidebar", "file "
Surface = Message | Seen | Modal | Home
SHOWN, SHOWN_LENGTH = 4, 600


class Places:
    """Places and messages by the names a story gives them."""

    def __init__(self, workspace: Workspace, channels: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._channels = channels
        self.named: dict[str, Message | Seen] = {}

    def channel(self, person: Person, name: str) -> str:
        """The channel a story means: by its own name, or by the pattern it gave to a short one.

        Raises:
            Impossible: this person sees none such.
        """
        pattern = self._channels.get(name, name.removeprefix("#"))
        found = [one for one in person.sidebar if fnmatchcase(one, pattern)]
        if not found:
            raise Impossible(f"{person.name} sees no channel {pattern!r}; there is: {', '.join(person.sidebar)}")
        return found[-1]

    def conversation(self, person: Person, place: str) -> str | None:
        """The id of the conversation in which a place is; None for what stands in none, such as an open form.

        Raises:
            Impossible: this person sees none such.
        """
        if place in (DIRECT, HOME):
            return person.app_channel.id
        if place == ONLY_ME:
            told = person.ephemerals()
            return told[-1].channel if told else None
        if place in (MODAL, SIDEBAR) or place.startswith(FILE):
            return None
        named = self._workspace.channel_by_name(self.channel(person, place))
        return named.id if named else None

    def messages(self, person: Person, place: str) -> list[Seen]:
        """Every message there that this person sees, oldest first, replies after what they reply to."""
        if place == DIRECT:
            return person.direct_messages
        if place == ONLY_ME:
            return person.ephemerals()
        channel = self.channel(person, place)
        roots = person.sees(channel)
        return [one for root in roots for one in (person.sees(channel, root) if root.thread_ts else [root])]

    def surface(self, person: Person, on: On) -> Surface:
        """What is pointed at: the open form, Home, a named message, or the latest one that says something.

        Raises:
            Impossible: it is not there.
        """
        if isinstance(on, Spot):
            wanted = flat(on.containing)
            for seen in reversed(self.messages(person, on.place)):
                if wanted in flat(seen.text):
                    return seen
            raise Impossible(f"{person.name} sees no message with {on.containing!r} in {on.place}")
        surface = {MODAL: person.modal, HOME: person.home}.get(on) or self.named.get(on)
        if surface is None:
            raise Impossible(f"{person.name} has no {on} open")
        return surface

    def message(self, person: Person, on: On) -> Message | Seen:
        """As ``surface``, where only a message will do."""
        found = self.surface(person, on)
        if not isinstance(found, Message | Seen):
            raise Impossible(f"{on} is no message")
        return found

    def sights(self, person: Person, sees: Sees, since: datetime | None) -> list[str]:
        """What there is to read, one text per message."""
        place = sees.place
        if place in (MODAL, HOME):
            view = person.modal if place == MODAL else person.home
            return [view.text] if view else []
        if place == SIDEBAR:
            return [f"#{name}" for name in person.sidebar]
        if place.startswith(FILE):
            return list(self.files(place.removeprefix(FILE), person).values())
        found = self.messages(person, place)
        if sees.thread is not None:
            found = person.sees(found[0].channel, self.message(person, sees.thread)) if found else []
        return [one.text for one in found if since is None or one.at >= since]

    def files(self, pattern: str, person: Person | None = None) -> dict[str, str]:
        """Texts of the files that fit, by name, the newest of each; only those shared where this person looks."""
        reach = {c.id for c in self._workspace.channels.values() if person is None or _is_in(c.members, person)}
        fitting = [one for one in self._workspace.files.values() if fnmatchcase(one.name, pattern) and not one.deleted]
        shared = [one for one in fitting if reach & set(one.channels) and one.content is not None]
        return {one.name: (one.content or b"").decode(errors="replace") for one in shared}


def judge(sees: Sees, sights: Iterable[str]) -> str | None:
    """Nothing where the expectation is met, else what was seen instead."""
    sights = list(sights)
    fitting = [sight for sight in sights if fits(sees, sight)]
    if sees.count is None and fitting:
        return None
    if sees.count is not None and sees.count == len(fitting):
        return None
    if fitting:
        return f"{len(fitting)} have it instead of {sees.count}:\n" + _shown(fitting)
    return "seen instead:\n" + _shown(sights) if sights else "there is nothing at all"


def fits(sees: Sees, sight: str) -> bool:
    """Whether one text has all that is expected and nothing that must not be there; spaces do not count."""
    text = flat(sight)
    return all(flat(one) in text for one in sees.what) and not any(flat(one) in text for one in sees.without)


def flat(text: str) -> str:
    """Text as the eye takes it in, with every run of spaces and line ends as one space."""
    return " ".join(plain(text).split())


def _shown(sights: list[str]) -> str:
    dropped = f"… and {len(sights) - SHOWN} before\n" if len(sights) > SHOWN else ""
    return dropped + "\n".join(f"— {plain(sight)[:SHOWN_LENGTH]}" for sight in sights[-SHOWN:])


def _is_in(members: Iterable[str], person: Person) -> bool:
    return person.id in members
