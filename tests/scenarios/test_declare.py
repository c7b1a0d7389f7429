"""Pulling the cord, as the person who pulls it and those who see it meet it: on the wire, end to end."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.incident import ChannelState, Severity, channel_name
from bot.sandbox.traffic import Entry, serial_depth
from tests.office import Office

USABLE = {"conversations.create", "conversations.invite", "chat.postMessage"}
FURNISHING = USABLE | {"pins.add", "conversations.setTopic", "bookmarks.add", "bookmarks.list"}


async def test_the_form_declares(office: Office) -> None:
    """One required field; the form turns into a receipt; channel, card, pin, topic, announcement and invitation follow."""
    rae, lena = office.person("rae"), office.person("lena")
    await rae.types("support", "/incident The shop bot gives 99% off")
    await office.settle()
    assert rae.modal is not None and rae.modal.values["What happened?"] == "The shop bot gives 99% off"
    assert rae.modal.required == ["What happened?", "Who may see it?"]
    await rae.submits()
    assert rae.modal is not None and "You are not in trouble" in rae.modal.text
    await office.settle()
    name = await office.channel()
    assert name == "ai-0001-the-shop-bot-gives-99"
    channel = office.sandbox.channel(name)
    card = next(seen for seen in rae.sees(name) if "nobody yet" in seen.text)
    assert "SEV2 high (provisional)" in card.text and "nobody yet" in card.text
    assert card.ts in channel.pins
    assert "AI-0001" in channel.topic.value
    assert name in rae.sidebar
    announced = [seen for seen in lena.sees("ai-incidents") if "AI-0001" in seen.text]
    assert len(announced) == 1 and f"#{name}" in announced[0].text
    told = rae.ephemerals("support") + rae.direct_messages
    assert any(f"#{name}" in seen.text for seen in told)


async def test_usable_in_two_round_trips_and_done_in_three(office: Office) -> None:
    """No call waits for more than one other until the channel is usable, and for two until all is done."""
    rae = office.person("rae")
    await rae.types("support", "/incident The shop bot gives 99% off")
    await office.settle()
    office.sandbox.traffic.clear()
    office.sandbox.faults.latency = 0.4  # far more than our own work takes, so that only real waiting counts
    await rae.submits()
    await office.settle()
    office.sandbox.faults.latency = 0.0
    calls = [entry for entry in office.sandbox.traffic.calls() if _belongs_to_declaring(entry)]
    assert {entry.name for entry in calls} >= USABLE | {"pins.add", "conversations.setTopic"}
    assert serial_depth([entry for entry in calls if entry.name in USABLE]) <= 2
    assert serial_depth(calls) <= 3


def _belongs_to_declaring(entry: Entry) -> bool:
    """Not the ladder's direct messages, App Home, what whoever joined hears, or the playbook: those follow by themselves."""
    is_direct = str(entry.args.get("channel", "")).startswith("U")
    is_playbook = str(entry.args.get("text", "")).startswith("Playbook of")
    return entry.name in FURNISHING and not is_direct and not is_playbook


async def test_now_declares_at_once(office: Office) -> None:
    """`now` needs no form: it answers with the number, opens the channel and asks its questions there."""
    otto = office.person("otto")
    await otto.types("support", "/incident now The bot insulted a customer")
    assert "AI-0001" in otto.ephemerals("support")[0].text
    await office.settle()
    incident = await office.incident()
    assert (incident.severity, incident.is_provisional) == (Severity.SEV2, True)
    assert any("Answer a few questions" in seen.buttons for seen in otto.sees(await office.channel()))


async def test_a_global_shortcut_opens_the_same_form(office: Office) -> None:
    """The shortcut and the command lead to one form."""
    rae = office.person("rae")
    await rae.global_shortcut("declare")
    await office.settle()
    assert rae.modal is not None and rae.modal.title == "Declare an AI incident"


async def test_a_message_is_reported_from_where_the_bot_is_not(office: Office) -> None:
    """*Report AI output* keeps text, author and link of a message in a channel that Andon cannot read."""
    rae = office.person("rae")
    message = await rae.says("support", "The bot told me: sell your house & buy <lottery> tickets")
    await rae.message_shortcut("report_output", message)
    await office.settle()
    assert rae.modal is not None and "sell your house" in rae.modal.text
    await rae.fills(what_happened="Dangerous financial advice")
    await rae.submits()
    await office.settle()
    async with office.store.read() as unit:
        exhibits = await unit.evidence.of(1)
    assert [exhibit.body for exhibit in exhibits] == ["The bot told me: sell your house & buy <lottery> tickets"]
    assert exhibits[0].author_id == rae.id
    assert office.person("rae").sees(await office.channel())


async def test_the_same_form_twice_is_one_incident(office: Office) -> None:
    """A redelivered submission makes nothing new."""
    rae = office.person("rae")
    await rae.types("support", "/incident Twice")
    await office.settle()
    office.sandbox.delivery.duplicate_next()
    await rae.submits()
    await office.settle()
    async with office.store.read() as unit:
        assert len(await unit.incidents.open_ones()) == 1
    assert len(office.sandbox.traffic.calls("conversations.create")) == 1


async def test_open_incidents_on_the_same_system_are_offered(office: Office) -> None:
    """Choosing the AI system shows what is already being handled there, and keeps what was typed."""
    system = office.services.library.system_choices()[0]
    first = await office.declare("First on this system", system=system[1])
    rae = office.person("rae")
    await rae.types("support", "/incident Second on this system")
    await office.settle()
    await rae.fills(system=system[1])
    await office.settle()
    assert rae.modal is not None and f"#{first}" in rae.modal.text and "Add mine to that one" in rae.modal.text
    assert rae.modal.values["What happened?"] == "Second on this system"


@pytest.mark.parametrize("code", ["restricted_action", "cannot_create_channel"])
async def test_a_private_incident_fails_closed(office: Office, code: str) -> None:
    """Where the private channel is refused there is no public one and no announcement; whoever declared is told."""
    office.sandbox.faults.add("conversations.create", "error", code=code)
    rae = office.person("rae")
    await rae.types("support", "/incident A complaint about our hiring model")
    await office.settle()
    await rae.fills(private="Only the people working on it")
    await rae.submits()
    await office.settle()
    assert (await office.incident()).channel_state is ChannelState.REFUSED
    assert len(office.sandbox.traffic.calls("conversations.create")) == 1
    assert not [seen for seen in office.person("lena").sees("ai-incidents") if "hiring" in seen.text]
    assert any("did not let me open its private channel" in seen.text for seen in rae.direct_messages)


async def test_a_private_incident_is_seen_by_its_people_only(office: Office) -> None:
    """A private channel, no announcement, and not a word to anybody else."""
    rae = office.person("rae")
    await rae.types("support", "/incident A complaint about our hiring model")
    await office.settle()
    await rae.fills(private="Only the people working on it")
    await rae.submits()
    await office.settle()
    name = await office.channel()
    assert name in rae.sidebar and name not in office.person("otto").sidebar
    assert not [seen for seen in rae.sees("ai-incidents") if "AI-0001" in seen.text]


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("conversations.setTopic", "user_is_restricted"),
        ("pins.add", "restricted_action"),
        ("bookmarks.add", "too_many_bookmarks"),
    ],
)
async def test_a_refused_nicety_is_noted_and_stops_nothing(office: Office, method: str, code: str) -> None:
    """The channel is there and usable; the card says what Slack did not allow."""
    office.sandbox.faults.add(method, "error", code=code)
    rae = office.person("rae")
    message = await rae.says("support", "Look at this answer")
    await rae.message_shortcut("report_output", message)
    await office.settle()
    await rae.fills(what_happened="A strange answer")
    await rae.submits()
    await office.settle()
    card = next(seen for seen in rae.sees(await office.channel()) if "nobody yet" in seen.text)
    assert code in card.text
    assert await office.incident()


async def test_an_invitee_slack_refuses_is_noted(office: Office) -> None:
    """One person who cannot be invited keeps nobody else out."""
    office.sandbox.workspace.users[office.person("lena").id].deleted = True
    name = await office.declare("Somebody on duty has left")
    rae = office.person("rae")
    assert name in rae.sidebar and name in office.person("mateo").sidebar
    card = next(seen for seen in rae.sees(name) if "nobody yet" in seen.text)
    assert "I could not invite @Lena (" in card.text


async def test_a_slow_form_gives_back_what_was_typed(office: Office) -> None:
    """When Slack does not let the form open in time, the words come back by direct message."""
    office.sandbox.faults.add("views.open", "error", code="expired_trigger_id")
    rae = office.person("rae")
    await rae.types("support", "/incident A long careful description")
    await office.settle()
    assert any("A long careful description" in seen.text for seen in rae.direct_messages)


@pytest.mark.parametrize(
    "title",
    [
        "<!channel> <!here> everyone",
        "🔥🔥🔥",
        "مرحبا بالعالم",
        "*_~`bold",
        "x" * 2990,
        "a\nb\x00c\u202e",
        "<@U07OTTO0001> did it",
    ],
)
async def test_hostile_titles_harm_nobody(office: Office, title: str) -> None:
    """Whatever is typed, nobody is pinged, the channel's name is valid, and Slack accepts every block."""
    await office.declare(title)
    otto = office.person("otto")
    for entry in office.sandbox.traffic.calls():
        text = str(entry.args)
        assert "<!channel>" not in text and "<!here>" not in text
        assert f"<@{otto.id}>" not in text
    assert not otto.direct_messages


async def test_an_empty_description_keeps_the_form(office: Office) -> None:
    """Blanks are not a description; the form stays with a sentence."""
    rae = office.person("rae")
    await rae.types("support", "/incident")
    await office.settle()
    await rae.fills(what_happened="\u200b\n\x07")
    await rae.submits()
    assert rae.modal is not None and "Say in a few words" in str(rae.modal.errors)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300), st.integers(1, 10**6), st.integers(0, 19))
def test_every_title_in_any_script_names_a_channel(title: str, number: int, attempt: int) -> None:
    """A valid Slack channel name, at most 80 characters, different for each attempt."""
    name = channel_name(number, title, "prompt_attack", attempt)
    assert 1 <= len(name) <= 80
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert attempt == 0 or name != channel_name(number, title, "prompt_attack", 0)
