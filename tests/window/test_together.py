"""Several people at windows of their own: what one does the others see, and only those whom it concerns."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.window.conftest import Visit
from tests.window.house import House

SOON = 3_000
"""Milliseconds within which others see what somebody did: a second, and more for a machine busy with other tests."""


async def test_seeing_each_others_acts(house: House, visit: Visit) -> None:
    """A message, its change, reactions, a card and a deletion are with the other within a second, unasked."""
    channel = await house.declares("The bot forgets names")
    rae, lena = await visit("rae", channel), await visit("lena", channel)
    await expect(lena.message("Declared by")).to_be_visible()
    await rae.writes("It called her Bob")
    said = lena.message("It called her")
    await expect(said).to_be_visible(timeout=SOON)
    await rae.chooses(rae.message("It called her"), "Edit message")
    await rae.log.get_by_role("textbox", name="Edit message").fill("It called her Rob")
    await rae.page.keyboard.press("Enter")
    await expect(said).to_contain_text("It called her Rob(edited)", timeout=SOON)
    await said.hover()
    await said.get_by_role("button", name="Add reaction").click()
    await lena.page.get_by_role("searchbox", name="Find an emoji").fill("eyes")
    await lena.page.keyboard.press("Enter")
    seen = rae.message("It called her").get_by_role("button", name="eyes, 1: Lena Voss")
    await expect(seen).to_be_visible(timeout=SOON)
    await seen.click()
    await expect(said.get_by_role("button", name=re.compile("^eyes, 2: "))).to_be_visible(timeout=SOON)
    await lena.presses("Take lead")
    await expect(rae.message("Declared by").first).to_contain_text(re.compile(r"Lead\s*@Lena"), timeout=2 * SOON)
    await rae.chooses(rae.message("It called her"), "Delete message")
    await rae.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(said).to_have_count(0, timeout=SOON)


async def test_what_waits_for_somebody(house: House, visit: Visit) -> None:
    """What was not read is marked, mentions are counted; a visit, and nothing else, takes the marks away."""
    rae, otto = await visit("rae", house.sandbox.channel("general")), await visit("otto")
    await otto.opens("general")
    await expect(otto.conversation("general")).to_have_accessible_name("general")
    await otto.opens("support")
    await rae.writes("Anybody there?")
    await expect(otto.conversation("general")).to_have_accessible_name("general, unread")
    await rae.writes("@otto I mean you")
    await rae.writes("@here and everybody")
    await expect(otto.conversation("general")).to_have_accessible_name("general, 2 new mentions")
    await expect(otto.page).to_have_title(re.compile(r"^\(2\) support"))
    await otto.opens("general")
    await expect(otto.log.get_by_role("separator", name="New messages")).to_be_visible()
    await expect(otto.message("I mean you")).to_contain_text("@Otto")
    await expect(otto.conversation("general")).to_have_accessible_name("general")
    await otto.opens("support")
    await rae.writes("And again")
    await expect(otto.conversation("general")).to_have_accessible_name("general, unread")


async def test_a_word_for_one(house: House, visit: Visit) -> None:
    """What is only visible to somebody is on no other screen, and gone when put away."""
    channel = await house.declares("The bot sings")
    rae, lena = await visit("rae", channel), await visit("lena", channel)
    await rae.writes("/incident help")
    word = rae.message("Only visible to you")
    await expect(word.last).to_contain_text("/incident")
    await lena.writes("Done?")
    await expect(rae.message("Done?")).to_be_visible()
    await expect(lena.message("Only visible to you")).to_have_count(0)
    await word.last.get_by_role("button", name="Dismiss").click()
    await expect(word).to_have_count(0)


async def test_threads_and_files(house: House, visit: Visit) -> None:
    """Replies stand in the thread, in the channel only when sent there too; a file can be read by whoever sees it."""
    support = house.sandbox.channel("support")
    rae, cleo = await visit("rae", support), await visit("cleo", support)
    chooser = rae.page.get_by_role("main").get_by_label("Choose files")
    await chooser.set_input_files({"name": "chat.txt", "mimeType": "text/plain", "buffer": b"Bot: 99 % off!"})
    await rae.composer.fill("Look at this")
    await rae.composer.press("Enter")
    await cleo.message("Look at this").get_by_role("button", name="Open chat.txt").click()
    await expect(cleo.page.get_by_role("dialog", name="chat.txt")).to_contain_text("Bot: 99 % off!")
    await cleo.page.keyboard.press("Escape")
    await cleo.chooses(cleo.message("Look at this"), "Reply in thread")
    field = cleo.pane.get_by_role("textbox", name="Reply")
    await field.fill("Is it real?")
    await field.press("Enter")
    await expect(rae.message("Look at this").get_by_role("button", name=re.compile("^1 reply"))).to_be_visible()
    await expect(rae.message("Is it real?")).to_have_count(0)
    await rae.message("Look at this").get_by_role("button", name=re.compile("^1 reply")).click()
    await expect(rae.reply("Is it real?")).to_be_visible()
    await cleo.pane.get_by_role("checkbox", name="Also send to #support").check()
    await field.fill("It is real")
    await field.press("Enter")
    await expect(rae.message("It is real")).to_contain_text("Replied to a thread")
    await expect(rae.reply("It is real")).to_be_visible()


async def test_completion(house: House, visit: Visit) -> None:
    """Commands, people, channels and emoji complete by Tab or Enter, and the choice is read out."""
    rae = await visit("rae", house.sandbox.channel("general"))
    for typed, offered, key, becomes in (
        ("/inc", "/incident", "Tab", "/incident "),
        ("ask @len", "Lena Voss", "Enter", "ask @lena "),
        ("see #sup", "support", "Tab", "see #support "),
        ("well :tad", ":tada:", "Enter", "well :tada: "),
    ):
        await rae.composer.fill("")
        await rae.composer.press_sequentially(typed)
        option = rae.page.get_by_role("listbox", name="Suggestions").get_by_role("option", name=offered).first
        await expect(option).to_have_attribute("aria-selected", "true")
        await rae.composer.press(key)
        await expect(rae.composer).to_have_value(becomes)
        await expect(rae.composer).to_be_focused()
    await expect(rae.message("well")).to_have_count(0)
