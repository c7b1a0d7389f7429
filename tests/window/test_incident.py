"""An incident as several people live it through the page: reported, led, acknowledged, reminded of, kept private."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, expect

from bot.sandbox.objects import Channel
from tests.window.conftest import Visit
from tests.window.house import House, Visitor


def card(visitor: Visitor) -> Locator:
    """The message that shows where things stand."""
    return visitor.log.get_by_role("article").filter(has_text="Declared by").first


async def test_reporting_a_message(house: House, visit: Visit) -> None:
    """Whoever reads something strange reports it where it stands; the form quotes it, and a channel comes of it."""
    await house.sandbox.person("cleo").says("support", "It told her to <b>drink bleach</b> & smile")
    rae = await visit("rae", house.sandbox.channel("support"))
    await rae.chooses(rae.message("drink bleach"), "Report AI output")
    form = rae.page.get_by_role("dialog")
    await expect(form).to_contain_text("It told her to <b>drink bleach</b> & smile")
    await form.get_by_role("textbox", name="What happened?").fill("Poison as a remedy")
    await form.get_by_role("radio", name="Not sure").check()
    await form.get_by_role("button", name="Declare", exact=True).click()
    await expect(rae.form("Declared")).to_contain_text("You are not in trouble")
    await rae.form("Declared").get_by_role("button", name="Close").last.click()
    await rae.opens((await house.incident_channel("poison")).name)
    await expect(card(rae)).to_contain_text("Poison as a remedy")
    await card(rae).get_by_role("link", name="Where it was reported").click()
    await expect(rae.page.get_by_role("heading", level=1)).to_have_text("support")
    await expect(rae.message("drink bleach")).to_be_visible()


async def test_taking_roles(house: House, visit: Visit) -> None:
    """On the card or in the message that asks for it, one press takes a role; everybody's card shows who has it."""
    channel = await house.declares("The bot promises refunds", severity="SEV1")
    rae = await visit("rae", channel)
    await expect(card(rae).get_by_text("nobody yet")).to_have_count(4)
    other = await visit("lena", channel)
    await card(other).get_by_role("button", name="Take lead").click()
    await expect(card(rae)).to_contain_text(re.compile(r"Lead\s*@Lena"))
    await expect(card(rae).get_by_role("button", name="Take lead")).to_have_count(0)
    await other.becomes("Mateo Rojas")
    await card(other).get_by_role("button", name="Take technical").click()
    for name, role in (("Grace Adeyemi", "legal"), ("Cory Bell", "comms")):
        await other.becomes(name)
        await expect(other.conversation("andon, ")).to_be_visible()
        await other.opens("andon")
        await other.presses(f"Take {role}")
        await expect(other.message(f"You are {role} of")).to_be_visible()
    for role, name in (("Technical", "Mateo"), ("Legal", "Grace"), ("Comms", "Cory")):
        await expect(card(rae)).to_contain_text(re.compile(rf"{role}\s*@{name}"))


async def test_an_executive_acknowledges(house: House, visit: Visit) -> None:
    """The message in the CTO's direct messages says it all and wants one press; then it says so and wants nothing."""
    await house.declares("The bot insults buyers", severity="SEV1")
    ines = await visit("ines")
    await expect(ines.conversation("andon, ")).to_be_visible()
    await ines.opens("andon")
    asked = ines.message("The bot insults buyers").last
    for words in ("SEV1 critical", "Who leads", "Harm stopped", "What is wanted of you"):
        await expect(asked).to_contain_text(words)
    await asked.get_by_role("button", name="Acknowledge").click()
    await expect(asked).to_contain_text("acknowledged by @Ines")
    await expect(asked.get_by_role("button", name="Acknowledge")).to_have_count(0)
    await expect(ines.conversation("andon")).to_have_accessible_name("andon")


async def test_time_jumps(house: House, visit: Visit) -> None:
    """The clock moves for bot and workspace together, and what falls due meanwhile is there."""
    channel = await house.declares("The bot quotes old prices", severity="SEV1")
    before = house.theatre.now()
    lena = await visit("lena", channel)
    clock = lena.page.get_by_role("timer", name="Workspace time")
    await lena.page.get_by_role("button", name="+5 min").click()
    await expect(clock).to_contain_text(_in_berlin(before + timedelta(minutes=5)))
    await expect(lena.page.get_by_role("button", name="+5 min")).to_have_attribute("aria-busy", "false")
    await expect(lena.message("No first update has been sent")).to_have_count(0)
    await lena.page.get_by_role("button", name="+15 min").click()
    await expect(lena.message("No first update has been sent")).to_be_visible()
    await expect(clock).to_contain_text(_in_berlin(before + timedelta(minutes=20)))
    await expect(lena.page.get_by_role("button", name="+15 min")).to_have_attribute("aria-busy", "false")
    due = lena.page.get_by_role("button", name=re.compile("^Next due .*: go there"))
    named = await due.inner_text()
    await due.click()
    await expect(clock).to_contain_text(named.removeprefix("Next due "))


def _in_berlin(instant: datetime) -> re.Pattern[str]:
    """What a clock in Berlin may show in the minute from then."""
    there = [(instant + timedelta(minutes=n)).astimezone(ZoneInfo("Europe/Berlin")) for n in (0, 1)]
    return re.compile("|".join(f"{one:%H:%M}" for one in there))


async def test_a_private_incident(house: House, visit: Visit) -> None:
    """Whoever does not work on it finds it nowhere: sidebar, Home, search, links; whoever does, does."""
    channel = await _declared_in_private(await visit("grace"), house)
    otto = await visit("otto")
    requested: list[str] = []
    otto.page.on("request", lambda request: requested.append(request.url))
    await expect(otto.conversation("support")).to_be_visible()
    await expect(otto.conversation(channel.name)).to_have_count(0)
    await otto.opens("andon")
    await expect(otto.page.get_by_role("tabpanel", name="Home").get_by_role("button").first).to_be_visible()
    await otto.opens("support")
    await otto.composer.press_sequentially("#ai-")
    suggestions = otto.page.get_by_role("listbox", name="Suggestions")
    await expect(suggestions.get_by_role("option", name="ai-incidents")).to_be_visible()
    await expect(suggestions).not_to_contain_text(channel.name)
    await otto.composer.fill("")
    await otto.page.goto(f"{house.url}/?as=otto#/c/{channel.id}")
    await otto.page.reload()
    await expect(otto.log).to_be_visible()
    assert channel.id not in otto.page.url
    assert "hiring" not in (await otto.page.content()).lower()
    assert not [url for url in requested if "channel=" + channel.id in url]


async def _declared_in_private(grace: Visitor, house: House) -> Channel:
    await grace.opens("general")
    await grace.writes("/incident")
    form = grace.form("Declare an AI incident")
    await form.get_by_role("textbox", name="What happened?").fill("A complaint about hiring")
    await form.get_by_role("radio", name="Not sure").check()
    await form.get_by_role("radio", name="Only the people working on it").check()
    await form.get_by_role("button", name="Declare", exact=True).click()
    await expect(grace.form("Declared")).to_be_visible()
    await grace.form("Declared").get_by_role("button", name="Close").last.click()
    channel = await house.incident_channel("hiring")
    await expect(grace.conversation(f"{channel.name}, private")).to_be_visible()
    return channel
