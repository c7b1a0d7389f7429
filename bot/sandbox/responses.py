"""What an app says back outside the Web API: through a `response_url`, or in its acknowledgement of a command."""

from datetime import timedelta
from typing import Any

from bot.sandbox import acts
from bot.sandbox.content import checked_content
from bot.sandbox.objects import Channel, Ephemeral, Json, Message, ResponseUrl
from bot.sandbox.refusal import Refusal
from bot.sandbox.workspace import Workspace

MOST_USES, LIFE = 5, timedelta(minutes=30)
KNOWN = {
    "text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts", "mrkdwn",
    "unfurl_links", "unfurl_media", "metadata", "parse", "link_names",
}  # fmt: skip


def use(workspace: Workspace, token: str, body: Any) -> None:
    """One POST to a response_url.

    Raises:
        Refusal: `expired_url` after thirty minutes, `used_url` after five uses, or what is wrong with the content.
    """
    ticket = workspace.response_urls.get(token)
    if ticket is None or workspace.instant() - ticket.minted_at > LIFE:
        raise Refusal("expired_url")
    if ticket.uses >= MOST_USES:
        raise Refusal("used_url")
    if not isinstance(body, dict) or set(body) - KNOWN:
        raise Refusal("invalid_payload")
    ticket.uses += 1
    _answer(workspace, ticket, body)


def _answer(workspace: Workspace, ticket: ResponseUrl, body: Json) -> None:
    original = _original(workspace, ticket)
    if body.get("delete_original"):
        _remove(workspace, original)
    elif body.get("replace_original") and original is not None:
        _replace(workspace, original, body)
    else:
        say(workspace, ticket, body)


def _original(workspace: Workspace, ticket: ResponseUrl) -> Message | Ephemeral | None:
    if ticket.ephemeral_ts:
        return workspace.ephemeral(ticket.ephemeral_ts, ticket.user)
    return workspace.message(ticket.channel, ticket.message_ts) if ticket.message_ts else None


def _remove(workspace: Workspace, original: Message | Ephemeral | None) -> None:
    if isinstance(original, Ephemeral):
        workspace.ephemerals.remove(original)
        workspace.changed(original)
    elif original is not None:
        acts.delete(workspace, original)


def _replace(workspace: Workspace, original: Message | Ephemeral, body: Json) -> None:
    content = checked_content(workspace, body)
    if isinstance(original, Message):
        acts.edit(workspace, original, content, mark=False)
        return
    original.text, original.blocks, original.attachments = content["text"], content["blocks"], content["attachments"]
    workspace.changed(original)


def say(workspace: Workspace, ticket: ResponseUrl, body: Json) -> None:
    """A new message, for the person's eyes only unless it says `in_channel`."""
    content = checked_content(workspace, body)
    channel: Channel = workspace.channels[ticket.channel]
    thread_ts = body.get("thread_ts") or ticket.thread_ts
    if body.get("response_type") == "in_channel":
        acts.post(workspace, channel, workspace.bot.id, content.pop("text"), **content, thread_ts=thread_ts)
        return
    note = Ephemeral(channel.id, workspace.next_ts(channel), ticket.user, **content, thread_ts=thread_ts)
    workspace.whisper(note)
    ticket.ephemeral_ts = ticket.ephemeral_ts or note.ts
