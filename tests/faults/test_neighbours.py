"""Replicas behind a balancer, and replicas of two neighbouring versions: nobody sees who answers."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox import Person, Sandbox
from bot.sandbox.dispatch import Dispatch, Outcome
from bot.sandbox.http_events import HttpEvents
from bot.sandbox.reading import Seen
from bot.slack.manifest import manifest
from storage import schema
from tests.faults.crew import Crew
from tests.program import Program, workspace

ROOT = Path(__file__).parents[2]
ADDRESS = "https://andon.example/slack/events"

MIGRATION = '''"""What a next version might need: a column, a column that fills itself, a table."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "{revision}", "{before}"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("hue", sa.Text(), nullable=True))
    op.add_column("incidents", sa.Column("mood", sa.Text(), nullable=False, server_default="calm"))
    op.create_table("moods", sa.Column("name", sa.Text(), primary_key=True))


def downgrade() -> None:
    op.drop_table("moods")
    op.drop_column("incidents", "mood")
    op.drop_column("outbox", "hue")
'''


class Balancer:
    """Slack's address, behind which requests go to the replicas turn by turn, past those that do not answer the door."""

    def __init__(self, sandbox: Sandbox, replicas: list[Program]) -> None:
        ports = [next(line["public_port"] for line in r.logged() if "public_port" in line) for r in replicas]
        doors = [
            HttpEvents(sandbox.workspace.app, f"http://127.0.0.1:{port}/slack/events", sandbox.patience)
            for port in ports
        ]
        self.carried: Counter[HttpEvents] = Counter()
        self._doors, self._turns = doors, itertools.cycle(doors)

    async def carry(self, dispatch: Dispatch) -> Outcome:
        """Deliver once."""
        outcome = Outcome(False, reason="connection_failed")
        for door in itertools.islice(self._turns, 2 * len(self._doors)):  # one may just have hung up on us
            outcome = await door.carry(dispatch)
            if outcome.reason != "connection_failed":
                self.carried[door] += 1
                break
        return outcome

    async def close(self) -> None:
        """Close the pooled connections."""
        await asyncio.gather(*(door.close() for door in self._doors))


def _card(person: Person) -> Seen | None:
    found = (seen for name in person.sidebar if name.startswith("ai-") for seen in person.sees(name))
    return next((seen for seen in found if "Take lead" in seen.buttons), None)


async def test_one_address_two_replicas(tmp_path: Path, postgres_url: str) -> None:
    """The form that one replica opens is taken in by the other, the card that one posts is pressed at the other."""
    made = manifest("/incident", socket_mode=False, request_url=ADDRESS)
    async with Sandbox(manifest=made, mode="http") as sandbox:
        over_http = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": sandbox.signing_secret}
        async with Crew(sandbox, tmp_path, postgres_url, 2, **over_http) as crew:
            await crew.start()
            balancer = sandbox.delivery.transport = Balancer(sandbox, crew.replicas)
            rae, lena = sandbox.person("rae"), sandbox.person("lena")
            await rae.types("support", "/incident The shop bot gives 99% off")
            await sandbox.until(lambda: rae.modal is not None)
            await rae.submits()
            assert rae.modal is not None and "You are not in trouble" in rae.modal.text
            await sandbox.until(lambda: _card(lena), timeout=30)
            card = _card(lena)
            assert card is not None
            await lena.presses(card, "Take lead")
            assert [1, 1] < sorted(balancer.carried.values())
            await sandbox.until(lambda: _card(lena) is None, timeout=30)
            await crew.replicas[0].stop()
            await lena.says(card.channel, "One of them is gone, and nobody noticed")
            await crew.declare(range(3))
            assert {None} == set(crew.errors.values())
            await crew.settled(30)
            await crew.stop()
            await crew.check_each_once()
        await balancer.close()


@pytest.mark.whole
async def test_replaced_one_by_one(tmp_path: Path, postgres_url: str) -> None:
    """The schema moves one version on under replicas at work; older and newer ones then serve side by side."""
    newer = _next_version(tmp_path / "next")
    async with workspace() as sandbox, Crew(sandbox, tmp_path, postgres_url, 1) as crew:
        hasty, new, late = (
            Program(sandbox, tmp_path, DATABASE_URL=postgres_url, PYTHONPATH=path)
            for path in (str(newer), str(newer), str(ROOT))
        )
        await asyncio.gather(crew.start(), hasty.start())
        assert "andon db upgrade" in hasty.lines[-1]
        await crew.declare(range(9))  # its statements are prepared by now
        declaring = asyncio.create_task(crew.declare(range(9, 18)))
        await _upgrade(postgres_url, newer, tmp_path)
        await declaring
        assert schema.successor() == await schema.current(postgres_url)
        crew.replicas += [new, late]
        await asyncio.gather(new.start(), late.start())
        await sandbox.sockets.connected(3)
        await crew.declare(range(18, 27))
        await crew.replicas[0].stop()
        await crew.declare(range(27, 30))
        await crew.settled(30)
        assert [0, 0, 0] == await crew.stop()
        assert {None} == set(crew.errors.values())
        await crew.check_each_once()


def _next_version(directory: Path) -> Path:
    """This Andon with one more migration."""
    for package in ("bot", "storage", "playbooks"):
        shutil.copytree(ROOT / package, directory / package)
    versions, revision = directory / "storage" / "migrations" / "versions", schema.successor()
    made = MIGRATION.format(revision=revision, before=schema.head())
    (versions / f"{revision}_imagine_the_next.py").write_text(made)
    return directory


async def _upgrade(url: str, source: Path, directory: Path) -> None:
    """`andon db upgrade` of another version."""
    environment = {"PYTHONPATH": str(source), "DATABASE_URL": url}
    command = (sys.executable, "-m", "bot", "db", "upgrade")
    process = await asyncio.create_subprocess_exec(*command, cwd=directory, env=environment)
    assert 0 == await asyncio.wait_for(process.wait(), 60)
