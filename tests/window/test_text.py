"""mrkdwn in the browser: drawn as Slack draws it, and the same words that the tests of the sandbox read."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.async_api import expect

from bot.sandbox import mrkdwn, seed
from tests.window.harness import NOW, Harness

AT = int(NOW.timestamp())
DAY = 86_400
GENERAL = "<#{general}>"
MARKS = re.compile(r"[*_~`>•\s]")
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "<javascript:alert(1)|Read the report>",
    "<java\tscript:alert(1)|x> <data:text/html,x|y> <vbscript:x>",
    "<https://evil.example|https://good.example>",
    '<https://a.example/"onmouseover="alert(1)|x>',
    "a\u202egnp.exe b \u2066c\u2069",
    "zero\u200bwidth a\u200db \ufeff \U000e0041\U000e0042",
    "w" * 3000,
    "*_~`" * 200,
    "*a " * 600,
    "`a " * 601,
    "```" * 50 + "x",
    "<" * 500 + ">" * 500,
    "<@U07RAE00001" * 20,
    "<!date^99999999999999999999^{date}|late> <!date^-5^{time}|x> <!date^12²^{time}|y>",
    "<!date^1^{date}^javascript:alert(1)|x>",
    "<!here|&lt;b&gt;> <!a&amp;b> <@UNOBODY|&lt;i&gt;> <#CNONE|&amp;x>",
    ":constructor: :__proto__: :warning:: ::",
    "\x00\x01\x7f",
    ">>> all\nof *it",
    "a ``` b",
    "<mailto:x@y.example|x@y.example> <mailto:x@y.example>",
    "< foo > <|bar> <a|> <||>",
]
CORPUS = [
    f"<@{seed.LENA}> asks <!subteam^{seed.AI_ONCALL}> and <!channel> about <#CNONE|gone>",
    "*bold* _italic_ ~struck~ `code *not bold*` snake_case_name 2*3*4",
    "> quoted *line*\nafter\n&gt; quoted too",
    "```\nfirst <https://x.example|label>\nsecond```\nafter",
    "• one\n• two\n1. three",
    *(f"due <!date^{AT + offset}^{token}|never>" for offset in (0, -DAY, DAY, 40 * DAY, -300 * DAY, 400 * DAY)
      for token in ("{date}", "{date_pretty}", "at {date_short_pretty} {time}", "{date_short_pretty}", "{date_long}", "{date_long_pretty}",
                    "{date_num} {date_slash} {date_long_full}", "{day_divider_pretty}", "{time_secs} {nonsense}", "{ago}")),
    *(f"<!date^{AT + offset}^{{ago}}|x>" for offset in (30, -30, 90, -90, 7200, -3 * DAY, -400 * DAY)),
    *HOSTILE,
]  # fmt: skip
PIECES = st.sampled_from(
    ["*", "_", "~", "`", "```", "\n", " ", ">", "&gt;", ">>>", "<", ">", "|", "&amp;", "&lt;", "@", "#", "!", "a", "B", "é", "7", ":warning:", ":x",
     f"<@{seed.RAE}>", "<@U1|who>", "<#C1|c>", "<!here>", "<https://e.example|l>", "<javascript:x|j>", f"<!date^{AT}^{{time}} {{date}}|f>", "\u202e", "\u200b",
     "https://e.example/x.", "<img src=x onerror=a>", "•", "𝒜", "🏴"]
)  # fmt: skip


def same(read: str) -> str:
    """Words without the marks that drawing turns into looks."""
    return MARKS.sub("", read)


async def agree(harness: Harness, texts: list[str]) -> None:
    tz = harness.workspace.users[seed.RAE].tz
    drawn = await harness.read(texts)
    assert [same(mrkdwn.render(text, tz, harness.workspace)) for text in texts] == [same(one["text"]) for one in drawn]
    assert [0] * len(texts) == [one["bad"] for one in drawn]


async def test_the_browser_reads_what_tests_read(harness: Harness) -> None:
    """Whatever is sent, the words on screen are those that `reading.py` gives to tests, and none of it becomes markup."""
    await agree(harness, CORPUS)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    texts=st.lists(st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=40)), min_size=8, max_size=20)
)
async def test_no_text_makes_them_disagree(harness: Harness, texts: list[str]) -> None:
    """Texts that nobody would write are read alike, too."""
    await agree(harness, texts)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("*bold* and _it_ and ~gone~", "<strong>bold</strong> and <em>it</em> and <del>gone</del>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("snake_case_name 2*3*4 a~b~c", "snake_case_name 2*3*4 a~b~c"),
        ("x*y* z_a_ *b*c", "x*y* z_a_ *b*c"),
        ("* not* *nor * *", "* not* *nor * *"),
        ("*one\ntwo*", "*one\ntwo*"),
        ("*a b* c* (*d*), *e*!", "<strong>a b</strong> c* (<strong>d</strong>), <strong>e</strong>!"),
        ("`*x* &lt;y&gt;`", '<code class="bk-code">*x* &lt;y&gt;</code>'),
        ("*a `*` b*", '<strong>a <code class="bk-code">*</code> b</strong>'),
        ("a *&lt;b&gt;* &amp;amp;", "a <strong>&lt;b&gt;</strong> &amp;amp;"),
    ],
)
async def test_marks(harness: Harness, text: str, inside: str) -> None:
    """Marks count at the borders of words, on one line, and not in code."""
    await harness.draw_text(text)
    assert inside == await harness.page.locator("#drawn .bk-lines").inner_html()


async def test_quotes_and_fences(harness: Harness) -> None:
    """Lines that begin with > are one quotation, three take the rest, and a fence keeps its lines."""
    drawn = await harness.draw_text("> one\n&gt; two\nthree\n```\nx = *1*\n\ny```\nfour\n>>> five\nsix")
    assert ["one\ntwo", "five\nsix"] == await drawn.locator("blockquote").all_text_contents()
    assert ["x = *1*\n\ny"] == await drawn.locator("pre").all_text_contents()
    assert ["three", "four"] == [text.strip() for text in await drawn.locator(".bk-lines").all_text_contents()]


async def test_links(harness: Harness) -> None:
    """Only the web and mail are opened, in a tab that knows nothing of this one; a label that names another host is told on."""
    await harness.draw_text(
        "<https://a.example/x?a=1&amp;b=2|here> <mailto:a@b.example|mail> <javascript:alert(1)|bad> https://bare.example/y. "
        "<https://evil.example|https://good.example> <ftp://x.example|ftp>"
    )
    links = harness.page.get_by_role("link")
    hrefs = [await one.get_attribute("href") for one in await links.all()]
    assert [
        "https://a.example/x?a=1&b=2",
        "mailto:a@b.example",
        "https://bare.example/y",
        "https://evil.example/",
    ] == hrefs
    for one in await links.all():
        assert ("_blank", "noopener noreferrer") == (await one.get_attribute("target"), await one.get_attribute("rel"))
    assert "evil.example" == await links.nth(3).get_attribute("data-host")


async def test_links_into_slack_stay_in_the_page(harness: Harness) -> None:
    """Permalinks, deep links and channel mentions lead to a place in this page, never to slack.com; files to the file."""
    general = next(c.id for c in harness.workspace.channels.values() if c.name == "general")
    home = "https://kestrel-retail.slack.com"
    await harness.draw_text(
        f"<{home}/archives/{general}/p1795165200000100|message> <{home}/archives/{general}/p1795165200000200?thread_ts=1795165200.000100&amp;cid={general}|reply> "
        f"<slack://channel?team=T1&amp;id={general}|deep> <https://app.slack.com/client/T1/{general}|client> <#{general}> "
        f"<slack://user?team=T1&amp;id={seed.LENA}|person> <slack://app?team=T1&amp;id=A1|app> <{home}/files/U1/F1/draft.md|file> <slack://nonsense|nothing>"
    )
    await harness.page.evaluate(
        "async () => { const s = await import('/page/js/store.js'); window.went = []; s.subscribe('go', place => { went.push(place); }); }"
    )
    for name in ("message", "reply", "deep", "client", "#general", "person", "app"):
        await harness.page.get_by_role("link", name=name, exact=True).click()
    assert [
        (general, "1795165200.000100", None),
        (general, "1795165200.000200", "1795165200.000100"),
        (general, None, None),
        (general, None, None),
        (general, None, None),
        (seed.LENA, None, None),
        ("home", None, None),
    ] == [
        (went.get("channel") or went.get("user") or went.get("home"), went["ts"], went["thread"])
        for went in await harness.page.evaluate("went")
    ]
    assert f"/window/file?as={seed.RAE}&id=F1" == await harness.page.get_by_role("link", name="file").get_attribute(
        "href"
    )
    await expect(harness.page.get_by_role("link", name="nothing")).to_have_count(0)


async def test_mentions(harness: Harness) -> None:
    """People, groups and channels by name; oneself and everybody stand out."""
    drawn = await harness.draw_text(f"<@{seed.LENA}> <@{seed.RAE}> <!here> <!subteam^{seed.AI_ONCALL}>")
    assert ["@Lena", "@Rae", "@here", "@ai-oncall"] == await drawn.locator(".mention").all_text_contents()
    assert ["@Rae", "@here"] == await drawn.locator(".mention-me").all_text_contents()
    assert "Lena Voss, Engineering Manager, AI Platform" == await drawn.locator(".mention").first.get_attribute("title")


async def test_dates_follow_the_clock(harness: Harness) -> None:
    """A date is in the zone of whom we act as, and "today" becomes "yesterday" when the workspace's clock moves on."""
    drawn = await harness.draw_text(f"<!date^{AT}^{{date_short_pretty}} at {{time}}|09:00 UTC>")
    await expect(drawn.get_by_role("time")).to_have_text("Today at 09:00")
    await harness.page.evaluate(
        "async () => (await import('/page/js/store.js')).setBackstage({now: '2026-11-21T09:00:00Z', runs: false})"
    )
    await expect(drawn.get_by_role("time")).to_have_text("Yesterday at 09:00")


async def test_emoji(harness: Harness) -> None:
    """Known names are drawn, with skin tones; unknown ones and times of day stay text."""
    drawn = await harness.draw_text(":warning: :+1::skin-tone-4: :not_an_emoji: 10:30:45 `:warning:`")
    assert "⚠️ 👍🏽 :not_an_emoji: 10:30:45 :warning:" == await drawn.text_content()


async def test_what_nobody_sees_is_shown(harness: Harness) -> None:
    """Characters that turn text around or hide in it are marked where they stand; emoji made of several are left whole."""
    drawn = await harness.draw_text("a\u202eb \u200b\u200b c\u200dd 👩\u200d💻 \U000e0041 می\u200cخواهم")
    codes = [await one.get_attribute("data-code") for one in await drawn.locator(".bk-hidden").all()]
    assert ["U+202E", "U+200B ×2", "U+200D", "U+E0041"] == codes
    assert "isolate" == await drawn.locator(".bk-hidden").first.evaluate("one => getComputedStyle(one).unicodeBidi")


async def test_long_words_break(harness: Harness) -> None:
    """A word of three thousand letters does not make the page wider."""
    await harness.draw({"type": "section", "text": {"type": "mrkdwn", "text": "w" * 3000}})
    assert await harness.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
