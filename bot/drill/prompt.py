"""The sandbox by hand: lines typed as the people of the cast, and everything that then appears on their screens."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from bot.drill.acts import Stagehand
from bot.drill.minutes import Minutes
from bot.drill.plain import plain
from bot.drill.watcher import Watcher
from bot.drill.world import World
from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from bot.sandbox.refusal import Impossible
from bot.sandbox.server import Sandbox
from playbooks.errors import PolicyError
from playbooks.stories import line_step

FIRST_PLACE = "general"
LOOK = 0.5
SPOKEN = re.compile(r"(?P<who>\w+)(?:\s+in\s+#?(?P<where>[\w-]+|dm))?\s*:\s*(?P<words>.+)", re.DOTALL)
SPAN = re.compile(r"time\s+(\d{1,4})\s*(s|m|h)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
HELP = """\
  rae in support: /incident now The shop bot gives 99% off
                                   say or command something, there; later `rae: …` is in the same channel
  rae fills What happened? = …     into the open form;  rae submits;  rae closes
  lena presses Take lead           in the open form, else on the latest message that has it
  lena uses Report AI output       a shortcut on the latest message of the channel where she is
  lena reacts pushpin              on that message
  lena looks [dm|home|CHANNEL]     what she sees;  lena joins CHANNEL
  time 16m                         time passes
  help, quit"""


def welcome(sandbox: Sandbox, stories: Iterable[str]) -> str:
    """What stands on the terminal when the sandbox is up: where to look at it first of all."""
    cast = [user for user in sandbox.workspace.users.values() if not user.is_bot and user.title]
    people = "\n".join(f"  {user.handle:<7} {user.real_name}, {user.title}" for user in cast if not user.deleted)
    channels = ", ".join(f"#{one.name}" for one in sandbox.workspace.channels.values() if not one.direct)
    played = "\n".join(f"  andon sandbox --play {name} --out out" for name in stories)
    return f"""\
Open {sandbox.base_url}/ in a browser: it shows you around in a minute.

{sandbox.workspace.name}: a small Slack on this machine, with {sandbox.workspace.app.name} installed.
Nothing leaves it, nothing is kept.

  Web API   {sandbox.api_url}
  switches  {sandbox.base_url}/control shows what was switched off, and that it really moved
  try it    curl -s -H "Authorization: Bearer {sandbox.bot_token}" {sandbox.api_url}conversations.list

Stories, to watch in the page or to play at full speed
{played}

People
{people}
Channels
  {channels}

In a terminal, type as them:
{HELP}
Stop with Ctrl-C."""


async def converse(world: World, stop: asyncio.Event, tell: Callable[[str], None]) -> None:
    """Read lines until the end of input, `quit` or ``stop``; tell what appears meanwhile, too."""
    prompt = Prompt(world, tell)
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    watching = asyncio.create_task(_watch(prompt))
    stopped = asyncio.create_task(stop.wait())
    try:
        while True:
            line = asyncio.create_task(reader.readline())
            await asyncio.wait((line, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not line.done() or not line.result() or line.result().strip() == b"quit":
                line.cancel()
                return
            entering = asyncio.create_task(prompt.enter(line.result().decode(errors="replace").strip()))
            await asyncio.wait((entering, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not entering.done():
                entering.cancel()
                return
            entering.result()
    finally:
        watching.cancel()
        stopped.cancel()
        transport.close()


async def _watch(prompt: Prompt) -> None:
    while True:
        await asyncio.sleep(LOOK)
        prompt.observe()


class Prompt:
    """Understands one line at a time. The world may put a fresh workspace in place of the present one."""

    def __init__(self, world: World, tell: Callable[[str], None]) -> None:
        self._world = world
        self._tell = tell
        self._minutes = Minutes(tell)
        self._begin()

    def _begin(self) -> None:
        self._workspace = self._world.sandbox.workspace
        self._watcher = Watcher(self._workspace)
        self._hand = Stagehand(self._workspace, {})
        self._where: dict[str, str] = {}

    async def enter(self, line: str) -> None:
        """Do what the line says, or say why not; then tell what came of it."""
        if not line:
            return
        self.observe()
        try:
            await self._obey(line)
            await self._world.settle()
        except (Impossible, LookupError, PolicyError) as error:
            self._tell(f"  {error}")
        self.observe()

    def observe(self) -> None:
        """Tell what has appeared."""
        if self._workspace is not self._world.sandbox.workspace:
            self._tell("A fresh workspace.")
            self._begin()
        self._minutes.happened(*self._watcher.look())

    async def _obey(self, line: str) -> None:
        if line in ("help", "?"):
            self._tell(HELP)
        elif span := SPAN.fullmatch(line):
            passing = timedelta(**{UNITS[span[2]]: int(span[1])})
            await self._world.until(self._world.now() + passing, self.observe)
        elif spoken := SPOKEN.fullmatch(line):
            await self._speak(spoken["who"], spoken["where"], spoken["words"])
        else:
            await self._do(*[*line.split(maxsplit=2), "", ""][:3])

    async def _speak(self, who: str, where: str | None, words: str) -> None:
        person = self._world.sandbox.person(who)
        place = where or self._where.get(who, FIRST_PLACE)
        channel = person.app_channel.id if place == "dm" else self._hand.places.channel(person, place)
        self._where[who] = place
        await person.types(channel, words)
        if person.error:
            raise Impossible(f"Slack tells {person.name}: {person.error}")

    async def _do(self, who: str, verb: str, rest: str) -> None:
        person = self._world.sandbox.person(who)
        if verb == "looks":
            self._tell(self._look(person, rest))
            return
        if verb not in VALUES:
            raise Impossible(f"I do not understand {verb!r}; `help` shows what can be typed")
        values = VALUES[verb](self, person, rest)
        told, words = await self._hand.act(person, line_step(who, verb, values))
        self._minutes.done(self._world.now(), told, words)

    def _look(self, person: Person, place: str) -> str:
        if place == "home" or (not place and person.modal):
            view = person.home if place == "home" else person.modal
            return plain(view.text) if view else f"Home has not been opened yet: `{person.user.handle} opens home`"
        place = place.removeprefix("#") or self._where.get(person.user.handle, FIRST_PLACE)
        seen = self._hand.places.messages(person, place)
        return "\n".join(f"{one.at:%H:%M} {one.author}: {plain(one.text)}" for one in seen) or "nothing yet"

    def _latest(self, person: Person) -> str:
        """The latest message where this person is, under a name for the step."""
        seen = self._hand.places.messages(person, self._where.get(person.user.handle, FIRST_PLACE))
        return self._called(seen)

    def _with_button(self, person: Person, words: str) -> str:
        """The open form if it has the button, else the latest message anywhere that has it."""
        if person.modal and words in person.modal.buttons:
            return "modal"
        places = ("dm", "only me", *person.sidebar)
        seen = [one for place in places for one in self._hand.places.messages(person, place)]
        return self._called(sorted((one for one in seen if words in one.buttons), key=lambda one: one.at))

    def _called(self, seen: list[Seen]) -> str:
        if not seen:
            raise Impossible("there is no such message")
        self._hand.places.named["latest"] = seen[-1]
        return "latest"

    def _submit_words(self, person: Person, rest: str) -> str:
        return rest or (person.modal.submit if person.modal else "Submit")

    def _title(self, person: Person, rest: str) -> str:
        return rest or (person.modal.title if person.modal else "form")


VALUES: dict[str, Callable[[Prompt, Person, str], dict[str, Any]]] = {
    "fills": lambda _self, _person, rest: {"what": {p.strip(): v.strip() for p, _, v in [rest.partition("=")]}},
    "submits": lambda self, person, rest: {"what": self._submit_words(person, rest)},
    "closes": lambda self, person, rest: {"what": self._title(person, rest)},
    "presses": lambda self, person, rest: {"what": rest, "on": self._with_button(person, rest)},
    "uses": lambda self, person, rest: {"what": rest, "on": self._latest(person)},
    "reacts": lambda self, person, rest: {"what": rest.strip(":"), "on": self._latest(person)},
    "opens": lambda _self, _person, rest: {"what": rest},
    "joins": lambda _self, _person, rest: {"what": rest},
}
