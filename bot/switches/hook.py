"""Webhooks that tell of something, signed as Standard Webhooks say, by the one guarded way out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.services.containment.ports import SwitchError, SwitchRefused
from bot.switches.secrets import Mask
from bot.switches.webhook import signature
from bot.switches.wire import Outgoing, Wire


class Hook:
    """Sends signed webhooks. ``find`` gives the value of an environment variable; ``now`` dates signatures."""

    def __init__(self, wire: Wire, find: Callable[[str], str | None], now: Callable[[], datetime]) -> None:
        self._wire = wire
        self._find = find
        self._now = now

    async def deliver(self, url: str, secret: str, key: str, body: dict[str, Any]) -> None:
        """Deliver it; ``webhook-id`` is the same however often it is sent. Raises SwitchError, without secrets."""
        value = self._find(secret)
        if not value:
            raise SwitchRefused(f"{secret} is not set: nothing was sent.")
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        stamp = str(int(self._now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature(value, key, stamp, content)}",
        }
        try:
            await self._wire.send(Outgoing("POST", url, headers, content))
        except SwitchError as error:
            raise type(error)(Mask([secret], self._find)(str(error))) from None
