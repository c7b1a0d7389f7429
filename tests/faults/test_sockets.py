"""A socket that dies in every way there is: deaf for less than five seconds, no hammering, and nothing said is missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest

from bot.sandbox import Sandbox
from bot.slack.connection import CLOSE_WITHIN, PING_EVERY, PONG_WITHIN
from tests.office import Office
from tests.scenarios.seats import seat
from tests.slack.test_connection import DEAF_FOR_LESS_THAN, Listening, Waits, listening


async def connected(sandbox: Sandbox, number: int, within: float = 10.0) -> None:
    """Return when the socket of this number, counted from one, is up."""
    await sandbox.until(lambda: any(c.number >= number for c in sandbox.sockets.connections), within)


class Gateway:
    """A machine between Andon and Slack that can vanish: both ends stay open and nothing comes through any more."""

    def __init__(self) -> None:
        self.has_vanished = False
        self.address = ("127.0.0.1", 0)
        self._pumps: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    def through(self, url: str) -> str:
        """The address by way of this machine."""
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        return urlunsplit(parts._replace(netloc=f"{self.address[0]}:{self.address[1]}"))

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        beyond_reader, beyond_writer = await asyncio.open_connection(*self._target)
        self._writers += [writer, beyond_writer]
        for source, sink in ((reader, beyond_writer), (beyond_reader, writer)):
            pump = asyncio.create_task(self._pump(source, sink))
            self._pumps.add(pump)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(4096):
            if not self.has_vanished:
                sink.write(data)
        if not self.has_vanished:
            sink.close()

    def close(self) -> None:
        """End it."""
        for pump in self._pumps:
            pump.cancel()
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def behind_a_gateway(slack: Listening) -> AsyncIterator[Gateway]:
    """The next connection goes through a machine that can vanish; those after it go straight again."""
    gateway = Gateway()
    server = await asyncio.start_server(gateway.carry, "127.0.0.1", 0)
    gateway.address = server.sockets[0].getsockname()[:2]
    client = slack.connection._client
    assert client is not None
    straight = client.issue_new_wss_url

    async def by_way() -> str:
        client.issue_new_wss_url = straight  # type: ignore[method-assign]
        return gateway.through(await straight())

    client.issue_new_wss_url = by_way  # type: ignore[method-assign]
    slack.sandbox.sockets.drop()
    await connected(slack.sandbox, 2)
    try:
        yield gateway
    finally:
        gateway.close()
        server.close()
        await server.wait_closed()


async def test_a_machine_on_the_way_vanishes() -> None:
    """Half open: no reset, no close, no pong, and the closing is not answered; noticed, replaced, heard again."""
    async with listening(ping_every=0.1, pong_within=0.2) as slack, behind_a_gateway(slack) as gateway:
        assert await slack.reaches("before")
        gateway.has_vanished = True
        await connected(slack.sandbox, 3, DEAF_FOR_LESS_THAN)
        slack.sandbox.sockets.connections[0].cut()  # Slack, too, finds out
        assert await slack.reaches("after")


async def test_a_handshake_is_swallowed() -> None:
    """The way is lost in the middle of connecting: that try is cut short and the next one gets through."""
    async with listening() as slack:
        began = asyncio.get_running_loop().time()
        async with behind_a_gateway(slack) as gateway:
            gateway.has_vanished = True
            await connected(slack.sandbox, 3)
        assert asyncio.get_running_loop().time() - began < DEAF_FOR_LESS_THAN


@pytest.mark.whole
async def test_a_machine_on_the_way_vanishes_at_full_length() -> None:
    """The same with the timings in use: deaf for less than five seconds by the loop's own clock."""
    async with listening() as slack, behind_a_gateway(slack) as gateway:
        assert await slack.reaches("before")
        vanished = asyncio.get_running_loop().time()
        gateway.has_vanished = True
        await connected(slack.sandbox, 3)
        assert asyncio.get_running_loop().time() - vanished < DEAF_FOR_LESS_THAN
        slack.sandbox.sockets.connections[0].cut()  # Slack, too, finds out
        assert await slack.reaches("after")


FAULTS = ("reset", "stale ticket", "rate limited", "server error", "error", "hang", "cut", "cut before")


def befall(sandbox: Sandbox, fault: str) -> None:
    """The socket breaks, and the first try to get a new one fails so."""
    tickets = "apps.connections.open"
    match fault:
        case "stale ticket":
            sandbox.sockets.refuse_tickets(1)
        case "rate limited":
            sandbox.faults.add(tickets, "rate_limited", retry_after=1)
        case "server error":
            sandbox.faults.add(tickets, "server_error")
        case "error":
            sandbox.faults.add(tickets, "error", code="internal_error")
        case "hang":
            sandbox.faults.add(tickets, "hang")
        case "cut":
            sandbox.faults.add(tickets, "cut")
        case "cut before":
            sandbox.faults.add(tickets, "cut_before")
        case _:
            pass
    sandbox.sockets.drop()


@pytest.mark.parametrize("fault", FAULTS)
async def test_deaf_for_less_than_five_seconds(fault: str) -> None:
    """Whatever becomes of the first new ticket, even an answer that never comes, the next one is there in time."""
    async with listening() as slack:
        befall(slack.sandbox, fault)
        began = asyncio.get_running_loop().time()
        await connected(slack.sandbox, 2, DEAF_FOR_LESS_THAN)
        assert asyncio.get_running_loop().time() - began < DEAF_FOR_LESS_THAN
        assert await slack.reaches("again")
        assert slack.tickets() <= 3


@pytest.mark.parametrize("method", ["handshake", "server_error", "cut_before"])
async def test_a_minute_of_refusals_is_a_dozen_tries(method: str) -> None:
    """However Slack refuses for a whole minute, it is asked at most twelve times."""
    waits = Waits(lambda asked: sum(asked) > 60)
    async with listening(sleep=waits) as slack:
        before = slack.tickets()
        if method == "handshake":
            slack.sandbox.sockets.refuse_tickets(1000)
        else:
            slack.sandbox.faults.add("apps.connections.open", method, times=1000)  # type: ignore[arg-type]
        slack.sandbox.sockets.drop()
        await asyncio.wait_for(waits.enough.wait(), 20)
        assert slack.tickets() - before <= 12
        slack.sandbox.sockets.refused_tickets = 0
        slack.sandbox.faults.clear()
        waits.go_on.set()
        await connected(slack.sandbox, 2)


async def test_what_was_said_while_deaf_is_read_afterwards(office: Office) -> None:
    """Slack gives up delivering to a socket that swallows everything: history has it all, threads and edits included."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    before = await lena.says(channel, "The key leaked at noon")
    await office.settle()
    office.sandbox.sockets._patience = 0.05  # real seconds until Slack gives an acknowledgement up
    office.sandbox.sockets.silence()
    await lena.says(channel, "Said to a deaf bot")
    await lena.says(channel, "In a thread, too", thread=before)
    await lena.edits(before, "The key leaked at one")
    office.sandbox.delivery.waiting.clear()  # Slack's own repetitions are not what this is about
    office.sandbox.sockets.drop()
    await office.sandbox.until(lambda: any(not c.silent for c in office.sandbox.sockets.connections))
    for _ in range(2):  # the gap is noticed a little after connecting, by when the first minute may be over
        await office.forward(minutes=1)
    async with office.store.read() as unit:
        kept = {message.text for message in await unit.messages.of(1)}
    assert kept == {"The key leaked at one", "Said to a deaf bot", "In a thread, too"}


def test_the_closing_is_part_of_the_promise() -> None:
    """Noticing silence, giving the closing up and connecting anew fit into five seconds."""
    assert PING_EVERY + PONG_WITHIN + CLOSE_WITHIN + 1 < DEAF_FOR_LESS_THAN
