"""Text as the eye takes it in: bold and emoji are seen, their marks are not, and a label stands beside its value."""

from __future__ import annotations

import re

CHANNEL_NAME = 22
EMOJI = {
    "alarm_clock": "⏰",
    "arrow_right": "→",
    "arrow_up": "↑",
    "arrows_counterclockwise": "🔄",
    "bell": "🔔",
    "black_square": "▪",
    "bust_in_silhouette": "👤",
    "checkered_flag": "🏁",
    "clipboard": "📋",
    "grey_question": "❔",
    "key": "🔑",
    "heavy_minus_sign": "–",
    "heavy_plus_sign": "+",
    "hourglass": "⏳",
    "hourglass_flowing_sand": "⏳",
    "inbox_tray": "📥",
    "large_blue_circle": "🔵",
    "large_green_circle": "🟢",
    "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "link": "🔗",
    "lock": "🔒",
    "mega": "📣",
    "memo": "📝",
    "no_bell": "🔕",
    "no_entry_sign": "🚫",
    "outbox_tray": "📤",
    "page_facing_up": "📄",
    "pushpin": "📌",
    "raised_hand": "✋",
    "receipt": "🧾",
    "red_circle": "🔴",
    "repeat": "🔁",
    "rotating_light": "🚨",
    "scales": "⚖",
    "warning": "⚠",
    "white_check_mark": "✅",
    "white_large_square": "☐",
    "zzz": "💤",
}
SHORTCODE = re.compile(r":([a-z0-9_+-]+):")
MARKED = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*])")
LABEL = re.compile(r"^\*([A-Z][A-Za-z ]{1,24})\*\n(?![*>•])", re.MULTILINE)
LONE_BUTTON = re.compile(r"(?<!\])\n(\[[^\]\n…]{1,30}\])$", re.MULTILINE)


def plain(text: str) -> str:
    """A rendered message without Slack's marks."""
    text = LABEL.sub(r"\1: ", text)
    text = LONE_BUTTON.sub(r"  \1", text)
    text = MARKED.sub(r"\2", text)
    return SHORTCODE.sub(lambda found: EMOJI.get(found[1], found[0]), text)


def short(channel: str) -> str:
    """A channel's name, cut where it is too long to be told again and again."""
    return f"#{channel}" if len(channel) <= CHANNEL_NAME else f"#{channel[:CHANNEL_NAME].rstrip('-')}…"


def listed(names: list[str]) -> str:
    """Names as a sentence has them."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
