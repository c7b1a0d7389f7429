"""App Home: the cord, one's own incidents, the other open ones, the lately closed ones."""

from __future__ import annotations

from typing import Any

from bot.domain.notices.home import ClosedLine, HomeScreen
from bot.slack import ids
from bot.slack.views import words
from bot.slack.views.action_items import row
from bot.slack.views.blocks import Block, actions, button, context, divider, header, link, section, when
from bot.slack.views.lists import more, rows


def home(notice: HomeScreen) -> dict[str, Any]:
    """The whole tab."""
    blocks = [
        section(
            "*Did an AI system say or do something wrong?* Pull the cord. "
            "You need no proof, and you are not in trouble."
        ),
        actions(button("Declare an AI incident", ids.DECLARE_BUTTON, "home", style="danger")),
        divider(),
        *_open(notice),
        *_promises(notice),
        *_closed(notice.closed),
        context(
            f"`{notice.command} help` lists all you can type. Times are in your own zone; as of {when(notice.now)}"
        ),
    ]
    return {"type": "home", "callback_id": ids.HOME, "blocks": blocks}


def _open(notice: HomeScreen) -> list[Block]:
    if not notice.mine and not notice.others:
        return [section(":white_check_mark: No incident is open.")]
    blocks: list[Block] = []
    if notice.mine:
        blocks += [header("Yours: you sit in them or follow them"), *rows(notice.mine, notice.now)]
    if notice.others:
        blocks += [header("Also open" if notice.mine else "Open now"), *rows(notice.others, notice.now)]
    return [*blocks, *more(notice.more)]


def _promises(notice: HomeScreen) -> list[Block]:
    if not notice.promises:
        return []
    return [header("Your action items"), *(row(item) for item in notice.promises)]


def _closed(lines: tuple[ClosedLine, ...]) -> list[Block]:
    if not lines:
        return []
    return [header("Closed lately"), *(section(_closed_line(line)) for line in lines)]


def _closed_line(line: ClosedLine) -> str:
    outcome = f"  ·  {words.OUTCOME_WORD[line.summary.outcome]}" if line.summary.outcome else ""
    reading = f"  ·  {link(line.postmortem_link, 'Read the post-mortem')}" if line.postmortem_link else ""
    lock = ":lock: " if line.summary.is_private else ""
    return f"{lock}{words.name(line.summary)}{outcome}  ·  {when(line.closed_at)}{reading}"


HOMES = {HomeScreen: home}
