"""The switchboard: finds the adapter, fills in secrets, masks whatever comes back.

Drills never reach a real system: outside the sandbox they are told what would have been sent.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.domain.containment.words import Direction
from bot.services.containment.ports import Order, PlannedCall, Sighting, SwitchError, SwitchRefused, SwitchUncertain
from bot.switches.adapter import Adapter, matches, outgoing, seen
from bot.switches.flagd import FlagdSwitch
from bot.switches.http import HttpSwitch
from bot.switches.kong import KongSwitch
from bot.switches.launchdarkly import LaunchDarklySwitch
from bot.switches.litellm import LiteLlmSwitch
from bot.switches.mlflow import MlflowSwitch
from bot.switches.record import RecordSwitch
from bot.switches.secrets import Lookup, Mask, masked
from bot.switches.unleash import UnleashSwitch
from bot.switches.webhook import WebhookSwitch
from bot.switches.wire import Outgoing, Policy, Wire
from playbooks.actions import Action
from playbooks.calls import Check

DRILL = "This is a drill: nothing was sent to the real system."
Find = Callable[[str], str | None]


def environment(env_file: Path | str | None = ".env") -> Find:
    """Secrets of this process: its environment first, then the file."""
    from_file: Mapping[str, str | None] = dotenv_values(env_file) if env_file else {}
    return lambda name: os.environ.get(name) or from_file.get(name)


def invented(name: str) -> str:
    """A secret for the sandbox, which opens nothing."""
    return f"whsec_{base64.b64encode(name.encode()).decode()}"


def _utc() -> datetime:
    return datetime.now(UTC)


class Board:
    """Turns and reads. ``find`` gives the value of an environment variable; ``now`` dates signatures."""

    def __init__(self, policy: Policy, wire: Wire, find: Find, now: Callable[[], datetime] = _utc) -> None:
        self._policy = policy
        self._wire = wire
        self._find = find
        self._now = now

    def plan(self, order: Order) -> tuple[PlannedCall, ...]:
        """What would be sent, with the names of secrets in their places."""
        adapter = self._adapter(order.action)
        try:
            requests = [*adapter.calls(order, masked), *adapter.looks(order, masked)]
        except SwitchRefused as refusal:
            return (PlannedCall(str(refusal)),)
        probe = _probe(order)
        return tuple(PlannedCall(_written(one)) for one in [*requests, *([outgoing(probe, masked)] if probe else [])])

    def missing(self, action: Action) -> tuple[str, ...]:
        """What is not set."""
        return tuple(sorted(name for name in action.secrets() if not self._find(name)))

    async def unreachable(self, actions: Sequence[Action]) -> tuple[str, ...]:
        """What cannot be called from here: each host once, all at a time."""
        ways: dict[str, str] = {}
        problems: list[str] = []
        for action in actions:
            order = Order(action, Direction.OFF, "examined", "")
            try:
                adapter, probe = self._adapter(action), _probe(order)
                requests = [*adapter.calls(order, masked), *adapter.looks(order, masked)]
                for one in [*requests, *([outgoing(probe, masked)] if probe else [])]:
                    parts = urlsplit(one.url)
                    ways.setdefault(f"{parts.scheme}://{parts.netloc}", one.url)
            except SwitchRefused as refusal:
                problems.append(str(refusal))
        found = await asyncio.gather(*(self._wire.trouble(url) for url in ways.values()))
        return tuple(dict.fromkeys([*problems, *(one for one in found if one)]))

    async def turn(self, order: Order) -> str:
        """Turn it. Raises SwitchError, its sentence without secrets."""
        if self._is_out_of_reach(order):
            return DRILL
        mask = self._mask(order.action)
        try:
            answer = await self._adapter(order.action).turn(order, self._wire, self._secret)
        except SwitchError as error:
            raise type(error)(mask(str(error))) from None
        except Exception as error:
            # Whatever it is, it may have happened after the call went out.
            raise SwitchUncertain(f"The call ended in an error of Andon's own ({type(error).__name__}).") from error
        return mask(answer.said())

    async def read(self, order: Order) -> Sighting:
        """Where it stands; unknown when nobody answers."""
        if self._is_out_of_reach(order):
            return Sighting(True, DRILL)
        mask = self._mask(order.action)
        try:
            found = await self._adapter(order.action).read(order, self._wire, self._secret)
        except SwitchError as error:
            return Sighting(None, mask(str(error)))
        return Sighting(found.is_as_wanted, mask(found.what))

    async def probe(self, order: Order) -> Sighting | None:
        """What its users get."""
        check = _probe(order)
        if check is None:
            return None
        if self._is_out_of_reach(order):
            return Sighting(True, DRILL)
        mask = self._mask(order.action)
        try:
            answer = await self._wire.look(outgoing(check, self._secret))
        except SwitchError as error:
            return Sighting(None, mask(str(error)))
        is_explicit = order.direction is Direction.OFF or order.action.verify.restored is not None
        found = Sighting(matches(check.expect, answer), answer.said()) if is_explicit else seen(check, order, answer)
        return Sighting(found.is_as_wanted, mask(found.what))

    def _is_out_of_reach(self, order: Order) -> bool:
        return order.is_drill and not self._wire.is_sandbox

    def _secret(self, name: str) -> str:
        value = self._find(name)
        if not value:
            raise SwitchRefused(f"{name} is not set where Andon runs: nothing was sent.")
        return value

    def _mask(self, action: Action) -> Mask:
        return Mask(action.secrets(), self._find)

    def _adapter(self, action: Action) -> Adapter:  # noqa: PLR0911  one line for each kind of call
        call = action.call
        match call.adapter:
            case "webhook":
                return WebhookSwitch(call, self._now)
            case "http":
                return HttpSwitch(call)
            case "unleash":
                return UnleashSwitch(call)
            case "launchdarkly":
                return LaunchDarklySwitch(call)
            case "litellm":
                return LiteLlmSwitch(call)
            case "mlflow":
                return MlflowSwitch(call)
            case "kong":
                return KongSwitch(call)
            case "flagd":
                return FlagdSwitch(call, self._policy().directories)
            case "record":
                return RecordSwitch()


def _probe(order: Order) -> Check | None:
    verify = order.action.verify
    return (verify.restored or verify.probe) if order.direction is Direction.ON else verify.probe


def _written(request: Outgoing) -> str:
    """A request as text."""
    headers = "".join(f"\n{name}: {text}" for name, text in request.headers.items())
    content = request.content()
    body = f"\n\n{_pretty(content)}" if content else ""
    return f"{request.method} {request.url}{headers}{body}"


def _pretty(content: bytes) -> str:
    return json.dumps(json.loads(content), indent=2, ensure_ascii=False)


__all__ = ["Board", "Lookup", "environment", "invented"]
