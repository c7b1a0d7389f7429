"""Slack's published limits, at the wire: everybody is served as soon as they allow, and Slack hardly ever has to say so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlmodel import select

from bot.main import Andon, assembled
from bot.settings import Settings
from bot.stage import Stage, staged
from storage.owed import OutboxRow
from storage.store import Store
from tests.burst import burst
from tests.clock import FRIDAY
from tests.office import Office, open_office

MORE_THAN_A_MINUTES_CHANNELS = 24
MORE_THAN_ONE_PERSON_IS_TOLD_AT_ONCE = 8


@pytest.fixture
async def limited(tmp_path: Path) -> AsyncIterator[Office]:
    """An office where Slack's limits hold."""
    async with open_office(tmp_path, limits=True) as office:
        yield office


@pytest.mark.whole
async def test_a_burst_is_served_as_fast_as_the_limits_allow(limited: Office) -> None:
    """All complete, nobody left untold, no call refused; who waits for a channel hears so at once."""
    done = await burst(limited.stage, MORE_THAN_A_MINUTES_CHANNELS)
    assert (24, 24, 0) == (done.furnished, done.told, done.refused)
    assert done.took <= 1.2 * done.floor
    early = [e for e in done.calls if e.name == "chat.postEphemeral" and "is on record" in str(e.args)]
    assert [FRIDAY] * (MORE_THAN_A_MINUTES_CHANNELS - 20) == [entry.at for entry in early]
    assert limited.sandbox.traffic.slowest_ack() < 3


@pytest.mark.whole
@pytest.mark.timeout(600)
async def test_a_hundred_at_once(limited: Office) -> None:
    """As above; five minutes of channels, and nobody's is forgotten."""
    done = await burst(limited.stage, 100)
    assert (100, 100, 0) == (done.furnished, done.told, done.refused)
    assert done.took <= 1.2 * done.floor


@asynccontextmanager
async def replica(stage: Stage, database_url: str) -> AsyncIterator[Andon]:
    """A second Andon at work on the stage's database and in its workspace."""
    settings = Settings.load(
        {
            "SLACK_BOT_TOKEN": stage.sandbox.bot_token,
            "SLACK_APP_TOKEN": stage.sandbox.app_token,
            "SLACK_API_URL": stage.sandbox.api_url,
            "DATABASE_URL": database_url,
            "ANDON_ANNOUNCE_CHANNEL": "ai-incidents",
        },
        env_file=None,
    )
    async with assembled(settings, stage.clock) as andon:
        yield andon


async def test_replicas_share_slacks_limits(tmp_path: Path, postgres_url: str) -> None:
    """Two on one PostgreSQL carry out one burst side by side: still no call is refused, and it takes no longer."""
    async with staged(tmp_path, start=FRIDAY, database_url=postgres_url, limits=True) as stage:
        async with replica(stage, postgres_url) as other:
            stage.andon.outbox._at_once = other.outbox._at_once = 2  # so that neither does it all

            async def work() -> None:
                await asyncio.gather(stage.andon.outbox.drain(), other.outbox.drain())

            done = await burst(stage, MORE_THAN_ONE_PERSON_IS_TOLD_AT_ONCE, work)
        assert (8, 8, 0) == (done.furnished, done.told, done.refused)
        assert done.took <= 1.2 * done.floor
        async with Store(stage.andon.database).read() as unit:
            shares = (await unit.session.exec(select(OutboxRow.claimed_by))).all()
    assert 2 == len({worker for worker in shares if worker})
    assert min(shares.count(worker) for worker in set(shares) if worker) > 20


async def test_what_slack_refuses_all_the_same_nobody_repeats_before_its_time(limited: Office) -> None:
    """Somebody else's app or a lower limit: after one 429 with thirty seconds no other incident asks for a channel."""
    traffic = limited.sandbox.traffic
    limited.sandbox.faults.add("conversations.create", "rate_limited", retry_after=30)
    await limited.person("rae").command("/incident", "now The first")
    await limited.settle()
    assert [429] == [entry.status for entry in traffic.calls("conversations.create")]
    limited.clock.forward(seconds=10)
    for handle in ("lena", "liam", "mina"):
        await limited.person(handle).command("/incident", "now Another")
        await limited.settle()
    await limited.forward(seconds=19)
    assert 1 == len(traffic.calls("conversations.create"))
    await limited.forward(seconds=1)
    assert [429, 200, 200, 200, 200] == [entry.status for entry in traffic.calls("conversations.create")]
