"""What a message may carry, checked once for every way a message can be sent."""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.sandbox.blocks import lint_blocks
from bot.sandbox.objects import Json
from bot.sandbox.refusal import Refusal
from bot.sandbox.workspace import Workspace

MOST_ATTACHMENTS, TEXT_LIMIT, METADATA_BYTES = 100, 40_000, 8_000


def checked_blocks(workspace: Workspace, blocks: Any) -> list[Json]:
    """The blocks with ids filled in.

    Raises:
        Refusal: `invalid_blocks` with a complaint per fault.
    """
    if blocks is None:
        return []
    complaints = lint_blocks(blocks)
    if complaints:
        raise Refusal("invalid_blocks", complaints, errors=complaints)
    return workspace.furnish(blocks)


def checked_attachments(workspace: Workspace, attachments: Any) -> list[Json]:
    """Attachments, the blocks in them as strictly checked as the message's own."""
    if not attachments:
        return []
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise Refusal("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refusal("too_many_attachments")
    kept: list[Json] = []
    for index, attachment in enumerate(attachments):
        complaints = lint_blocks(attachment.get("blocks", []), pointer=f"/attachments/{index}/blocks")
        if complaints:
            raise Refusal("invalid_attachments", complaints)
        blocks = {"blocks": workspace.furnish(attachment["blocks"])} if "blocks" in attachment else {}
        kept.append({"id": index + 1, "fallback": "[no preview available]", **attachment, **blocks})
    return kept


def checked_metadata(metadata: Any) -> Json | None:
    """Message metadata: an event type and a payload, at most about 8 kB; an empty object removes it."""
    if not metadata:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise Refusal("invalid_metadata_format")
    event_type = metadata.get("event_type")
    if not isinstance(event_type, str) or not re.fullmatch(r"[\w.:-]{1,255}", event_type):
        raise Refusal("invalid_metadata_format")
    if set(metadata) - {"event_type", "event_payload", "entities"}:
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise Refusal("metadata_too_large")
    return metadata


def checked_content(workspace: Workspace, args: Mapping[str, Any]) -> Json:
    """text, blocks and attachments of a message, at least one of them.

    Slack truncates text over 40,000 characters rather than refusing it.
    """
    text = str(args.get("text") or "")[:TEXT_LIMIT]
    blocks = checked_blocks(workspace, args.get("blocks") or None)
    attachments = checked_attachments(workspace, args.get("attachments"))
    if not (text.strip() or blocks or attachments):
        raise Refusal("no_text")
    return {"text": text, "blocks": blocks, "attachments": attachments}
