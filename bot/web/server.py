"""A door opened inside the running event loop, without signal handlers of its own: whoever opened it closes it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator

import structlog
import uvicorn
from starlette.types import ASGIApp

log = structlog.get_logger(__name__)

CLOSE_PATIENCE = 5
BACKLOG = 128


class DoorTaken(Exception):
    """Nothing can listen there; the sentence says where and why."""


@contextlib.asynccontextmanager
async def serve(app: ASGIApp, host: str, port: int) -> AsyncIterator[int]:
    """Serve ``app`` until leaving, which gives requests under way 5 s; gives the port bound (for 0 a free one).

    Raises DoorTaken.
    """
    listening = _bind(host, port)
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=CLOSE_PATIENCE,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]), name=f"door-{port}")
    try:
        await _until_open(server, serving)
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await serving
        listening.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.open = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.open.set()


async def _until_open(server: _Server, serving: asyncio.Task[None]) -> None:
    opened = asyncio.create_task(server.open.wait())
    await asyncio.wait({opened, serving}, return_when=asyncio.FIRST_COMPLETED)
    opened.cancel()
    if serving.done():
        serving.result()


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise DoorTaken(f"Nothing can listen on {host}:{port}: {error.strerror}.") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise DoorTaken(f"Nothing can listen on {host}:{port}: {error.strerror}.") from error
    listening.setblocking(False)
    return listening
