"""The rules of the four seats."""

from __future__ import annotations

import pytest

from bot.domain.errors import BadInput
from bot.domain.incident import Role
from bot.domain.permissions import Standing
from bot.domain.roles import leading_role, may_give_away, own_role, wanted_role


@pytest.mark.parametrize(("word", "role"), [("tech", Role.TECHNICAL), ("Legal,", Role.LEGAL), ("ic", Role.LEAD)])
def test_roles_have_the_names_people_use(word: str, role: Role) -> None:
    """Short and long names mean the same seat; the rest of the line is kept."""
    assert leading_role(f"{word} because of the letter") == (role, "because of the letter")


def test_no_role_says_the_choices() -> None:
    """What is no role is an error that lists the roles."""
    with pytest.raises(BadInput, match="lead, technical, legal or comms"):
        wanted_role("captain")


def test_whoever_names_no_role_means_their_own() -> None:
    """The only one; lead before others; otherwise they are asked."""
    assert own_role([Role.COMMS], "AI-0001") is Role.COMMS
    assert own_role([Role.COMMS, Role.LEAD], "AI-0001") is Role.LEAD
    with pytest.raises(BadInput, match="comms and legal: say which"):
        own_role([Role.LEGAL, Role.COMMS], "AI-0001")
    with pytest.raises(BadInput, match="You hold no role in AI-0001"):
        own_role([], "AI-0001")


def test_a_taken_seat_is_given_away_by_few() -> None:
    """Its holder, the lead, an admin."""
    assert may_give_away(frozenset({Standing.LEGAL}), is_holder=True)
    assert may_give_away(frozenset({Standing.LEAD}), is_holder=False)
    assert may_give_away(frozenset({Standing.ADMIN}), is_holder=False)
    assert not may_give_away(frozenset({Standing.TECHNICAL, Standing.PARTICIPANT}), is_holder=False)
