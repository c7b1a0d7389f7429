"""Faults and rate limits: what the app meets when Slack is slow, busy, broken or silent."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox, seed
from bot.sandbox.faults import FaultKind
from bot.sandbox.traffic import serial_depth
from tests.sandbox.kit import Clock, web_client


def texts(sandbox: Sandbox) -> list[str]:
    return [m.text for m in sandbox.channel("general").messages.values()]


@pytest.mark.parametrize(
    ("kind", "effect", "error"),
    [
        ("rate_limited", False, SlackApiError),
        ("server_error", False, SlackApiError),
        ("error", False, SlackApiError),
        ("hang", False, TimeoutError),
        ("hang_after", True, TimeoutError),
        ("cut_before", False, aiohttp.ServerDisconnectedError),
        ("cut", True, aiohttp.ServerDisconnectedError),
        ("lost_answer", True, (SlackApiError, AttributeError)),
    ],
)
async def test_fault_and_its_effect(sandbox: Sandbox, kind: FaultKind, effect: bool, error: Any) -> None:
    """Each fault fails the call in its own way, with or without the effect, once; the next call is fine."""
    sandbox.faults.add("chat.postMessage", kind)
    is_patient = not kind.startswith("hang")  # the machine may be busy with other tests
    async with web_client(sandbox, timeout=30 if is_patient else 1) as client:
        with pytest.raises(error):
            await client.chat_postMessage(channel="general", text="first")
        await client.chat_postMessage(channel="general", text="second")
    assert texts(sandbox) == (["first", "second"] if effect else ["second"])
    assert sandbox.faults.struck == [("chat.postMessage", kind)]


async def test_rate_limited_says_how_long(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """A 429 carries Retry-After, and only for calls the predicate means."""
    sandbox.faults.add(
        "chat.postMessage", "rate_limited", times=2, retry_after=17, where=lambda args: args["channel"] == seed.RAE
    )
    await client.chat_postMessage(channel=seed.INES, text="fine")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=seed.RAE, text="busy")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "17"
    assert caught.value.response["error"] == "ratelimited"
    sandbox.faults.clear()
    await client.chat_postMessage(channel=seed.RAE, text="fine again")


async def test_only_the_first_call_of_a_connection_pays_for_it(sandbox: Sandbox) -> None:
    """Handshakes cost as they do with a distant Slack; a connection kept alive costs nothing more."""
    sandbox.faults.connecting = 0.2
    async with web_client(sandbox) as client:
        await asyncio.gather(client.auth_test(), client.auth_test())
        await client.auth_test()
        sandbox.hang_up()
        for _ in range(10):  # turns of the loop, in which the client reads that its connections are gone
            await asyncio.sleep(0)
        await client.auth_test()
    took = [(entry.ended or 0.0) - entry.started for entry in sandbox.traffic.calls("auth.test")]
    assert [True, True, False, True] == [seconds >= 0.2 for seconds in took]


async def test_cut_connection_makes_the_default_client_post_twice(sandbox: Sandbox) -> None:
    """The SDK's own retry turns one lost answer into two messages: the trap an app must avoid is really there."""
    sandbox.faults.add("chat.postMessage", "cut")
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token=sandbox.bot_token,
            base_url=sandbox.api_url,
            session=session,
            retry_handlers=[AsyncConnectionErrorRetryHandler()],
        )
        await client.chat_postMessage(channel="general", text="hello")
    assert texts(sandbox) == ["hello", "hello"]


async def test_faults_beside_the_methods(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """Uploads and apps.connections.open can fail too."""
    sandbox.faults.add("upload", "server_error")
    with pytest.raises(Exception, match="Failed to upload"):
        await client.files_upload_v2(channel=sandbox.channel("general").id, content="x", filename="x.md")
    assert sandbox.channel("general").messages == {}
    sandbox.faults.add("apps.connections.open", "rate_limited", retry_after=1)
    with pytest.raises(SlackApiError):
        await client.apps_connections_open(app_token=sandbox.app_token)


async def test_slow_and_serial_depth(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """Calls side by side count as one step, one after another as many; a slow call takes its time."""
    sandbox.faults.latency = 0.02
    await asyncio.gather(*(client.auth_test() for _ in range(3)))
    assert serial_depth(sandbox.traffic.calls("auth.test")) == 1
    await client.auth_test()
    assert serial_depth(sandbox.traffic.calls("auth.test")) == 2
    sandbox.faults.add("auth.test", "slow", seconds=0.1)
    await client.auth_test()
    last = sandbox.traffic.calls()[-1]
    assert last.ended is not None
    assert last.ended - last.started >= 0.1
    assert serial_depth([]) == 0


@pytest.mark.parametrize(
    ("method", "args", "most"),
    [
        ("users.list", {}, 20),
        ("users.lookupByEmail", {"email": "rae@kestrel.example"}, 50),
        ("users.info", {"user": seed.RAE}, 100),
        ("apps.connections.open", {}, 1),
    ],
)
async def test_published_tiers(sandbox: Sandbox, clock: Clock, method: str, args: dict[str, Any], most: int) -> None:
    """With limits on, the call after the last allowed one waits; other methods do not; a minute later it may."""
    sandbox.limits.on = True
    token = sandbox.app_token if method.startswith("apps.") else sandbox.bot_token
    async with web_client(sandbox, token=token) as client:
        for _ in range(most):
            await client.api_call(method, params=args)
        clock.forward(seconds=20)
        with pytest.raises(SlackApiError) as caught:
            await client.api_call(method, params=args)
        assert caught.value.response.headers["Retry-After"] == "40"
        clock.forward(seconds=40)
        await client.api_call(method, params=args)
    async with web_client(sandbox) as other:
        await other.auth_test()


async def test_posting_pace(sandbox: Sandbox, clock: Clock, client: AsyncWebClient) -> None:
    """A channel takes a small burst and then one message a second; another channel has its own pace."""
    sandbox.limits.on = True
    for _ in range(5):
        await client.chat_postMessage(channel="general", text="x")
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_postMessage(channel="general", text="x")
    await client.chat_postMessage(channel="ai-incidents", text="x")
    clock.forward(seconds=1)
    await client.chat_postMessage(channel="general", text="x")


async def test_unlimited_by_default(client: AsyncWebClient) -> None:
    """Nobody is slowed down who did not ask for it."""
    for _ in range(25):
        await client.users_list(limit=1)


async def test_unreachable_means_refused_and_ends_at_the_same_address(sandbox: Sandbox) -> None:
    """Connections of before are cut, new ones refused, nothing has an effect; afterwards the same client goes on."""
    async with web_client(sandbox) as client:
        await client.auth_test()
        async with sandbox.unreachable():
            calls = len(sandbox.traffic)
            for _ in range(2):
                with pytest.raises(aiohttp.ClientConnectionError):
                    await client.chat_postMessage(channel=seed.RAE, text="does anybody hear me?")
            assert calls == len(sandbox.traffic)
        await client.chat_postMessage(channel=seed.RAE, text="now you do")
    assert ["now you do"] == [seen.text for seen in sandbox.person("rae").direct_messages]
