"""A failure of one incident never touches another: whatever befalls one of three, the two others end as without it."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.errors import StorageUnavailable
from bot.services.singly import singly
from tests.faults.test_half_written import ODD, PLANS, spoil
from tests.office import Office, open_office

DECLARERS = ("rae", "cleo", "otto")
NUMBERS = (1, 2, 3)
REACTIONS = ("cards.refresh", "announcements.refresh", "ask_news.deliver", "updates.post", "lifecycle.post_contained")
Poison = Callable[[Office, int], Awaitable[None]]


def odd_rows(statement: str) -> Poison:
    """Its rows are those of another version."""

    async def poison(office: Office, number: int) -> None:
        await spoil(office, statement.format(number))

    return poison


def odd_plans(plan: str) -> Poison:
    """Nobody can read its ladder."""

    async def poison(office: Office, number: int) -> None:
        await spoil(office, "UPDATE escalation_steps SET plan = :plan WHERE incident_id = :id", plan=plan, id=number)

    return poison


def slack_is_against_it(kind: str, code: str = "internal_error") -> Poison:
    """Slack fails at everything in its channel from now on."""

    async def poison(office: Office, number: int) -> None:
        channel_id = (await office.incident(number)).channel_id or f"nowhere {number}"
        office.sandbox.faults.add(
            "*", kind, times=99_999, code=code, retry_after=600, where=lambda args: channel_id in str(args)
        )

    return poison


def a_reaction_raises(name: str, error: type[BaseException]) -> Poison:
    """One thing that Andon does for it always fails."""

    async def poison(office: Office, number: int) -> None:
        service, _, method = name.partition(".")
        owner = getattr(office.services, service)
        healthy = getattr(owner, method)

        async def react(fact: Any, attempt: Any) -> None:
            if fact.incident_id == number:
                raise error
            await healthy(fact, attempt)

        setattr(owner, method, react)

    return poison


async def it_is_archived(office: Office, number: int) -> None:
    """Somebody archives its channel."""
    channel = next(
        (c for c in office.sandbox.workspace.channels.values() if c.name.startswith(f"ai-{number:04d}")), None
    )
    if channel is not None:
        channel.archived = True


async def its_card_is_deleted(office: Office, number: int) -> None:
    """Somebody deletes all that Andon said in its channel."""
    channel = next(
        (c for c in office.sandbox.workspace.channels.values() if c.name.startswith(f"ai-{number:04d}")), None
    )
    if channel is not None:
        channel.messages.clear()


POISONS: tuple[Poison, ...] = (
    *map(odd_rows, ODD),
    *map(odd_plans, PLANS),
    *(slack_is_against_it(kind) for kind in ("server_error", "cut", "cut_before", "rate_limited")),
    *(slack_is_against_it("error", code) for code in ("channel_not_found", "restricted_action", "invalid_blocks")),
    *(a_reaction_raises(name, error) for name in REACTIONS for error in (RuntimeError, SystemExit)),
    it_is_archived,
    its_card_is_deleted,
)


async def live(office: Office, poison: Poison | None, victim: int, moment: int) -> dict[int, Any]:
    """Three incidents live side by side; at a moment of their life something befalls one. How each ended."""
    people = dict(zip(NUMBERS, DECLARERS, strict=True))
    for number, handle in people.items():
        await office.person(handle).types("support", f"/incident now Case {number}")
    for stage in range(4):
        if poison is not None and stage == moment:
            await poison(office, victim)
        await STAGES[stage](office, poison and victim)
    return {number: await ended(office, number) for number in NUMBERS if poison is None or number != victim}


async def _opens(office: Office, _: int | None) -> None:
    await office.settle()


async def _is_steered(office: Office, victim: int | None) -> None:
    for number in NUMBERS:
        await say(office, number, victim, "take lead", "update We are on it", f"task look at case {number}")
    await office.forward(minutes=9)


async def _is_contained(office: Office, victim: int | None) -> None:
    for number in NUMBERS:
        await say(office, number, victim, "sev 1 more users hit", "contained tried ten")
    await office.forward(minutes=9)


async def _is_closed(office: Office, victim: int | None) -> None:
    for number in NUMBERS:
        await say(office, number, victim, "resolved it is enforced now", "close learned")
    await office.forward(minutes=3)


STAGES = (_opens, _is_steered, _is_contained, _is_closed)


async def say(office: Office, number: int, victim: int | None, *lines: str) -> None:
    """Its declarer steers an incident by its number, from a channel that is always there."""
    person = office.person(DECLARERS[number - 1])
    for line in lines:
        verb, _, rest = line.partition(" ")
        before = len(person.ephemerals())
        await person.types("support", f"/incident {verb} AI-{number:04d} {rest}")
        if number != victim:
            told = " ".join(seen.text for seen in person.ephemerals()[before:])
            assert person.error is None and "broke" not in told, told


async def ended(office: Office, number: int) -> tuple[Any, ...]:
    """What is stored of an incident and what is seen of it."""
    async with office.store.read() as unit:
        incident = await unit.incidents.get(number)
        assert incident is not None
        entries = sorted((entry.kind, entry.actor, entry.text) for entry in await unit.timeline.of(number))
        asks = sorted((ask.user_id, ask.round) for ask in await unit.escalations.asks_of(number))
        owed = [
            row.reaction for row in await unit.outbox.unfinished_since(office.clock.now()) if row.incident_id == number
        ]
    workspace = office.sandbox.workspace
    seen = Counter(
        (channel.name, message.user, message.text)
        for channel in workspace.channels.values()
        for message in channel.messages.values()
        if channel.name.startswith(f"ai-{number:04d}") or f"AI-{number:04d}" in message.text
    )
    files = Counter(file.name for file in workspace.files.values() if f"{number:04d}" in file.name)
    return incident.phase, incident.outcome, incident.severity, entries, asks, owed, seen, files


_sound: dict[int, Any] = {}


async def sound(template: Path) -> dict[int, Any]:
    """How the three end when nothing befalls any; it is always the same, so once is enough."""
    if not _sound:
        _sound.update(await lived(template, None, 0, 0))
    return _sound


async def lived(template: Path, poison: Poison | None, victim: int, moment: int) -> dict[int, Any]:
    """A life in an office of its own."""
    with tempfile.TemporaryDirectory() as directory:
        shutil.copy(template, Path(directory) / "andon.db")
        async with open_office(Path(directory)) as office:
            return await live(office, poison, victim, moment)


CASES = {"poison": st.integers(0, len(POISONS) - 1), "victim": st.sampled_from(NUMBERS), "moment": st.integers(0, 3)}
EXAMPLES = {
    "deadline": None,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}


@pytest.mark.whole
@settings(max_examples=1, **EXAMPLES)  # type: ignore[arg-type]
@given(**CASES)
async def test_the_others_end_as_without_it(sqlite_template: Path, poison: int, victim: int, moment: int) -> None:
    """Phase, timeline, asks, messages, files: of the two others everything is as if nothing had befallen the third."""
    ends = await lived(sqlite_template, POISONS[poison], victim, moment)
    whole = await sound(sqlite_template)
    assert ends == {number: whole[number] for number in ends}


@pytest.mark.whole
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("poison", range(len(POISONS)))
async def test_the_others_end_as_without_it_whatever_it_is(sqlite_template: Path, poison: int) -> None:
    """Each of these ways, at each moment of their life."""
    whole = await sound(sqlite_template)
    for moment in range(4):
        victim = NUMBERS[(poison + moment) % 3]
        ends = await lived(sqlite_template, POISONS[poison], victim, moment)
        assert ends == {number: whole[number] for number in ends}, (moment, victim)


async def test_trouble_at_one_is_told_after_the_others_had_their_turn() -> None:
    """A page of the database that cannot be read belongs to one incident; a database that is gone, to all."""
    met: list[int] = []

    async def act(number: int, bad: set[int]) -> None:
        met.append(number)
        if number in bad:
            raise StorageUnavailable("database disk image is malformed")

    with pytest.raises(StorageUnavailable):
        await singly(lambda number: act(number, {1}), [1, 2, 3], what="look")
    assert met == [1, 2, 3]
    met.clear()
    with pytest.raises(StorageUnavailable):
        await singly(lambda number: act(number, {1, 2, 3}), [1, 2, 3], what="look")
    assert met == [1, 2]
