"""A linter for Block Kit as strict as Slack: pure functions over plain dicts.

An empty answer means Slack would take it. Rare agent-era blocks (cards, plans, carousels) are refused as unknown.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.sandbox.checks import Check, anything, both, choice, complain, flag, items, number, record, some_of, string
from bot.sandbox.checks import tagged as by_type
from bot.sandbox.elements import ACCESSORY, ACTION, ALT_LIMIT, ID, IMAGE, INPUT, text

Surface = Literal["message", "modal", "home"]
MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}
MARKDOWN_LIMIT, VIEW_BYTES = 12_000, 250_000


def _block(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    return record({"type": string(), **required}, {"block_id": ID, **(optional or {})})


_INLINE = by_type(
    {
        "text": record({"type": string(), "text": string(least=1)}, {"style": anything}),
        "user": record({"type": string(), "user_id": string(least=1)}, {"style": anything}),
        "channel": record({"type": string(), "channel_id": string(least=1)}, {"style": anything}),
        "usergroup": record({"type": string(), "usergroup_id": string(least=1)}, {"style": anything}),
        "broadcast": record({"type": string(), "range": choice("here", "channel", "everyone")}, {"style": anything}),
        "emoji": record(
            {"type": string(), "name": string(least=1)}, {"unicode": string(), "skin_tone": anything, "style": anything}
        ),
        "link": record(
            {"type": string(), "url": string(3_000, 1)}, {"text": string(), "style": anything, "unsafe": flag}
        ),
        "date": record(
            {"type": string(), "timestamp": number(0, 99_999_999_999), "format": string(least=1)},
            {"url": string(), "fallback": string(), "style": anything},
        ),
        "color": record({"type": string(), "value": string(least=1)}, {"style": anything}),
    },
    "rich text element",
)
_LINE = record({"type": string(), "elements": items(_INLINE, 0, 1_000)}, {"border": number(0, 1)})
_LIST = record(
    {"type": string(), "elements": items(_LINE, 0, 1_000), "style": choice("bullet", "ordered")},
    {"indent": number(0, 8), "offset": number(0, 10_000), "border": number(0, 1)},
)
_RICH = by_type(
    {"rich_text_section": _LINE, "rich_text_quote": _LINE, "rich_text_preformatted": _LINE, "rich_text_list": _LIST},
    "rich text block",
)
_RICH_TEXT = _block({"elements": items(_RICH, 1, 1_000)})
_CELL = by_type(
    {
        "raw_text": record({"type": string(), "text": string(least=1)}, {}),
        "raw_number": record({"type": string(), "value": anything, "text": string(least=1)}, {}),
        "rich_text": _RICH_TEXT,
    },
    "table cell",
)
_COLUMN = record({}, {"align": choice("left", "center", "right"), "is_wrapped": flag})
_CONTEXT_PART = by_type({"image": IMAGE, "plain_text": text(2_000), "mrkdwn": text(2_000)}, "context element")

EVERYWHERE: Mapping[str, Check] = {
    "section": both(
        some_of("text", "fields"),
        _block(
            {},
            {"text": text(3_000), "fields": items(text(2_000), 1, 10), "accessory": ACCESSORY, "expand": flag},
        ),
    ),
    "header": _block({"text": text(150, plain=True)}),
    "divider": _block({}),
    "image": both(
        some_of("image_url", "slack_file"),
        _block(
            {"alt_text": string(ALT_LIMIT)},
            {"image_url": string(3_000, 1), "slack_file": anything, "title": text(2_000, plain=True)},
        ),
    ),
    "context": _block({"elements": items(_CONTEXT_PART, 1, 10)}),
    "actions": _block({"elements": items(ACTION, 1, 25)}),
    "rich_text": _RICH_TEXT,
    "input": _block(
        {"label": text(2_000, plain=True), "element": INPUT},
        {"hint": text(2_000, plain=True), "optional": flag, "dispatch_action": flag},
    ),
    "alert": _block({"text": text(3_000)}, {"level": choice("default", "info", "warning", "error", "success")}),
    "video": _block(
        {
            "alt_text": string(), "title": text(199, plain=True), "thumbnail_url": string(3_000),
            "video_url": string(3_000),
        },
        {
            "title_url": string(3_000), "description": text(199, plain=True), "provider_icon_url": string(3_000),
            "provider_name": string(), "author_name": string(49),
        },
    ),
}  # fmt: skip
MESSAGE_ONLY: Mapping[str, Check] = {
    "markdown": _block({"text": string(MARKDOWN_LIMIT, 1)}),
    "table": _block({"rows": items(items(_CELL, 1, 20), 1, 100)}, {"column_settings": items(_COLUMN, 0, 20)}),
}
_KNOWN: Mapping[Surface, Check] = {
    "message": by_type({**EVERYWHERE, **MESSAGE_ONLY}, "block type"),
    "modal": by_type(EVERYWHERE, "block type"),
    "home": by_type(EVERYWHERE, "block type"),
}
_VIEW_COMMON: Mapping[str, Check] = {
    "callback_id": ID, "external_id": ID, "private_metadata": string(3_000), "blocks": anything,
}  # fmt: skip
_VIEWS: Mapping[str, Check] = {
    "modal": record(
        {"type": string(), "title": text(24, plain=True), "blocks": anything},
        {
            **_VIEW_COMMON, "submit": text(24, plain=True), "close": text(24, plain=True),
            "clear_on_close": flag, "notify_on_close": flag, "submit_disabled": flag,
        },
    ),
    "home": record({"type": string(), "blocks": anything}, _VIEW_COMMON),
}  # fmt: skip


def lint_blocks(blocks: Any, surface: Surface = "message", pointer: str = "/blocks") -> list[str]:
    """Everything Slack would refuse about these blocks on this surface, with JSON pointers."""
    complaints = list(items(_KNOWN[surface], 0, MOST_BLOCKS[surface])(blocks, pointer))
    if complaints or not isinstance(blocks, list):
        return complaints
    return [
        *_duplicates([b["block_id"] for b in blocks if "block_id" in b], "block_id", pointer),
        *_duplicate_actions(blocks, pointer),
        *_once_per_payload(blocks, pointer),
        *_models_complain(blocks, pointer),
    ]


def lint_view(view: Any) -> list[str]:
    """Everything Slack would refuse about a modal or Home view, with JSON pointers."""
    complaints = list(by_type(_VIEWS, "view type")(view, "/view"))
    if complaints:
        return complaints
    surface: Surface = view["type"]
    complaints = lint_blocks(view["blocks"], surface, "/view/blocks")
    if complaints:
        return complaints
    inputs = any(block["type"] == "input" for block in view["blocks"])
    if surface == "modal" and inputs and "submit" not in view:
        complaints.append(complain("missing required field: submit (the modal has an input block)", "/view"))
    if surface == "modal" and not view["blocks"]:
        complaints.append(complain("no less than 1 items allowed", "/view/blocks"))
    if view_bytes(view) > VIEW_BYTES:
        complaints.append(complain("view too large", "/view"))
    return complaints or _view_model_complains(view)


def view_bytes(view: Mapping[str, Any]) -> int:
    """How large Slack counts this view to be, in bytes of JSON."""
    return len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode())


def _duplicates(values: list[str], what: str, pointer: str) -> Iterator[str]:
    for value in sorted({v for v in values if values.count(v) > 1}):
        yield complain(f"{what} already exists: {value}", pointer)


def _duplicate_actions(blocks: list[Any], pointer: str) -> Iterator[str]:
    focused = 0
    for index, block in enumerate(blocks):
        parts = [block.get("accessory"), block.get("element"), *block.get("elements", ())]
        elements = [p for p in parts if isinstance(p, dict)]
        ids = [e["action_id"] for e in elements if "action_id" in e]
        yield from _duplicates(ids, "action_id", f"{pointer}/{index}")
        focused += sum(bool(e.get("focus_on_load")) for e in elements)
        for element in elements:
            if element.get("min_length", 0) > element.get("max_length", 3_000):
                yield complain("min_length must not exceed max_length", f"{pointer}/{index}")
    if focused > 1:
        yield complain("only one element may have focus_on_load", pointer)


def _once_per_payload(blocks: list[Any], pointer: str) -> Iterator[str]:
    if sum(block["type"] == "table" for block in blocks) > 1:
        yield complain("only_one_table_allowed", pointer)
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_LIMIT:
        yield complain(f"all markdown blocks together must be less than {MARKDOWN_LIMIT + 1} characters", pointer)


def _models_complain(blocks: list[Any], pointer: str) -> Iterator[str]:
    for index, block in enumerate(blocks):
        parsed = Block.parse(block)
        if parsed is None:
            yield complain(f"slack_sdk does not know this block: {block['type']}", f"{pointer}/{index}")
            continue
        try:
            parsed.to_dict()
        except SlackObjectFormationError as error:
            yield complain(str(error), f"{pointer}/{index}")


def _view_model_complains(view: Mapping[str, Any]) -> list[str]:
    if view["type"] == "home" and not view["blocks"]:
        return []
    try:
        View(**{key: part for key, part in view.items() if key != "submit_disabled"}).to_dict()
    except SlackObjectFormationError as error:
        return [complain(str(error), "/view")]
    return []
