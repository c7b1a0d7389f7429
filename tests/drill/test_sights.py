"""Expectations are judged as the eye reads, and what a drill tells is what stood there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.drill.minutes import Minutes
from bot.drill.plain import plain, short
from bot.drill.sights import judge
from bot.drill.watcher import Happening
from playbooks.deeds import Sees

CARD = "*AI-0001: It lies*\n:red_circle: SEV1 critical\n*Lead*\n_nobody yet_\n[Take lead] [Send update]"


def sees(what: list[str], **more: object) -> Sees:
    """An expectation."""
    return Sees.model_validate({"what": what, "in": "dm", **more})


@pytest.mark.parametrize(
    ("expectation", "is_met"),
    [
        (sees(["AI-0001: It lies", "Lead: nobody yet"]), True),
        (sees(["🔴 SEV1"]), True),
        (sees(["It lies 🔴"]), True),
        (sees(["it lies"]), False),
        (sees(["AI-0001", "elsewhere"]), False),
        (sees(["AI-0001", "other"]), False),
        (sees(["AI-0001"], without=["nobody"]), False),
        (sees(["AI-0001"], count=1), True),
        (sees(["AI-0001"], count=2), False),
        (sees(["elsewhere"], count=0), True),
        (sees(["AI-0001"], count=0), False),
    ],
)
def test_expectations(expectation: Sees, is_met: bool) -> None:
    """All texts in one message, spaces and marks aside; a count is exact; nothing forbidden."""
    assert is_met is (judge(expectation, [CARD, "AI-9999 other"]) is None)


def test_what_was_seen_instead_is_shown() -> None:
    """A failure is understood without running the story again."""
    assert "AI-9999 other" in (judge(sees(["nothing of the kind"]), [CARD, "AI-9999 other"]) or "")
    assert "there is nothing at all" == judge(sees(["x"]), [])


def test_plain_text_keeps_words() -> None:
    """Marks go, labels stand beside their values, words with underscores and unknown emoji stay."""
    assert "AI-0001: It lies\n🔴 SEV1 critical\nLead: nobody yet\n[Take lead] [Send update]" == plain(CARD)
    assert "apply_code and lookup_order at 2*3*4 :shipit:" == plain("apply_code and lookup_order at 2*3*4 :shipit:")
    assert "☐ Do it  [Done]" == plain(":white_large_square: Do it\n[Done]")
    assert "#support" == short("support")
    assert 24 >= len(short("ai-0001-" + "x" * 60))


def test_one_message_to_many_is_told_once() -> None:
    """What several people got is told in whole for the first and by its differences for the others."""
    at = datetime(2026, 3, 12, 14, 2, tzinfo=UTC)
    same = "one\ntwo\nthree\nfour"
    told = Minutes(lambda _line: None)
    told.happened(
        Happening(at, "Andon to Ines", same, reader="Ines"),
        Happening(at, "Andon to Gwen", same, reader="Gwen"),
        Happening(at, "Andon to Lena", same.replace("four", "five"), reader="Lena"),
        Happening(at, "Andon to Rae", "something else", reader="Rae"),
    )
    assert [
        "14:02:00  Andon to Ines:",
        "          │ one",
        "          │ two",
        "          │ three",
        "          │ four",
        "14:02:00  Andon to Gwen, as to Ines",
        "14:02:00  Andon to Lena, as to Ines, but:",
        "          │ five",
        "14:02:00  Andon to Rae:",
        "          │ something else",
    ] == told.lines
