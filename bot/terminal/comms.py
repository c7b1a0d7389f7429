"""Texts in a terminal: the list of an incident's, one in full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.incident import Role
from bot.domain.notices.texts import TextItem, TextList, TextShown
from bot.domain.particulars import NOT_YET_KNOWN
from bot.domain.texts.words import TextState
from bot.terminal import text
from bot.terminal.text import Names


def listing(found: TextList, names: Names) -> str:
    """Where every text stands, and what is wanted."""
    drill = "[DRILL] " if found.summary.is_drill else ""
    lines = [f"{drill}Texts of {found.summary.reference}: {len(found.items)}."]
    for item in found.items:
        lines += [f"  {_line(item, names)}", *(f"     {said}" for said in _wrong(item, names))]
    wanted = [f"{one.title}: to be sent by {text.due(one.due_at, found.now)}" for one in found.wanted]
    lines += text.part("Wanted by policy", text.indented(wanted))
    return "\n".join(lines)


def listing_data(found: TextList) -> dict[str, Any]:
    """The same for machines."""
    return {
        "incident": found.summary.reference,
        "texts": [_data(item) for item in found.items],
        "wanted": [{"template": one.name, "due_at": one.due_at.isoformat()} for one in found.wanted],
    }


def shown(found: TextShown, names: Names) -> str:
    """One text in full, its words indented and cleaned."""
    item = found.item
    speaker = text.people(item.kind.speaker_ids, names) or "nobody holds it now"
    lines = [_line(item, names), f"Only {item.kind.spoken_by.value} ({speaker}) may send it."]
    lines += [
        f"Approved by {text.person(one.by, names)} as {one.role.value}, {text.utc(one.at)}" for one in item.approvals
    ]
    lines += [*_wrong(item, names), "", text.line(found.heading, {})]
    for label, said in found.sections:
        head = [text.line(label, {})] if label else []
        lines += ["", *head, *text.paragraph(said or NOT_YET_KNOWN, {})]
    hints = [f"{text.line(hint.section, {})}: {hint.rule.value} {text.line(hint.phrase, {})}" for hint in found.hints]
    lines += text.part("Worth a second look (only advice)", text.indented(hints))
    return "\n".join([*lines, "", f"sha256 {item.sha256}"])


def shown_data(found: TextShown) -> dict[str, Any]:
    """The same for machines."""
    return {
        **_data(found.item),
        "incident": found.summary.reference,
        "heading": found.heading,
        "sections": [{"label": label, "text": said} for label, said in found.sections],
        "hints": [{"section": hint.section, "rule": hint.rule.value, "phrase": hint.phrase} for hint in found.hints],
    }


def _line(item: TextItem, names: Names) -> str:
    head = f"{item.number}. {text.place(item.kind.title)}"
    match item.state:
        case TextState.SENT if item.sent_at:
            told = f": {text.line(item.told, names, 80)}" if item.told else ""
            return f"{head}: sent by {text.place(item.place)}, {text.utc(item.sent_at)}{told}"
        case TextState.DRAFT:
            waits = f"waits for {_roles(item.missing)}" if item.missing else "approved, can be sent"
            return f"{head}: draft, version {item.version}, {waits}"
        case _:
            return f"{head}: {item.state.value.replace('_', ' ')}: {text.line(item.reason, names, 120)}"


def _wrong(item: TextItem, names: Names) -> Iterator[str]:
    for one in item.stale:
        said, now = text.line(one.said, names, 60), text.line(one.now, names, 60)
        yield f"WRONG since a correction: {text.place(one.title)}: it says “{said}”, established is “{now}”"


def _roles(roles: tuple[Role, ...]) -> str:
    return " and ".join(role.value for role in roles)


def _data(item: TextItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "template": item.kind.name,
        "state": item.state.value,
        "version": item.version,
        "sha256": item.sha256,
        "spoken_by": item.kind.spoken_by.value,
        "approvals": [{"by": one.by, "role": one.role.value, "at": one.at.isoformat()} for one in item.approvals],
        "missing": [role.value for role in item.missing],
        "wrong": [{"title": one.title, "said": one.said, "now": one.now} for one in item.stale],
        "place": item.place,
        "told": item.told,
        "sent_at": item.sent_at.isoformat() if item.sent_at else None,
        "reason": item.reason,
    }
