"""Where things stand, for whoever takes over, and the forms that move seats."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.incident import Role
from bot.domain.notices.roles import Handover, HandoverForm, HandoverTask, RoleForm, TakeOverForm, Undecided
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.blocks import Block, actor, clock_time, escape, mention, option, section, when
from bot.slack.views.forms import field, modal, person_select, select, text_input
from bot.slack.views.words import ROLE_NAME

OPEN_QUESTIONS = {
    Undecided.CONTAINMENT: "it is not contained yet",
    Undecided.CAUSE: "the cause is not fixed yet",
    Undecided.SEVERITY: "the severity is provisional",
    Undecided.TYPE: "what kind of failure it is",
}


def handover(facts: Handover) -> list[Block]:
    """Latest, open tasks, what is due, what is undecided: what is empty is left out."""
    parts = []
    if facts.lines:
        latest = "\n".join(
            f"• {clock_time(line.at)} {actor(line.by)}: {escape(' '.join(line.text.split()), 200)}"
            for line in facts.lines
        )
        parts.append(f"*Latest*\n{latest}")
    if facts.tasks:
        more = f"\n• and {facts.more_tasks} more" if facts.more_tasks else ""
        parts.append("*Open tasks*\n" + "\n".join(_task(task) for task in facts.tasks) + more)
    open_ends = [OPEN_QUESTIONS[what] for what in facts.undecided]
    open_ends += [f"nobody is {ROLE_NAME[role].lower()}" for role in facts.empty_roles]
    if open_ends:
        parts.append(f"*Undecided*\n{'; '.join(open_ends)}".rstrip())
    if facts.next_update_at:
        parts.append(f"*Next update due* {when(facts.next_update_at)}")
    return [section(part) for part in parts]


def _task(task: HandoverTask) -> str:
    owner = mention(task.owner_id) if task.owner_id else "nobody"
    due = f", due {when(task.due_at)}" if task.due_at else ""
    return f"• {task.number}. {escape(' '.join(task.text.split()), 160)} ({owner}{due})"


def handover_form(notice: HandoverForm) -> dict[str, Any]:
    """To whom a role goes, under the draft of what they should know."""
    blocks = [section("*What they will read*"), *handover(notice.handover)]
    if len(notice.roles) > 1:
        blocks.append(field(ids.ROLE, "Which role?", _roles(notice.roles, notice.role)))
    blocks += [
        field(ids.PERSON, "Who takes over?", person_select(initial=notice.receiver_id)),
        field(
            ids.NOTE,
            "Anything they should know besides?",
            text_input(notice.note, multiline=True),
            optional=True,
            hint="You keep the role until they accept.",
        ),
    ]
    metadata = {"incident": notice.summary.incident_id, "role": notice.role}
    return modal(
        f"Hand over {notice.summary.reference}",
        blocks,
        callback_id=ids.HANDOVER_FORM,
        submit="Ask them",
        private_metadata=json.dumps(metadata),
    )


def role_form(notice: RoleForm) -> dict[str, Any]:
    """Who is to hold which role."""
    blocks = [
        section(words.name(notice.summary)),
        field(ids.ROLE, "Which role?", _roles(tuple(Role), notice.role)),
        field(ids.PERSON, "Who?", person_select(), hint="They are asked, and may decline. Choose yourself to take it."),
        field(ids.NOTE, "Anything they should know?", text_input(multiline=True), optional=True),
    ]
    metadata = json.dumps({"incident": notice.summary.incident_id})
    return modal("Give a role", blocks, callback_id=ids.ROLE_FORM, submit="Ask them", private_metadata=metadata)


def take_over_form(notice: TakeOverForm) -> dict[str, Any]:
    """Why a seat is taken over without a handover."""
    role = ROLE_NAME[notice.role].lower()
    text = (
        f"{mention(notice.holder_id)} is *{role}* of {words.name(notice.summary)} and has not handed over. "
        "They and the channel are told that you took over, and why."
    )
    blocks = [
        section(text),
        field(ids.REASON, "Why can it not wait?", text_input(placeholder="They cannot be reached for 10 minutes")),
    ]
    metadata = json.dumps({"incident": notice.summary.incident_id, "role": notice.role})
    return modal(
        f"Take over {role}", blocks, callback_id=ids.TAKE_OVER_FORM, submit="Take over", private_metadata=metadata
    )


def _roles(roles: tuple[Role, ...], chosen: Role | None) -> Block:
    return select([option(ROLE_NAME[role], role) for role in roles], initial=chosen)


MODALS = {HandoverForm: handover_form, RoleForm: role_form, TakeOverForm: take_over_form}
