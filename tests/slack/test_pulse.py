"""A replica that was frozen leaves what people have been told had failed; they do it again where somebody answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.runtime import running
from bot.slack import pulse as pulse_module
from bot.slack.pulse import DROWSY, NAP, Pulse
from tests.office import Office


class Machine:
    """The clock that counts on while everything sleeps."""

    seconds = 1000.0


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(pulse_module, "boot_clock", lambda: made.seconds)
    return made


async def _felt(pulse: Pulse) -> None:
    """It has beaten once."""
    async with running(pulse.beat()):
        await asyncio.sleep(0)


async def test_a_nap_is_noticed_for_a_moment(machine: Machine) -> None:
    """Right after waking, and not longer; a busy second is no nap."""
    pulse = Pulse()
    assert not pulse.is_drowsy
    await _felt(pulse)
    machine.seconds += NAP - 1
    assert not pulse.is_drowsy
    machine.seconds += 2
    assert pulse.is_drowsy
    machine.seconds += DROWSY
    assert not pulse.is_drowsy


async def test_a_command_that_waited_is_not_acted_on(office: Office, machine: Machine) -> None:
    """Nothing is declared, nothing acknowledged; the same command typed again is served."""

    async def sent(body: dict[str, Any]) -> int:
        request = AsyncBoltRequest(body=body, mode="socket_mode")
        return (await office.andon.bolt.async_dispatch(request)).status

    rae = office.person("rae")
    typed = {"command": "/incident", "text": "now The shop bot gives 99% off", "user_id": rae.id, "channel_id": "C1"}
    typed |= {"trigger_id": "1.1", "team_id": "T1", "response_url": "http://127.0.0.1:1/"}
    spoken = {"type": "event_callback", "event": {"type": "message", "channel": "C1", "ts": "1.1", "user": rae.id}}
    await _felt(office.andon.pulse)
    machine.seconds += NAP + 1
    assert (503, 200) == (await sent(typed), await sent(spoken))
    async with office.store.read() as unit:
        assert [] == await unit.incidents.open_ones()
    machine.seconds += DROWSY
    assert 200 == await sent(typed)
    async with office.store.read() as unit:
        assert 1 == len(await unit.incidents.open_ones())
