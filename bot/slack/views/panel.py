"""The control panel: where the incident stands, then every verb that would do something, in groups."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.notices.panel import ControlPanel
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, actions, button, context, divider, section
from bot.slack.views.forms import modal
from bot.slack.views.incident import standing

LABELS = {
    "update": "Send update",
    "texts": "Texts for outside",
    "clocks": "Legal clocks",
    "particular": "What is established",
    "contain": "Switch something off",
    "containment": "Containment",
    "contained": "Set contained",
    "resolved": "Set resolved",
    "close": "Close the incident",
    "reopen": "Reopen",
    "severity": "Change severity",
    "confirm": "Confirm severity",
    "phase": "Change phase",
    "type": "Change type",
    "role": "Give a role",
    "handoff": "Hand over",
    "invite": "Let somebody in",
    "task": "Add a task",
    "tasks": "Tasks",
    "playbook": "Playbook",
    "suggest": "Suggest a playbook change",
    "assess": "The four questions",
    "findings": "Investigation",
    "note": "Add a note",
    "timeline": "Timeline",
    "evidence": "Evidence",
    "postmortem": "Post-mortem",
    "review": "Review",
    "actions": "Action items",
    "redact": "Redact a message",
    "merge": "Merge",
    "cancel": "Not an incident",
}
GROUPS = (
    ("Where it stands", ("update", "contain", "contained", "resolved", "close", "reopen")),
    ("What it is", ("assess", "severity", "confirm", "phase", "type")),
    ("People", ("role", "handoff", "invite")),
    ("Work", ("playbook", "task", "tasks", "findings", "containment", "suggest")),
    ("Law", ("particular", "clocks")),
    ("Record", ("note", "timeline", "texts", "evidence", "postmortem", "review", "actions", "redact")),
    ("Taking it back", ("merge", "cancel")),
)


def panel(notice: ControlPanel) -> dict[str, Any]:
    """The modal. Every button pushes its own form on top."""
    summary = notice.card.summary
    blocks = [section(words.name(summary)), *standing(notice.card), divider(), *_groups(notice)]
    metadata = json.dumps({"incident": summary.incident_id})
    return modal(summary.reference, blocks, callback_id=ids.PANEL, close="Done", private_metadata=metadata)


def _groups(notice: ControlPanel) -> list[Block]:
    blocks: list[Block] = []
    for title, keys in GROUPS:
        offered = [key for key in keys if key in notice.keys]
        if offered:
            row = [
                button(LABELS[key], f"{ids.PANEL_VERB}:{key}", f"{key}:{notice.card.summary.incident_id}")
                for key in offered
            ]
            blocks += [context(f"*{title}*"), actions(*row)]
    return blocks


MODALS = {ControlPanel: panel}
