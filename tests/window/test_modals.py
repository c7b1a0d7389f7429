"""Modals: stacks, what was typed, errors, waiting, and the way out, by mouse and by keyboard alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect

from tests.window.harness import Harness, Json, actions, field, option, plain

TEXT = {"type": "plain_text_input"}
KINDS = [option("Not sure", "unsure"), option("Attack", "attack")]


def form(**more: Any) -> Json:
    """A modal with a field, a menu and something to press."""
    blocks = [
        field("What happened?", TEXT),
        field("What kind?", {"type": "static_select", "options": KINDS}, optional=True),
        {**actions({"type": "button", "text": plain("Look up")}), "block_id": "row"},
    ]
    return {
        "id": "V1",
        "title": plain("Declare"),
        "submit": plain("Declare it"),
        "close": plain("Never mind"),
        "blocks": blocks,
        **more,
    }


async def test_a_modal_is_a_named_dialog(harness: Harness) -> None:
    """Title, texts of the buttons, focus in the first field, and back to where it was when it closes."""
    opener = harness.page.get_by_role("button", name="opener")
    await opener.focus()
    await harness.modals(form())
    dialog = harness.page.get_by_role("dialog", name="Declare")
    await expect(dialog.get_by_role("textbox", name="What happened?")).to_be_focused()
    for name in ("Declare it", "Never mind", "Look up", "Close"):
        await expect(dialog.get_by_role("button", name=name)).to_be_visible()
    await harness.modals()
    await expect(dialog).to_have_count(0)
    await expect(opener).to_be_focused()


async def test_submitting_sends_what_was_typed(harness: Harness) -> None:
    """Everything the person changed goes along, and only that; Ctrl+Enter submits."""
    await harness.modals(form())
    await harness.page.get_by_label("What happened?").fill("It leaked")
    await harness.page.get_by_role("combobox", name="What kind?").fill("att")
    await harness.page.keyboard.press("Enter")
    await harness.page.keyboard.press("Control+Enter")
    await expect(harness.page.get_by_role("button", name="Declare it")).not_to_have_attribute("aria-busy", "true")
    (call,) = await harness.told(1)
    assert ("submits", "V1") == (call["verb"], call["view"])
    typed = {entry["block_id"]: entry["value"] for entry in call["typed"]}
    assert {"What happened?": "It leaked", "What kind?": "attack"} == typed


async def test_pressing_inside_sends_what_was_typed(harness: Harness) -> None:
    """A press in a modal brings along what stands in its fields, emptied ones as null."""
    await harness.modals(form())
    await harness.page.get_by_label("What happened?").fill("x")
    await harness.page.get_by_label("What happened?").fill("")
    await harness.page.get_by_role("button", name="Look up").click()
    await expect(harness.page.get_by_role("button", name="Look up")).not_to_have_attribute("aria-busy", "true")
    (call,) = await harness.told(1)
    assert {"view": "V1"} == call["where"]
    assert [{"block_id": "What happened?", "action_id": "it", "value": None}] == call["typed"]


async def test_errors_stand_beside_their_fields(harness: Harness) -> None:
    """The first wrong field has the focus and says what is wrong with it; correcting it takes the error away."""
    await harness.modals(form())
    harness.answer = lambda _call: {"ok": True}
    await harness.page.get_by_label("What happened?").fill("x")
    wrong = form(errors={"What happened?": "Say more", "What kind?": "Choose one"})
    submitted = asyncio.create_task(harness.page.get_by_role("button", name="Declare it").click())
    await harness.modals(wrong)
    await submitted
    what = harness.page.get_by_label("What happened?")
    await expect(what).to_be_focused()
    await expect(what).to_have_accessible_description("Say more")
    await expect(what).to_have_attribute("aria-invalid", "true")
    await expect(what).to_have_value("x")
    await expect(harness.page.get_by_text("Choose one")).to_be_visible()
    await what.press_sequentially("yz")
    await expect(harness.page.get_by_text("Say more")).to_have_count(0)
    await harness.page.keyboard.press("Control+Enter")
    await expect(harness.page.get_by_text("Say more")).to_be_visible()
    await expect(what).to_be_focused()


@pytest.mark.parametrize(
    "answer",
    [{"ok": False, "error": "operation_timeout"}, {"ok": False, "error": "dispatch_failed"}, None],
    ids=["slow", "gone", "cut"],
)
async def test_trouble(harness: Harness, guard: Any, answer: Json | None) -> None:
    """An app that does not answer is said as Slack says it; nothing typed is lost, and it can be tried again."""
    guard.allow("Failed to load resource")
    harness.answer = lambda _call: answer
    await harness.modals(form())
    await harness.page.get_by_label("What happened?").fill("still here")
    await harness.page.get_by_role("button", name="Declare it").click()
    await expect(harness.page.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    await expect(harness.page.get_by_label("What happened?")).to_have_value("still here")
    await expect(harness.page.get_by_role("button", name="Declare it")).to_be_focused()


async def test_waiting(harness: Harness) -> None:
    """From submit to answer the button is busy, and a second submit is not sent."""
    harness.spoilt = True
    await harness.modals(form())
    await harness.page.evaluate(
        "() => { const held = new Promise(done => { window.release = done; }); const real = fetch; window.fetch = async (...a) => { await held; return real(...a); }; }"
    )
    submit = harness.page.get_by_role("button", name="Declare it")
    await submit.click()
    await expect(submit).to_have_attribute("aria-busy", "true")
    await harness.page.keyboard.press("Control+Enter")
    await harness.page.evaluate("release()")
    await expect(submit).not_to_have_attribute("aria-busy", "true")
    assert 1 == len(harness.calls)


@pytest.mark.parametrize("way", ["Escape", "Never mind", "Close"])
async def test_closing(harness: Harness, way: str) -> None:
    """Escape and the buttons close the view, and the app hears what was typed; Escape in an open list only closes the list."""
    await harness.modals(form())
    await harness.page.get_by_label("What happened?").fill("x")
    await harness.page.get_by_role("combobox").click()
    await harness.page.keyboard.press("Escape")
    await expect(harness.page.get_by_role("listbox")).to_be_hidden()
    assert [] == harness.calls
    if way == "Escape":
        await harness.page.keyboard.press("Escape")
    else:
        await harness.page.get_by_role("button", name=way).click()
    (call,) = await harness.told(1)
    assert "closes" == call["verb"]
    assert ("V1", "x") == (call["view"], call["typed"][0]["value"])


async def test_escape_closes_what_a_submission_turned_into(harness: Harness) -> None:
    """When the answer to a submission is other content, Escape still closes it."""
    await harness.modals(form())
    await harness.page.get_by_role("button", name="Declare it").click()
    await harness.modals({"id": "V1", "title": plain("Declared"), "blocks": [{"type": "divider"}]})
    await expect(harness.page.get_by_role("dialog", name="Declared")).to_be_visible()
    await harness.page.keyboard.press("Escape")
    assert ["submits", "closes"] == [call["verb"] for call in await harness.told(2)]


async def test_stacks(harness: Harness) -> None:
    """Three views deep: the topmost is worked with, Back leads down, and what was typed below is still there."""
    first = form()
    second = {"id": "V2", "title": plain("Second"), "blocks": [field("More", TEXT)], "submit": plain("Go")}
    third = {"id": "V3", "title": plain("Third"), "blocks": [{"type": "divider"}]}
    await harness.modals(first)
    await harness.page.get_by_label("What happened?").fill("kept")
    await harness.modals(first, second, third)
    await expect(harness.page.get_by_role("dialog", name="Third")).to_be_visible()
    await expect(harness.page.get_by_role("dialog")).to_have_count(1)
    await harness.page.get_by_role("button", name="Back").click()
    assert ["V3"] == [call["view"] for call in await harness.told(1)]
    await harness.modals(first)
    await expect(harness.page.get_by_label("What happened?")).to_have_value("kept")
    await harness.modals(first, second)
    await harness.page.get_by_role("button", name="Close").click()
    assert ["V3", "V2", "V1"] == [call["view"] for call in await harness.told(3)]


async def test_updates_keep_what_was_typed(harness: Harness) -> None:
    """Other content in the same view: same block, action and type keep value, focus and caret; a field of another type starts anew."""
    await harness.modals(form())
    what = harness.page.get_by_label("What happened?")
    await what.fill("abcdef")
    await what.evaluate("one => one.setSelectionRange(2, 3)")
    changed = form()
    changed["blocks"] = [
        {"type": "section", "text": plain("News")},
        field("What happened?", {**TEXT, "initial_value": "theirs"}),
        field("What kind?", TEXT),
    ]
    await harness.modals(changed)
    await expect(harness.page.get_by_role("dialog")).to_contain_text("News")
    await expect(what).to_have_value("abcdef")
    await expect(what).to_be_focused()
    assert [2, 3] == await what.evaluate("one => [one.selectionStart, one.selectionEnd]")
    changed["blocks"][1] = field(
        "What happened?", {"type": "number_input", "is_decimal_allowed": False, "initial_value": "7"}
    )
    await harness.modals(changed)
    await expect(what).to_have_value("7")
    await harness.page.get_by_role("button", name="Declare it").click()
    assert [] == (await harness.told(1))[0]["typed"]


async def test_values_put_in_from_elsewhere(harness: Harness) -> None:
    """What the workspace knows of a field that nobody touched here is shown."""
    values = {
        "What happened?": {"it": {"type": "plain_text_input", "value": "from the server"}},
        "What kind?": {"it": {"type": "static_select", "selected_option": KINDS[1]}},
    }
    await harness.modals(form(state={"values": values}))
    await expect(harness.page.get_by_label("What happened?")).to_have_value("from the server")
    await expect(harness.page.get_by_role("combobox")).to_have_value("Attack")
    await harness.modals(form(state={"values": {}}))
    await expect(harness.page.get_by_label("What happened?")).to_have_value("")


async def test_the_keyboard_stays_inside(harness: Harness) -> None:
    """Tab goes round within the dialog, both ways."""
    await harness.modals(form())
    seen = []
    for key in ["Tab"] * 9 + ["Shift+Tab"] * 9:
        await harness.page.keyboard.press(key)
        seen.append(
            await harness.page.evaluate("document.querySelector('[role=dialog]').contains(document.activeElement)")
        )
    assert all(seen)


async def test_submit_can_wait_for_a_change(harness: Harness) -> None:
    """A view may keep its submit button off until something was entered."""
    await harness.modals(form(submit_disabled=True))
    submit = harness.page.get_by_role("button", name="Declare it")
    await expect(submit).to_be_disabled()
    await harness.page.get_by_label("What happened?").fill("x")
    await expect(submit).to_be_enabled()


async def test_a_view_without_submit(harness: Harness) -> None:
    """Where there is nothing to submit there is only Close, and the dialog itself has the focus."""
    await harness.modals({"blocks": [{"type": "section", "text": plain("Done")}]})
    dialog = harness.page.get_by_role("dialog", name="A form")
    await expect(dialog).to_be_focused()
    assert 2 == await dialog.get_by_role("button", name="Close").count()


@pytest.mark.parametrize("width", [400, 1600])
async def test_it_fits(harness: Harness, width: int) -> None:
    """At both widths the dialog is within the window, and its foot is seen however long the form is."""
    await harness.page.set_viewport_size({"width": width, "height": 700})
    await harness.modals(form(blocks=[field(f"Field {n}", TEXT) for n in range(40)]))
    box = await harness.page.get_by_role("dialog").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= 700
    await expect(harness.page.get_by_role("button", name="Declare it")).to_be_in_viewport()
