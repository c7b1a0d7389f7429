"""POST /alerts/SOURCE: what machines have to say, proven, read, judged, and answered after it is kept."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.domain.alerts.alert import Alert
from bot.domain.errors import StorageUnavailable
from bot.services.alerts.parts import Taken
from bot.services.container import Services
from bot.web.rates import Rates
from bot.web.signatures import Letter, Untrusted, check
from bot.web.sources import Body, Malformed, read
from playbooks.alerts import Source, clock

Find = Callable[[str], str | None]
SHOWN = 50
BIG = 64 * 1024
NO_DOOR = "There is no such door, or it is shut: alerts.yaml names the sources, and each needs its secret."
AGAIN = "It could not be kept just now. Send it again: the same again is taken once."
# They send again what is answered so, and give up on a 429.
SENDS_AGAIN_AFTER_5XX = frozenset({"alertmanager", "grafana"})
log = structlog.get_logger(__name__)


def alerts_route(services: Services, find: Find) -> Route:
    """The door for alerts. ``find`` gives the value of an environment variable: a source without its secret is shut."""
    rates = Rates()

    async def take(request: Request) -> Response:
        source = services.library.alerts.source(request.path_params["source"])
        secret = find(source.proof.secret) if source else None
        if source is None or not secret:
            log.warning("an alert came to a door that is shut", source=request.path_params["source"][:64])
            return _said(404, NO_DOOR)
        body = Body(source, await request.body(), dict(request.headers))
        window = clock(services.library.alerts.replay_window)
        try:
            check(source.proof, Letter(body.headers, body.data, secret, services.work.now(), window))
        except Untrusted as error:
            log.warning("an alert did not prove who sent it", source=source.id, reason=str(error))
            return _said(401, str(error))
        if wait := rates.wait(source.id, source.per_minute, services.work.now()):
            return _too_many(source, wait)
        return await _taken(services, body)

    return Route("/alerts/{source}", take, methods=["POST"])


async def _taken(services: Services, body: Body) -> Response:
    try:
        try:
            alerts = await _read(body)
        except Malformed as error:
            kept = await services.alerts.keep_unread(body.source.id, body.data, str(error))
            log.warning("an alert could not be read", source=body.source.id, field=error.field, sha256=kept)
            return JSONResponse({"error": str(error), "field": error.field, "sha256": kept}, 422)
        taken = await services.alerts.take(body.source.id, alerts, body.data)
    except (StorageUnavailable, OSError) as error:
        log.warning("an alert could not be kept", source=body.source.id, reason=str(error))
        return _said(503, AGAIN, {"Retry-After": "5"})
    return JSONResponse(_answer(taken), 200)


async def _read(body: Body) -> list[Alert]:
    """The alerts; a big body is read beside everything else."""
    return read(body) if len(body.data) < BIG else await asyncio.to_thread(read, body)


def _answer(taken: Taken) -> dict[str, Any]:
    return {
        "new": taken.new,
        "repeated": taken.repeated,
        "resolved": taken.resolved,
        "sha256": taken.sha256,
        "did": [
            {"alert": one.title, "alerts": one.alerts, "did": one.did, "where": one.where, "why": list(one.why)}
            for one in taken.outcomes[:SHOWN]
        ],
    }


def _too_many(source: Source, wait: float) -> Response:
    status = 503 if source.format in SENDS_AGAIN_AFTER_5XX else 429
    seconds = max(1, math.ceil(wait))
    rate = f"{source.id} may send {source.per_minute} bodies a minute."
    return _said(
        status, f"{rate} Send it again in {seconds} s, or several alerts in one.", {"Retry-After": str(seconds)}
    )


def _said(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": sentence}, status, headers)
