"""Webhooks that tell of something: signed, dated, only to hosts of the list, under the same id however often."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from aiohttp import web

from bot.services.containment.ports import SwitchRefused, SwitchUncertain
from bot.switches.hook import Hook
from bot.switches.wire import Wire
from tests.clock import FRIDAY
from tests.switches.conftest import listening, policy

KEY = base64.b64encode(b"a key of twenty-four bytes").decode()
BODY = {"type": "action_item.done", "data": {"text": "Limit “prices”"}}


async def test_a_webhook_is_signed_and_can_be_told_from_a_forgery() -> None:
    """As Standard Webhooks say; a second delivery has the same id and, at the same instant, the same signature."""
    heard: list[tuple[dict[str, str], bytes]] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append((dict(request.headers), await request.read()))
        return web.Response(status=204)

    async with listening(web.post("/items", hear)) as port:
        wire = Wire(lambda: policy({"name": "localhost.example", "private": True}), find=_here)
        hook = Hook(wire, {"ITEMS_SECRET": f"whsec_{KEY}"}.get, lambda: FRIDAY)
        for _ in range(2):
            await hook.deliver(f"http://localhost.example:{port}/items", "ITEMS_SECRET", "andon-action-item-7", BODY)
    headers, content = heard[0]
    assert json.loads(content) == BODY
    assert headers["webhook-id"] == "andon-action-item-7"
    signed = f"andon-action-item-7.{int(FRIDAY.timestamp())}.".encode() + content
    expected = base64.b64encode(hmac.new(base64.b64decode(KEY), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert heard[0][0]["webhook-signature"] == heard[1][0]["webhook-signature"]


@pytest.mark.parametrize(
    ("url", "secrets", "says"),
    [
        ("https://evil.example/items", {"ITEMS_SECRET": f"whsec_{KEY}"}, "not among the hosts"),
        ("https://switch.example.com/items", {}, "ITEMS_SECRET is not set"),
        ("https://switch.example.com/items", {"ITEMS_SECRET": "whsec_%%"}, "not written as whsec_"),
    ],
)
async def test_nothing_goes_where_it_must_not(url: str, secrets: dict[str, str], says: str) -> None:
    """Another host, no secret, or one that is none: refused for good, and the secret is never said."""
    hook = Hook(Wire(policy), secrets.get, lambda: FRIDAY)
    with pytest.raises(SwitchRefused, match=says) as refused:
        await hook.deliver(url, "ITEMS_SECRET", "andon-action-item-7", BODY)
    assert KEY not in str(refused.value)


async def test_a_failure_of_theirs_is_tried_again() -> None:
    """Their 500 may have had an effect: it is uncertain, never taken for a refusal."""

    async def fail(_: web.Request) -> web.Response:
        return web.Response(status=500, text="whsec_" + KEY)

    async with listening(web.post("/items", fail)) as port:
        wire = Wire(lambda: policy({"name": "localhost.example", "private": True}), find=_here)
        hook = Hook(wire, {"ITEMS_SECRET": f"whsec_{KEY}"}.get, lambda: FRIDAY)
        with pytest.raises(SwitchUncertain) as failed:
            await hook.deliver(f"http://localhost.example:{port}/items", "ITEMS_SECRET", "andon-action-item-7", BODY)
    assert KEY not in str(failed.value)


async def _here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]
