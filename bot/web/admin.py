"""The admin door: is it alive, is it ready, how is it doing. For loopback or a private network; it has no login."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.web.metrics import Metrics

log = structlog.get_logger(__name__)

Probe = Callable[[], Awaitable[str | None]]
PROBE_PATIENCE = 5.0


def build_admin(probes: Mapping[str, Probe], metrics: Metrics | None = None) -> Starlette:
    """The admin door. A probe answers None when all is well, else one sentence; one that takes over 5 s is not well."""
    shown = metrics or Metrics()

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        answers = await asyncio.gather(*(_ask(name, probe) for name, probe in probes.items()))
        reasons = {name: reason for name, reason in zip(probes, answers, strict=True) if reason is not None}
        checks = {name: reasons.get(name, "ok") for name in probes}
        return JSONResponse({"ready": not reasons, "checks": checks}, status_code=503 if reasons else 200)

    async def page(_request: Request) -> Response:
        return Response(await shown.render(), media_type=shown.content_type)

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", page)])


async def _ask(name: str, probe: Probe) -> str | None:
    try:
        async with asyncio.timeout(PROBE_PATIENCE):
            return await probe()
    except TimeoutError:
        return f"no answer within {PROBE_PATIENCE:g} s"
    except Exception as error:
        log.exception("a probe failed", probe=name)
        return f"failed: {type(error).__name__}"
