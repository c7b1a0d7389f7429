"""The two doors: what each answers, to whom, and that they open and close without a trace."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import io
import json
import signal
import socket
import time
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.slack.http import receiver
from bot.web import admin, metrics
from bot.web.admin import build_admin
from bot.web.metrics import Metrics
from bot.web.public import MOST_BODY_BYTES, build_public
from bot.web.server import DoorTaken, serve

SECRET = "0123456789abcdef0123456789abcdef"
HOST = "127.0.0.1"


async def ask(app: Any, method: str, path: str, **options: Any) -> tuple[int, str, str]:
    """Status, content type and body of one request, over a real socket."""
    async with (
        serve(app, HOST, 0) as port,
        aiohttp.ClientSession(trust_env=False) as session,
        session.request(method, f"http://{HOST}:{port}{path}", **options) as answer,
    ):
        return answer.status, answer.content_type, await answer.text()


async def fine() -> None:
    """A probe with nothing to say."""


async def test_alive_on_both_doors() -> None:
    """Both say that the process runs."""
    assert (200, "text/plain", "ok\n") == await ask(build_public(None), "GET", "/healthz")
    assert (200, "text/plain", "ok\n") == await ask(build_admin({}), "GET", "/healthz")


async def test_ready_when_every_probe_is_silent() -> None:
    """All probes are named, so that a reader sees what was looked at."""
    status, _, body = await ask(build_admin({"database": fine, "slack": fine}), "GET", "/readyz")
    assert (200, {"ready": True, "checks": {"database": "ok", "slack": "ok"}}) == (status, json.loads(body))


async def test_not_ready_says_which_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reason, an exception (its words stay inside) and a probe that hangs: 503, each under its name, none hides another."""
    monkeypatch.setattr(admin, "PROBE_PATIENCE", 0.05)

    async def deaf() -> str:
        return "not connected to Slack for 12 s"

    async def broken() -> None:
        raise RuntimeError("postgresql://andon:password@db")

    async def hanging() -> None:
        await asyncio.Event().wait()

    probes = {"slack": deaf, "database": broken, "disk": hanging, "clock": fine}
    status, _, body = await ask(build_admin(probes), "GET", "/readyz")
    assert 503 == status
    assert {
        "ready": False,
        "checks": {
            "slack": "not connected to Slack for 12 s",
            "database": "failed: RuntimeError",
            "disk": "no answer within 0.05 s",
            "clock": "ok",
        },
    } == json.loads(body)


async def test_metrics_are_read_at_each_visit() -> None:
    """A gauge shows what is true now, with one line per label value, and forgets values that are gone."""
    shown, owed = Metrics(), [{"waiting": 3.0, "given_up": 1.0}, {"waiting": 2.0}]

    async def rows() -> dict[str, float]:
        return owed.pop(0)

    async def lag() -> float:
        return 1.5

    shown.watch("andon_outbox_rows", "Reactions owed", rows, label="state")
    shown.watch("andon_outbox_lag_seconds", "How late", lag)
    first, second = (await shown.render()).decode(), (await shown.render()).decode()
    assert 'andon_outbox_rows{state="waiting"} 3.0' in first
    assert 'andon_outbox_rows{state="given_up"} 1.0' in first
    assert "andon_outbox_lag_seconds 1.5" in first
    assert 'andon_outbox_rows{state="waiting"} 2.0' in second
    assert "given_up" not in second


async def test_unreadable_gauge_is_missing_not_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing or hanging read leaves its gauge out, counts it, and costs the others nothing."""
    monkeypatch.setattr(metrics, "READ_PATIENCE", 0.05)
    shown, answers = Metrics(), [7.0]

    async def once() -> float:
        return answers.pop()

    async def hanging() -> float:
        await asyncio.Event().wait()
        return 0.0

    shown.watch("andon_once", "Readable once", once)
    shown.watch("andon_hanging", "Never", hanging)
    assert "andon_once 7.0" in (await shown.render()).decode()
    page = (await shown.render()).decode()
    assert "andon_once 7.0" not in page
    assert 'andon_metrics_unread_total{gauge="andon_once"} 1.0' in page
    assert 'andon_metrics_unread_total{gauge="andon_hanging"} 2.0' in page


async def test_metrics_page_is_prometheus() -> None:
    """The content type that a scraper expects."""
    status, kind, body = await ask(build_admin({}), "GET", "/metrics")
    assert (200, "text/plain") == (status, kind)
    assert "process_start_time_seconds" in body


async def test_two_andons_in_one_process_do_not_meet() -> None:
    """Each has a registry of its own."""
    for _ in range(2):
        Metrics().watch("andon_same", "The same name", fine)  # type: ignore[arg-type]


async def test_socket_mode_explains_the_closed_way() -> None:
    """With Socket Mode, Slack's address answers 404 and a sentence; nothing else exists."""
    status, _, body = await ask(build_public(None), "POST", "/slack/events", data="payload={}")
    assert 404 == status
    assert "Socket Mode" in body
    assert 404 == (await ask(build_public(None), "GET", "/metrics"))[0]
    assert 405 == (await ask(build_public(None), "GET", "/slack/events"))[0]


async def test_huge_body_is_refused_unread() -> None:
    """More than Slack ever sends: 413, and the listener is not asked."""
    asked: list[int] = []

    async def handler(request: Request) -> Response:
        asked.append(len(await request.body()))
        return PlainTextResponse("")

    app = build_public(handler)
    assert 200 == (await ask(app, "POST", "/slack/events", data=io.BytesIO(b"x" * MOST_BODY_BYTES)))[0]
    assert 413 == (await ask(app, "POST", "/slack/events", data=io.BytesIO(b"x" * (MOST_BODY_BYTES + 1))))[0]
    assert [MOST_BODY_BYTES] == asked


async def test_failing_handler_tells_nothing() -> None:
    """A stranger sees that it failed, not why."""

    async def handler(_request: Request) -> Response:
        raise RuntimeError("the customer's text")

    status, _, body = await ask(build_public(handler), "POST", "/slack/events", data="x")
    assert (500, "Internal Server Error") == (status, body)


@pytest.mark.parametrize(("secret", "age", "status"), [(SECRET, 0, 200), ("another" * 5, 0, 401), (SECRET, 600, 401)])
async def test_only_slack_is_heard(secret: str, age: int, status: int) -> None:
    """A command with Slack's signature reaches its listener; a forged or an old one does not."""
    heard: list[str] = []
    bolt = AsyncApp(token="xoxb-1", signing_secret=SECRET, process_before_response=True)

    async def heard_it(ack: Any, body: dict[str, str]) -> None:
        heard.append(body["text"])
        await ack("ok")

    bolt.command("/incident")(heard_it)
    bolt._async_middleware_list[:] = [  # auth.test would go to Slack
        middleware for middleware in bolt._async_middleware_list if "Authorization" not in type(middleware).__name__
    ]
    body = "command=%2Fincident&text=help&user_id=U1&team_id=T1&channel_id=C1&trigger_id=1"
    stamp = str(int(time.time()) - age)
    signature = "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature,
    }
    answer = await ask(build_public(receiver(bolt)), "POST", "/slack/events", data=body, headers=headers)
    assert status == answer[0]
    assert (["help"] if status == 200 else []) == heard


async def test_taken_port_is_one_sentence() -> None:
    """Where and why, fit for the person at the terminal."""
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(DoorTaken, match=f"Nothing can listen on {HOST}:{port}: .+\\."):
            async with serve(build_public(None), HOST, port):
                pass


async def test_door_leaves_signals_alone_and_closes() -> None:
    """Whoever opened the door decides about signals; afterwards the port is free again."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with serve(build_public(None), HOST, 0) as port:
        assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with socket.create_server((HOST, port)):
        pass


async def test_request_under_way_is_finished_on_closing() -> None:
    """Closing the door waits for the answer that is being made."""
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def handler(_request: Request) -> Response:
        reached.set()
        await go_on.wait()
        return PlainTextResponse("kept")

    door = serve(build_public(handler), HOST, 0)
    port = await door.__aenter__()
    async with aiohttp.ClientSession() as session:
        asking = asyncio.create_task(session.post(f"http://{HOST}:{port}/slack/events"))
        await reached.wait()
        closing = asyncio.create_task(door.__aexit__(None, None, None))
        await _until_shut(port)
        assert not asking.done()
        go_on.set()
        assert "kept" == await (await asking).text()
        await closing


async def _until_shut(port: int) -> None:
    """Knock until nobody opens; a knock may also be cut off while the door is being shut."""
    while True:
        with socket.socket() as knock, contextlib.suppress(ConnectionResetError):
            knock.setblocking(False)
            try:
                await asyncio.get_running_loop().sock_connect(knock, (HOST, port))
            except ConnectionRefusedError:
                return
