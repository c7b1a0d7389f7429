"""Machines of a story: they send alerts to the door as their makers would, each with the proof that its source asks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

import aiohttp

from bot.sandbox.refusal import Impossible
from bot.services.container import Services
from bot.switches.board import invented
from bot.web.alerts import alerts_route
from bot.web.public import build_public
from bot.web.server import serve
from playbooks.alerts import Basic, Bearer, Hmac, Langfuse, Source, StandardWebhooks

LOOPBACK = "127.0.0.1"


async def send(services: Services, source_id: str, body: str) -> str:
    """Send this body to a source's door; gives what it is answered. Raises Impossible unless it is taken."""
    source = services.library.alerts.source(source_id)
    if source is None:
        raise Impossible(f"alerts.yaml names no source {source_id!r}")
    data = body.encode()
    headers = {"Content-Type": "application/json", **proven(source, data, services.work.now())}
    door = build_public(None, [alerts_route(services, invented)])
    async with serve(door, LOOPBACK, 0) as port, aiohttp.ClientSession(trust_env=False) as session:
        url = f"http://{LOOPBACK}:{port}/alerts/{source_id}"
        async with session.post(url, data=data, headers=headers) as answer:
            said = await answer.text()
            if answer.status != 200:
                raise Impossible(f"{source_id} is answered {answer.status}: {said}")
            return said


def proven(source: Source, body: bytes, now: datetime) -> dict[str, str]:
    """The headers by which a sender of this source proves itself now, with the secret of the sandbox."""
    secret, stamp = invented(source.proof.secret), str(int(now.timestamp()))

    def signed(text: bytes, key: bytes | None = None) -> bytes:
        return hmac.new(secret.encode() if key is None else key, text, hashlib.sha256).digest()

    match source.proof:
        case Bearer():
            return {"Authorization": f"Bearer {secret}"}
        case Basic(user=user):
            return {"Authorization": f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}"}
        case Langfuse():
            return {"x-langfuse-signature": f"t={stamp},s={signed(f'{stamp}.'.encode() + body).hex()}"}
        case StandardWebhooks():
            delivery = f"msg_{hashlib.sha256(body).hexdigest()[:24]}"
            key = base64.b64decode(secret.removeprefix("whsec_"))
            proof = base64.b64encode(signed(f"{delivery}.{stamp}.".encode() + body, key)).decode()
            return {"webhook-id": delivery, "webhook-timestamp": stamp, "webhook-signature": f"v1,{proof}"}
        case Hmac(header=header, timestamp_header=dated, encoding=encoding, prefix=prefix):
            digest = signed(f"{stamp}:".encode() + body if dated else body)
            written = digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()
            return {header: f"{prefix}{written}", **({dated: stamp} if dated else {})}
