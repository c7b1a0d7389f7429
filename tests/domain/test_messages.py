from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import (
    Placement,
    Seen,
    instant_of,
    parse_permalink,
    place,
    readable,
    ts_of,
    unescape,
)

NAMES = {"U1": "Lena Vogt"}


def seen(text: str, version: str = "", noticed_ts: str = "") -> Seen:
    return Seen("C1", "1700000000.000100", text, version=version, noticed_ts=noticed_ts)


@pytest.mark.parametrize(
    ("sighting", "version", "text", "expected"),
    [
        (seen("a"), None, "", Placement.NEWEST),
        (seen("a"), "", "a", Placement.KNOWN),
        (seen("b", "1700000009.000000"), "", "a", Placement.NEWEST),
        (seen("a"), "1700000009.000000", "b", Placement.OLDER),
        (seen("b"), "", "a", Placement.KNOWN),
        (seen("b", noticed_ts="1700000009.000000"), "", "a", Placement.NOTICED),
        (seen("b", noticed_ts="1700000009.000000"), "1700000020.000000", "c", Placement.OLDER),
    ],
)
def test_a_sighting_finds_its_place(sighting: Seen, version: str | None, text: str, expected: Placement) -> None:
    """The highest version stands, older ones go beside it, an echo changes nothing, a silent change is noticed."""
    assert expected == place(sighting, version, text)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001  hypothesis wants them bare
def test_ts_and_instant_are_the_same_moment(moment: datetime) -> None:
    """Slack's ts survives the way through an instant and back, to the microsecond."""
    instant = moment.replace(tzinfo=UTC)
    assert instant == instant_of(ts_of(instant))


@pytest.mark.parametrize("odd", ["", "now", "1.2.3", "1700000000", "-1.0", "1" * 20 + ".0"])
def test_what_is_no_ts_is_refused(odd: str) -> None:
    """A malformed ts is an error, never a wrong instant."""
    with pytest.raises(ValueError, match="not a Slack ts"):
        instant_of(odd)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://kestrel.slack.com/archives/C0123ABCD/p1700000000000100", ("C0123ABCD", "1700000000.000100")),
        (
            "<https://k.slack.com/archives/C0123ABCD/p1700000000000100?thread_ts=1699.1&amp;cid=C0123ABCD>",
            ("C0123ABCD", "1700000000.000100"),
        ),
        ("https://kestrel.slack.com/archives/C0123ABCD", None),
        ("what Rae wrote", None),
    ],
)
def test_links_lead_to_messages(link: str, expected: tuple[str, str] | None) -> None:
    """A permalink names channel and ts, in angle brackets and with a thread too; anything else names nothing."""
    assert expected == parse_permalink(link)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<@U1> look", "@Lena Vogt look"),
        ("<@U9|otto> look", "@otto look"),
        ("<#C1|general> <!channel> <!subteam^S1|@oncall>", "#general @channel @oncall"),
        ("<https://evil.example|https://good.example>", "https://good.example (https://evil.example)"),
        ("<https://a.example>", "https://a.example"),
        ("<!date^1700000000^{date}|14 Nov>", "14 Nov"),
        ("a &lt;b&gt; &amp;amp;", "a <b> &amp;"),
    ],
)
def test_entities_read_as_people_write(raw: str, expected: str) -> None:
    """Mentions, channels and links read as words, and a link never hides where it goes."""
    assert expected == readable(unescape(raw), NAMES)
