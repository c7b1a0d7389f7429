"""What notices look like in Slack: pure functions from a notice to Block Kit, found by the notice's type.

``message`` renders what is posted, ``modal`` what is filled in, ``home`` an App Home. Every room of this package
exports a table from notice type to function; here they become one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.notices import Notice
from bot.slack.views import (
    action_items,
    alerts,
    audit,
    brief,
    closing,
    common,
    containing,
    containment,
    declare,
    details,
    escalation,
    evidence,
    exhibit_forms,
    handover,
    helping,
    incident,
    investigation,
    ladder,
    law,
    law_forms,
    lifecycle,
    lists,
    memory,
    panel,
    particulars,
    playbook,
    postmortem,
    private,
    report_forms,
    reporting,
    reports,
    review,
    review_booking,
    roles,
    sealed,
    severity,
    tasks,
    text_forms,
    texts,
    timeline,
    updates,
)
from bot.slack.views import home as app_home
from bot.slack.views.blocks import Message

ROOMS = (
    alerts,
    audit,
    common,
    declare,
    reports,
    reporting,
    report_forms,
    helping,
    app_home,
    incident,
    lists,
    panel,
    private,
    severity,
    lifecycle,
    containment,
    containing,
    closing,
    updates,
    texts,
    text_forms,
    brief,
    details,
    memory,
    evidence,
    exhibit_forms,
    sealed,
    timeline,
    roles,
    handover,
    tasks,
    playbook,
    investigation,
    law,
    law_forms,
    particulars,
    escalation,
    ladder,
    postmortem,
    review,
    review_booking,
    action_items,
)

Views = Mapping[type[Notice], Callable[[Any], Any]]


def _merged(tables: list[Views]) -> dict[type[Notice], Callable[[Any], Any]]:
    return {kind: view for table in tables for kind, view in table.items()}


MESSAGES = _merged([getattr(room, "MESSAGES", {}) for room in ROOMS])
MODALS = _merged([getattr(room, "MODALS", {}) for room in ROOMS])
HOMES = _merged([getattr(room, "HOMES", {}) for room in ROOMS])


def message(notice: Notice) -> Message:
    """The message that says this notice."""
    rendered: Message = MESSAGES[type(notice)](notice)
    return rendered


def modal(notice: Notice) -> dict[str, Any]:
    """The form that asks this notice."""
    rendered: dict[str, Any] = MODALS[type(notice)](notice)
    return rendered


def home(notice: Notice) -> dict[str, Any]:
    """The App Home that shows this notice."""
    rendered: dict[str, Any] = HOMES[type(notice)](notice)
    return rendered
