"""Stopped politely or killed outright in the middle of a declaration: nothing is lost, nothing is doubled."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot.sandbox import Person, Sandbox
from bot.sandbox.objects import Channel
from tests.program import Program, workspace


def channels(sandbox: Sandbox, number: int) -> list[Channel]:
    """The channels of an incident."""
    found = sandbox.workspace.channels.values()
    return [channel for channel in found if channel.name.startswith(f"ai-{number:04d}")]


def cards(sandbox: Sandbox, number: int) -> list[str]:
    """The cards in them."""
    messages = (m for channel in channels(sandbox, number) for m in channel.messages.values())
    return [m.ts for m in messages if "Take lead" in str(m.blocks) + str(m.attachments) and not m.is_reply]


def announcements(sandbox: Sandbox, number: int) -> list[str]:
    """What the announce channel says of an incident."""
    return [m.ts for m in sandbox.channel("ai-incidents").messages.values() if f"AI-{number:04d}" in m.text]


def is_done(sandbox: Sandbox, number: int, rae: Person) -> bool:
    """Everything that a declaration owes is there."""
    found = channels(sandbox, number)
    return bool(
        found
        and found[0].pins
        and found[0].topic.value
        and rae.id in found[0].members
        and announcements(sandbox, number)
        and any(f"AI-{number:04d}" in seen.text for seen in (*rae.direct_messages, *rae.ephemerals()))
    )


def once(sandbox: Sandbox, number: int) -> None:
    """Exactly one of each."""
    assert len(channels(sandbox, number)) == 1
    assert len(cards(sandbox, number)) == 1
    assert len(announcements(sandbox, number)) == 1
    assert len(channels(sandbox, number)[0].pins) == 1
    assert len(channels(sandbox, number)[0].bookmarks) <= 1


async def test_sigterm_during_work(tmp_path: Path) -> None:
    """Acknowledged and not yet carried out when the signal comes: it is finished, then or after the next start."""
    async with workspace() as sandbox:
        program, rae = Program(sandbox, tmp_path), sandbox.person("rae")
        await program.start()
        sandbox.faults.latency = 0.1
        sandbox.faults.add("conversations.setTopic", "error", code="user_is_restricted")
        await rae.types("support", "/incident now The shop bot gives 99% off")
        assert rae.error is None
        assert await program.stop() == 0
        sandbox.faults.latency = 0.0
        await program.start()
        await rae.types("support", "/incident list")
        assert "AI-0001" in rae.ephemerals("support")[-1].text
        await sandbox.until(lambda: cards(sandbox, 1) and announcements(sandbox, 1) and channels(sandbox, 1)[0].pins)
        assert await program.stop() == 0
        once(sandbox, 1)
        assert sandbox.violations == []
        _check_logs(program, sandbox)


def _check_logs(program: Program, sandbox: Sandbox) -> None:
    """Each line is JSON, names its incident, and holds no secret."""
    for secret in (sandbox.bot_token, sandbox.app_token, sandbox.workspace.app.signing_secret, "ticket="):
        assert not [line for line in program.lines if secret in line]
    about = [line for line in program.logged() if "reaction" in line or "subcommand" in line]
    assert any("refused" in line["event"] and line.get("incident") == "AI-0001" for line in about)
    assert [line for line in about if not line.get("incident")] == []
    assert [line for line in program.logged() if "incident_id" in line] == []


MOMENTS: dict[str, Callable[[Sandbox, int], object]] = {
    "before the channel": lambda sandbox, _: sandbox.traffic.calls("conversations.create"),
    "after the channel": channels,
    "after the card": cards,
}


@pytest.mark.parametrize("names", [("after the channel",), pytest.param(tuple(MOMENTS), marks=pytest.mark.whole)])
async def test_kill_in_the_middle_of_declaring(tmp_path: Path, names: tuple[str, ...]) -> None:
    """Killed at one moment after the other: each time one channel, one card, one announcement."""
    numbers = range(1, len(names) + 1)
    async with workspace() as sandbox:
        program, rae = Program(sandbox, tmp_path), sandbox.person("rae")
        sandbox.faults.latency = 0.05
        for number, name in zip(numbers, names, strict=True):
            await program.start()
            await rae.types("support", f"/incident now The shop bot insults customers {number}")
            assert rae.error is None
            await sandbox.until(partial(MOMENTS[name], sandbox, number))
            assert await program.stop(signal.SIGKILL) == -signal.SIGKILL
        await program.start()
        await sandbox.until(lambda: all(is_done(sandbox, number, rae) for number in numbers), timeout=30)
        assert await program.stop() == 0
        for number in numbers:
            once(sandbox, number)
        assert sandbox.violations == []
