"""What people see when Slack or the bot fails, and that nothing is lost or done twice when both are back."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.window.conftest import Visit
from tests.window.house import House, Visitor


async def turned(visitor: Visitor, name: str, on: bool) -> None:
    """A switch above is on, or off."""
    switch = visitor.page.get_by_role("switch", name=name)
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", str(on).lower())


async def test_restart_in_the_middle_of_a_declare(house: House, visit: Visit) -> None:
    """The bot is killed while Slack opens the channel: there is one channel, one card, one announcement all the same."""
    workspace = house.sandbox.workspace
    known = set(workspace.channels)
    rae = await visit("rae", house.sandbox.channel("general"))
    house.sandbox.faults.add("conversations.create", "hang_after")
    await rae.writes("/incident")
    form = rae.form("Declare an AI incident")
    await form.get_by_role("textbox", name="What happened?").fill("It gives medical advice")
    await form.get_by_role("radio", name="Not sure").check()
    await form.get_by_role("button", name="Declare", exact=True).click()
    await house.becomes(lambda: house.sandbox.faults.struck)
    await rae.page.get_by_role("button", name="Restart the bot").click()
    await expect(rae.page.get_by_text("Bot running")).to_be_visible()
    await rae.form("Declared").get_by_role("button", name="Close").last.click()
    await expect(rae.conversation("ai-0")).to_have_count(1)
    await rae.opens("ai-0")
    await expect(rae.message("Declared by")).to_have_count(1)
    await expect(rae.message("Declared by").get_by_role("button", name="Take lead")).to_be_visible()
    await house.world_settles()
    made = [one for one in workspace.channels.values() if one.id not in known and not one.direct]
    announced = house.sandbox.person("rae").sees("ai-incidents")
    assert (1, 1) == (len(made), len([one for one in announced if "medical advice" in one.text]))


async def test_slack_down_and_up_again(house: House, visit: Visit) -> None:
    """While the bot cannot be reached people are told as Slack tells them; afterwards what was owed comes by itself."""
    channel = await house.declares("It invents discounts", severity="SEV1")
    lena = await visit("lena", channel)
    await turned(lena, "Slack is down", on=True)
    await house.becomes(lambda: not house.sandbox.sockets.connections)
    await lena.writes("/incident update We look at it")
    await expect(lena.message("Only visible to you")).to_contain_text('may not be running: "dispatch_failed"')
    await lena.message("Declared by").get_by_role("button", name="Take lead").click()
    await expect(lena.log.get_by_role("alert")).to_contain_text("could not be reached")
    await lena.page.get_by_role("button", name="+5 min").click()
    await expect(lena.page.get_by_role("button", name="+5 min")).to_have_attribute("aria-busy", "false", timeout=60_000)
    liam = house.sandbox.person("liam")
    assert not [one for one in liam.direct_messages if "invents discounts" in one.text]
    await turned(lena, "Slack is down", on=False)
    await house.becomes(lambda: [one for one in liam.direct_messages if "invents discounts" in one.text])
    await lena.message("Declared by").get_by_role("button", name="Take lead").click()
    await expect(lena.message("Declared by")).to_contain_text(re.compile(r"Lead\s*@Lena"))


async def test_slack_limits_the_rate(house: House, visit: Visit) -> None:
    """Under Slack's published limits an incident is declared as ever, and no call is refused for coming too often."""
    rae = await visit("rae", house.sandbox.channel("general"))
    await turned(rae, "Slack limits the rate", on=True)
    begun = len(house.sandbox.traffic)
    await rae.writes("/incident now It speaks in rhymes")
    await expect(rae.conversation("ai-")).not_to_have_count(0)
    channel = await house.becomes(lambda: next(iter(_about(house, "rhymes")), None))
    await rae.opens(channel.name)
    await expect(rae.message("Declared by")).to_be_visible()
    assert house.sandbox.limits.on
    assert not [one.name for one in house.sandbox.traffic.entries[begun:] if one.status == 429]
    await turned(rae, "Slack limits the rate", on=False)


def _about(house: House, word: str) -> list:
    return [one for one in house.sandbox.workspace.channels.values() if word in one.name and one.pins]


async def test_a_command_that_times_out(house: House, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that does not acknowledge is told of as Slack does; the inspector has the reason. A restart mends it."""
    monkeypatch.setattr(house.sandbox.sockets, "_patience", 0.2)
    rae = await visit("rae", house.sandbox.channel("product"))
    await rae.page.get_by_role("button", name="Join channel").click()
    await expect(rae.composer).to_be_visible()
    house.sandbox.sockets.silence()
    await rae.writes("/incident help")
    await expect(rae.message("Only visible to you")).to_contain_text(
        '/incident failed with the error "operation_timeout"'
    )
    await rae.page.get_by_role("button", name="Traffic").click()
    traffic = rae.page.get_by_role("region", name="Traffic")
    await traffic.get_by_role("combobox", name="Kind of traffic").select_option("Trouble only")
    command = traffic.get_by_role("listitem").filter(has_text="/incident")
    await expect(command.last).to_contain_text("not acknowledged: timeout")
    await traffic.get_by_role("button", name="Close traffic").click()
    await rae.page.get_by_role("button", name="Restart the bot").click()
    await expect(rae.page.get_by_role("button", name="Restart the bot")).to_have_attribute("aria-busy", "false")
    monkeypatch.undo()
    await rae.writes("/incident help")
    await expect(rae.message("Only visible to you").last).to_contain_text("/incident")
    await expect(rae.message("Only visible to you")).to_have_count(2)
    await rae.writes("/nonsense")
    await expect(rae.message("/nonsense is not a valid command")).to_be_visible()
