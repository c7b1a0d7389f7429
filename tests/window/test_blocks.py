"""Every block, drawn: one test for each family, unknown ones shown, hostile text everywhere it can stand."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.sandbox import seed
from tests.window.harness import NOW, Harness, Json, actions, field, mrkdwn, option, plain

HOSTILE = "<img src=x onerror=alert(1)> \u202eevil"
LEFT_ALONE = "*not bold* &amp; " + HOSTILE


async def test_sections(harness: Harness) -> None:
    """Text, fields in two columns, and an accessory beside."""
    drawn = await harness.draw(
        {"type": "section", "text": mrkdwn("*Title*"), "fields": [mrkdwn(f"*{n}*\nvalue {n}") for n in range(4)],
         "accessory": {"type": "button", "action_id": "go", "text": plain("Open")}},
    )  # fmt: skip
    boxes = [await cell.bounding_box() for cell in await drawn.locator(".bk-cell").all()]
    assert all(boxes)
    lefts, tops = {box["x"] for box in boxes if box}, {box["y"] for box in boxes if box}
    assert (2, 2) == (len(lefts), len(tops))
    await expect(harness.page.get_by_role("button", name="Open", exact=True)).to_be_visible()


async def test_headers_context_dividers(harness: Harness) -> None:
    """A heading is a heading, a divider a separator, small print has its pictures."""
    image = {"type": "image", "image_url": "https://elsewhere.example/a.png", "alt_text": "a cat"}
    drawn = await harness.draw(
        {"type": "header", "text": plain("The *heading* :warning:")},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("by <@" + seed.LENA + ">"), image, plain("plain _text_")]},
    )
    await expect(harness.page.get_by_role("heading", name="The *heading* ⚠️")).to_be_visible()
    await expect(harness.page.get_by_role("separator")).to_be_visible()
    await expect(drawn.locator(".bk-context")).to_contain_text("by @Lena")
    await expect(drawn.locator(".bk-context")).to_contain_text("plain _text_")
    await expect(harness.page.get_by_role("img", name="a cat")).to_be_visible()


async def test_pictures_from_elsewhere_are_not_loaded(harness: Harness) -> None:
    """An image on another host is a frame with its words and its host; one of the sandbox's own is shown."""
    own = "/window/file?as=U1&id=F1"
    drawn = await harness.draw(
        {
            "type": "image",
            "image_url": "https://tracker.example/pixel.png",
            "alt_text": "a chart",
            "title": plain("Sales"),
        },
        {"type": "image", "image_url": own, "alt_text": "ours"},
        {"type": "markdown", "text": "![m](https://tracker.example/md.png)"},
    )
    await expect(drawn).to_contain_text("tracker.example")
    assert [own] == [await one.get_attribute("src") for one in await drawn.locator("img").all()]
    await expect(drawn.locator("figcaption")).to_have_text("Sales")


def _rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def _line(*elements: Json, kind: str = "rich_text_section") -> Json:
    return {"type": kind, "elements": list(elements)}


def _text(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, "style": style}


async def test_rich_text(harness: Harness) -> None:
    """Styles, quotes, code, nested lists, and every inline element; nothing in it is markup."""
    items = [_line(_text("one")), _line(_text("two"))]
    deeper = {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [_line(_text("inner"))]}
    general = next(c.id for c in harness.workspace.channels.values() if c.name == "general")
    drawn = await harness.draw(
        _rich(
            _line(
                _text("b", bold=True),
                _text("i", italic=True),
                _text("s", strike=True),
                _text("c", code=True),
                _text(LEFT_ALONE),
            ),
            {"type": "rich_text_list", "style": "bullet", "elements": items},
            deeper,
            _line(_text("quoted"), kind="rich_text_quote"),
            _line(_text("x = 1\ny"), kind="rich_text_preformatted"),
            _line(
                {"type": "user", "user_id": seed.LENA},
                {"type": "channel", "channel_id": general},
                {"type": "usergroup", "usergroup_id": seed.AI_ONCALL},
                {"type": "broadcast", "range": "here"},
                {"type": "emoji", "name": "tada"},
                {"type": "date", "timestamp": int(NOW.timestamp()), "format": "{time}", "fallback": "nine"},
                {"type": "link", "url": "https://a.example", "text": "link"},
                {"type": "color", "value": "#ff0000"},
                {"type": "hologram", "id": 1},
            ),
        )
    )
    for tag, text in {"strong": "b", "em": "i", "del": "s", "blockquote": "quoted", "pre.bk-pre": "x = 1\ny"}.items():
        await expect(drawn.locator(tag)).to_have_text(text)
    assert "inner" == await drawn.locator("ul > li:last-child > ol > li").inner_text()
    await expect(drawn).to_contain_text(LEFT_ALONE)
    await expect(drawn).to_contain_text("@Lena#general@ai-oncall@here🎉09:00link#ff0000")
    await expect(drawn).to_contain_text("unsupported rich text: hologram")
    assert 0 == await drawn.locator("img").count()


MARKDOWN = """# Head *it*

First **bold** and *it*, ~~gone~~, `code **x**` and <b>not html</b>
next line

- one
  - inner
- [x] done
- [ ] open

3. three
4. four

> quoted
> - in it

```python
x = "**" < 1
```

| a | b |
|:--|--:|
| 1 \\| 2 | **3** |

[label](https://a.example/x_y "t") <https://b.example> https://c.example/d. [bad](javascript:alert(1)) ![alt](https://e.example/i.png)

---
\\*plain\\* snake_case_word ** not ** <@U07LENA0001>
"""


async def test_markdown(harness: Harness) -> None:
    """Headings, lists, tasks, quotes, code, tables and links are drawn; HTML and scripts stay text."""
    drawn = await harness.draw({"type": "markdown", "text": MARKDOWN})
    await expect(harness.page.get_by_role("heading", name="Head it", level=1)).to_be_visible()
    await expect(drawn.locator("p").first).to_have_text(
        "First bold and it, gone, code **x** and <b>not html</b> next line"
    )
    assert ["bold"] == await drawn.locator("p").first.locator("strong").all_text_contents()
    assert "inner" == await drawn.locator("ul > li > ul > li").first.inner_text()
    assert [True, False] == [await box.is_checked() for box in await harness.page.get_by_role("checkbox").all()]
    assert "3" == await drawn.locator("ol").get_attribute("start")
    assert "in it" == await drawn.locator("blockquote li").inner_text()
    assert 'x = "**" < 1' == await drawn.locator("pre").inner_text()
    assert ["1 | 2", "3"] == await drawn.locator("td").all_text_contents()
    assert "right" in (await drawn.locator("td").nth(1).get_attribute("class") or "")
    hrefs = [await one.get_attribute("href") for one in await harness.page.get_by_role("link").all()]
    assert ["https://a.example/x_y", "https://b.example/", "https://c.example/d"] == hrefs
    await expect(drawn.locator("p").last).to_have_text("*plain* snake_case_word ** not ** @Lena")


@pytest.mark.parametrize(
    "text",
    ["`" * 5000, "*" * 5000, "[" * 5000, "[](" * 3000, "> " * 2000, "- " * 3000, "#" + " " * 5000 + "x", "|" * 4000 + "\n|-|", "*a_" * 3000, "&" * 9000],
    ids=lambda text: text[:3],
)  # fmt: skip
async def test_markdown_meant_to_stall(harness: Harness, text: str) -> None:
    """No text keeps the page busy for long."""
    await harness.draw({"type": "markdown", "text": text})
    assert text.count("*") + 1 > 0
    took = await harness.page.evaluate(
        "async text => { const m = await import('/page/js/blocks/markdown.js'); const at = performance.now(); m.drawMarkdown(text); return performance.now() - at; }",
        text,
    )
    assert took < 1500


async def test_tables(harness: Harness) -> None:
    """The first row is the head, columns are aligned, and a wide table scrolls by itself and by keyboard."""
    rows = [
        [{"type": "raw_text", "text": f"column {n}"} for n in range(20)],
        [_rich(_line(_text("cell", bold=True)))] * 20,
    ]
    await harness.draw(
        {
            "type": "table",
            "rows": rows,
            "column_settings": [{"align": "right"}, {"align": "center", "is_wrapped": False}],
        }
    )
    assert 20 == await harness.page.get_by_role("columnheader").count()
    aligned = await harness.page.get_by_role("cell").evaluate_all(
        "cells => cells.slice(0, 3).map(c => getComputedStyle(c).textAlign)"
    )
    assert ["end", "center", "start"] == aligned
    frame = harness.page.get_by_role("region", name="Table")
    await frame.focus()
    await harness.page.keyboard.press("ArrowRight")
    await expect(frame).to_be_focused()
    assert await harness.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_alerts_videos_and_remote_files(harness: Harness) -> None:
    """The rarer blocks: what they say is there, and a video is a card that leads to it."""
    drawn = await harness.draw(
        {"type": "alert", "text": mrkdwn("*Careful*"), "level": "warning"},
        {"type": "video", "title": plain("How to"), "title_url": "https://v.example/1", "video_url": "https://v.example/e",
         "thumbnail_url": "https://v.example/t.png", "alt_text": "a thumbnail", "description": plain("In two minutes")},
        {"type": "file", "external_id": "ABC", "source": "remote"},
    )  # fmt: skip
    await expect(harness.page.get_by_role("note")).to_have_text("Careful")
    await expect(harness.page.get_by_role("link", name="How to")).to_have_attribute("href", "https://v.example/1")
    await expect(drawn).to_contain_text("In two minutes")
    await expect(drawn).to_contain_text("ABC")
    assert 0 == await drawn.locator("iframe, video, img").count()


async def test_attachments(harness: Harness) -> None:
    """Blocks beside a colour bar; the old fields, title, author and footer; a fallback where there is nothing else."""
    drawn = await harness.draw_message(
        {
            "text": "top",
            "attachments": [
                {"color": "#cc0000", "blocks": [{"type": "section", "text": mrkdwn("inside")}]},
                {"color": "good", "pretext": "before", "author_name": "Ann", "title": "Titled", "title_link": "https://t.example", "text": "*words*",
                 "fields": [{"title": "K", "value": "V", "short": True}], "footer": "foot", "ts": 1795165200, "actions": [{"type": "button", "text": "old"}]},
                {"fallback": "only this", "color": "red;background:url(https://x.example)"},
            ],
        }
    )  # fmt: skip
    bars = await drawn.locator(".bk-attachment").evaluate_all(
        "all => all.map(one => one.style.getPropertyValue('--bar'))"
    )
    assert ["#cc0000", "var(--good)", ""] == bars
    for words in (
        "top",
        "inside",
        "before",
        "Ann",
        "words",
        "K",
        "V",
        "foot",
        "only this",
        "unsupported attachment action",
    ):
        await expect(drawn).to_contain_text(words)
    await expect(harness.page.get_by_role("link", name="Titled")).to_be_visible()


async def test_files(harness: Harness) -> None:
    """A text opens in the page, Markdown drawn; closing it gives the focus back."""
    harness.files["F1"] = "# Draft\n\n<script>alert(1)</script> **what happened**"
    file = {
        "name": "draft.md",
        "title": "Draft",
        "filetype": "md",
        "mimetype": "text/markdown",
        "size": 4200,
        "url": "/window/file?as=U&id=F1",
    }
    drawn = await harness.draw_message({"text": "", "files": [file, {"mode": "tombstone"}]})
    await expect(drawn).to_contain_text("Markdown · 4 kB")
    await expect(drawn).to_contain_text("This file was deleted.")
    await harness.page.get_by_role("button", name="Open Draft").press("Enter")
    dialog = harness.page.get_by_role("dialog", name="Draft")
    await expect(dialog.get_by_role("heading", level=1)).to_have_text("Draft")
    await expect(dialog.locator("p")).to_have_text("<script>alert(1)</script> what happened")
    await harness.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(harness.page.get_by_role("button", name="Open Draft")).to_be_focused()


UNKNOWN: list[Json] = [
    {"type": "carousel", "cards": [{"title": HOSTILE}]},
    {"type": "constructor"},
    {"type": "section", "text": mrkdwn("x"), "accessory": {"type": "slot_machine", "coins": 3}},
    {"type": "actions", "elements": [{"type": "icon_button", "action_id": "x"}]},
    {"type": "input", "label": plain("L"), "element": {"type": "rich_text_input", "action_id": "y"}},
    {"type": "context", "elements": [{"type": "sparkline"}]},
    {"type": "table", "rows": [[{"type": "chart"}]]},
    {"type": "header"},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": 7}]},
]


@pytest.mark.parametrize("block", UNKNOWN, ids=lambda block: block["type"])
async def test_unknown_is_shown(harness: Harness, block: Json) -> None:
    """What cannot be drawn is named and can be opened to its JSON; what stands around it is drawn all the same."""
    drawn = await harness.draw(block, {"type": "section", "text": mrkdwn("after")})
    await expect(drawn).to_contain_text("after")
    if block["type"] == "header":
        return
    await expect(drawn).to_contain_text("unsupported")
    await drawn.locator("summary").first.press("Enter")
    await expect(drawn.locator("details pre").first).to_contain_text('"type"')


async def test_hostile_text_stands_everywhere_as_text(harness: Harness) -> None:
    """Markup in every place that takes text is seen letter by letter and makes nothing."""
    bad = HOSTILE[:70]
    choices = [option(bad, "v", bad)]
    drawn = await harness.draw(
        {"type": "header", "text": plain(bad)},
        {"type": "section", "text": plain(bad), "fields": [plain(bad)], "accessory": {"type": "overflow", "action_id": "o", "options": choices}},
        {"type": "context", "elements": [plain(bad)]},
        {"type": "image", "image_url": "javascript:alert(1)", "alt_text": bad, "title": plain(bad)},
        actions({"type": "button", "text": plain(bad), "url": "javascript:alert(1)"}, {"type": "checkboxes", "options": choices}, {"type": "radio_buttons", "options": choices},
                {"type": "static_select", "placeholder": plain(bad), "options": choices}),
        field(bad, {"type": "plain_text_input", "initial_value": bad, "placeholder": plain(bad)}, hint=plain(bad)),
        {"type": "markdown", "text": bad},
        _rich(_line(_text(bad), {"type": "link", "url": "javascript:alert(1)", "text": bad})),
    )  # fmt: skip
    assert 0 == await drawn.locator("img, script, iframe, [onerror], a[href^=javascript]").count()
    assert 13 <= (await drawn.text_content() or "").count("<img src=x onerror=alert(1)>")
    await harness.page.get_by_role("combobox").click()
    await expect(harness.page.get_by_role("option")).to_contain_text("<img src=x")
