"""Texts for the post-mortem: what was sent, and what was said not to be needed, in three statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain import postmortem as pm
from bot.domain.people import Actor
from bot.domain.texts.words import TextState
from playbooks.library import Library
from storage.store import Unit
from storage.texts import Whole

TOLD = frozenset({TextState.SENT, TextState.NOT_NEEDED})


async def told(unit: Unit, number: int, library: Library) -> tuple[pm.ToldLine, ...]:
    """What people outside were told, in the order it was begun. Words that policy opens to a few are left out."""
    return tuple(_line(whole, library) for whole in await unit.texts.of([number]) if whole.text.state in TOLD)


def people(lines: Sequence[pm.ToldLine]) -> Iterable[str]:
    """The Slack ids of all who approved or sent."""
    senders = (Actor.parse(line.by) for line in lines)
    return [*(who for line in lines for who in line.approved), *(one.id for one in senders if one.is_person)]


def _line(whole: Whole, library: Library) -> pm.ToldLine:
    text, version = whole.text, whole.version
    template = library.communications.templates.get(text.template)
    place = library.communications.place(text.place)
    is_open = template is not None and not template.open_to
    kind = template.title if template else text.title
    return pm.ToldLine(
        number=text.number,
        title=kind,
        by=text.settled_by or text.started_by,
        at=text.settled_at or text.started_at,
        sent_at=text.sent_at,
        place=place.title if place else text.place,
        told=text.told,
        approved=tuple(approval.by for approval in whole.approvals),
        sha256=version.sha256 if version else "",
        text=version.body if version and is_open else None,
        reason=text.reason,
    )
