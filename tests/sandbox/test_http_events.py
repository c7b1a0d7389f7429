"""Slack over HTTP: signatures that a real Bolt app verifies, forms and JSON, retries with their headers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.sandbox import Sandbox
from tests.sandbox.kit import Clock, make_manifest, web_client

Handler = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """A small web server for the request URL."""
    application = web.Application()
    application.router.add_post("/slack/events", handler)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()


@asynccontextmanager
async def http_sandbox(clock: Clock, handler: Handler) -> AsyncIterator[Sandbox]:
    async with serving(handler) as url:
        manifest = make_manifest()
        async with Sandbox(manifest=manifest, now=clock.now, mode="http", request_url=url, patience=0.3) as sandbox:
            yield sandbox


async def test_real_bolt_over_http(clock: Clock) -> None:
    """A Bolt app that checks signatures takes commands, events and modals over HTTP."""
    bolt: dict[str, AsyncApp] = {}
    heard: list[str] = []

    async def door(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = await bolt["app"].async_dispatch(AsyncBoltRequest(body=await request.text(), headers=headers))
        content_type = answer.headers.get("content-type", ["text/plain"])[0].partition(";")[0]
        return web.Response(status=answer.status, text=answer.body, content_type=content_type)

    async with http_sandbox(clock, door) as sandbox, web_client(sandbox) as client:
        app = bolt["app"] = AsyncApp(client=client, signing_secret=sandbox.signing_secret, process_before_response=True)

        @app.command("/incident")
        async def command(ack: Any, body: dict[str, Any]) -> None:
            view = {
                "type": "modal",
                "callback_id": "form",
                "title": {"type": "plain_text", "text": "Declare"},
                "submit": {"type": "plain_text", "text": "Go"},
                "blocks": [{"type": "divider"}],
            }
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await ack(f"You said {body['text']}")

        @app.view("form")
        async def submitted(ack: Any) -> None:
            await ack()

        @app.event("message")
        async def message(event: dict[str, Any]) -> None:
            heard.append(event["text"])

        assert await sandbox.http.verify_url()
        rae = sandbox.person("rae")
        await rae.types("general", "/incident five & six")
        assert rae.ephemerals()[0].text == "You said five & six"
        await rae.submits()
        assert rae.modal is None
        await rae.says("general", "hello")
        assert heard == ["hello"]


async def test_signature_and_shapes(clock: Clock) -> None:
    """Every request is signed over its raw body; events are JSON, commands and interactions are forms."""
    requests: list[tuple[str, bytes, dict[str, str]]] = []

    async def door(request: web.Request) -> web.Response:
        requests.append((request.content_type, await request.read(), dict(request.headers)))
        return web.Response()

    async with http_sandbox(clock, door) as sandbox:
        rae = sandbox.person("rae")
        await rae.says("general", "hello")
        await rae.types("general", "/incident x")
        await rae.global_shortcut("declare")
        verifier = SignatureVerifier(sandbox.signing_secret)
        assert all(verifier.is_valid_request(body, headers) for _, body, headers in requests)
        assert not verifier.is_valid_request(requests[0][1] + b" ", requests[0][2])
    form = "application/x-www-form-urlencoded"
    assert [content_type for content_type, _, _ in requests] == ["application/json", form, form]


async def test_http_retries(clock: Clock) -> None:
    """A failed event comes back with its number and reason, thrice at most, or not at all where the app says so."""
    answers = [500, 500, 200, 500]
    seen: list[tuple[str | None, str | None]] = []

    async def door(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        final = len(seen) == 4
        return web.Response(status=answers[len(seen) - 1], headers={"X-Slack-No-Retry": "1"} if final else {})

    async with http_sandbox(clock, door) as sandbox:
        await sandbox.person("rae").says("general", "one")
        assert await sandbox.delivery.redeliver_due() == 1
        clock.forward(minutes=1)
        assert await sandbox.delivery.redeliver_due() == 1
        await sandbox.person("rae").says("general", "two")
        assert await sandbox.delivery.redeliver_due() == 0
        assert len(sandbox.delivery.lost) == 1
    assert seen == [(None, None), ("1", "http_error"), ("2", "http_error"), (None, None)]


async def test_unreachable_and_slow_apps(clock: Clock) -> None:
    """Somebody typing a command sees whether the app was away or slow."""

    async def slow(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async with http_sandbox(clock, slow) as sandbox:
        rae = sandbox.person("rae")
        await rae.types("general", "/incident")
        assert rae.error == "operation_timeout"
        sandbox.http.request_url = "http://127.0.0.1:9/nobody"
        await rae.types("general", "/incident")
        assert rae.error == "dispatch_failed"
