"""What a body of alerts would do, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.alerts.trial import Tried
from bot.terminal.text import facts, indented, place, utc


def trial(file: str, source: str, sentence: str, found: Sequence[Tried]) -> str:
    """One paragraph for each alert. ``sentence`` says whether the source's door is open."""
    several = "" if len(found) == 1 else "s"
    lines = [f"{place(file)} as {source}: {len(found)} alert{several}. {sentence}"]
    for number, one in enumerate(found, start=1):
        lines += ["", f"{number}. {place(one.alert.title)}", *indented(_about(one))]
    return "\n".join(lines)


def trial_data(source: str, found: Sequence[Tried]) -> dict[str, Any]:
    """The same for machines."""
    return {
        "source": source,
        "alerts": [
            {
                "alert": one.alert.stored(),
                "would": one.verdict.act.value if one.verdict else "resolve",
                "rule": one.verdict.rule if one.verdict else "",
                "type": one.verdict.type.value if one.verdict else None,
                "severity": one.verdict.severity.value if one.verdict and one.verdict.severity else None,
                "why": list(one.verdict.why) if one.verdict else [],
                "passed_over": dict(one.passed_over),
            }
            for one in found
        ],
    }


def _about(one: Tried) -> Iterator[str]:
    alert, verdict = one.alert, one.verdict
    severity = verdict.severity if verdict else None
    yield from facts(
        [
            ("status", alert.status.value),
            ("since", utc(alert.started_at) if alert.started_at else ""),
            ("system", place(alert.system or "none named")),
            ("type", verdict.type.value if verdict else ""),
            ("severity", _severity(alert.severity_word, severity.value if severity else "") if verdict else ""),
            ("key", place(alert.dedup_key)[:80]),
        ]
    )
    for reason in verdict.why if verdict else ():
        yield place(reason)
    yield one.outcome
    if verdict is not None and verdict.due_at is not None:
        yield f"It would be looked at again at {utc(verdict.due_at)}, unless it is resolved before."
    for name, why in one.passed_over:
        yield f"not “{name}”: {place(why)}"


def _severity(word: str, meant: str) -> str:
    said = f"“{place(word)}”" if word else "no word"
    return f"{said} means {meant}" if meant else f"{said} means SEV2, provisional"
