"""Reading Slack's text aloud, and hinting at words that blame."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.blameless import Rule, names_in, review
from bot.domain.people import Profile
from bot.domain.plain import clean, isolate, name_of, readable

NAMES = {"U1": Profile("U1", "Ann Bell"), "U2": Profile("U2", "")}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("ask <@U1> or <@U9>", "ask @Ann Bell or @U9"),
        ("ask <@U9|zoe>", "ask @zoe"),
        ("see <#C1|ai-ops> and <#C2>", "see #ai-ops and #C2"),
        ("<!channel> <!here|@here> <!subteam^S1|@ai-oncall>", "@channel @here @ai-oncall"),
        ("<!date^1795166160^{date}|20 Nov>", "20 Nov"),
        ("<https://evil.example/x|https://bank.example>", "https://bank.example (https://evil.example/x)"),
        ("<https://a.example/x>", "https://a.example/x"),
        ("<https://a.example/x|a.example/x>", "https://a.example/x"),
        ("<mailto:ann@kestrel.example|ann@kestrel.example>", "ann@kestrel.example"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("&lt;@U1&gt;", "<@U1>"),
        ("<b>not Slack's</b>", "<b>not Slack's</b>"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
    ],
)
def test_slack_text_is_read_aloud(said: str, read: str) -> None:
    """Names for ids, the real target beside a label, entities once and no more."""
    assert readable(said, NAMES) == read


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    """No control, surrogate or reordering character survives, and reading twice changes nothing more."""
    seen = clean(text)
    hidden = {c for c in seen if unicodedata.category(c) in ("Cc", "Cs", "Cf")}
    assert hidden <= set("\n\t\u200c\u200d")
    assert clean(seen) == seen


def test_hidden_instructions_are_dropped() -> None:
    """Tag characters and bidirectional overrides cannot smuggle text into a document."""
    assert clean("ok\U000e0069\U000e0067 \u202etxt.exe\u202c\u2066\x00\x1b[31m") == "ok txt.exe[31m"


def test_right_to_left_text_is_isolated() -> None:
    """Only text that could reorder its surroundings is wrapped."""
    assert isolate("שלום") == "\u2068שלום\u2069"
    assert isolate("café") == "café"


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("person:U1", "Ann Bell"),
        ("U1", "Ann Bell"),
        ("U2", "U2"),
        ("U9", "U9"),
        ("bot:andon", "Andon"),
        ("alert:grafana", "alert from grafana"),
        ("alert:a:b", "alert from a:b"),
        ("@ai-oncall", "@ai-oncall"),
    ],
)
def test_actors_are_named(actor: str, name: str) -> None:
    """Every stored form of an actor has a name to show."""
    assert name_of(actor, NAMES) == name


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("They SHOULD  have looked", [Rule.HINDSIGHT]),
        ("should’ve looked and failed to", [Rule.HINDSIGHT, Rule.HINDSIGHT]),
        ("a careless mistake; human error", [Rule.BLAME, Rule.SINGLE_CAUSE]),
        ("the shoulder haven", []),
        ("a default, at faulty nodes", []),
        ("failed to, failed to", [Rule.HINDSIGHT]),
    ],
)
def test_blaming_words_are_pointed_out(text: str, rules: list[Rule]) -> None:
    """Whole words in any case and spacing, each phrase once."""
    assert [hint.rule for hint in review("root_cause", text)] == rules


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mateo missed it", ["Mateo Ruiz"]),
        ("asked mateo ruiz", ["Mateo Ruiz"]),
        ("@Mateo Ruiz", ["Mateo Ruiz"]),
        ("the grace period ended", []),
        ("Mateos ended", []),
        ("nobody here", []),
    ],
)
def test_names_are_pointed_out(text: str, found: list[str]) -> None:
    """A person is found by full name or by a capitalised part of it, not inside other words."""
    hints = names_in("root_cause", text, {"Mateo Ruiz": "technical", "Grace Lindqvist": None})
    assert [hint.phrase for hint in hints] == found
