"""Characters that nobody sees, made visible: an attack may hide in them, and so may its proof."""

from __future__ import annotations

import unicodedata

# Blank or changing how others look, though Unicode counts them as letters, marks or spaces.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")
HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
PLAIN = frozenset("\n\t ")


def is_hidden(character: str) -> bool:
    """Whether a reader would miss it: zero-width, direction, tags, controls, selectors, spaces that are none."""
    if character in PLAIN:
        return False
    category = unicodedata.category(character)
    if category in HIDDEN or character in BLANK or (category == "Zs" and character != " "):
        return True
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF


def visible(text: str) -> str:
    """The text with each hidden character written out, as in ``⟨U+200B⟩``; a tag character shows what it spells."""
    return "".join(_written(character) if is_hidden(character) else character for character in text)


def count_hidden(text: str) -> int:
    """How many hidden characters a text has."""
    return sum(is_hidden(character) for character in text)


def _written(character: str) -> str:
    code = ord(character)
    spelled = f" “{chr(code - 0xE0000)}”" if 0xE0020 <= code <= 0xE007E else ""
    return f"⟨U+{code:04X}{spelled}⟩"
