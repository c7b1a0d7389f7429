"""POST /reports: what a guardrail without a webhook of its own, or a script, wants people to look at."""

from __future__ import annotations

import hmac
import json
from typing import Annotated

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.domain.custody import sha256
from bot.domain.errors import AndonError, BadInput, StorageUnavailable
from bot.domain.incident import IncidentType, Severity
from bot.domain.people import Actor, ActorKind
from bot.domain.plain import clean
from bot.domain.report import NewReport
from bot.services.container import Services

SHAPE = (
    'The body is an object like {"text": "…", "by": "pii-filter", "system": "support-answers", "type": "data_exposure",'
    ' "severity": "SEV2", "model_version": "…", "trace": "…", "links": ["…"]}; only text is needed.'
)
log = structlog.get_logger(__name__)
Line = Annotated[str, Field(max_length=1000)]


class Sent(BaseModel):
    """A report as a machine sends it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    text: Annotated[str, Field(min_length=1)]
    by: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")] = "report"
    system: Annotated[str, Field(max_length=255)] | None = None
    type: IncidentType = IncidentType.UNSURE
    severity: Severity | None = None
    model_version: Annotated[str, Field(max_length=255)] = ""
    trace: Line = ""
    links: Annotated[tuple[Line, ...], Field(max_length=10)] = ()

    def report(self) -> NewReport:
        """What is handed in."""
        return NewReport(
            clean(self.text),
            type=self.type,
            severity=self.severity,
            system=clean(self.system) if self.system else None,
            model_version=clean(self.model_version),
            trace_url=clean(self.trace),
            links=tuple(clean(link) for link in self.links),
        )


def reports_route(services: Services, token: str | None) -> Route:
    """The door for reports; without a token it is shut."""

    async def take(request: Request) -> Response:
        if token is None:
            return _said(404, "This door is shut: whoever runs Andon opens it with ANDON_REPORT_TOKEN.")
        if not _knows(request, token):
            return _said(401, "Give the token: Authorization: Bearer ….", {"WWW-Authenticate": "Bearer"})
        try:
            return await _taken(services, request)
        except AndonError as error:
            return JSONResponse({"error": str(error), "field": error.field or ""}, 422)
        except (StorageUnavailable, OSError) as error:
            log.warning("a report could not be kept", reason=str(error))
            return _said(503, "It could not be kept just now. Send it again: the same again is taken once.")

    return Route("/reports", take, methods=["POST"])


async def _taken(services: Services, request: Request) -> Response:
    body = await request.body()
    sent = _sent(body)
    key = f"http:{sent.by}:{sha256(request.headers.get('Idempotency-Key') or body)}"
    made = await services.reports.open(sent.report(), by=Actor(ActorKind.ALERT, sent.by), key=key)
    return JSONResponse({"report": made.reference, "state": made.state.value}, 200 if made.was_already else 201)


def _sent(body: bytes) -> Sent:
    try:
        return Sent.model_validate(json.loads(body))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{where or 'The body'}: {first['msg']}. {SHAPE}", field=where) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"That is no JSON. {SHAPE}") from error


def _knows(request: Request, token: str) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def _said(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": sentence}, status, headers)
