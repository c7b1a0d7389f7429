"""The guided path as a newcomer walks it: doing what its card says, by the words on the buttons."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.window.conftest import Visit
from tests.window.house import House, Visitor


async def at_step(visitor: Visitor, number: int, words: str) -> None:
    await expect(visitor.guide.get_by_text(f"{number} of 10")).to_be_visible()
    await expect(visitor.guide).to_contain_text(words)


async def test_the_whole_path(visit: Visit) -> None:
    """From a customer's screenshot to the open post-mortem draft, nothing but what the card says, nothing else known."""
    newcomer = await visit()
    await _report(newcomer)
    await _acknowledge(newcomer)
    await _lead(newcomer)
    await _resolve_and_close(newcomer)
    await _read_the_draft(newcomer)


async def test_skipping_and_coming_back(house: House, visit: Visit) -> None:
    """Skipped, the guide says no more; shown again it begins anew, in a workspace in which nothing has happened."""
    await house.begins_anew()
    newcomer = await visit()
    await newcomer.guide.get_by_role("button", name="Skip").click()
    await expect(newcomer.guide).to_have_text(re.compile("The guide was skipped"))
    await newcomer.becomes("Rae Okafor")
    await newcomer.opens("general")
    await newcomer.writes("This is forgotten")
    await expect(newcomer.message("This is forgotten")).to_be_visible()
    await newcomer.guide.get_by_role("button", name="Show me around").click()
    await at_step(newcomer, 1, "choose “Report AI output”")
    await newcomer.opens("general")
    await expect(newcomer.log).not_to_contain_text("This is forgotten")


async def test_having_a_step_done(house: House, visit: Visit) -> None:
    """Whoever is stuck has the hint and can have it done; beginning anew takes everything away."""
    await house.begins_anew()
    newcomer = await visit()
    for number in (1, 2):
        await at_step(newcomer, number, "")
        await newcomer.guide.get_by_text("Hint", exact=True).click()
        await newcomer.guide.get_by_role("button", name="Do it for me").click()
    await at_step(newcomer, 3, "Press “Close”")
    await expect(newcomer.form("Declared")).to_be_visible()
    await newcomer.guide.get_by_role("button", name="Restart").click()
    await at_step(newcomer, 1, "You are Rae")
    await expect(newcomer.form("Declared")).to_have_count(0)


async def _report(rae: Visitor) -> None:
    await expect(rae.page.get_by_role("button", name="Acting as Rae Okafor")).to_be_visible()
    await at_step(rae, 1, "choose “Report AI output”")
    await rae.opens("support")
    await rae.chooses(rae.message("My new kettle sparks"), "Report AI output")
    await at_step(rae, 2, "Then press “Declare”")
    form = rae.page.get_by_role("dialog")
    await form.get_by_label("What happened?").fill("The bot calls a sparking kettle safe")
    await form.get_by_label("Someone is being hurt or losing money, or could be soon").check()
    await form.get_by_role("button", name="Declare", exact=True).click()
    await at_step(rae, 3, "Press “Close” and open the new channel")
    await rae.form("Declared").get_by_role("button", name="Close").last.click()
    await rae.opens("ai-0001-")
    await expect(rae.message("AI-0001:").first).to_be_visible()
    await rae.guide.get_by_role("button", name="Next").click()


async def _acknowledge(newcomer: Visitor) -> None:
    await at_step(newcomer, 4, "Press “Acknowledge”")
    await newcomer.guide.get_by_role("button", name="Continue as Ines").click()
    await expect(newcomer.page.get_by_role("button", name="Acting as Ines Carvalho")).to_be_visible()
    await expect(newcomer.conversation("andon, 1 new mention")).to_be_visible()
    await newcomer.opens("andon")
    await newcomer.presses("Acknowledge")
    await at_step(newcomer, 5, "Take lead")


async def _lead(newcomer: Visitor) -> None:
    await newcomer.guide.get_by_role("button", name="Continue as Lena").click()
    await expect(newcomer.page.get_by_role("button", name="Acting as Lena Voss")).to_be_visible()
    await expect(newcomer.conversation("andon, 1 new mention")).to_be_visible()
    await newcomer.opens("andon")
    await newcomer.presses("Take lead")
    await at_step(newcomer, 6, "press “Send update”")
    await newcomer.opens("ai-0001-")
    await newcomer.message("AI-0001:").first.get_by_role("button", name="Send update").click()
    form = newcomer.page.get_by_role("dialog")
    await form.get_by_role("textbox", name="Update").fill("The bot no longer answers about kettles")
    await form.get_by_role("button", name="Send", exact=True).click()
    await at_step(newcomer, 7, "choose “Set contained”")
    await newcomer.message("AI-0001:").first.get_by_role("button", name="More actions").click()
    await newcomer.page.get_by_role("menuitem", name="Set contained").click()
    form = newcomer.page.get_by_role("dialog")
    await form.get_by_label("How was it verified that the harm is stopped?").fill("Asked it ten times")
    await form.get_by_role("button", name="It is contained").click()


async def _resolve_and_close(lena: Visitor) -> None:
    await at_step(lena, 8, "type this into the channel")
    await lena.writes("/incident resolved Safety answers come from the manual now")
    await at_step(lena, 9, "it is over")
    await lena.writes("/incident close Nobody was hurt, the customer got a new kettle")


async def _read_the_draft(lena: Visitor) -> None:
    await at_step(lena, 10, "post-mortem")
    draft = lena.message("Post-mortem draft").last
    await draft.get_by_role("button", name=re.compile("^1 reply")).click()
    await lena.pane.get_by_role("button", name="Open Post-mortem draft of AI-0001").click()
    await expect(lena.page.get_by_role("dialog")).to_contain_text("The bot calls a sparking kettle safe")
    await lena.page.keyboard.press("Escape")
    await lena.guide.get_by_role("button", name="Next").click()
    await expect(lena.guide).to_contain_text("From a strange answer to a post-mortem draft")
    await expect(lena.guide.get_by_role("button", name="Start again")).to_be_visible()
