"""Slack over HTTP: signed requests at the public door, the admin door beside it, all started as `andon run` does."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.main import Andon, assembled
from bot.runtime import started
from bot.sandbox import Sandbox
from bot.sandbox.reading import Seen
from bot.settings import Settings
from bot.slack.manifest import manifest
from storage import schema
from storage.store import Store

ADDRESS = "https://andon.example/slack/events"  # what the manifest says; the sandbox calls the door on this machine


@dataclass(frozen=True, slots=True)
class Served:
    """Andon with its doors open, and the Slack that calls it."""

    sandbox: Sandbox
    andon: Andon
    public: str
    admin: str
    web: aiohttp.ClientSession

    async def get(self, address: str) -> tuple[int, str]:
        """Status and body."""
        async with self.web.get(address) as answer:
            return answer.status, await answer.text()

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        """The status of something posted at Slack's address."""
        async with self.web.post(f"{self.public}/slack/events", data=body, headers=headers) as answer:
            return answer.status


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(directory: Path) -> AsyncIterator[Served]:
    """Andon over HTTP, working by itself in real time."""
    public, admin = free_port(), free_port()
    urls = f"http://127.0.0.1:{public}", f"http://127.0.0.1:{admin}"
    made = manifest("/incident", socket_mode=False, request_url=ADDRESS)
    async with (
        Sandbox(manifest=made, mode="http", request_url=f"{urls[0]}/slack/events") as sandbox,
        aiohttp.ClientSession(trust_env=False) as web,
    ):
        settings = Settings.load(
            {
                "SLACK_BOT_TOKEN": sandbox.bot_token,
                "SLACK_SIGNING_SECRET": sandbox.signing_secret,
                "SLACK_API_URL": sandbox.api_url,
                "DATABASE_URL": f"sqlite:///{directory / 'andon.db'}",
                "ANDON_ANNOUNCE_CHANNEL": "ai-incidents",
                "ANDON_HTTP_PORT": str(public),
                "ANDON_ADMIN_PORT": str(admin),
            },
            env_file=None,
        )
        await schema.ensure(settings.database_url)
        async with assembled(settings) as andon:
            await andon.services.directory.refresh()
            async with started(andon, settings):
                yield Served(sandbox, andon, *urls, web)
        assert sandbox.violations == []


async def test_an_incident_over_http(tmp_path: Path) -> None:
    """Command, form, button, message and reaction arrive by signed requests; what nobody signed is refused."""
    async with serving(tmp_path) as served:
        sandbox, rae, lena = served.sandbox, served.sandbox.person("rae"), served.sandbox.person("lena")
        assert await sandbox.http.verify_url()
        await rae.types("support", "/incident The shop bot gives 99% off")
        assert rae.error is None
        await sandbox.until(lambda: rae.modal is not None)
        await rae.submits()
        assert rae.modal is not None
        assert "You are not in trouble" in rae.modal.text

        def card() -> Seen | None:
            names = [name for name in lena.sidebar if name.startswith("ai-0001")]
            return next((s for name in names for s in lena.sees(name) if "Take lead" in s.buttons), None)

        await sandbox.until(card)
        shown = card()
        assert shown is not None
        await sandbox.until(lambda: lena.id in sandbox.channel(shown.channel).members)
        await lena.presses(shown, "Take lead")
        said = await lena.says(shown.channel, "The limit is off since noon")
        await lena.reacts(said, "pushpin")
        await sandbox.until(lambda: len(said.reactions) > 1)  # Andon confirms what it has pinned
        async with Store(served.andon.database).read() as unit:
            assert [tenure.user_id for tenure in await unit.roles.held(1)] == [lena.id]
            assert [e.text for e in await unit.timeline.of(1) if "since noon" in e.text]
        assert sandbox.traffic.slowest_ack() < 3
        await _refuses_strangers(served)
        await _admin_answers(served)


async def _refuses_strangers(served: Served) -> None:
    """No signature, a wrong one, and a right one from yesterday; none of them declares anything."""
    body = b"command=%2Fincident&text=now+forged&user_id=U07RAE00001&channel_id=C1&trigger_id=1.2.3&team_id=T07KESTREL1"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    forged = served.sandbox.http.signed(b"something else")
    stale = served.sandbox.http.signed(body, at=int(time.time()) - 24 * 3600)
    for headers in (kind, kind | forged, kind | stale):
        assert await served.post(body, headers) == 401
    async with Store(served.andon.database).read() as unit:
        assert len(await unit.incidents.open_ones()) == 1


async def _admin_answers(served: Served) -> None:
    """Readiness and figures on the admin door, and on that one only."""
    status, body = await served.get(f"{served.admin}/readyz")
    assert (status, json.loads(body)["ready"]) == (200, True), body
    status, body = await served.get(f"{served.admin}/metrics")
    assert status == 200
    assert 'andon_open_incidents{severity="SEV2"} 1.0' in body
    assert "andon_outbox_rows" in body
    for path in ("/readyz", "/metrics"):
        assert (await served.get(served.public + path))[0] == 404
    assert (await served.get(f"{served.public}/healthz"))[0] == 200
