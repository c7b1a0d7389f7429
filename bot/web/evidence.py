"""POST /evidence: exhibits and traces from other machines, taken with a bearer token, answered after they are kept."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.domain.custody import How, sha256
from bot.domain.errors import AndonError, BadInput, NotAllowed, NotFound, StorageUnavailable
from bot.domain.evidence import ExhibitField
from bot.domain.exhibits import ExhibitWish, FileBytes
from bot.domain.incident import parse_reference
from bot.domain.people import Actor, ActorKind
from bot.domain.traces import fields_of, is_ai
from bot.services.container import Services

SENDER = Actor(ActorKind.ALERT, "evidence")
MOST_SPANS = 100
WHICH = "Say which incident: /evidence?incident=AI-0042."
SHAPE = (
    'The body is either OpenTelemetry\'s JSON with resourceSpans, or an object like {"text": "…", "fields": '
    '{"prompt": "…"}, "unknown": ["model_version"], "items": ["E10"], "title": "…"}.'
)
log = structlog.get_logger(__name__)


class Sent(BaseModel):
    """An exhibit as a machine sends it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: str = ""
    text: str = ""
    fields: dict[str, str] = Field(default_factory=dict)
    unknown: list[str] = Field(default_factory=list)
    items: list[str] = Field(default_factory=list)


def evidence_route(services: Services, token: str | None) -> Route:
    """The door for machines; without a token it is shut."""

    async def take(request: Request) -> Response:
        if token is None:
            return _said(404, "This door is shut: whoever runs Andon opens it with ANDON_EVIDENCE_TOKEN.")
        if not _knows(request, token):
            return _said(401, "Give the token: Authorization: Bearer ….", {"WWW-Authenticate": "Bearer"})
        try:
            return await _taken(services, request)
        except NotFound as error:
            return _said(404, str(error))
        except NotAllowed as error:
            return _said(403, str(error))
        except AndonError as error:
            return _said(422, str(error))
        except (StorageUnavailable, OSError) as error:
            log.warning("evidence could not be kept", reason=str(error))
            return _said(503, "It could not be kept just now. Send it again: the same again is kept once.")

    return Route("/evidence", take, methods=["POST"])


async def _taken(services: Services, request: Request) -> Response:
    number = parse_reference(request.query_params.get("incident", ""))
    if number is None:
        raise BadInput(WHICH)
    body = await request.body()
    about = await services.incidents.by_number(number, SENDER)
    given = request.headers.get("Idempotency-Key") or sha256(body)
    kept = []
    for part, wish in enumerate(_wishes(body)):
        key = f"http:{number}:{sha256(given)}:{part}"
        made = await services.keeping.keep(about.incident_id, wish, by=SENDER, how=How.HTTP, key=key)
        kept.append(made)
    exhibits = [{"exhibit": f"X{made.exhibit_id}", "sha256": made.sha256} for made in kept]
    missing = [item.id for item in kept[-1].wanted.missing]
    status = 200 if all(made.was_there for made in kept) else 201
    return JSONResponse({"incident": about.reference, "exhibits": exhibits, "missing": missing}, status)


def _wishes(body: bytes) -> list[ExhibitWish]:
    """What is to be kept. Raises BadInput for a body of no known shape."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"That is no JSON. {SHAPE}") from error
    if isinstance(sent, dict) and "resourceSpans" in sent:
        return _traced(sent, body)
    try:
        one = Sent.model_validate(sent)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise BadInput(f"{where or 'The body'} is not as it should be. {SHAPE}") from error
    fields: dict[str, str | None] = {**dict.fromkeys(one.unknown), **one.fields}
    return [ExhibitWish(title=one.title, body=one.text, fields=fields, items=tuple(one.items))]


def _traced(sent: dict[str, Any], body: bytes) -> list[ExhibitWish]:
    """One exhibit for each AI call of a trace, each with the whole trace to the byte."""
    try:
        spans = [
            span
            for resource in sent["resourceSpans"]
            for scope in resource.get("scopeSpans") or ()
            for span in scope.get("spans") or ()
        ]
        told = [(span, _attributes(span)) for span in spans]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadInput(f"These resourceSpans cannot be read. {SHAPE}") from error
    calls = [(span, attributes) for span, attributes in told if is_ai(attributes)]
    if not calls:
        raise BadInput("No span has gen_ai.* attributes. Keep other traces as files: `andon evidence add`.")
    if len(calls) > MOST_SPANS:
        raise BadInput(f"{len(calls)} AI calls in one request; at most {MOST_SPANS}. Send them in parts.")
    trace = FileBytes("trace.otlp.json", body, "application/json")
    return [
        ExhibitWish(title=_title(span), fields=fields_of(attributes) | _own(span), files=(trace,))
        for span, attributes in calls
    ]


def _attributes(span: Mapping[str, Any]) -> dict[str, Any]:
    """A span's attributes, and those of its events, where newer conventions put what was said."""
    listed = [*(span.get("attributes") or ())]
    for event in span.get("events") or ():
        listed += event.get("attributes") or ()
    return {str(one["key"]): _value(one.get("value") or {}) for one in listed}


def _value(value: Mapping[str, Any]) -> Any:
    if "arrayValue" in value:
        return [_value(one) for one in value["arrayValue"].get("values") or ()]
    if "kvlistValue" in value:
        return {str(one["key"]): _value(one.get("value") or {}) for one in value["kvlistValue"].get("values") or ()}
    if "intValue" in value:
        return int(value["intValue"])
    return next(iter(value.values()), None)


def _own(span: Mapping[str, Any]) -> dict[str, str | None]:
    """What a span says outside its attributes."""
    found: dict[str, str | None] = {}
    if trace_id := span.get("traceId"):
        found[ExhibitField.TRACE_ID.value] = str(trace_id)
    try:
        at = datetime.fromtimestamp(int(span["startTimeUnixNano"]) / 1e9, UTC)
        found[ExhibitField.HAPPENED_AT.value] = at.isoformat()
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        pass
    return found


def _title(span: Mapping[str, Any]) -> str:
    return f"Trace: {span.get('name') or 'an AI call'}"


def _knows(request: Request, token: str) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


def _said(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": sentence}, status, headers)
