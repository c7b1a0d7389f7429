"""Slack's text: what people type goes out encoded, what apps send reads as people read it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import mrkdwn, seed
from bot.sandbox.workspace import Workspace
from tests.sandbox.kit import make_manifest

WORKSPACE: Workspace = seed.kestrel(lambda: datetime(2026, 11, 20, 9, tzinfo=UTC), make_manifest())
GENERAL = next(c.id for c in WORKSPACE.channels.values() if c.name == "general")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("<!channel> <@U07RAE00001>", "&lt;!channel&gt; &lt;@U07RAE00001&gt;"),
        ("@channel look", "<!channel> look"),
        ("thanks @lena.", f"thanks <@{seed.LENA}>."),
        ("@nobody-here", "@nobody-here"),
        ("ask @ai-oncall", f"ask <!subteam^{seed.AI_ONCALL}>"),
        ("see #general, not #42", f"see <#{GENERAL}|general>, not #42"),
        ("https://x.example/?a=1&b=2 ok", "<https://x.example/?a=1&amp;b=2> ok"),
        ("mail rae@kestrel.example now", "mail <mailto:rae@kestrel.example|rae@kestrel.example> now"),
    ],
)
def test_typing(typed: str, sent: str) -> None:
    """Names become mentions, everything else is escaped and cannot pretend to be one."""
    assert mrkdwn.encode(typed, WORKSPACE) == sent


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (f"<@{seed.LENA}> &lt;hi&gt; &amp;amp;", "@Lena <hi> &amp;"),
        (f"<#{GENERAL}> and <#C000|gone>", "#general and #gone"),
        (f"<!here> <!subteam^{seed.AI_ONCALL}|@x>", "@here @ai-oncall"),
        ("<https://evil.example|https://good.example>", "https://good.example"),
        ("<https://x.example>", "https://x.example"),
        ("<!date^1795165200^due {date_short} {time}|later>", "due Nov 20 10:00"),
        ("<!date^soon^{time}|09:00 UTC>", "09:00 UTC"),
        ("<@U000NOBODY>", "@unknown-user"),
    ],
)
def test_reading(sent: str, read: str) -> None:
    """Names instead of ids, times in the reader's zone (Berlin), labels of links."""
    assert mrkdwn.render(sent, "Europe/Berlin", WORKSPACE) == read


def test_mentions_and_links() -> None:
    """Whom a text notifies, and where its links really lead."""
    text = f"<@{seed.RAE}> <!channel> <!subteam^S1> <#C1|x> <https://evil.example|good> @here &lt;!everyone&gt;"
    assert mrkdwn.mentions_of(text) == {seed.RAE, "channel", "S1"}
    assert [(link.target, link.label) for link in mrkdwn.links_of(text)] == [("https://evil.example", "good")]


@given(st.text())
def test_escaping_round_trip(text: str) -> None:
    """Escaped text reads as it was and mentions nobody."""
    escaped = mrkdwn.escape(text)
    assert mrkdwn.unescape(escaped) == text
    assert mrkdwn.mentions_of(escaped) == set()


@given(st.text(alphabet="<>!@#|&U0 ahelrn.^"))
def test_typed_text_reads_back(text: str) -> None:
    """Whatever a person types, a reader sees the same words, mentions and channels by name included."""
    read = mrkdwn.render(mrkdwn.encode(text, WORKSPACE), "UTC", WORKSPACE)
    assert read.casefold() == text.casefold()
