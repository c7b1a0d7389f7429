"""Severity, life, endings, updates and additions on the screen: within Slack's limits whatever people typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incident import IncidentType, Outcome, Phase, Severity
from bot.domain.notices import Notice, closing, lifecycle, updates
from bot.domain.notices.incident import Summary
from bot.sandbox.blocks import lint_blocks, lint_view
from bot.slack import views

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
BY = "person:U07LENA0001"
TYPES = tuple((kind.value, kind.value.title(), "What is it? " * 5) for kind in IncidentType)
LEVELS = tuple((level.value, "Somebody could be hurt or lose money") for level in Severity)
SYSTEMS = (("discount-bot", "Discount assistant"),)


def summary(title: str = "The shop bot gives 99% off", **changes: Any) -> Summary:
    """An incident in one line."""
    known = {"severity": Severity.SEV2, "is_provisional": True, "phase": Phase.TRIAGE, "channel_id": "C07ABC00001"}
    return Summary(incident_id=1, reference="AI-0001", title=title, **(known | changes))


def messages(text: str) -> list[Notice]:
    """Every message of these rooms with this text wherever a person may type."""
    one, other = summary(text), summary(text, is_drill=True, contained_at=NOW)
    return [
        lifecycle.SeverityPost(one, Severity.SEV2, Severity.SEV1, BY, text),
        lifecycle.SeverityProposal(one, 7, Severity.SEV2, Severity.SEV1, BY, text),
        lifecycle.SeverityProposal(one, 7, Severity.SEV2, Severity.SEV1, BY, text, ("U07GRACE001",), True),
        lifecycle.SeverityProposal(one, 7, Severity.SEV2, Severity.SEV1, BY, text, (), False),
        lifecycle.SeverityConfirmedPost(one, BY, text),
        lifecycle.TypePost(one, text, text, BY, text),
        lifecycle.PhasePost(one, Phase.RECOVERY, Phase.CONTAINMENT, BY, text, True),
        lifecycle.ContainedPost(other, BY, text, NOW),
        lifecycle.ResolvedPost(other, BY, text, NOW),
        closing.ClosedPost(one, BY, text, text),
        closing.CancelledPost(one, BY, text),
        closing.MergedPost(one, other, BY, text),
        closing.AbsorbedPost(one, other, BY, text),
        closing.ReopenedPost(other, BY, text),
        *(closing.Ending(one, outcome, text, True) for outcome in Outcome),
        closing.Ending(one, Outcome.MERGED, text, False, other),
        updates.UpdatePost(one, text, BY, NOW),
        updates.FollowerUpdate(other, text, NOW),
        updates.Following(one, True),
        updates.Following(one, False, False),
        updates.Joined(one),
        updates.NotInvited(one, text),
        updates.ExamplePost(one, BY, text, 2),
        updates.AnswersPost(one, BY, (("Who was affected", text), ("Type", text))),
        updates.Thanks(one),
    ]


def forms(text: str) -> list[Notice]:
    """Every form of these rooms with this text wherever it may be prefilled."""
    one = summary(text)
    return [
        lifecycle.SeverityForm(one, LEVELS, Severity.SEV1, text, True),
        lifecycle.TypeForm(one, TYPES, IncidentType.DRIFT),
        lifecycle.PhaseForm(one, Phase.TRIAGE),
        lifecycle.ContainedForm(one),
        lifecycle.ResolvedForm(one),
        closing.CloseForm(one, "not contained and not resolved yet", text),
        closing.CancelForm(one),
        closing.MergeForm(one, (summary(text),)),
        closing.MergeForm(one, ()),
        closing.ReopenForm(one),
        updates.UpdateForm(one, NOW + timedelta(hours=1), NOW, text, text),
        updates.UpdateForm(one, None, NOW),
        updates.ExampleForm(one),
        updates.AnswersForm(one, TYPES, LEVELS, SYSTEMS),
        updates.Thanks(one),
    ]


HOSTILE = ("", "x" * 40_000, "<!channel> <@U07LENA0001> &amp; *b* `c`", "💥" * 500, "\u202eabc\n" * 300, "&<>" * 3000)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_message_fits(text: str) -> None:
    """No text a person can type breaks Slack's limits, and none becomes markup that acts."""
    for notice in messages(text):
        shown = views.message(notice).arguments()
        assert lint_blocks(shown["blocks"]) == [], notice
        assert shown["text"].strip()
        assert len(shown["text"]) <= 4000
        assert "<!channel>" not in str(shown)
        assert "<@U07LENA0001> &" not in str(shown)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_form_fits(text: str) -> None:
    """Forms keep Slack's limits whatever they are prefilled with."""
    for notice in forms(text):
        assert lint_view(views.modal(notice)) == [], notice


@given(st.text(max_size=5000))
def test_any_text_is_harmless(text: str) -> None:
    """Whatever is typed is escaped: outside our own entities there is no angle bracket."""
    for notice in messages(text)[:6]:
        for block in views.message(notice).blocks:
            assert "<!" not in str(block).replace("<!date^", "")


def test_a_drill_says_so() -> None:
    """Every message of a drill carries the banner, in its blocks and its notification text."""
    drill = summary(is_drill=True)
    for notice in messages("x"):
        if "summary" not in notice.__dataclass_fields__:
            continue
        values = {name: getattr(notice, name) for name in notice.__dataclass_fields__}
        shown = views.message(type(notice)(**(values | {"summary": drill})))
        assert "[DRILL]" in str(shown.blocks), notice
        assert "[DRILL]" in shown.text, notice
