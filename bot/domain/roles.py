"""Rules for the four seats: how a role is named, who may hand over what, where a handover stands. Pure."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.errors import BadInput
from bot.domain.incident import Role
from bot.domain.permissions import Standing

NOTE_LIMIT = 3000
SPELLINGS = {
    **{role.value: role for role in Role},
    "leader": Role.LEAD,
    "ic": Role.LEAD,
    "tech": Role.TECHNICAL,
    "engineering": Role.TECHNICAL,
    "counsel": Role.LEGAL,
    "communications": Role.COMMS,
    "comm": Role.COMMS,
}
CHOICES = "lead, technical, legal or comms"


def parse_role(word: str) -> Role | None:
    """The role that a word names; None when it names none."""
    return SPELLINGS.get(word.strip().rstrip(",;:.").lower())


def leading_role(text: str) -> tuple[Role | None, str]:
    """The role named by the first word, and the rest; the whole text when the first word is no role."""
    word, _, rest = text.strip().partition(" ")
    role = parse_role(word)
    return (role, rest.strip()) if role else (None, text.strip())


def wanted_role(text: str) -> tuple[Role, str]:
    """As :func:`leading_role`. Raises BadInput, with the choices, when there is none."""
    role, rest = leading_role(text)
    if role is None:
        raise BadInput(f"Say which role: {CHOICES}.", field="role")
    return role, rest


def own_role(held: Collection[Role], reference: str) -> Role:
    """The role a person means who names none: the only one they hold, or lead before others. Raises BadInput."""
    if not held:
        raise BadInput(f"You hold no role in {reference}. To ask somebody to take one, use `legal @bea`.")
    if len(held) > 1 and Role.LEAD not in held:
        raise BadInput(f"You hold {' and '.join(sorted(held))}: say which.", field="role")
    return Role.LEAD if Role.LEAD in held else next(iter(held))


def may_give_away(standings: frozenset[Standing], *, is_holder: bool) -> bool:
    """Whether somebody may hand over a seat that is taken: its holder, the lead, an admin."""
    return is_holder or bool(standings & {Standing.LEAD, Standing.ADMIN})


def said(text: str, field: str) -> str:
    """Words that go with an act, without padding; may be empty. Raises BadInput for far too many."""
    stated = text.strip()
    if len(stated) > NOTE_LIMIT:
        raise BadInput(f"That is {len(stated):,} characters; {NOTE_LIMIT:,} fit.", field=field)
    return stated
