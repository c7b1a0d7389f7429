"""A full disk and a read-only database: nobody is told "done" of what was not kept, and afterwards all goes on, once."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import aiohttp
import pytest

from bot.domain.errors import StorageUnavailable
from bot.sandbox import Person
from bot.services import settling
from bot.services.status import Status
from storage.owed import OutboxState
from tests.faults.test_killed import cards, channels, is_done, once
from tests.faults.trouble import Trouble, full, read_only
from tests.office import Office, open_office
from tests.program import Program, workspace

WIDE = ("Скидка неверна. " * 200)[:2900]  # more than a page of the database, within what a form takes
LONG = "The shop bot gives 99% off." + " It was seen by customers." * 300
TROUBLES = {"full": full, "read only": read_only}


def told(person: Person) -> str:
    """Everything said to somebody alone."""
    return "\n".join(seen.text for seen in (*person.ephemerals(), *person.direct_messages))


@pytest.fixture
async def either(tmp_path: Path, database_url: str) -> AsyncIterator[Office]:
    """The whole company on the wire, on each database."""
    async with open_office(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture(params=TROUBLES)
def trouble(request: pytest.FixtureRequest) -> Trouble:
    """What befalls the database."""
    return TROUBLES[request.param]


async def test_nobody_is_told_done_of_what_was_not_kept(either: Office, trouble: Trouble) -> None:
    """Commands, forms, buttons and messages: told with the text given back, or not acknowledged; later each works once."""
    office = either
    channel = await office.declare()
    rae, cleo, lena = (office.person(handle) for handle in ("rae", "cleo", "lena"))
    await cleo.types("support", "/incident Coupons are wrong")
    await office.settle()
    await cleo.fills({"What happened?": WIDE})
    office.sandbox.sockets._patience = 0.3  # real seconds until Slack gives an acknowledgement up
    card = next(seen for seen in lena.sees(channel) if "Take lead" in seen.buttons)
    with trouble(office.andon.database):
        await rae.types("support", f"/incident now {LONG}")
        assert "does not take anything" in told(rae) and LONG[-500:] in told(rae)
        await cleo.submits()
        assert cleo.modal is not None and "does not take anything" in str(cleo.modal.errors)
        assert cleo.modal.values["What happened?"] == WIDE
        await lena.presses(card, "Take lead")
        await rae.says(channel, LONG)
        assert office.sandbox.delivery.waiting, "a message that could not be kept was acknowledged"
        problem = await Status(office.services.work).database()
        assert problem is not None and "cannot be written" in problem
    await cleo.submits()
    await rae.types("support", f"/incident now {LONG}")
    await lena.presses(card, "Take lead")
    await office.forward(minutes=2)
    async with office.store.read() as unit:
        assert len(await unit.incidents.open_ones()) == 3
        assert [one.text for one in await unit.messages.of(1)] == [LONG]
        assert [tenure.user_id for tenure in await unit.roles.held(1)] == [lena.id]
    for number in (2, 3):
        once(office.sandbox, number)


async def test_what_reached_slack_and_could_not_be_settled_is_not_repeated(
    office: Office, trouble: Callable[..., AbstractContextManager[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack made the channel, took the card, and from then on nothing more can be written: still one of each."""
    monkeypatch.setattr(settling, "PAUSE", 0.0)
    rae, worker = office.person("rae"), office.andon.outbox
    for number, method in enumerate(("conversations.create", "chat.postMessage"), start=1):
        office.sandbox.traffic.clear()
        with trouble(
            office.andon.database, lambda method=method: any(c.ok for c in office.sandbox.traffic.calls(method))
        ):
            await rae.types("support", f"/incident now {LONG}")
            with suppress(StorageUnavailable):
                await worker.drain()
            if worker.busy:
                await asyncio.wait(worker._running)
        assert office.sandbox.traffic.calls(method)
        assert len(cards(office.sandbox, number)) < 2
        await office.forward(minutes=2)
        once(office.sandbox, number)
    await office.forward(minutes=7)
    async with office.store.read() as unit:
        assert (await unit.outbox.counts()).keys() == {OutboxState.DONE}


def limit(program: Program, most: int) -> None:
    """From now on the program can write files up to this many bytes, as on a disk that is full."""
    resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def cpu_seconds(program: Program) -> float:
    """What it has computed so far."""
    fields = Path(f"/proc/{program.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def ready(program: Program) -> tuple[int, str]:
    """What /readyz says."""
    port = next(line["admin_port"] for line in program.logged() if "admin_port" in line)
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/readyz") as response:
        return response.status, await response.text()


async def test_the_real_program_on_a_full_disk(tmp_path: Path) -> None:
    """It stays up, computes next to nothing, says so at /readyz and to people; with room again all is there, once."""
    async with workspace() as sandbox:
        program, rae = Program(sandbox, tmp_path), sandbox.person("rae")
        await program.start()
        await rae.types("support", "/incident now The shop bot gives 99% off")
        await sandbox.until(lambda: is_done(sandbox, 1, rae))
        assert (await ready(program))[0] == 200
        limit(program, 1)
        busy, lines = cpu_seconds(program), len(program.lines)
        await rae.types("support", "/incident now The shop bot insults customers")
        assert "insults customers" in told(rae)
        await rae.says(channels(sandbox, 1)[0].name, "Said while the disk was full")
        status, reasons = await ready(program)
        assert (status, "cannot be written" in reasons) == (503, True)
        assert cpu_seconds(program) - busy < 1.5
        assert len(program.lines) - lines < 60
        limit(program, resource.RLIM_INFINITY)
        await rae.types("support", "/incident now The shop bot insults customers")
        await sandbox.delivery.redeliver_due()
        await sandbox.until(lambda: is_done(sandbox, 2, rae))
        assert await program.stop() == 0
        for number in (1, 2):
            once(sandbox, number)
        assert channels(sandbox, 3) == []
        assert sandbox.violations == []
    kept = sqlite3.connect(tmp_path / "andon.db").execute("SELECT text FROM messages").fetchall()
    assert kept == [("Said while the disk was full",)]
