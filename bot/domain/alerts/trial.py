"""What a body would do and why, without doing it: thresholds counted within the body alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.domain.alerts.alert import Alert, severity_of
from bot.domain.alerts.thresholds import Act, Rule, Verdict, judge, misfit, scope
from bot.domain.incident import Severity

OUTCOMES = {
    Act.KEEP: "It would be kept, and nobody told.",
    Act.REPORT: "It would open a report, or count in the one that its key has opened already.",
    Act.ATTACH: "It would join the open incident of its system, or open a report where there is none.",
    Act.DECLARE: "It would declare an incident, or join the open one of its system.",
}
OVER = "It would mark what its key has led to as over, and close nothing."


@dataclass(frozen=True, slots=True)
class Tried:
    """One alert and what would become of it. ``verdict`` is None for one that says that it is over."""

    alert: Alert
    verdict: Verdict | None
    passed_over: tuple[tuple[str, str], ...]

    @property
    def outcome(self) -> str:
        """What would become of it, in a sentence."""
        return OVER if self.verdict is None else OUTCOMES[self.verdict.act]


def tried(
    alerts: Sequence[Alert], rules: Sequence[Rule], words: Mapping[str, Severity], otherwise: Act, now: datetime
) -> list[Tried]:
    """What would become of each, were it the first there is. ``passed_over``: rules that do not fit, and why."""
    counted: Counter[tuple[str, str]] = Counter()
    found = []
    for one in alerts:
        severity = severity_of(one.severity_word, words)
        misfits = {rule.id: misfit(rule, one, severity) for rule in rules}
        if one.is_firing:
            counted.update((rule.id, scope(one)) for rule in rules if misfits[rule.id] is None)
        verdict = judge(
            rules,
            one,
            now=now,
            seen=partial(_seen, counted, scope(one)),
            words=words,
            otherwise=otherwise,
        )
        why_not = tuple((name, why) for name, why in misfits.items() if why is not None and one.is_firing)
        found.append(Tried(one, verdict if one.is_firing else None, why_not))
    return found


def _seen(counted: Counter[tuple[str, str]], about: str, rule: Rule) -> int:
    return counted[rule.id, about]
