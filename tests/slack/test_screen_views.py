"""What lists, Home, the panel and the questions of access look like: within Slack's limits, whatever people typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incident import IncidentType, Outcome, Phase, Role, Severity
from bot.domain.notices.home import ClosedLine, HomeScreen
from bot.domain.notices.incident import IncidentCard, Summary
from bot.domain.notices.lists import IncidentList
from bot.domain.notices.panel import ControlPanel
from bot.domain.notices.private import AccessRequested, AccessWelcome, InviteForm
from bot.sandbox.blocks import lint_blocks, lint_view
from bot.services.panel import OFFERS
from bot.slack import views
from bot.slack.views.panel import GROUPS, LABELS

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

titles = st.text(max_size=150) | st.sampled_from(
    ["<!channel> <@U1>", "&" * 150, "\u202eevil", "*_~`>", "\n\n", "🔥" * 150]
)
instants = st.none() | st.just(NOW - timedelta(minutes=5)) | st.just(NOW + timedelta(minutes=12))
summaries = st.builds(
    Summary,
    incident_id=st.integers(1, 10**9),
    reference=st.just("AI-0042"),
    title=titles,
    severity=st.sampled_from(Severity),
    is_provisional=st.booleans(),
    phase=st.sampled_from(Phase),
    channel_id=st.none() | st.just("C0123456789"),
    is_private=st.booleans(),
    is_drill=st.booleans(),
    system=st.none() | titles,
    type=st.sampled_from(IncidentType),
    declared_at=st.just(NOW),
    outcome=st.none() | st.sampled_from(Outcome),
    lead_id=st.none() | st.just("U07LENA0001"),
    next_update_at=instants,
    contained_at=instants,
)
rows = st.lists(summaries, max_size=20).map(tuple)
closed = st.lists(
    st.builds(ClosedLine, summaries, st.just(NOW), st.none() | st.just("https://kestrel.example/a|b>c")), max_size=5
).map(tuple)


def harmless(rendered: object, *typed: str) -> bool:
    """Nothing that a person typed became markup."""
    return "<!channel>" not in repr(rendered) and "<@U1>" not in repr(rendered)


@given(rows=rows, more=st.integers(0, 500))
def test_a_list_fits_a_message(rows: tuple[Summary, ...], more: int) -> None:
    """Any twenty incidents with any titles are within Slack's limits, and nobody is pinged."""
    shown = views.message(IncidentList("/incident", NOW, rows, more))
    assert lint_blocks(shown.blocks, "message") == []
    assert harmless(shown)
    assert (f"and {more} more" in repr(shown)) is bool(rows and more)


@given(mine=rows, closed=closed)
def test_home_fits(mine: tuple[Summary, ...], closed: tuple[ClosedLine, ...]) -> None:
    """Home is within Slack's limits for any incidents, and nobody is pinged."""
    shown = views.home(HomeScreen("/incident", NOW, mine[:10], mine[10:], 3, closed))
    assert lint_view(shown) == []
    assert harmless(shown)


@given(summary=summaries, story=titles, keys=st.sets(st.sampled_from([offer.key for offer in OFFERS])))
def test_the_panel_fits(summary: Summary, story: str, keys: set[str]) -> None:
    """The panel is within Slack's limits whatever is offered; a button stands for each offer and no other."""
    card = IncidentCard(summary, story, "U07RAE00001", story, story, dict.fromkeys(Role, ()))
    shown = views.modal(ControlPanel(card, tuple(keys)))
    assert lint_view(shown) == []
    pressed = {e["value"] for block in shown["blocks"] if block["type"] == "actions" for e in block["elements"]}
    assert pressed == {f"{key}:{summary.incident_id}" for key in keys}


@given(summary=summaries, decided=st.none() | st.booleans())
def test_questions_of_access_fit(summary: Summary, decided: bool | None) -> None:
    """Question, answer, welcome and form are within Slack's limits; an answered question has no buttons."""
    asked = views.message(
        AccessRequested(summary, 7, "U07OTTO0001", decided, "U07LENA0001" if decided is not None else None)
    )
    welcome = views.message(AccessWelcome(summary, "U07LENA0001"))
    for shown in (asked, welcome):
        assert lint_blocks(shown.blocks, "message") == []
        assert harmless(shown)
    assert ("actions" in repr(asked.blocks)) is (decided is None)
    assert lint_view(views.modal(InviteForm(summary))) == []


def test_overdue_is_said() -> None:
    """An update that is overdue reads as overdue, a coming one as due."""
    summary = Summary(
        1, "AI-0001", "t", Severity.SEV1, False, Phase.TRIAGE, None, next_update_at=NOW - timedelta(minutes=1)
    )
    assert "overdue" in repr(views.message(IncidentList("/incident", NOW, (summary,))))
    assert "overdue" not in repr(views.message(IncidentList("/incident", NOW - timedelta(hours=1), (summary,))))


def test_every_verb_of_the_panel_has_a_label_and_a_group() -> None:
    """What the service can offer, the view can draw."""
    keys = {offer.key for offer in OFFERS}
    assert keys == set(LABELS) == {key for _, group in GROUPS for key in group}
