"""Secrets in evidence, masked before anybody is shown it. What is stored stays as it was, to the byte.

Detectors are those of detect-secrets, and a few of the same make for keys it does not know. Its detectors of mere
randomness are left out: in evidence they would mask hashes and ids, which is what people look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from bot.domain.custody import sha256

LEFT_OUT = frozenset({"Base64 High Entropy String", "Hex High Entropy String", "Private Key", "Public IP (ipv4)"})
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
OURS = {
    "AI provider key": re.compile(
        r"\b(?:sk-[A-Za-z0-9_-]{20,}|gsk_[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,})"
    ),
    "Google API key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
    "Bearer token": re.compile(r"(?i)\bbearer\s+([A-Za-z0-9._~+/-]{16,}=*)"),
    "JSON Web Token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*"),
    "Slack token": re.compile(r"\bx(?:ox[abeprs]|app)-[A-Za-z0-9-]{10,}"),
}
SHORTEST = 6
LONGEST_LINE = 20_000


def masked(text: str) -> str:
    """The text with each secret replaced by its kind, the start of its SHA-256 and its last four characters."""
    text = PRIVATE_KEY.sub(lambda found: _mask("private key", found.group()), text)
    return "\n".join(_masked_line(line) for line in text.split("\n"))


def _masked_line(line: str) -> str:
    if len(line) < SHORTEST:
        return line
    parts = [line[start : start + LONGEST_LINE] for start in range(0, len(line), LONGEST_LINE)]
    return "".join(_masked_part(part) for part in parts)


def _masked_part(line: str) -> str:
    found = sorted(dict.fromkeys(_secrets(line)), key=lambda one: -len(one[1]))
    for kind, secret in found:
        if len(secret) >= SHORTEST:
            line = line.replace(secret, _mask(kind, secret))
    return line


def _secrets(line: str) -> Iterator[tuple[str, str]]:
    for kind, pattern in OURS.items():
        for match in pattern.finditer(line):
            yield kind, match.group(match.lastindex or 0)
    for plugin in _plugins():
        kind = str(plugin.secret_type)
        if patterns := getattr(plugin, "denylist", None):
            for match in (match for pattern in patterns for match in pattern.finditer(line)):
                yield (
                    kind,
                    max(
                        (group for group in match.groups() if group and len(group) > SHORTEST),
                        key=len,
                        default=match.group(),
                    ),
                )
        else:
            yield from ((kind, secret) for secret in plugin.analyze_string(line))


def _mask(kind: str, secret: str) -> str:
    tail = f", ends in {secret[-4:]}" if len(secret) >= 16 and "\n" not in secret else ""
    return f"[{kind} masked, sha256 {sha256(secret)[:12]}{tail}]"


@cache
def _plugins() -> tuple[Any, ...]:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class  # noqa: PLC0415 - only who needs it waits for it

    kinds: dict[str, Any] = get_mapping_from_secret_type_to_class()
    return tuple(kind() for name, kind in sorted(kinds.items()) if name not in LEFT_OUT)
