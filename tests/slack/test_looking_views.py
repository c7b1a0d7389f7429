"""What is said when something is looked at again: within Slack's limits, escaped, and marked as a drill where it is one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.causes import CauseClass
from bot.domain.containment.words import Direction, Reversibility, RunState
from bot.domain.custody import Finding, Verified
from bot.domain.incident import Outcome, Phase, Severity
from bot.domain.notices import Notice
from bot.domain.notices.audit import PolicyProblem
from bot.domain.notices.containment import ActionItem, RunItem, SwitchForm, SwitchPost, SwitchStaysAsk
from bot.domain.notices.evidence import EvidenceAlarm, EvidenceChecked
from bot.domain.notices.incident import Summary
from bot.domain.notices.investigation import CauseForm, EarlierItem, EarlierList
from bot.sandbox.blocks import lint_blocks, lint_view
from bot.slack import views

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
HOSTILE = "<!channel> <@U07OTTO0001> <https://evil.example|here> *b* ```x``` " + "long " * 900


def summary(**changes: Any) -> Summary:
    """An incident in one line, with a title that hurts."""
    known = {
        "severity": Severity.SEV1,
        "is_provisional": False,
        "phase": Phase.CONTAINMENT,
        "channel_id": "C07ABC00001",
    }
    return Summary(incident_id=1, reference="AI-0001", title=HOSTILE[:250], **(known | changes))


def run(state: RunState, **changes: Any) -> RunItem:
    """A run of a containment action."""
    known = {
        "run_id": 1, "number": 1, "catalogue": "C07", "title": HOSTILE[:200], "effect": HOSTILE, "direction": Direction.OFF,
        "state": state, "reason": HOSTILE, "reversibility": Reversibility.FULL, "requested_by": "U07LENA0001",
        "requested_at": NOW, "expires_at": NOW, "review_at": NOW, "moved_at": NOW, "can_go_back": True,
        "instructions": HOSTILE, "is_by_hand": state is RunState.RUNNING, "agrees": "the lead or technical",
    }  # fmt: skip
    return RunItem(**(known | changes))


def checked(*sentences: str) -> EvidenceChecked:
    """What a look found."""
    found = tuple(Finding("exhibit X1", sentence) for sentence in sentences)
    return EvidenceChecked(summary(), Verified("AI-0001", entries=3, exhibits=2, files=1, stamps=2, findings=found))


MESSAGES: tuple[Notice, ...] = (
    checked(),
    checked(*[HOSTILE] * 12),
    EvidenceChecked(summary(), Verified("AI-0001")),
    EvidenceAlarm(summary(is_drill=True), (HOSTILE,) * 5, 40),
    PolicyProblem(HOSTILE),
    *(SwitchStaysAsk(summary(is_drill=True), run(state), direct) for state in (RunState.CONTAINED, RunState.RUNNING)
      for direct in (True, False)),
    *(SwitchPost(summary(), run(state), "/incident") for state in RunState),
    EarlierList(summary(), (), "/incident"),
    EarlierList(summary(), (EarlierItem(summary(outcome=Outcome.RESOLVED, is_private=True), ("cause",)),) * 10, "/incident"),
)  # fmt: skip
ACTION = ActionItem("off", "C01", "Switch it off", HOSTILE, Reversibility.FULL, 1, "technical", "the lead", "unleash")
FORMS: tuple[Notice, ...] = (
    CauseForm(summary(), CauseClass.DATA),
    SwitchForm(summary(), HOSTILE, (ACTION,), 0, False, 30, missing=(HOSTILE,) * 5, why=HOSTILE[:900], problem=HOSTILE),
)


@pytest.mark.parametrize("notice", MESSAGES, ids=lambda notice: type(notice).__name__)
def test_messages_fit_and_hurt_nobody(notice: Notice) -> None:
    """Slack would take it, nobody is pinged, nothing becomes a link, and it says of what it is in plain text."""
    message = views.message(notice)
    shown = message.arguments()
    assert lint_blocks(shown["blocks"]) == []
    assert shown["text"].strip()
    assert len(shown["text"]) <= 4000
    for danger in ("<!channel>", "<@U07OTTO0001>", "<https://evil"):
        assert danger not in str(shown)
    if getattr(getattr(notice, "summary", None), "is_drill", False):
        assert "[DRILL]" in message.text
        assert "[DRILL]" in str(message.blocks)


@pytest.mark.parametrize("notice", FORMS, ids=lambda notice: type(notice).__name__)
def test_forms_fit(notice: Notice) -> None:
    """Whatever they are prefilled with."""
    assert lint_view(views.modal(notice)) == []
