"""Naming people: mentions, handles, plain names, groups."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.naming import Named, leading_people, matching, named
from bot.domain.people import Profile

BEA = Profile("U1", "Bea Smith", email="bea@kestrel.example", handle="bea")
BEN = Profile("U2", "Ben Smith", email="ben@kestrel.example", handle="ben")
BEA_TOO = Profile("U3", "Bea Jones", email="bjones@kestrel.example", handle="bjones")
BOT = Profile("U4", "Grafana", is_bot=True, handle="grafana")


@pytest.mark.parametrize(
    ("text", "people", "rest"),
    [
        ("<@U1|bea> check", ["U1"], "check"),
        ("<@U1>, <@U2> and <@U3|x> check and mend", ["U1", "U2", "U3"], "check and mend"),
        ("@bea by friday", ["@bea"], "by friday"),
        ("me check", ["me"], "check"),
        ("check <@U1>", [], "check <@U1>"),
        ("", [], ""),
    ],
)
def test_people_at_the_start_are_told_from_the_rest(text: str, people: list[str], rest: str) -> None:
    """Mentions, handles and *me*, joined or not; a mention later in the text is text."""
    found, left = leading_people(text)
    assert [one.user_id or one.typed for one in found] == people
    assert left == rest


@pytest.mark.parametrize("typed", ["<!subteam^S1|@ai-oncall>", "<!channel>", "@here", "<!subteam^S1>"])
def test_groups_are_known_as_groups(typed: str) -> None:
    """A group or a broadcast is never taken for a person."""
    found = named(typed)
    assert found is not None
    assert found.is_group


def test_a_name_means_the_one_person_it_fits() -> None:
    """Handle, full name and address before first name; several are told as several; a bot is nobody."""
    everybody = [BEA, BEN, BEA_TOO, BOT]
    assert matching("@bea", everybody) == [BEA]
    assert matching("BEN", everybody) == [BEN]
    assert matching("bea jones", everybody) == [BEA_TOO]
    assert matching("bjones@kestrel.example", everybody) == [BEA_TOO]
    assert matching("bea", [BEA_TOO, Profile("U5", "Bea Lee")]) == [BEA_TOO, Profile("U5", "Bea Lee")]
    assert matching("grafana", everybody) == []
    assert matching("", everybody) == []


@given(st.text(max_size=60))
def test_any_text_can_be_looked_at(text: str) -> None:
    """Nothing typed breaks it, and no word after the people is lost."""
    _, rest = leading_people(text)
    assert text.strip().endswith(rest)
    assert isinstance(named(text), Named | None)
