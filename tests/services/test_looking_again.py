"""What is not meant to stay is asked about; one switch is turned for one incident at a time; gates wait for proof."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from pathlib import Path

import pytest

from bot.domain.containment.words import RunState
from bot.domain.errors import AlreadyDone, BadInput, NotAllowed
from bot.domain.incident import Phase, Role, Severity
from bot.domain.notices.containment import SwitchStaysAsk
from bot.domain.people import Actor
from bot.services.containment.requesting import Wish
from bot.switches.board import Board, invented
from bot.switches.wire import Wire
from playbooks.library import Library
from tests.services.seats import seat
from tests.services.test_containment import CODES, Floor, floor
from tests.workshop import on_database

__all__ = ["floor"]
LENA, MATEO = Actor.person("ULENA"), Actor.person("UMATEO")


def passing(floor: Floor, directory: Path) -> None:
    """Tools taken from an agent are not meant to stay, from now on."""
    (directory / "policies").mkdir()
    said = files("playbooks").joinpath("policies/containment.yaml").read_text()
    ends = "    rollback: Grant them again.\n"
    assert ends in said
    (directory / "policies" / "containment.yaml").write_text(said.replace(ends, f"{ends}    look_again: 24h\n"))
    floor.workshop.services.library.adopt(Library.load(directory))


async def off(floor: Floor, number: int) -> int:
    """The tool is off and held; the id of the run."""
    run_id = await floor.ask(number)
    await floor.approve(run_id)
    await floor.forward(minutes=20)
    assert (await floor.row(run_id)).state is RunState.CONTAINED
    return run_id


async def test_what_is_not_meant_to_stay_is_asked_about_each_day(floor: Floor, tmp_path: Path) -> None:
    """After a day the channel and the lead are asked, again a day later, also once the incident is closed."""
    passing(floor, tmp_path)
    number = await floor.incident()
    run_id = await off(floor, number)
    await floor.forward(hours=23)
    assert not floor.said(SwitchStaysAsk)
    await floor.forward(hours=1)
    assert [False, True] == sorted(said.is_direct for said in floor.said(SwitchStaysAsk))  # type: ignore[attr-defined]
    await floor.workshop.services.closing.cancel(number, "a test", by=LENA)
    await floor.forward(hours=24)
    assert 3 <= len(floor.said(SwitchStaysAsk))
    back = await floor.workshop.services.requesting.request_return(run_id, "the limit is live", by=MATEO, key="back")
    await floor.approve(back.run.run_id)
    await floor.settle()
    asked = len(floor.said(SwitchStaysAsk))
    await floor.forward(hours=60)
    assert len(floor.said(SwitchStaysAsk)) == asked
    assert (await floor.row(run_id)).due_at is None


async def test_somebody_says_that_it_stays(floor: Floor, tmp_path: Path) -> None:
    """Whoever may turn it may say so, and nobody is asked any more."""
    passing(floor, tmp_path)
    number = await floor.incident()
    run_id = await off(floor, number)
    with pytest.raises(NotAllowed):
        await floor.workshop.services.deciding.stays(run_id, by=Actor.person("URAE"))
    await floor.workshop.services.deciding.stays(run_id, by=MATEO)
    with pytest.raises(AlreadyDone):
        await floor.workshop.services.deciding.stays(run_id, by=LENA)
    await floor.forward(hours=48)
    assert not floor.said(SwitchStaysAsk)
    assert any("stays until somebody switches it on again" in line for line in await floor.lines(number))


async def test_what_is_to_be_done_by_hand_is_not_forgotten(floor: Floor) -> None:
    """A quarter of an hour after it was agreed to, the channel and the lead are reminded, until somebody has done it."""
    number = await floor.incident()
    run_id = await floor.ask(number, action="people-answer")
    await floor.approve(run_id)
    await floor.forward(minutes=14)
    assert not floor.said(SwitchStaysAsk)
    await floor.forward(minutes=2)
    assert len(floor.said(SwitchStaysAsk)) == 2
    with pytest.raises(AlreadyDone):
        await floor.workshop.services.deciding.stays(run_id, by=MATEO)
    await floor.workshop.services.deciding.done_by_hand(run_id, "the shift lead has the queue", by=MATEO)
    await floor.forward(hours=3)
    assert len(floor.said(SwitchStaysAsk)) == 2
    assert (await floor.row(run_id)).state is RunState.CONTAINED


async def test_the_shipped_blocks_and_limits_are_asked_about() -> None:
    """A blocked pattern and a limit are not meant to stay; what is off for everybody may."""
    containment = Library.load(None).containment
    asked = {entry.id for entry in containment.catalogue if entry.look_again}
    assert {"C07", "C10"} == asked


async def test_two_incidents_want_one_switch_at_once(database_url: str) -> None:
    """One of them gets it; the other is told that it is being turned already, and nothing is asked twice."""
    async with on_database(database_url) as workshop:
        library = workshop.services.library
        workshop.services.board = Board(lambda: library.containment, Wire(lambda: library.containment), invented)
        numbers = [await workshop.declare(f"It lies {one}", system="discount-assistant") for one in range(2)]
        for number in numbers:
            await seat(workshop, number, "UMATEO", Role.TECHNICAL)
        wishes = [Wish(action=CODES, why="it lies", key=f"k{one}", harm_cannot_wait="they ship") for one in numbers]
        request = workshop.services.requesting.request
        asked = await asyncio.gather(
            *(request(one, wish, by=MATEO) for one, wish in zip(numbers, wishes, strict=True)), return_exceptions=True
        )
        (refused,) = [one for one in asked if isinstance(one, BaseException)]
        assert isinstance(refused, AlreadyDone), refused
        assert "This switch is being turned already" in str(refused)
        async with workshop.work.read() as unit:
            assert 1 == sum([len(await unit.switches.of(number)) for number in numbers])


async def test_containment_is_not_left_while_the_switch_is_only_watched(floor: Floor) -> None:
    """Asked for, moved, failed: the gate stays shut, and opens once it was seen to hold."""
    number = await floor.incident()
    move = floor.workshop.services.lifecycle.move
    await move(number, Phase.CONTAINMENT, "it goes on", by=LENA)

    async def is_shut() -> bool:
        with pytest.raises(BadInput, match="verified containment") as refused:
            await move(number, Phase.REMEDIATION, "quick", by=LENA)
        return refused.value.field == "anyway"

    run_id = await floor.ask(number, action="assistant-off")
    assert await is_shut()
    await floor.approve(run_id)
    await floor.settle()
    assert (await floor.row(run_id)).state is RunState.HOLDING
    assert await is_shut()
    floor.control.switch("discount-assistant").is_off = False
    await floor.forward(minutes=6)
    assert (await floor.row(run_id)).state is RunState.FAILED
    assert await is_shut()
    again = await floor.ask(number, action="assistant-off")
    await floor.approve(again)
    await floor.forward(minutes=16)
    await move(number, Phase.REMEDIATION, "now", by=LENA)
    async with floor.workshop.work.read() as unit:
        incident = await unit.incidents.get(number)
    assert incident is not None
    assert (incident.phase, incident.severity) == (Phase.REMEDIATION, Severity.SEV1)
