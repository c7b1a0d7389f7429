"""The shape of responses/*.yaml, whether the playbooks hold together, and the book they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.activities import Activity
from bot.domain.incident import WORKING, IncidentType, Phase, Role, Severity
from bot.domain.playbook import CORE, PHASE_OF, Audience, Book, Gate, Line
from playbooks.errors import PolicyError
from playbooks.reading import Page
from playbooks.values import Key, Model, Span, Tier, Words

StepId = Annotated[str, Field(pattern=r"\A[a-z][a-z0-9_]{1,39}\Z")]
StepRef = Annotated[str, Field(pattern=r"\A(?:[a-z_]+\.)?[a-z][a-z0-9_]{1,39}\Z")]
EvidenceId = Annotated[str, Field(pattern=r"\AE\d{2}\Z")]
ActionId = Annotated[str, Field(pattern=r"\AC\d{2}\Z")]
Sheets = Mapping[str, tuple[Page, "PlaybookFile"]]


class PlaybookLine(Model):
    """One line of a response plan. ``after`` names lines of the same file, or ``core.…``, to be settled before."""

    id: StepId
    activity: Activity
    owner: Role
    tier: Tier
    text: Words
    phase: Phase | None = None
    evidence: tuple[EvidenceId, ...] = ()
    actions: tuple[ActionId, ...] = ()
    tell: tuple[Audience, ...] = ()
    after: tuple[StepRef, ...] = ()
    severities: tuple[Severity, ...] = Field(default=tuple(Severity), min_length=1)
    gate: Gate | None = None

    def line(self, name: str) -> Line:
        """The same in the words of the domain; ``name`` is the file's."""
        return Line(
            key=f"{name}.{self.id}",
            activity=self.activity,
            owner=self.owner,
            tier=self.tier,
            text=self.text,
            phase=self.phase or PHASE_OF[self.activity],
            evidence=self.evidence,
            actions=self.actions,
            tell=self.tell,
            after=tuple(full(name, ref) for ref in self.after),
            severities=self.severities,
            gate=self.gate,
        )


class PlaybookFile(Model):
    """responses/<type>.yaml, and responses/core.yaml for what every type begins with."""

    type: IncidentType | Literal["core"]
    steps: tuple[PlaybookLine, ...] = Field(min_length=1)


def full(name: str, ref: str) -> str:
    """The key of a line as another line of file ``name`` refers to it."""
    return ref if "." in ref else f"{name}.{ref}"


def book(files: Iterable[tuple[str, PlaybookFile]], tiers: Mapping[Tier, Mapping[Severity, Span]]) -> Book:
    """All playbooks as one book."""
    lines = {name: tuple(step.line(name) for step in file.steps) for name, file in files}
    return Book(lines, {str(tier): spans for tier, spans in tiers.items()})


def misfits(sheets: Sheets, evidence: Collection[str], actions: Collection[str]) -> Iterator[PolicyError]:
    """What does not fit: an id that stands twice, names nobody knows, lines that could never be reached."""
    for name, (page, file) in sheets.items():
        if file.type != name:
            yield page.error(("type",), f"this file is the playbook of {name!r}")
        yield from _ids(page, file)
        for index, step in enumerate(file.steps):
            yield from _unknown(page, (index, "evidence"), step.evidence, evidence, "policies/evidence.yaml")
            yield from _unknown(page, (index, "actions"), step.actions, actions, "policies/containment.yaml")
            if step.phase not in (None, *WORKING):
                yield page.error(("steps", index, "phase"), f"nothing is done in the phase {step.phase!s}")
    lines = {(name, i): s.line(name) for name, (_, file) in sheets.items() for i, s in enumerate(file.steps)}
    for (name, index), line in lines.items():
        if reason := _unreachable(name, line, {other.key: other for other in lines.values()}):
            yield sheets[name][0].error(("steps", index, "after"), reason)


def _ids(page: Page, file: PlaybookFile) -> Iterator[PolicyError]:
    seen: Counter[str] = Counter()
    for index, step in enumerate(file.steps):
        seen[step.id] += 1
        if seen[step.id] > 1:
            yield page.error(("steps", index, "id"), f"id {step.id!r} stands twice")


def _unknown(
    page: Page, path: tuple[int, Key], named: Iterable[str], known: Collection[str], where: str
) -> Iterator[PolicyError]:
    for place, item in enumerate(named):
        if item not in known:
            yield page.error(("steps", *path, place), f"{where} has no {item!r}")


def _unreachable(name: str, line: Line, lines: Mapping[str, Line]) -> str | None:
    """Why a line could never be its turn; None when it can."""
    for key in line.after:
        if key not in lines:
            return f"there is no step {key!r}"
        if key.partition(".")[0] not in (CORE, name):
            return f"{key!r} belongs to another playbook, which is not there with this one"
        if not set(line.severities) <= set(lines[key].severities):
            return f"unreachable: {key!r} is not there at every severity at which this step is"
        if WORKING.index(lines[key].phase) > WORKING.index(line.phase):
            return f"unreachable: {key!r} belongs to {lines[key].phase}, which comes after {line.phase}"
    return f"unreachable: it waits for itself ({line.key})" if _waits_for_itself(line, lines) else None


def _waits_for_itself(line: Line, lines: Mapping[str, Line]) -> bool:
    waiting, seen = list(line.after), set[str]()
    while waiting:
        key = waiting.pop()
        if key == line.key:
            return True
        if key not in seen and key in lines:
            seen.add(key)
            waiting += lines[key].after
    return False
