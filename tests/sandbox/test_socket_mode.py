"""Socket Mode: delivery to one connection, acknowledgements, redelivery, refresh, drop, refused tickets."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler

from bot.sandbox import Sandbox
from tests.sandbox.kit import Bolt, Clock, make_manifest


async def test_message_reaches_the_app(sandbox: Sandbox, bolt: Bolt) -> None:
    """What a person says in a channel the bot is in arrives as Slack shapes it, escaped and with entities."""
    message = await sandbox.person("rae").says("general", "Bot says <b>5% off & more</b> @lena see #support")
    (event,) = bolt.heard
    assert (event["type"], event["ts"], event["channel_type"]) == ("message", message.ts, "channel")
    assert event["text"] == (
        f"Bot says &lt;b&gt;5% off &amp; more&lt;/b&gt; <@{sandbox.person('lena').id}> see "
        f"<#{sandbox.channel('support').id}|support>"
    )
    assert sandbox.traffic.deliveries("message")[0].ack_seconds is not None


async def test_channels_without_the_bot_stay_silent(sandbox: Sandbox, bolt: Bolt) -> None:
    """The app hears nothing from conversations its bot is not in."""
    await sandbox.person("rae").says("support", "nobody hears this")
    await sandbox.person("ines").says("exec-private", "nor this")
    assert bolt.heard == []


async def test_command_is_answered(sandbox: Sandbox, bolt: Bolt) -> None:
    """A slash command carries what was typed, and its acknowledgement is shown to the person only."""
    seen: list[dict[str, Any]] = []

    @bolt.app.command("/incident")
    async def run(ack: Any, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack("Got *it*")

    rae = sandbox.person("rae")
    await rae.types("support", "/incident lead @lena a < b")
    assert rae.error is None
    assert seen[0]["text"] == f"lead <@{sandbox.person('lena').id}|lena> a &lt; b"
    assert seen[0]["channel_name"] == "support"
    assert [note.text for note in rae.ephemerals("support")] == ["Got *it*"]
    assert not sandbox.person("cleo").ephemerals()


async def test_unanswered_command_times_out(sandbox: Sandbox, bolt: Bolt) -> None:
    """No acknowledgement in time is an error the person sees; a command no manifest names is refused at once."""
    rae = sandbox.person("rae")
    await rae.types("support", "/incident now")
    assert rae.error == "operation_timeout"
    await rae.types("support", "/incidnet now")
    assert rae.error == "invalid_command"


async def test_event_is_redelivered_until_acknowledged(sandbox: Sandbox, bolt: Bolt, clock: Clock) -> None:
    """An event the app did not acknowledge comes back at once, after one and after five minutes, then never again."""

    async def fail(_event: dict[str, Any]) -> None:
        raise RuntimeError("database is gone")

    bolt.on_event = fail
    await sandbox.person("rae").says("general", "hello")
    tries = [len(bolt.heard)]
    for minutes in (0, 0.9, 0.1, 4.9, 0.1, 600):
        clock.forward(minutes=minutes)
        await sandbox.delivery.redeliver_due()
        tries.append(len(bolt.heard))
    assert tries == [1, 2, 2, 3, 3, 4, 4]
    assert [h["x-slack-retry-num"] for h in bolt.headers] == [["0"], ["1"], ["2"], ["3"]]
    assert len({e.args["event_id"] for e in sandbox.traffic.deliveries("message")}) == 1
    assert len(sandbox.delivery.lost) == 1


async def test_redelivery_stops_at_the_acknowledgement(sandbox: Sandbox, bolt: Bolt) -> None:
    """Once acknowledged, an event does not come again."""

    async def fail_once(_event: dict[str, Any]) -> None:
        bolt.on_event = None
        raise RuntimeError("a hiccup")

    bolt.on_event = fail_once
    await sandbox.person("rae").says("general", "hello")
    assert await sandbox.delivery.redeliver_due() == 1
    assert await sandbox.delivery.redeliver_due() == 0
    assert len(bolt.heard) == 2


async def test_refresh_loses_nothing(sandbox: Sandbox, bolt: Bolt) -> None:
    """After warning and refresh the app is back on a new connection and hears what is said."""
    (old,) = sandbox.sockets.connections
    await sandbox.sockets.warn()
    await sandbox.sockets.refresh()
    await sandbox.until(lambda: any(c is not old for c in sandbox.sockets.connections))
    await sandbox.person("rae").says("general", "still there?")
    assert bolt.types() == ["message"]


async def test_dropped_connection_comes_back(sandbox: Sandbox, bolt: Bolt) -> None:
    """A broken connection means errors for people and a retry for events, until the app is back."""
    rae = sandbox.person("rae")
    sandbox.sockets.drop()
    await sandbox.until(lambda: not sandbox.sockets.connections)
    await rae.types("general", "/incident")
    assert rae.error == "dispatch_failed"
    await rae.says("general", "while you were away")
    assert bolt.heard == []
    await sandbox.sockets.connected()
    await sandbox.delivery.redeliver_due()
    assert bolt.types() == ["message"]


async def test_refused_ticket(sandbox: Sandbox, bolt: Bolt) -> None:
    """A refused handshake costs the app a ticket, not the connection it still has; later it asks for a new one."""
    sandbox.sockets.refuse_tickets()
    await sandbox.sockets.refresh()
    await sandbox.until(lambda: sandbox.sockets.refused_tickets == 0)
    await sandbox.person("rae").says("general", "over the old connection")
    assert bolt.types() == ["message"]
    await sandbox.sockets.close_retiring()
    await sandbox.sockets.connected()
    assert len(sandbox.traffic.calls("apps.connections.open")) == 3


async def test_silent_connection(sandbox: Sandbox, bolt: Bolt) -> None:
    """A connection that looks open but swallows everything is a timeout for people."""
    sandbox.sockets.silence()
    rae = sandbox.person("rae")
    await rae.types("general", "/incident")
    assert rae.error == "operation_timeout"


async def test_each_envelope_goes_to_one_connection(sandbox: Sandbox, bolt: Bolt) -> None:
    """Several replicas share the load; nobody hears a thing twice."""
    other = AsyncSocketModeHandler(bolt.app, sandbox.app_token)
    await other.connect_async()
    await sandbox.sockets.connected(2)
    for number in range(4):
        await sandbox.person("rae").says("general", f"message {number}")
    assert sorted(e["text"] for e in bolt.heard) == [f"message {n}" for n in range(4)]
    assert [c.carried for c in sandbox.sockets.connections] == [2, 2]
    await other.close_async()


async def test_a_ticket_opens_one_connection_and_ten_are_the_most(sandbox: Sandbox) -> None:
    """A used ticket is refused; the eleventh connection is turned away with Slack's reason."""
    async with aiohttp.ClientSession() as session:
        address = sandbox.sockets.open_ticket()
        sockets = [await session.ws_connect(address)]
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(address)
        sockets += [await session.ws_connect(sandbox.sockets.open_ticket()) for _ in range(10)]
        assert [(await s.receive_json())["type"] for s in sockets] == ["hello"] * 10 + ["disconnect"]
        for socket in sockets:
            await socket.close()


async def test_only_subscribed_events_come(clock: Clock) -> None:
    """What the manifest does not subscribe to is not delivered."""
    async with Sandbox(manifest=make_manifest(events=["reaction_added"]), now=clock.now) as sandbox:
        rae = sandbox.person("rae")
        message = await rae.says("general", "hello @Andon")
        await rae.reacts(message, "eyes")
        await rae.unreacts(message, "eyes")
        assert [e.name for e in sandbox.traffic.deliveries()] == ["reaction_added"]


async def test_duplicated_event(sandbox: Sandbox, bolt: Bolt) -> None:
    """Slack sometimes delivers one event twice, with the same event_id."""
    sandbox.delivery.duplicate_next()
    await sandbox.person("rae").says("general", "twice")
    await sandbox.person("rae").says("general", "once")
    assert sorted(e["text"] for e in bolt.heard) == ["once", "twice", "twice"]


async def test_late_acknowledgement_does_not_count(sandbox: Sandbox, bolt: Bolt) -> None:
    """An acknowledgement after the patience is over changes nothing for the person."""
    release = asyncio.Event()

    @bolt.app.command("/incident")
    async def slow(ack: Any) -> None:
        await release.wait()
        await ack("too late")

    rae = sandbox.person("rae")
    await rae.types("general", "/incident")
    release.set()
    assert rae.error == "operation_timeout"
    assert rae.ephemerals() == []
