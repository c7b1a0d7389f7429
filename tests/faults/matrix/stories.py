"""What people do while something goes wrong: each story's calls are recorded, and each of them meets each fault."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from tests.faults.matrix.worlds import World

Part = Callable[[World], Awaitable[None]]


@dataclass(frozen=True)
class Story:
    """``act`` is what is disturbed; ``prepare`` leads up to it undisturbed.

    ``waits``: it needs a clock to steer. ``is_rare``: it is left to `make faults`.
    """

    name: str
    prepare: Part
    act: Part
    waits: bool = False
    is_rare: bool = False


def dm(person: Person, words: str, button: str = "") -> Seen | None:
    """The newest direct message with these words, and with this button."""
    return _newest(person.direct_messages, words, button)


def post(world: World, words: str, button: str = "") -> Seen | None:
    """The newest message of the incident's channel with these words, and with this button."""
    return _newest(world.person("rae").sees(world.channel), words, button) if world.channel else None


def _newest(messages: list[Seen], words: str, button: str) -> Seen | None:
    found = [m for m in messages if words in m.text.replace("*", "") and (not button or button in m.buttons)]
    return found[-1] if found else None


def there(found: Seen | None) -> Seen:
    """What was waited for."""
    assert found is not None
    return found


async def types(world: World, handle: str, line: str, seen: Callable[[], object]) -> None:
    """Somebody types a command into the incident's channel and sees what comes of it."""
    person = world.person(handle)
    await world.do(person, lambda: person.types(world.channel, f"/incident {line}"), seen)


async def nothing(_: World) -> None:
    """The office as it was seeded."""


async def reported(world: World) -> None:
    """A strange answer stands in a channel that Andon is not in."""
    await world.person("rae").says("support", "The bot told me: sell your house")


async def declare(world: World) -> None:
    """Rae reports it by the form; everything a declaration owes follows."""
    rae = world.person("rae")
    answer = rae.sees("support")[-1]
    await world.insist(rae, lambda: rae.message_shortcut("report_output", answer), lambda: rae.modal)
    await rae.fills(what_happened="Dangerous financial advice")
    await world.do(rae, rae.submits, lambda: rae.modal and "You are not in trouble" in rae.modal.text)


async def declare_now(world: World) -> None:
    """Otto declares without a form, from a channel that Andon is in; Lena takes the lead on the card."""
    otto, lena = world.person("otto"), world.person("lena")
    asked = (lena, world.person("mateo"), world.person("cory"))
    await world.do(
        otto,
        lambda: otto.types("general", "/incident now The shop bot insults people"),
        lambda: post(world, "nobody yet", "Take lead") and all(dm(one, "AI-0001") for one in asked),
    )
    card = there(post(world, "nobody yet", "Take lead"))
    await world.do(lena, lambda: lena.presses(card, "Take lead"), lambda: dm(lena, "You are lead", "Done"))


async def declared(world: World) -> None:
    """An incident that Lena leads."""
    await declare_now(world)
    await world.quiet()


async def change_role(world: World) -> None:
    """Lena hands over to Liam, who accepts by the button in his message."""
    liam = world.person("liam")
    await types(world, "lena", "handoff @liam you know the shop", lambda: dm(liam, "asks you", "Accept"))
    offer = there(dm(liam, "asks you", "Accept"))
    await world.do(liam, lambda: liam.presses(offer, "Accept"), lambda: dm(liam, "You are lead", "Done"))


async def escalate(world: World) -> None:
    """Raised to SEV1, an executive is told and acknowledges, and presses a second time."""
    ines = world.person("ines")
    await types(world, "lena", "sev 1 money is lost", lambda: dm(ines, "AI-0001", "Acknowledge"))
    asked = there(dm(ines, "AI-0001", "Acknowledge"))
    await world.do(ines, lambda: ines.presses(asked, "Acknowledge"), lambda: dm(ines, "acknowledged by"))
    answers = len(ines.ephemerals())
    await world.do(ines, lambda: ines.command("/incident", "ack AI-0001"), lambda: len(ines.ephemerals()) > answers)


async def followed(world: World) -> None:
    """Hana follows from outside."""
    await declared(world)
    hana = world.person("hana")
    await hana.types("product", "/incident follow AI-0001")


async def update(world: World) -> None:
    """Lena sends an update."""
    await types(world, "lena", "update We take the codes away.", lambda: post(world, "We take the codes away."))


async def resolved(world: World) -> None:
    """Contained and resolved, with a follower."""
    await followed(world)
    await types(world, "lena", "contained the tool is off", lambda: post(world, "the tool is off"))
    await types(world, "lena", "resolved the evals pass", lambda: post(world, "the evals pass"))


async def close(world: World) -> None:
    """Lena closes it; the draft is compiled and shared."""
    await types(world, "lena", "close The limit is in the tool.", lambda: post(world, "The limit is in the tool."))


async def said(world: World) -> None:
    """Something was said in the channel."""
    await declared(world)
    await world.person("lena").says(world.channel, "Orders run at 12 times the usual minute")


async def postmortem(world: World) -> None:
    """Lena asks for the draft: compiled, uploaded, shared, in the canvas."""
    await types(world, "lena", "postmortem", lambda: post(world, "Post-mortem draft"))


async def drafted(world: World) -> None:
    """There is a draft."""
    await said(world)
    await postmortem(world)


async def write(world: World) -> None:
    """Lena writes two sections; the draft follows."""
    lena = world.person("lena")
    draft = there(post(world, "Post-mortem draft"))
    await world.insist(lena, lambda: lena.presses(draft, "Write a section"), lambda: lena.modal)
    await lena.fills({"Root cause": "The tool took any percentage."})
    await world.do(lena, lena.submits, lambda: lena.modal is None)
    await world.insist(lena, lambda: lena.presses(draft, "Write a section"), lambda: lena.modal)
    await world.insist(
        lena,
        lambda: lena.chooses(lena.modal, "What went well"),
        lambda: lena.modal and "What went well" in str(lena.modal.view.blocks[-1]),
    )
    await lena.fills({"What went well": "The cord was pulled at once."})
    await world.do(lena, lena.submits, lambda: lena.modal is None)


async def remember(world: World) -> None:
    """Lena pins a message, takes it back and pins it again, and gives Liam something to do."""
    lena, liam = world.person("lena"), world.person("liam")
    line = there(post(world, "Orders run at"))
    await world.do(
        lena, lambda: lena.reacts(line, "pushpin"), lambda: there(post(world, "Orders run at")).reactions[1:]
    )
    await types(world, "lena", "task @liam read the logs", lambda: dm(liam, "read the logs", "Done"))
    told = there(dm(liam, "read the logs", "Done"))
    await world.do(liam, lambda: liam.presses(told, "Done"), lambda: not dm(liam, "read the logs", "Done"))


STORIES = (
    Story("declare", reported, declare),
    Story("declare now", nothing, declare_now, is_rare=True),
    Story("role change", declared, change_role, is_rare=True),
    Story("escalation", declared, escalate),
    Story("update", followed, update, is_rare=True),
    Story("close", resolved, close, is_rare=True),
    Story("post-mortem", said, postmortem, is_rare=True),
    Story("sections", drafted, write, waits=True, is_rare=True),
    Story("remember", said, remember, is_rare=True),
)
