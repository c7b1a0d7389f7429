"""A webhook signed as Standard Webhooks say; the id of the run is its id, so that a receiver acts on it once."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime

from bot.domain.containment.words import Direction
from bot.services.containment.ports import Order, Sighting, SwitchRefused
from bot.switches.adapter import Plain, outgoing, seen
from bot.switches.secrets import Lookup, masked
from bot.switches.wire import Answer, Outgoing
from playbooks.calls import Webhook

Now = Callable[[], datetime]


class WebhookSwitch(Plain):
    """One POST that says everything: what, which way, on whose word."""

    def __init__(self, call: Webhook, now: Now) -> None:
        self._call = call
        self._now = now

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """The signed request. ``webhook-id`` is the same however often it is sent."""
        body = json.dumps(self._body(order), separators=(",", ":"), ensure_ascii=False).encode()
        stamp = str(int(self._now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": order.key,
            "webhook-timestamp": stamp,
            "webhook-signature": self._signed(order.key, stamp, body, secret(self._call.secret)),
        }
        return [Outgoing("POST", self._call.url, headers, body)]

    def looks(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """What the policy says to read, if anything."""
        return [outgoing(self._call.read, secret)] if self._call.read else []

    def judge(self, order: Order, answer: Answer) -> Sighting:
        """As the policy describes *off*."""
        return seen(self._call.read, order, answer) if self._call.read else super().judge(order, answer)

    def _body(self, order: Order) -> dict[str, object]:
        return {
            "incident": order.reference,
            "action": order.action.catalogue,
            "target": self._call.target,
            "act": "switch_off" if order.direction is Direction.OFF else "switch_on",
            "requested_by": order.requested_by,
            "approved_by": list(order.approved_by),
            "dry_run": False,
            "is_drill": order.is_drill,
            "expires_at": order.expires_at.isoformat() if order.expires_at else None,
        }

    def _signed(self, key: str, stamp: str, body: bytes, secret: str) -> str:
        if secret == masked(self._call.secret):
            return f"v1,{secret}"
        return f"v1,{signature(secret, key, stamp, body)}"


def signature(secret: str, key: str, stamp: str, body: bytes) -> str:
    """Base64 of the HMAC-SHA256 over id, timestamp and body. Raises SwitchRefused for a secret that is none."""
    try:
        raw = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise SwitchRefused("The webhook's secret is not written as whsec_ and base64: nothing was sent.") from error
    signed = hmac.new(raw, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return base64.b64encode(signed).decode()
