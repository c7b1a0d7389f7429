"""Private incidents, seen from outside: there is nothing to see, whatever one types or presses."""

from __future__ import annotations

from bot.domain.incident import Role
from bot.domain.people import Actor
from bot.sandbox.people import Person
from bot.slack import app, ids
from bot.slack.listeners.commands import Where
from storage.roles import RoleTenure, TenureState
from tests.office import Office

SECRET = "Zanzibar customer records in an answer"
NEVER = ("Zanzibar", "zanzibar")
NOBODYS = "AI-0999"
COMMANDS = sorted(
    command.name
    for room in app.ROOMS
    for command in getattr(room, "SUBCOMMANDS", ())
    if command.name
    # These change something: "access" has tests below, "now" and "report" take all as words.
    not in ("access", "now", "report")
)
# Everything a button can carry, with the number where the incident's id stands.
PRESSES = sorted(
    {(value, "{}") for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)}
    | {(f"{ids.TAKE_ROLE}:{role}", "{}") for role in ("lead", "technical", "legal", "comms")}
    | {
        (ids.CARD_MENU, f"{key}:{{}}")
        for key in ("panel", "severity", "phase", "task", "contained", "timeline", "close")
    }
    | {(f"{ids.PANEL_VERB}:evidence", "evidence:{}"), (ids.TIMELINE_OLDER, "{}:100")}
)


async def secret(office: Office) -> str:
    """Rae declares a private incident; the name of its channel."""
    return await office.declare(SECRET, **{"Who may see it?": "Only the people working on it"})


def everything_seen(person: Person) -> str:
    """All that is on a person's screens."""
    texts = [seen.text + seen.notification for seen in (*person.direct_messages, *person.ephemerals())]
    for name in person.sidebar:
        texts += [seen.text + seen.notification for seen in person.sees(name)]
    texts += [person.modal.text + person.modal.private_metadata] if person.modal else []
    texts += [person.home.text] if person.home else []
    return "\n".join([*texts, *person.sidebar])


async def answer_to(office: Office, person: Person, line: str) -> str:
    """What a person gets for typing a line in #support: what they alone see, and the form that opens."""
    before = len(person.ephemerals("support")), len(person.direct_messages)
    await person.types("support", line)
    await office.settle()
    told = person.ephemerals("support")[before[0] :] + person.direct_messages[before[1] :]
    form = person.modal.text if person.modal else ""
    while person.modal:
        await person.closes()
    return "\n".join([*(seen.text for seen in told), form])


async def answer_to_press(office: Office, person: Person, action_id: str, value: str) -> str:
    """What a person gets for a forged press under a message of their own."""
    seen = person.sees("support")[0]
    before = len(person.ephemerals("support")), len(person.direct_messages)
    message = person._message(seen)
    element = {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": "x"}}
    await person._hands.act(message, ({"block_id": "forged"}, element), {})
    await office.andon.desk.finish()
    told = person.ephemerals("support")[before[0] :] + person.direct_messages[before[1] :]
    form = person.modal.text if person.modal else ""
    while person.modal:
        await person.closes()
    return "\n".join([*(seen.text for seen in told), form])


async def sit(office: Office, number: int, person: Person, role: Role) -> None:
    """Somebody holds a role."""
    async with office.store.begin() as unit:
        who = str(Actor.person(person.id))
        held = RoleTenure(incident_id=number, role=role, user_id=person.id, state=TenureState.HELD, given_by=who)
        await unit.roles.add(held)


async def record_of(office: Office, number: int) -> str:
    """All that is stored of an incident, to see that nothing was changed."""
    async with office.store.read() as unit:
        incident = await unit.incidents.get(number)
        lines = await unit.timeline.of(number)
        ties = await unit.participants.of(number)
    assert incident is not None
    return repr((incident.model_dump(), [line.text for line in lines], sorted(tie.user_id for tie in ties)))


async def test_nothing_of_it_is_anywhere_outside(office: Office) -> None:
    """Channel, announcement, list, Home, similar incidents and DMs of an outsider hold no trace of it."""
    name = await secret(office)
    otto = office.person("otto")
    await otto.types("support", "/incident list")
    await otto.opens_home()
    await otto.types("support", "/incident")
    await office.settle()
    seen = everything_seen(otto)
    assert not any(word in seen for word in NEVER)
    assert name not in otto.sidebar
    assert "No incident is open" in seen
    announced = "\n".join(message.text for message in office.person("ines").sees("ai-incidents"))
    assert "AI-0001" not in announced


async def test_its_people_have_it_everywhere(office: Office) -> None:
    """The same screens show it to those who are in, so the test above looks where there is something to see."""
    await secret(office)
    rae = office.person("rae")
    await rae.types("support", "/incident list")
    await rae.opens_home()
    await office.settle()
    assert "Zanzibar" in rae.ephemerals("support")[-1].text
    assert rae.home is not None
    assert "Zanzibar" in rae.home.text


async def test_a_command_answers_as_for_one_that_is_not(office: Office) -> None:
    """Every command, with the private number or with one nobody has, answers word for word alike and changes nothing."""
    await secret(office)
    before = await record_of(office, 1)
    otto = office.person("otto")
    for command in COMMANDS:
        real = await answer_to(office, otto, f"/incident {command} AI-0001 because")
        unreal = await answer_to(office, otto, f"/incident {command} {NOBODYS} because")
        assert real.replace("AI-0001", NOBODYS) == unreal, command
        assert not any(word in real for word in NEVER), command
    assert await record_of(office, 1) == before


async def test_merging_into_it_answers_as_for_one_that_is_not(office: Office) -> None:
    """The lead of a public incident cannot find a private one by merging into it."""
    await secret(office)
    await office.declare("A public one")
    before = await record_of(office, 1)
    otto = office.person("otto")
    await sit(office, 2, otto, Role.LEAD)
    real = await answer_to(office, otto, "/incident merge AI-0002 AI-0001 because")
    unreal = await answer_to(office, otto, f"/incident merge AI-0002 {NOBODYS} because")
    assert real.replace("AI-0001", NOBODYS) == unreal
    assert await record_of(office, 1) == before


async def test_a_press_answers_as_for_one_that_is_not(office: Office) -> None:
    """Every button anybody could forge, with the private number or one nobody has, answers alike and changes nothing."""
    await secret(office)
    before = await record_of(office, 1)
    otto = office.person("otto")
    await otto.says("support", "hello")
    for action_id, value in PRESSES:
        if action_id == ids.CHOOSE_SYSTEM:
            continue  # a field of the declare form, which carries no incident
        real = await answer_to_press(office, otto, action_id, value.format(1))
        unreal = await answer_to_press(office, otto, action_id, value.format(999))
        assert real == unreal, action_id
        assert not any(word in real for word in NEVER), action_id
    await office.settle()
    assert not any(word in everything_seen(otto) for word in NEVER)
    assert await record_of(office, 1) == before


async def test_asking_answers_as_for_one_that_is_not(office: Office) -> None:
    """Asking for access is answered alike, whether there is such an incident or not."""
    await secret(office)
    otto = office.person("otto")
    real = await answer_to(office, otto, "/incident access AI-0001")
    unreal = await answer_to(office, otto, f"/incident access {NOBODYS}")
    assert real.replace("AI-0001", NOBODYS) == unreal


async def test_asking_for_access_and_being_let_in(office: Office) -> None:
    """Otto asks, its people allow by a button, Otto is in, told, and can use every command; the question is condensed."""
    name = await secret(office)
    otto, rae = office.person("otto"), office.person("rae")
    await otto.types("support", "/incident access AI-0001")
    await office.settle()
    assert "its people have been asked" in otto.ephemerals("support")[-1].text
    question = next(seen for seen in rae.sees(name) if "asks to be let into" in seen.text)
    await rae.presses(question, "Allow")
    await office.settle()
    assert name in otto.sidebar
    assert "let you into *AI-0001*" in otto.direct_messages[-1].text
    answered = next(seen for seen in rae.sees(name) if seen.ts == question.ts)
    assert answered.buttons == ()
    assert "let" in answered.text
    await otto.types("support", "/incident list")
    assert "Zanzibar" in otto.ephemerals("support")[-1].text


async def test_a_denial_is_silence(office: Office) -> None:
    """Otto asks and is denied: nothing reaches him, and asking again within a quarter of an hour asks nobody."""
    name = await secret(office)
    otto, rae = office.person("otto"), office.person("rae")
    await otto.types("support", "/incident access AI-0001")
    await office.settle()
    question = next(seen for seen in rae.sees(name) if "asks to be let into" in seen.text)
    await rae.presses(question, "Deny")
    await office.settle()
    await otto.types("support", "/incident access AI-0001")
    await office.settle()
    assert otto.direct_messages == []
    assert name not in otto.sidebar
    assert len([seen for seen in rae.sees(name) if "access" in seen.text and "denied" in seen.text]) == 1
    assert not [seen for seen in rae.sees(name) if "asks to be let into" in seen.text]


async def test_inviting_by_command_and_by_form(office: Office) -> None:
    """Its people let others in by one line or by the form on the panel; a bot is refused where it was chosen."""
    name = await secret(office)
    rae, otto, mina = office.person("rae"), office.person("otto"), office.person("mina")
    await rae.types(name, "/incident invite @otto")
    await office.settle()
    assert name in otto.sidebar
    await rae.types(name, "/incident invite")
    await office.settle()
    await rae.fills({"Who is to be let in?": "mina"})
    await rae.submits()
    await office.settle()
    assert name in mina.sidebar


def test_only_asking_goes_past_the_lookup() -> None:
    """Declaring and reporting are about no incident there is; else one command alone may name one that is not seen."""
    unseen = [c.name for room in app.ROOMS for c in getattr(room, "SUBCOMMANDS", ()) if c.where is Where.UNSEEN]
    assert unseen == ["declare", "now", "report", "reports", "access"]
