"""Several `andon run` on one PostgreSQL, people who declare, steps that fall due, and what there must be in the end."""

from __future__ import annotations

import asyncio
import re
import signal
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import insert, update
from sqlmodel import col, select

from bot.domain.escalation import RungKind
from bot.sandbox import Person, Sandbox, seed
from storage.captures import Capture
from storage.database import Database
from storage.escalations import EscalationStep
from storage.incidents import Incident
from storage.owed import UNFINISHED, OutboxRow, OutboxState
from storage.participants import Participant
from tests.benchmarks.crowd import FIRST, channel_id, crowd
from tests.program import Program

PEOPLE = ("rae", "lena", "liam", "mateo", "mina", "grace", "cory", "hana", "emil")
WORDS = re.compile(r"Refund (\d+) promised")


class Crew:
    """Replicas ``a``, ``b``, … of one Andon; each has a process and nothing else of its own."""

    def __init__(self, sandbox: Sandbox, directory: Path, url: str, size: int, **settings: str) -> None:
        self.sandbox = sandbox
        self.database = Database(url)
        self.replicas = [Program(sandbox, directory, DATABASE_URL=url, **settings) for _ in range(size)]
        self.errors: dict[int, str | None] = {}

    async def start(self) -> None:
        """All at once, as an orchestrator would."""
        await asyncio.gather(*(replica.start() for replica in self.replicas))

    async def stop(self) -> list[int]:
        """Let all that live finish and go; their exit codes."""
        return await asyncio.gather(*(replica.stop() for replica in self.replicas))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(replica.stop(signal.SIGKILL) for replica in self.replicas))
        await self.database.dispose()

    async def declare(self, numbers: Iterable[int]) -> None:
        """Each person declares one after the other, all of them side by side; ``errors`` has what then went wrong."""
        waiting = list(numbers)

        async def keep_declaring(handle: str) -> None:
            person = self.sandbox.person(handle)
            while waiting:
                number = waiting.pop(0)
                before = _apologies(person)
                await person.command("/incident", f"now Refund {number} promised by the bot", "general")
                self.errors[number] = person.error or ("sorry" if _apologies(person) > before else None)

        await asyncio.gather(*(keep_declaring(handle) for handle in PEOPLE))

    async def plan_steps(self, count: int, at: datetime) -> None:
        """So many further incidents like the first, each with one step due at that instant: tell the executive."""
        like = next(c for c in self.sandbox.workspace.channels.values() if c.name.startswith("ai-0001"))
        for number in range(FIRST, FIRST + count):
            copy = replace(like, id=channel_id(like.id, number), name=f"{like.name[:60]}-{number}")
            self.sandbox.workspace.channels[copy.id] = copy
        await crowd(self.database, 1, count, kinds=(Incident, Participant, Capture))
        async with self.database.session() as session:
            of_executives = select(EscalationStep).where(col(EscalationStep.kind) == RungKind.EXECUTIVE)
            like_this = (await session.exec(of_executives)).first()
            assert like_this is not None
            await session.exec(update(EscalationStep).values(next_look_at=None))
            due = {"due_at": at, "next_look_at": at, "plan": like_this.plan | {"due_at": at.isoformat()}}
            rows = [like_this.model_dump(exclude={"id"}) | due | {"incident_id": FIRST + n} for n in range(count)]
            await session.exec(insert(EscalationStep), params=rows)

    def told(self) -> Counter[int]:
        """How often the executive was told of each of those incidents."""
        direct = self.sandbox.workspace.direct(self.sandbox.workspace.app.bot_user, seed.INES)
        named = (re.search(r"AI-(\d{6})", message.text) for message in direct.messages.values())
        return Counter(int(found[1]) for found in named if found)

    async def settled(self, timeout: float) -> None:
        """Return when nothing is owed any more, but for what is read back from Slack's history at its own pace."""
        async with asyncio.timeout(timeout):
            while await self._owed():
                await asyncio.wait([asyncio.ensure_future(self.sandbox.traffic.changed())], timeout=0.5)

    async def _owed(self) -> bool:
        query = select(OutboxRow.id).where(
            col(OutboxRow.state).in_(UNFINISHED), col(OutboxRow.reaction).not_like("backfill.%")
        )
        async with self.database.session(read_only=True) as session:
            return (await session.exec(query.limit(1))).first() is not None

    async def rows(self) -> list[OutboxRow]:
        """Everything that was owed."""
        async with self.database.session(read_only=True) as session:
            return list((await session.exec(select(OutboxRow))).all())

    async def incidents(self) -> dict[int, list[Incident]]:
        """What was made of each declaration."""
        async with self.database.session(read_only=True) as session:
            found = (await session.exec(select(Incident).where(col(Incident.id) < FIRST))).all()
        made: dict[int, list[Incident]] = {}
        for incident in found:
            if named := WORDS.search(incident.title):
                made.setdefault(int(named[1]), []).append(incident)
        return made

    async def check_each_once(self) -> None:
        """Whatever was acknowledged is there once with all that belongs to it; nothing at all is there twice."""
        made = await self.incidents()
        acknowledged = {number for number, error in self.errors.items() if error is None}
        assert acknowledged <= made.keys(), f"lost: {sorted(acknowledged - made.keys())}"
        twice = {number: len(incidents) for number, incidents in made.items() if len(incidents) != 1}
        assert not twice, f"declared more than once: {twice}"
        rows = await self.rows()
        in_doubt = {row.incident_id for row in rows if row.reaction == "reporters.tell_declared" and row.is_doubtful}
        wrong = {n: wrong for n, (one,) in made.items() if (wrong := self._wrong_with(one, one.id in in_doubt))}
        assert not wrong, f"not one of each: {wrong}"
        given_up = (OutboxState.REFUSED, OutboxState.GIVEN_UP)
        trouble = [(row.reaction, row.last_error) for row in rows if row.state in given_up]
        assert not trouble, f"given up: {trouble}"
        assert not self.sandbox.violations, self.sandbox.violations

    def _wrong_with(self, incident: Incident, is_in_doubt: bool) -> dict[str, object]:
        """What an incident has another number of than one, and what whoever declared heard, if not one receipt.

        A whisper leaves no trace to look for. Of one whose answer was lost with its replica (``is_in_doubt``), the
        same is said in a direct message: that one once, too.
        """
        named = [c for c in self.sandbox.workspace.channels.values() if c.name.startswith(_prefix(incident))]
        channels = [channel for channel in named if "-" not in channel.id]  # without the copies of the first
        messages = [message for channel in channels for message in channel.messages.values()]
        announced = self.sandbox.channel("ai-incidents").messages.values()
        counts = {
            "channels": len(channels),
            "cards": sum("Take lead" in str(m.blocks) + str(m.attachments) and not m.is_reply for m in messages),
            "pins": sum(len(channel.pins) for channel in channels),
            "topics": sum(bool(channel.topic.value) for channel in channels),
            "announcements": sum(incident.reference in message.text for message in announced),
        }
        wrong: dict[str, object] = {what: count for what, count in counts.items() if count != 1}
        heard = self._receipts(incident)
        as_it_should = (["whispered"], ["messaged"], *([["whispered", "messaged"]] if is_in_doubt else []))
        return wrong if [way for way, _ in heard] in as_it_should else wrong | {"receipts": heard}

    def _receipts(self, incident: Incident) -> list[tuple[str, str]]:
        """How whoever declared heard of it, each time, and in which words."""
        person = self.sandbox.person(incident.declared_by.partition(":")[2])
        ways = {"whispered": person.ephemerals("general"), "messaged": person.direct_messages}
        heard = [(way, seen.text) for way, all_seen in ways.items() for seen in all_seen]
        return [(way, text) for way, text in heard if incident.reference in text and "not in trouble" in text]


def _apologies(person: Person) -> int:
    """How often Andon told them that it could not take what they said."""
    sorry = re.compile("nothing was changed|cannot tell whether it was kept")
    return sum(sorry.search(seen.text) is not None for seen in person.ephemerals("general"))


def _prefix(incident: Incident) -> str:
    return f"ai-{incident.key:04d}-"
