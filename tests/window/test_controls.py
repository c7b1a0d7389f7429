"""Every control of Block Kit by mouse and by keyboard alone, and what the app is told."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from bot.sandbox import seed
from tests.window.harness import Harness, Json, actions, field, mrkdwn, option, plain

FRUIT = [option("Apple", "a", "green"), option("Banana", "b"), option("Cherry", "c")]
SELECT = {"type": "static_select", "placeholder": plain("Fruit"), "options": FRUIT}


async def told(harness: Harness, count: int = 1) -> list[Any]:
    """The values the app was told, in order, once there are so many."""
    calls = await harness.told(count)
    assert all(call["verb"] == "acts" for call in calls)
    return [call["value"] for call in calls]


async def test_buttons(harness: Harness) -> None:
    """A press tells the app once, with block and action; it is busy until the answer."""
    await harness.draw(actions({"type": "button", "text": plain("Go :rocket:"), "style": "primary", "value": "7"}))
    button = harness.page.get_by_role("button", name="Go 🚀")
    await button.focus()
    await harness.page.keyboard.press("Enter")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    (call,) = await harness.told(1)
    assert harness.where == call["where"]
    assert ("a0", None, seed.RAE) == (call["action_id"], call["value"], call["as"])
    assert call["block_id"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"ok": False, "error": "operation_timeout"}, "The app did not answer in time. Try again?"),
        ({"ok": False, "error": "dispatch_failed"}, "The app could not be reached. Try again?"),
        ({"ok": False, "error": "impossible", "reason": "#x is archived"}, "#x is archived"),
        (None, "The workspace does not answer. Is it still running?"),
    ],
)
async def test_failures_are_said(harness: Harness, guard: Any, answer: Json | None, sentence: str) -> None:
    """What went wrong stands below the button, is read out, and goes away with the next press."""
    guard.allow("Failed to load resource")
    harness.answer = lambda _call: answer if len(harness.calls) == 1 else {"ok": True}
    await harness.draw(actions({"type": "button", "text": plain("Go")}))
    await harness.page.get_by_role("button", name="Go").click()
    await expect(harness.page.get_by_role("alert")).to_have_text(sentence)
    await harness.page.get_by_role("button", name="Go").click()
    await expect(harness.page.get_by_role("alert")).to_have_count(0)


async def test_confirmations(harness: Harness) -> None:
    """The question has its own words, keeps the focus, and only yes acts; Escape is no."""
    confirm = {
        "title": plain("Sure?"),
        "text": mrkdwn("*Really* delete"),
        "confirm": plain("Delete it"),
        "deny": plain("Keep it"),
        "style": "danger",
    }
    await harness.draw(actions({"type": "button", "text": plain("Delete"), "confirm": confirm}))
    button = harness.page.get_by_role("button", name="Delete", exact=True)
    await button.click()
    dialog = harness.page.get_by_role("alertdialog", name="Sure?")
    await expect(dialog).to_contain_text("Really delete")
    await expect(dialog.get_by_role("button", name="Delete it")).to_be_focused()
    await harness.page.keyboard.press("Tab")
    await expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    await harness.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(button).to_be_focused()
    assert [] == harness.calls
    await button.click()
    await dialog.get_by_role("button", name="Delete it").click()
    await expect(dialog).to_have_count(0)
    assert [None] == await told(harness)


async def test_link_buttons(harness: Harness) -> None:
    """A button with an address is a link that looks like one, and the app is told, too."""
    await harness.draw(
        actions(
            {"type": "button", "text": plain("Read"), "url": "https://a.example/x"},
            {"type": "button", "text": plain("Bad"), "url": "javascript:alert(1)"},
        )
    )
    read = harness.page.get_by_role("button", name="Read")
    assert ("https://a.example/x", "_blank", "noopener noreferrer") == tuple(
        [await read.get_attribute(name) for name in ("href", "target", "rel")]
    )
    assert await harness.page.get_by_role("button", name="Bad").get_attribute("href") is None
    harness.spoilt = True
    await harness.page.evaluate("document.addEventListener('click', event => event.preventDefault())")
    await read.click()
    await harness.page.get_by_role("button", name="Bad").click()
    assert ["a0", "a1"] == [call["action_id"] for call in await harness.told(2)]


async def test_overflow(harness: Harness) -> None:
    """The menu opens, is walked with arrows and letters, and closes with Escape."""
    await harness.draw(actions({"type": "overflow", "options": FRUIT}))
    opener = harness.page.get_by_role("button", name="More actions")
    await opener.press("Enter")
    await expect(harness.page.get_by_role("menuitem", name="Apple")).to_be_focused()
    await harness.page.keyboard.press("Escape")
    await expect(harness.page.get_by_role("menu")).to_be_hidden()
    await opener.press("Enter")
    await harness.page.keyboard.press("c")
    await expect(harness.page.get_by_role("menuitem", name="Cherry")).to_be_focused()
    await harness.page.keyboard.press("ArrowUp")
    await harness.page.keyboard.press("Enter")
    await expect(opener).to_be_focused()
    assert ["b"] == await told(harness)


async def test_a_menu_by_mouse(harness: Harness) -> None:
    """Choosing closes the list, shows the choice and tells the app."""
    await harness.draw(actions(SELECT))
    box = harness.page.get_by_role("combobox", name="Fruit")
    await box.click()
    await expect(harness.page.get_by_role("option")).to_have_count(3)
    await harness.page.get_by_role("option", name="Banana").click()
    await expect(box).to_have_value("Banana")
    await expect(harness.page.get_by_role("listbox")).to_be_hidden()
    assert ["b"] == await told(harness)


async def test_a_menu_by_keyboard(harness: Harness) -> None:
    """Arrows walk, letters narrow, Enter chooses, Escape leaves what was."""
    await harness.draw(actions({**SELECT, "initial_option": FRUIT[0]}))
    box = harness.page.get_by_role("combobox", name="Fruit")
    await box.focus()
    await harness.page.keyboard.press("ArrowDown")
    await expect(box).to_have_attribute("aria-expanded", "true")
    await harness.page.keyboard.type("an")
    await expect(harness.page.get_by_role("option")).to_have_text(["Banana"])
    await harness.page.keyboard.press("Escape")
    await expect(box).to_have_value("Apple")
    await harness.page.keyboard.press("ArrowDown")
    await harness.page.keyboard.press("ArrowDown")
    await harness.page.keyboard.press("ArrowDown")
    await harness.page.keyboard.press("Enter")
    await expect(box).to_have_value("Cherry")
    assert ["c"] == await told(harness)


async def test_groups_and_no_results(harness: Harness) -> None:
    """Groups keep their labels while one types, and nothing found is said."""
    groups = [{"label": plain("Sweet"), "options": FRUIT[:2]}, {"label": plain("Sour"), "options": FRUIT[2:]}]
    await harness.draw(actions({"type": "static_select", "placeholder": plain("Fruit"), "option_groups": groups}))
    box = harness.page.get_by_role("combobox", name="Fruit")
    await box.fill("cher")
    await expect(harness.page.get_by_role("group", name="Sour").get_by_role("option")).to_have_text(["Cherry"])
    await expect(harness.page.get_by_role("group", name="Sweet")).to_have_count(0)
    await box.fill("zzz")
    await expect(harness.page.get_by_text("No results")).to_be_visible()


async def test_menus_of_many(harness: Harness) -> None:
    """Chips for what was chosen, no more than allowed, Backspace takes the last, the app is told on leaving."""
    await harness.draw(
        actions(
            {"type": "multi_static_select", "placeholder": plain("Fruit"), "options": FRUIT, "max_selected_items": 2}
        )
    )
    box = harness.page.get_by_role("combobox", name="Fruit")
    await box.click()
    await harness.page.get_by_role("option", name="Apple").click()
    await harness.page.get_by_role("option", name="Cherry").click()
    await expect(harness.page.get_by_role("option", name="Banana")).to_have_attribute("aria-disabled", "true")
    await harness.page.get_by_role("option", name="Banana").click(force=True)
    assert [] == harness.calls
    await harness.page.keyboard.press("Escape")
    await expect(harness.page.get_by_role("listbox")).to_be_hidden()
    await harness.page.get_by_role("button", name="Remove Apple").click()
    await expect(harness.page.locator(".bk-chip")).to_have_count(1)
    await box.press("Backspace")
    await expect(harness.page.locator(".bk-chip")).to_have_count(0)
    assert [["a", "c"], ["c"], []] == await told(harness, 3)


@pytest.mark.parametrize(
    ("element", "typed", "name", "value"),
    [
        ({"type": "users_select"}, "vos", "Lena Voss", seed.LENA),
        ({"type": "multi_users_select"}, "rojas", "Mateo Rojas", [seed.MATEO]),
        ({"type": "channels_select"}, "supp", "#support", "support"),
        ({"type": "conversations_select", "filter": {"include": ["public"]}}, "prod", "#product", "product"),
        ({"type": "multi_conversations_select"}, "gen", "#general", ["general"]),
    ],
    ids=lambda part: part.get("type") if isinstance(part, dict) else None,
)  # fmt: skip
async def test_people_and_conversations(harness: Harness, element: Json, typed: str, name: str, value: Any) -> None:
    """People and conversations are found by name, and the app gets their ids."""
    await harness.draw(actions({**element, "placeholder": plain("Whom")}))
    await harness.page.get_by_role("combobox", name="Whom").fill(typed)
    await harness.page.get_by_role("option", name=name).click()
    await harness.page.keyboard.press("Tab")
    ids = {channel.name: channel.id for channel in harness.workspace.channels.values()}
    wanted = [ids.get(one, one) for one in value] if isinstance(value, list) else ids.get(value, value)
    assert [wanted] == await told(harness)


async def test_who_is_offered(harness: Harness) -> None:
    """Nobody who left; channels this person cannot find are not offered; filters hold."""
    await harness.draw(
        actions(
            {"type": "users_select", "placeholder": plain("Who")},
            {"type": "conversations_select", "placeholder": plain("Where"), "filter": {"include": ["private"]}},
        )
    )
    await harness.page.get_by_role("combobox", name="Who").click()
    names = " ".join(await harness.page.get_by_role("option").all_text_contents())
    assert "Dana" not in names and "Slackbot" not in names and "Rae Okafor" in names
    await harness.page.get_by_role("combobox", name="Where").click()
    await expect(harness.page.get_by_text("No results")).to_be_visible()


async def test_the_conversation_one_looks_at(harness: Harness) -> None:
    """A menu may begin with the conversation that is open; nothing is told before somebody chooses."""
    general = next(c.id for c in harness.workspace.channels.values() if c.name == "general")
    await harness.page.evaluate(
        "async id => { const p = await import('/page/js/place.js'); p.go(p.channelPlace(id)); }", general
    )
    await harness.draw(
        actions(
            {"type": "conversations_select", "placeholder": plain("Where"), "default_to_current_conversation": True}
        )
    )
    await expect(harness.page.get_by_role("combobox", name="Where")).to_have_value("#general")
    assert [] == harness.calls


async def test_external_selects(harness: Harness) -> None:
    """The app is asked as one types, from the shortest length it wants, and its options are offered."""

    def answer(call: Json) -> Json:
        if call["verb"] == "acts":
            return {"ok": True}
        return {"ok": True, "options": [option(f"{call['query']}-{n}", f"v{n}") for n in range(2)]}

    harness.answer = answer
    await harness.draw(actions({"type": "external_select", "placeholder": plain("Search"), "min_query_length": 2}))
    box = harness.page.get_by_role("combobox", name="Search")
    await box.click()
    await expect(harness.page.get_by_text("Type 2 characters to search")).to_be_visible()
    await box.press_sequentially("ab")
    await harness.page.get_by_role("option", name="ab-1").click()
    await expect(box).to_have_value("ab-1")
    await harness.told(2)
    asked = [call for call in harness.calls if call["verb"] == "suggests"]
    assert ["ab"] == [call["query"] for call in asked]
    assert "v1" == harness.calls[-1]["value"]


async def test_checkboxes_and_radios(harness: Harness) -> None:
    """Ticked and chosen by keyboard; descriptions belong to their choices."""
    await harness.draw(
        actions(
            {"type": "checkboxes", "options": FRUIT, "initial_options": FRUIT[:1]},
            {"type": "radio_buttons", "options": FRUIT, "initial_option": FRUIT[0]},
        )
    )
    await expect(harness.page.get_by_role("checkbox", name="Apple")).to_have_accessible_description("green")
    await harness.page.get_by_role("checkbox", name="Banana").press("Space")
    await harness.page.get_by_role("radio", name="Apple").press("ArrowDown")
    await expect(harness.page.get_by_role("radio", name="Banana")).to_be_checked()
    assert [["a", "b"], "b"] == await told(harness, 2)


async def test_quick_choices_are_told_in_order(harness: Harness) -> None:
    """Boxes ticked while the app still answers the first are not lost; a button pressed twice is pressed once."""
    await harness.draw(actions({"type": "checkboxes", "options": FRUIT}, {"type": "button", "text": plain("Go")}))
    await harness.page.evaluate(
        """() => { for (const box of document.querySelectorAll('[type=checkbox]')) box.click();
        const go = [...document.querySelectorAll('#drawn button')].at(-1); go.click(); go.click(); }"""
    )
    assert [None, ["a"], ["a", "b"], ["a", "b", "c"]] == sorted(
        await told(harness, 4), key=lambda value: len(value or ())
    )


async def test_a_choice_taken_back(harness: Harness) -> None:
    """Who answers no to the question sees what was there before."""
    confirm = {"title": plain("Sure?"), "text": plain("x")}
    await harness.draw(
        actions(
            {**SELECT, "initial_option": FRUIT[0], "confirm": confirm},
            {"type": "checkboxes", "options": FRUIT, "confirm": confirm},
        )
    )
    await harness.page.get_by_role("combobox").click()
    await harness.page.get_by_role("option", name="Cherry").click()
    await harness.page.get_by_role("button", name="No", exact=True).click()
    await expect(harness.page.get_by_role("combobox")).to_have_value("Apple")
    await harness.page.get_by_role("checkbox", name="Apple").click()
    await harness.page.get_by_role("button", name="No", exact=True).click()
    await expect(harness.page.get_by_role("checkbox", name="Apple")).not_to_be_checked()
    assert [] == harness.calls


async def test_dates_and_times(harness: Harness) -> None:
    """Days and times as text, instants as seconds by the clock of whom we act as; half-typed dates are not sent."""
    await harness.page.evaluate(
        """async user => { const s = await import('/page/js/store.js'); s.setDesk({...s.state.desk, me: user}); }""",
        seed.LENA,
    )
    await harness.draw(
        actions(
            {"type": "datepicker", "initial_date": "2026-11-20"},
            {"type": "timepicker"},
            {"type": "datetimepicker", "initial_date_time": 1795165200},
        )
    )
    instant = harness.page.get_by_label("Date and time")
    await expect(instant).to_have_value("2026-11-20T10:00")
    await expect(harness.page.locator(".bk-zone")).to_have_text("Europe/Berlin")
    await harness.page.get_by_label("Date", exact=True).fill("2026-12-24")
    await harness.page.get_by_label("Time", exact=True).fill("08:30")
    await instant.fill("2026-07-01T12:00")
    await instant.press("Enter")
    assert ["2026-12-24", "08:30", 1782900000] == await told(harness, 3)


async def test_clock_changes(harness: Harness) -> None:
    """Wall times are turned into instants and back on both sides of a clock change."""
    back = await harness.page.evaluate(
        """async () => { const d = await import('/page/js/blocks/dates.js');
        return ['2026-03-29T01:59', '2026-03-29T03:01', '2026-10-25T01:30', '2026-10-25T03:30', '2026-06-30T23:59', '2026-01-01T00:00']
          .flatMap(t => ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Asia/Kolkata'].map(z => [t, d.localOf(d.epochOf(t, z), z)])); }"""
    )
    assert [] == [pair for pair in back if pair[0] != pair[1]]


@pytest.mark.parametrize(
    "on", [["on_enter_pressed"], ["on_character_entered"], None], ids=["enter", "character", "usual"]
)
async def test_fields_that_dispatch(harness: Harness, on: list[str] | None) -> None:
    """A field tells the app on Enter or while one types, as it was asked to, and once for what was typed quickly."""
    config = {"dispatch_action_config": {"trigger_actions_on": on}} if on else {}
    await harness.draw(field("Say", {"type": "plain_text_input", **config}, dispatch_action=True))
    box = harness.page.get_by_role("textbox", name="Say")
    await box.press_sequentially("hi")
    if on == ["on_character_entered"]:
        await harness.told(1)
    else:
        assert [] == harness.calls
    await box.press("Enter")
    assert ["hi"] == await told(harness)


async def test_typed_fields(harness: Harness) -> None:
    """Labels, hints, what is optional, counters: all of it belongs to its field."""
    await harness.draw(
        field(
            "What",
            {
                "type": "plain_text_input",
                "multiline": True,
                "min_length": 3,
                "max_length": 10,
                "placeholder": plain("words"),
            },
            hint=plain("Be brief"),
        ),
        field("How many", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
        field("Mail", {"type": "email_text_input"}),
        field("Address", {"type": "url_text_input"}),
        field("Proof", {"type": "file_input", "filetypes": ["txt"], "max_files": 1}),
        surface="modal",
    )
    what = harness.page.get_by_role("textbox", name="What")
    await expect(what).to_have_attribute("placeholder", "words")
    assert "textarea" == await what.evaluate("one => one.localName")
    await what.fill("ab")
    await expect(what).to_have_accessible_description("Be brief 1 more")
    await what.fill("twelve chars")
    await expect(harness.page.locator(".bk-counter").first).to_have_text("-2")
    await expect(harness.page.get_by_role("textbox", name="How many")).to_have_accessible_description("(optional)")
    await expect(harness.page.get_by_label("Proof")).to_have_attribute("accept", ".txt")
    await harness.page.get_by_label("Proof").set_input_files(
        {"name": "log.txt", "mimeType": "text/plain", "buffer": b"x"}
    )
    await expect(harness.page.get_by_role("listitem")).to_have_text("log.txt")
    assert [] == harness.calls
