"""A control plane that answers as documented, and a board that reaches nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web

from bot.domain.containment.words import Direction
from bot.sandbox.control_plane import ControlPlane
from bot.services.containment.ports import Order
from bot.switches.board import Board, invented
from bot.switches.wire import Wire
from playbooks.actions import Action
from playbooks.catalogue import ContainmentFile, Host
from playbooks.library import Library
from tests.clock import FRIDAY

SHIPPED = Library.load(None).containment
HOSTS = ["switch.example.com", "app.launchdarkly.com"]


def policy(*hosts: dict[str, Any], directories: tuple[str, ...] = ()) -> ContainmentFile:
    """The shipped catalogue with other hosts."""
    listed = list(hosts) or [{"name": name} for name in HOSTS]
    allowed = tuple(Host.model_validate(host) for host in listed)
    return SHIPPED.model_copy(update={"hosts": allowed, "directories": directories})


def action(call: dict[str, Any], **verify: Any) -> Action:
    """An action with this call."""
    return Action.model_validate(
        {"id": "x", "catalogue": "C01", "title": "Off", "effect": "Gone.", "call": call, "verify": verify}
    )


def order(made: Action, direction: Direction = Direction.OFF, key: str = "run-1", **more: Any) -> Order:
    """An order for it."""
    return Order(made, direction, key, "AI-0001 run 1", requested_by="U1", approved_by=("U2",), **more)


@dataclass
class Plane:
    """The control plane with the board that reaches it."""

    control: ControlPlane
    board: Board
    base: str


@asynccontextmanager
async def listening(*routes: web.AbstractRouteDef) -> AsyncIterator[int]:
    """A server on loopback with these routes; its port."""
    application = web.Application()
    application.add_routes(routes)
    runner = web.AppRunner(application, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


@pytest.fixture
async def plane() -> AsyncIterator[Plane]:
    """A control plane and its board, with invented secrets and little patience."""
    control = ControlPlane(lambda: FRIDAY)
    async with listening(*control.routes()) as port:
        base = f"http://127.0.0.1:{port}/control"
        file = policy()
        yield Plane(control, Board(lambda: file, Wire(lambda: file, only_to=base, patience=0.5), invented), base)
