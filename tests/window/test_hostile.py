"""What ill-meaning people type stays text: in messages, names of files, every field of every form, and the draft."""

from __future__ import annotations

from playwright.async_api import Dialog, Locator, expect

from tests.window.conftest import Guard, Visit
from tests.window.house import House, Visitor

IMAGE = '<img src="https://evil.example/x.png" onerror="alert(1)">'
TEXT = (
    f"{IMAGE}<script>alert(2)</script></textarea><svg onload=alert(3)> [a](javascript:alert(4)) "
    "<javascript:alert(5)|b> ![c](https://evil.example/c.png) &lt;b&gt; {{ 7*7 }}"
)
FORMS = {"update": "Send", "contained": "It is contained", "resolved": "It is resolved", "close": "Close it"}
PLANTED = """() => [...document.querySelectorAll(
  'script:not([src^="/page/js/"]), iframe, object, embed, base, form[action], [srcdoc], img[src*="evil"], a[href^="javascript"], a[href^="data"]'
)].concat([...document.querySelectorAll('*')].filter(one => [...one.attributes].some(({name}) => name.startsWith('on'))))
  .map(one => one.outerHTML.slice(0, 200))"""


async def fill_everything(form: Locator) -> None:
    """The same text in every field that takes text, whatever can be chosen chosen."""
    await expect(form).to_be_visible()
    for field in await form.get_by_role("textbox").all():
        await field.fill(TEXT)
    for choice in await form.get_by_role("radiogroup").all():
        await choice.get_by_role("radio").last.check()


async def test_hostile_text(house: House, visit: Visit, guard: Guard) -> None:
    """Markup is never markup: it is shown letter by letter, nothing runs, asks, or is fetched."""
    rae = await visit("rae", house.sandbox.channel("general"))
    rae.page.on("dialog", lambda dialog: _asked(dialog, guard))
    await _say_it(rae)
    channel = await _declare_it(rae, house)
    await rae.opens(channel)
    await rae.presses("Take lead")
    await expect(rae.message("is lead now")).to_be_visible()
    for command, button in FORMS.items():
        await rae.writes(f"/incident {command}")
        form = rae.page.get_by_role("dialog")
        await fill_everything(form)
        await form.get_by_role("button", name=button, exact=True).click()
        await expect(form).to_have_count(0)
        assert [] == await rae.page.evaluate(PLANTED)
    await _look_everywhere(rae)


async def _asked(dialog: Dialog, guard: Guard) -> None:
    guard.complain("dialog", dialog.message)
    await dialog.dismiss()


async def _say_it(rae: Visitor) -> None:
    await rae.composer.fill(TEXT)
    await rae.page.get_by_label("Choose files").set_input_files(
        {"name": f"{IMAGE.replace('/', '')}.md", "mimeType": "text/markdown", "buffer": TEXT.encode()}
    )
    await rae.page.get_by_role("button", name="Send message").click()
    message = rae.message("<script>alert(2)</script>")
    await expect(message).to_contain_text("{{ 7*7 }}")
    await message.get_by_role("button", name="Open").click()
    await expect(rae.page.get_by_role("dialog")).to_contain_text("<script>alert(2)</script>")
    assert [] == await rae.page.evaluate(PLANTED)
    await rae.page.keyboard.press("Escape")
    await rae.chooses(message, "Edit message")
    await rae.log.get_by_role("textbox", name="Edit message").fill(f"again {TEXT}")
    await rae.page.keyboard.press("Enter")
    await expect(rae.message("(edited)")).to_contain_text("<svg onload=alert(3)>")
    await rae.chooses(rae.message("(edited)"), "Reply in thread")
    await rae.pane.get_by_role("textbox", name="Reply").fill(TEXT)
    await rae.page.keyboard.press("Enter")
    await expect(rae.reply("<svg onload=alert(3)>")).to_have_count(2)


async def _declare_it(rae: Visitor, house: House) -> str:
    await rae.writes("/incident")
    form = rae.form("Declare an AI incident")
    await fill_everything(form)
    await form.get_by_role("textbox", name="Another system").fill(
        "<img src=x onerror=alert(1)><script>alert(2)</script>"
    )
    await form.get_by_role("radio", name="Everyone").check()
    await form.get_by_role("radio", name="An incident is opened now").check()
    await form.get_by_role("button", name="Declare", exact=True).click()
    await expect(rae.form("Declared")).to_contain_text("You are not in trouble")
    await rae.form("Declared").get_by_role("button", name="Close").last.click()
    return (await house.incident_channel("img-src")).name


async def _look_everywhere(rae: Visitor) -> None:
    await rae.message("Post-mortem draft").get_by_role("button", name="1 reply").last.click()
    await rae.pane.get_by_role("button", name="Open Post-mortem draft").click()
    draft = rae.page.get_by_role("dialog")
    await expect(draft).to_contain_text("<svg onload=alert(3)>")
    assert [] == await rae.page.evaluate(PLANTED)
    await rae.page.keyboard.press("Escape")
    for opener in ("1 pinned", "members"):
        await rae.page.get_by_role("main").get_by_role("button", name=opener).first.click()
        await expect(rae.pane).to_be_visible()
    await rae.page.get_by_role("button", name="Traffic").click()
    await rae.page.get_by_role("searchbox", name="Filter traffic").fill("evil.example")
    await rae.page.get_by_role("region", name="Traffic").get_by_text("chat.postMessage").last.click()
    await rae.opens("andon")
    await rae.page.get_by_role("tab", name="Home").click()
    await expect(rae.page.get_by_role("tabpanel", name="Home").get_by_role("button").first).to_be_visible()
    assert [] == await rae.page.evaluate(PLANTED)
