from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.evidence import ExhibitField, ItemState, Wanted, WantedItem
from bot.domain.incident import Phase, Role, Severity
from bot.domain.notices import Notice
from bot.domain.notices.evidence import (
    ClassifyForm,
    EvidenceAsk,
    EvidenceList,
    ExhibitForm,
    ExhibitLine,
    ExhibitReceipt,
    ExhibitShown,
    FileLine,
    FilesLost,
    PrivilegedForm,
    SealedLine,
    SealedList,
    SealedShown,
)
from bot.domain.notices.incident import Summary
from bot.domain.notices.memory import CatchUp, RedactForm, RedactionAsk
from bot.domain.notices.timeline import Line, NoteForm, TimelinePage
from bot.domain.timeline import EntryKind
from bot.sandbox.blocks import lint_blocks, lint_view
from bot.slack import views

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
HOSTILE = st.one_of(
    st.text(max_size=400),
    st.sampled_from(
        [
            "<!channel> <@U0VICTIM1> <https://evil.example|click>",
            "`" * 50 + "*_~>",
            "x" * 40_000,
            "שלום\u202e <!here>",
            "🔥" * 3000,
            "&lt;!everyone&gt;",
            "\n" * 5000,
        ]
    ),
)
# What would ping, or hide where a link goes. Our own entities: people by id, dates, and links with our own labels.
PING = re.compile(r"<(?!@[A-Z0-9]+>|#[A-Z0-9]+>|!date\^|https://k\.example/[^|>]*\|(?:link|original)>)")


def summary(text: str = "The shop bot gives 99% off") -> Summary:
    return Summary(7, "AI-0007", text, Severity.SEV1, is_provisional=True, phase=Phase.TRIAGE, channel_id="C0123ABCD")


def wanted(text: str) -> Wanted:
    """Everything in every state."""
    states = [(state, required) for state in ItemState for required in (True, False)]
    return Wanted(tuple(WantedItem(f"E{n:02}", text, text, s, r, is_volatile=r) for n, (s, r) in enumerate(states * 9)))


def notices(text: str) -> list[Notice]:
    about = summary(text)
    lines = tuple(Line(kind, NOW, "person:U0123ABCD", text, "https://k.example/p1") for kind in EntryKind)
    exhibit = ExhibitLine(3, text, "person:U0123ABCD", NOW, "bot:andon", "ab" * 32, 2, "https://k.example/p1")
    return [
        TimelinePage(about, lines, older_than=12),
        TimelinePage(about, ()),
        EvidenceList(about, (exhibit,) * 15, 40, 2, wanted(text)),
        ExhibitReceipt(about, 3, text, "ab" * 32, wanted(text)),
        FilesLost(about, 3, (text,) * 50),
        EvidenceAsk(about, text, wanted(text).missing, wanted(text).advisable, 1, 9, "/incident"),
        SealedList(about, (SealedLine(3, "original", text[:9], NOW, "person:U0123ABCD", "ab" * 32),) * 40),
        EvidenceList(about, (), 0),
        RedactionAsk(about, "person:U0123ABCD", text, "U0123ABCD"),
        CatchUp(about, text, text, text, ("U0123ABCD",), (Role.TECHNICAL, Role.LEGAL), text, 3),
        CatchUp(replace(about, contained_at=NOW, is_drill=True), text, text, None, (), tuple(Role), None, 0),
    ]


def forms(text: str) -> list[Notice]:
    about = summary(text)
    exhibit = ExhibitLine(3, text, "person:U0123ABCD", NOW, "bot:andon", "ab" * 32, 1)
    return [
        NoteForm(about, text),
        RedactForm(about, text),
        RedactForm(about, "", "C0123ABCD", "1700000000.000100"),
        ExhibitShown(about, exhibit, text, (FileLine(text, 3, "ab" * 32), FileLine(text, 3, "", text))),
        ExhibitShown(about, exhibit, text, (), tuple((name, text) for name in ExhibitField), 3, masked=True),
        ExhibitShown(about, exhibit, "", (), tuple((name, None) for name in ExhibitField)),
        ExhibitForm(about, (("E01", text or "x"),) * 20, "C0123ABCD", "1700000000.000100", text),
        ExhibitForm(about, (("E01", text or "x"),), typed=text),
        ClassifyForm(about, 3, (("E01", text or "x"), ("E02", "y")), ("E02",)),
        PrivilegedForm(about),
        SealedShown(about, SealedLine(3, "note", "a note", NOW, "person:U0123ABCD", "ab" * 32), text),
        ExhibitShown(about, replace(exhibit, is_redacted=True), ""),
        *[notice for notice in notices(text) if isinstance(notice, TimelinePage | EvidenceList | SealedList)],
    ]


def written(blocks: object) -> list[str]:
    """Every mrkdwn text in these blocks."""
    if isinstance(blocks, dict):
        own = [blocks["text"]] if blocks.get("type") == "mrkdwn" else []
        return own + [text for value in blocks.values() for text in written(value)]
    return [text for value in blocks for text in written(value)] if isinstance(blocks, list) else []


@settings(deadline=None)
@given(HOSTILE)
def test_messages_hold_slacks_limits_and_ping_nobody(text: str) -> None:
    """Whatever was typed: valid blocks, no ping, no disguised link."""
    for notice in notices(text):
        message = views.message(notice)
        assert [] == lint_blocks(message.blocks), notice
        assert not [found for one in [message.text, *written(message.blocks)] if (found := PING.findall(one))]


@settings(deadline=None)
@given(HOSTILE)
def test_windows_hold_slacks_limits_and_ping_nobody(text: str) -> None:
    """The same for forms and windows."""
    for notice in forms(text):
        view = views.modal(notice)
        assert [] == lint_view(view), notice
        assert not [found for one in written(view["blocks"]) if (found := PING.findall(one))]


def test_a_list_of_evidence_never_says_what_it_says() -> None:
    """Bodies stay behind Show: the list has no field for one."""
    assert "body" not in ExhibitLine.__dataclass_fields__


def test_a_forms_metadata_is_ids() -> None:
    """Forms carry ids, never state."""
    view = views.modal(RedactForm(summary(), "", "C0123ABCD", "1700000000.000100"))
    assert {"incident": 7, "channel": "C0123ABCD", "ts": "1700000000.000100"} == json.loads(view["private_metadata"])


@pytest.mark.parametrize("kind", list(EntryKind))
def test_every_kind_of_line_can_be_read(kind: EntryKind) -> None:
    """Lines written by any room show what they say."""
    page = views.message(TimelinePage(summary(), (Line(kind, NOW, "bot:andon", "words"),)))
    assert "words" in "".join(written(page.blocks))
