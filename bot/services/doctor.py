"""The doctor: looks at everything Andon stands on and says, for each failure, what to do.

A check is a name and a look; whatever it raises becomes a finding, so that one broken thing hides no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from bot.domain.errors import ChatError
from bot.domain.escalation import Ask, AskKind
from bot.domain.incident import Severity, reference
from bot.services.directory import Directory
from bot.services.work import Work
from playbooks.library import Library, PolicyError
from storage import schema
from storage.schema import SchemaError
from storage.store import Unit

SHOWN = 5
PATIENCE = timedelta(minutes=10)
CHANNELS = (AskKind.CHANNEL, AskKind.LEAD_OR_CHANNEL)
GRAVE = (Severity.SEV1, Severity.SEV2)


class Level(StrEnum):
    """How it went: fine, worth a look, or in the way of work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, in one sentence, and what to do about it."""

    name: str
    level: Level
    sentence: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One look at one thing."""

    name: str
    look: Callable[[], Awaitable[Finding]]


async def examine(checks: Sequence[Check]) -> list[Finding]:
    """Every check's finding, in order; a check that breaks is a finding too."""
    return [await _look(check) for check in checks]


def is_healthy(findings: Sequence[Finding]) -> bool:
    """Whether nothing stands in the way of work."""
    return all(finding.level is not Level.FAIL for finding in findings)


def render(findings: Sequence[Finding]) -> str:
    """The findings for a terminal, each failure with its remedy, and a closing line."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.level:<4}  {finding.name}: {finding.sentence}")
        if finding.remedy:
            lines.append(f"      → {finding.remedy}")
    failures = sum(finding.level is Level.FAIL for finding in findings)
    warnings = sum(finding.level is Level.WARN for finding in findings)
    return "\n".join([*lines, "", _verdict(failures, warnings)])


def policies(directory: Path | None) -> Check:
    """Playbooks and policies load and fit together."""

    async def look() -> Finding:
        try:
            library = Library.load(directory)
        except PolicyError as error:
            remedy = "Correct that line; a running bot goes on with what it read before, and a start waits for it."
            return Finding("playbooks", Level.FAIL, str(error), remedy)
        where = str(directory) if directory else "as shipped"
        named = len(library.roster_entries())
        return Finding("playbooks", Level.OK, f"loaded ({where}), {named} people and groups named")

    return Check("playbooks", look)


def alert_doors(directory: Path | None, find: Callable[[str], str | None]) -> Check:
    """Which machines are heard: those whose secret is set."""

    async def look() -> Finding:
        sources = Library.load(directory).alerts.sources
        heard = [source.id for source in sources if find(source.proof.secret)]
        shut = [f"{source.id} ({source.proof.secret})" for source in sources if source.id not in heard]
        said = f"{', '.join(heard)} heard" if heard else "no machine is heard"
        return Finding("alerts", Level.OK, said + (f"; without their secret: {', '.join(shut)}" if shut else ""))

    return Check("alerts", look)


def database(url: str) -> Check:
    """The database answers and has the schema this Andon works with."""

    async def look() -> Finding:
        try:
            found, wanted = await schema.current(url), schema.head()
        except SchemaError as error:
            return Finding("database", Level.FAIL, str(error), "Check DATABASE_URL and that the server runs.")
        if schema.fits(found):
            return Finding("database", Level.OK, f"reachable, schema {found}")
        if found is None:
            return Finding("database", Level.WARN, "reachable and empty", "`andon db upgrade` makes the tables.")
        sentence = f"has the schema {found}, this Andon works with {wanted}"
        return Finding("database", Level.FAIL, sentence, "`andon db upgrade`, or install the newer Andon.")

    return Check("database", look)


class House:
    """Checks of what Andon remembers and whom it would call; they need a database with its tables."""

    def __init__(self, work: Work, directory: Directory, library: Library) -> None:
        self._work = work
        self._directory = directory
        self._library = library

    def checks(self) -> tuple[Check, ...]:
        """All of them."""
        return (
            Check("people", self._people),
            Check("escalation", self._ladders),
            Check("steps", self._steps),
            Check("reports", self._reports),
            Check("outbox", self._outbox),
        )

    async def _people(self) -> Finding:
        await self._directory.refresh()
        async with self._work.read() as unit:
            problems = await self._directory.problems(unit)
        if not problems:
            return Finding("people", Level.OK, "everybody the policies name was found in Slack")
        listed = _some([f"{entry} ({reason})" for entry, reason in sorted(problems.items())])
        return Finding(
            "people",
            Level.WARN,
            f"{len(problems)} of those the policies name stand for nobody: {listed}",
            "Correct policies/people.yaml, or invite them to the workspace.",
        )

    async def _ladders(self) -> Finding:
        async with self._work.read() as unit:
            silent = [f"{level} {ask}" for level, ask in self._rungs() if not await self._reaches(unit, level, ask)]
        if not silent:
            return Finding("escalation", Level.OK, "every step of every ladder reaches somebody")
        level = Level.FAIL if any(name.startswith(GRAVE) for name in silent) else Level.WARN
        remedy = "Name somebody Slack knows for them in policies/people.yaml."
        return Finding("escalation", level, f"steps that would reach nobody: {_some(silent)}", remedy)

    def _rungs(self) -> list[tuple[Severity, Ask]]:
        """Whom the ladders ask, each once; the channel is always there."""
        ladders = self._library.escalation_policy.ladders
        asked = [(severity, rung.ask) for severity in Severity for rung in ladders[severity].rungs]
        return [(severity, ask) for severity, ask in dict.fromkeys(asked) if ask.kind not in CHANNELS]

    async def _reaches(self, unit: Unit, severity: Severity, ask: Ask) -> bool:
        entries = self._library.who(ask, severity)
        return not entries or bool(await self._directory.people(unit, entries))

    async def _reports(self) -> Finding:
        async with self._work.read() as unit:
            waiting = await unit.reports.waiting()
            people = await self._directory.people(unit, self._library.triage.entries())
        if not people:
            remedy = "Name somebody Slack knows in policies/triage.yaml."
            return Finding("reports", Level.WARN, f"nobody looks at reports; {waiting} wait", remedy)
        return Finding("reports", Level.OK, f"{waiting} wait for a judgement, {len(people)} people look at them")

    async def _steps(self) -> Finding:
        async with self._work.read() as unit:
            lost = [f"{reference(number)} {key}" for number, key in await unit.audits.unreadable_steps()]
        if not lost:
            return Finding("steps", Level.OK, "every step that fell due could be read")
        sentence = f"{len(lost)} steps of open incidents could not be read and asked nobody: {_some(lost)}"
        return Finding(
            "steps", Level.WARN, sentence, "Tell whoever they were meant for; a change of severity plans anew."
        )

    async def _outbox(self) -> Finding:
        async with self._work.read() as unit:
            troubled = await unit.outbox.troubled()
            overdue = await unit.outbox.unfinished_since(self._work.now() - PATIENCE)
        if overdue:
            sentence = f"{len(overdue)} reactions wait longer than they should: {_some([o.reaction for o in overdue])}"
            return Finding("outbox", Level.FAIL, sentence, "Is `andon run` running, and does Slack answer it?")
        if troubled:
            listed = _some([f"{row.reaction} ({row.last_error})" for row in troubled])
            sentence = f"{len(troubled)} reactions were given up: {listed}"
            return Finding("outbox", Level.WARN, sentence, "Each is on its incident's timeline, with the reason.")
        return Finding("outbox", Level.OK, "nothing is stuck")


async def _look(check: Check) -> Finding:
    (found,) = await asyncio.gather(check.look(), return_exceptions=True)
    match found:
        case Finding():
            return found
        case ChatError():
            return Finding(check.name, Level.FAIL, f"Slack answered: {found}", "Check SLACK_BOT_TOKEN and the network.")
        case Exception():
            sentence = f"could not be checked: {type(found).__name__}: {found}"
            return Finding(check.name, Level.FAIL, sentence, "Mend what stands above first.")
    raise found


def _some(things: list[str]) -> str:
    shown = ", ".join(things[:SHOWN])
    return f"{shown} and {len(things) - SHOWN} more" if len(things) > SHOWN else shown


def _verdict(failures: int, warnings: int) -> str:
    if failures:
        return f"{failures} to mend before Andon can do its work, {warnings} worth a look."
    return f"Andon can work; {warnings} worth a look." if warnings else "All is well."
