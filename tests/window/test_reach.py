"""The page for everybody: by keyboard alone, for screen readers, for weak eyes, on a phone and on a wide screen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from bot.sandbox.objects import Channel
from tests.window.conftest import Visit
from tests.window.house import House, Visitor

LOOKS = (Path(__file__).parent / "looks.js").read_text()
NAMED = {
    *(
        "button",
        "link",
        "textbox",
        "searchbox",
        "combobox",
        "listbox",
        "option",
        "checkbox",
        "radio",
        "switch",
        "menuitem",
    ),
    *(
        "menuitemradio",
        "tab",
        "tabpanel",
        "dialog",
        "log",
        "article",
        "navigation",
        "complementary",
        "toolbar",
        "image",
    ),
    *("progressbar", "timer", "heading", "banner"),
}
FOCUS = """() => {
  for (let one = document.activeElement, far = 0; one && far < 4; one = one.parentElement, far += 1) {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one);
    if (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && !outlineColor.includes(', 0)')) return true;
    if (far && one.matches(':focus-within') && getComputedStyle(one).borderTopColor === focusColour()) return true;
  }
  return false;
  function focusColour() {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(--focus)';
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }
}"""
PHONE = {"viewport": {"width": 400, "height": 800}}
WIDE = {"viewport": {"width": 1600, "height": 1000}}


async def nameless(page: Page) -> list[str]:
    """Roles of everything a screen reader meets that should have a name and has none."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Accessibility.getFullAXTree")
    await session.detach()
    return [_role(node) for node in tree["nodes"] if not node["ignored"] and _role(node) in NAMED and not _name(node)]


def _role(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def _name(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


async def looks_well(page: Page) -> None:
    """In both themes nothing is hard to read, sticks out or lacks a name."""
    assert [] == await nameless(page)
    for theme in ("light", "dark"):
        await page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
        assert [] == await page.evaluate(LOOKS), theme


async def reaches(visitor: Visitor, key: str, wanted: Locator) -> None:
    """Press a key until this has the focus, which can be seen wherever it is on the way."""
    for _ in range(40):
        if await wanted.evaluate("one => one === document.activeElement"):
            return
        await visitor.page.keyboard.press(key)
        assert await visitor.page.evaluate(FOCUS), await visitor.page.evaluate("document.activeElement.outerHTML")
    raise AssertionError(f"{wanted} cannot be reached by {key}")


async def test_a_declare_by_keyboard(house: House, visit: Visit) -> None:
    """From the composer to the new channel, its card and back, no hand on the mouse, the focus always in sight."""
    rae = await visit("rae", house.sandbox.channel("general"))
    keys = rae.page.keyboard
    await expect(rae.composer).to_be_focused()
    await keys.type("/inc")
    await expect(rae.page.get_by_role("option", name="/incident")).to_be_visible()
    await keys.press("Tab")
    await keys.press("Enter")
    form = rae.form("Declare an AI incident")
    await expect(form.get_by_role("textbox", name="What happened?")).to_be_focused()
    await keys.type("It swears at children")
    await reaches(rae, "Tab", form.get_by_role("radio", name="Not sure"))
    await keys.press("ArrowUp")
    await keys.press("Space")
    await expect(form.get_by_role("radio", name="Caught before release")).to_be_checked()
    await reaches(rae, "Tab", form.get_by_role("button", name="Declare", exact=True))
    await keys.press("Enter")
    await expect(rae.form("Declared")).to_be_visible()
    await keys.press("Escape")
    await expect(rae.composer).to_be_focused()
    await expect(rae.conversation("ai-0")).to_be_visible()
    await reaches(rae, "F6", rae.conversation("general"))
    await reaches(rae, "ArrowUp", rae.conversation("ai-0"))
    await keys.press("Enter")
    await expect(rae.page.get_by_role("heading", level=1)).to_contain_text("it-swears-at-children")
    await house.world_settles()
    await reaches(rae, "Tab", rae.message("Declared by").get_by_role("button", name="Take lead"))
    await keys.press("Enter")
    await expect(rae.message("Declared by")).to_contain_text(re.compile(r"Lead\s*@Rae"))


async def test_menus_by_keyboard(house: House, visit: Visit) -> None:
    """A message's menu opens, is walked and closed by keys, and gives the focus back."""
    await house.sandbox.person("cleo").says("support", "It called a customer stupid")
    rae = await visit("rae", house.sandbox.channel("support"))
    row = rae.message("called a customer stupid")
    await expect(row).to_be_visible()
    await reaches(rae, "Shift+Tab", row)
    await rae.page.keyboard.press("Enter")
    entry = rae.page.get_by_role("menuitem", name="Report AI output")
    await reaches(rae, "ArrowDown", entry)
    await rae.page.keyboard.press("Escape")
    await expect(entry).to_have_count(0)
    await expect(row).to_be_focused()
    await rae.page.keyboard.press("t")
    await expect(rae.pane.get_by_role("textbox", name="Reply")).to_be_focused()
    await rae.page.keyboard.press("Escape")
    await expect(rae.pane).to_have_count(0)


async def furnished(house: House) -> Channel:
    """An incident with a lead, words, a thread, a reaction and something only for Rae."""
    channel = await house.declares("It promises delivery in an hour", severity="SEV1")
    rae, lena = house.sandbox.person("rae"), house.sandbox.person("lena")
    await lena.command("/incident", "take lead", channel)
    said = await lena.says(
        channel, "Look at `promises.yaml`, @rae and @here: ~two~ *four* cases, see https://kestrel.example"
    )
    await rae.says(channel, "I have seen three", thread=said)
    await rae.reacts(said, "eyes")
    await rae.uploads(channel, "chat.txt", b"Within the hour!", text="This one")
    await rae.command("/incident", "help", channel)
    await house.world_settles()
    return channel


@pytest.mark.parametrize("size", [PHONE, pytest.param(WIDE, marks=pytest.mark.whole)], ids=["phone", "wide"])
async def test_how_it_looks(house: House, visit: Visit, size: dict[str, Any]) -> None:
    """Conversation, thread, form, menus, Home, traffic: all can be read, fits, and says what it is, in both themes."""
    rae = await visit("rae", await furnished(house), **size)
    await expect(rae.message("Only visible to you").last).to_be_visible()
    await looks_well(rae.page)
    await rae.message("Look at").get_by_role("button", name=re.compile("^1 reply")).click()
    await expect(rae.reply("I have seen three")).to_be_visible()
    await looks_well(rae.page)
    await rae.page.get_by_role("button", name="Close thread").click()
    await rae.message("Declared by").get_by_role("button", name="More actions").click()
    await expect(rae.page.get_by_role("menuitem", name="Set contained")).to_be_visible()
    await looks_well(rae.page)
    await rae.page.keyboard.press("Escape")
    await rae.writes("/incident")
    await expect(rae.page.get_by_role("dialog")).to_be_visible()
    await looks_well(rae.page)
    await rae.page.keyboard.press("Escape")
    await expect(rae.page.get_by_role("dialog")).to_have_count(0)
    await rae.page.goto(f"{house.url}/?as=ines#/app")
    await rae.page.reload()
    await expect(rae.page.get_by_role("tabpanel", name="Home").get_by_role("button").first).to_be_visible()
    await looks_well(rae.page)
    if await rae.page.get_by_role("button", name="Controls").is_visible():
        await rae.page.get_by_role("button", name="Controls").click()
    await rae.page.get_by_role("button", name="Traffic").click()
    await expect(rae.page.get_by_role("region", name="Traffic").get_by_role("listitem").last).to_be_visible()
    await looks_well(rae.page)


async def test_on_a_phone(house: House, visit: Visit) -> None:
    """At 400 pixels everything is within reach of a thumb: conversations, composer, form, guide; nothing covers it."""
    await house.begins_anew()
    rae = await visit(**PHONE)
    await rae.page.get_by_role("button", name="Conversations").click()
    await rae.conversation("support").click()
    await expect(rae.page.get_by_role("heading", level=1)).to_have_text("support")
    for part in (
        rae.composer,
        rae.page.get_by_role("button", name="Send message"),
        rae.guide.get_by_role("button", name="Skip"),
    ):
        assert await is_free(part)
    await rae.chooses(rae.message("My new kettle sparks"), "Report AI output")
    form = rae.page.get_by_role("dialog")
    await form.get_by_role("textbox", name="What happened?").fill("Sparks")
    for part in (form.get_by_role("button", name="Declare", exact=True), rae.guide.get_by_role("button", name="Skip")):
        assert await is_free(part)
    await form.get_by_role("button", name="Declare", exact=True).click()
    await expect(rae.form("Declared")).to_be_visible()


async def test_the_guide_covers_nothing(house: House, visit: Visit) -> None:
    """On a wide screen and on a laptop the guide leaves composer, last message and conversations free."""
    await house.begins_anew()
    for width, height in ((1600, 1000), (1280, 720)):
        rae = await visit(viewport={"width": width, "height": height})
        await rae.opens("support")
        for part in (
            rae.composer,
            rae.message("My new kettle sparks"),
            rae.conversation("support"),
            rae.guide.get_by_role("button", name="Skip"),
        ):
            assert await is_free(part)


async def is_free(part: Locator) -> bool:
    """Whether it is on screen, and nothing lies on top of it anywhere."""
    await expect(part).to_be_in_viewport(ratio=0.9)
    free: bool = await part.evaluate(
        """part => {
          const { left, top, width, height } = part.getBoundingClientRect();
          const spots = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap(x => [0.2, 0.5, 0.8].map(y => [left + width * x, top + height * y]));
          return spots.every(([x, y]) => {
            const above = document.elementFromPoint(x, y);
            return part.contains(above) || above.contains(part);
          });
        }"""
    )
    return free
