"""Five thousand messages in a channel: as quick as fifty, and as calm."""

from __future__ import annotations

import re

from playwright.async_api import expect

from bot.sandbox import acts, seed
from bot.sandbox.objects import Channel
from tests.window.conftest import Visit
from tests.window.house import House, Visitor

MESSAGES = 5_000
MOST_ROWS = 250
CALM = """async () => {
  const scroller = document.querySelector('main [role=log]').parentElement;
  for (let top = -1, still = 0; still < 4; still = scroller.scrollTop === top ? still + 1 : 0) {
    top = scroller.scrollTop;
    await new Promise(requestAnimationFrame);
  }
}"""
READ = """() => [...document.querySelectorAll('main [role=article]')]
  .find(row => row.getBoundingClientRect().top > 200).textContent.match(/number \\d+ /)[0]"""


def fill(house: House) -> Channel:
    """A channel in which two people talked for long; the app is not in it."""
    workspace, channel = house.sandbox.workspace, house.sandbox.channel("support")
    for number in range(MESSAGES):
        text = f"Message number {number} " + "and what belongs to it " * (number % 7)
        acts.post(workspace, channel, (seed.RAE, seed.CLEO)[number // 3 % 2], text)
    return channel


async def rows(visitor: Visitor) -> int:
    return await visitor.log.get_by_role("article").count()


async def scrolls(visitor: Visitor, up_to: str) -> int:
    """Turn the wheel upwards until this is there; the most rows there were on the way."""
    await visitor.log.hover()
    most = 0
    for _ in range(60):
        await visitor.page.mouse.wheel(0, -2_500)
        await visitor.page.evaluate(CALM)
        most = max(most, await rows(visitor))
        if await visitor.message(up_to).count():
            return most
    raise AssertionError(f"{up_to} was not reached")


async def test_a_long_channel(house: House, visit: Visit) -> None:
    """Few rows are drawn, older ones come when one scrolls up, and what arrives moves nothing that is being read."""
    otto = await visit("otto", fill(house))
    newest = otto.message(f"Message number {MESSAGES - 1}")
    await expect(newest).to_be_in_viewport()
    assert await rows(otto) <= MOST_ROWS
    assert await scrolls(otto, f"Message number {MESSAGES - 700} ") <= MOST_ROWS
    await expect(newest).to_have_count(0)
    read = otto.message(await otto.page.evaluate(READ))
    before = await read.bounding_box()
    await house.sandbox.person("cleo").says("support", "News from Cleo")
    pill = otto.page.get_by_role("button", name="1 new message")
    await expect(pill).to_be_visible()
    assert before == await read.bounding_box()
    await pill.click()
    await expect(otto.message("News from Cleo")).to_be_in_viewport()
    await house.sandbox.person("cleo").says("support", "Still here")
    await expect(otto.message("Still here")).to_be_in_viewport()
    await expect(otto.page.get_by_role("button", name=re.compile("new message"))).to_have_count(0)
    assert await rows(otto) <= MOST_ROWS
