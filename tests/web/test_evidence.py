"""POST /evidence: who may send what, that it is kept once and answered after it is kept, and each refusal's sentence."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from starlette.types import ASGIApp

from bot.domain.custody import sha256
from bot.domain.errors import StorageUnavailable
from bot.web.evidence import evidence_route
from bot.web.public import MOST_BODY_BYTES, build_public
from tests.web.test_doors import ask
from tests.workshop import Workshop

TOKEN = "a-token-of-sixteen-and-more"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def door(workshop: Workshop, token: str | None = TOKEN) -> ASGIApp:
    return build_public(None, [evidence_route(workshop.services, token)])


async def sent(
    workshop: Workshop, body: Any, *, incident: str = "AI-0001", **headers: str
) -> tuple[int, dict[str, Any]]:
    """Status and answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = f"/evidence?incident={incident}"
    status, _, answer = await ask(door(workshop), "POST", path, data=data, headers={**BEARER, **headers})
    return status, json.loads(answer)


def attribute(key: str, **value: Any) -> dict[str, Any]:
    return {"key": key, "value": value}


def trace(*spans: list[dict[str, Any]]) -> dict[str, Any]:
    """OpenTelemetry's JSON, as its collectors send it."""
    made = [
        {
            "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
            "spanId": f"00f067aa0ba902b{number}",
            "name": "chat gpt-4.1-mini",
            "startTimeUnixNano": "1763650000000000000",
            "attributes": attributes,
        }
        for number, attributes in enumerate(spans)
    ]
    return {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"scope": {}, "spans": made}]}]}


CHAT = [
    attribute("gen_ai.provider.name", stringValue="openai"),
    attribute("gen_ai.request.model", stringValue="gpt-4.1-mini"),
    attribute("gen_ai.response.model", stringValue="gpt-4.1-mini-2025-04-14"),
    attribute("gen_ai.request.temperature", doubleValue=0.7),
    attribute("gen_ai.request.seed", intValue="42"),
    attribute("gen_ai.input.messages", stringValue='[{"role":"user","parts":["99% off\u200b"]}]'),
    attribute(
        "gen_ai.output.messages",
        arrayValue={"values": [{"kvlistValue": {"values": [attribute("role", stringValue="assistant")]}}]},
    ),
    attribute("gen_ai.evaluation.score.value", doubleValue=0.62),
]


async def test_a_trace_becomes_an_exhibit(workshop: Workshop) -> None:
    """Its gen_ai attributes become fields, the trace itself is kept to the byte, and the same again is kept once."""
    await workshop.declare()
    body = json.dumps(trace(CHAT, [attribute("http.method", stringValue="GET")]), indent=3).encode()
    status, answer = await sent(workshop, body)
    assert (status, len(answer["exhibits"])) == (201, 1)
    assert (await sent(workshop, body)) == (200, answer)
    async with workshop.work.read() as unit:
        (exhibit,) = await unit.evidence.of(1)
    assert exhibit.fields["model_answered"] == "gpt-4.1-mini-2025-04-14"
    assert exhibit.fields["prompt"] == '[{"role":"user","parts":["99% off\u200b"]}]'
    assert json.loads(exhibit.fields["parameters"]) == {"gen_ai.request.seed": 42, "gen_ai.request.temperature": 0.7}
    assert json.loads(exhibit.fields["output"]) == [{"role": "assistant"}]
    assert exhibit.fields["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert exhibit.fields["happened_at"] == "2025-11-20T14:46:40+00:00"
    assert exhibit.items == ["E01", "E02", "E05", "E06", "E08", "E09"]
    assert await workshop.services.blobs.get(sha256(body)) == body
    assert (exhibit.how, exhibit.kept_by) == ("HTTP", "alert:evidence")


async def test_a_plain_exhibit_is_taken(workshop: Workshop) -> None:
    """Text, fields, what is unknown and what it shows; another key is another exhibit."""
    await workshop.declare()
    body = {"text": "log", "fields": {"prompt": "x"}, "unknown": ["model_version"], "items": ["E10"], "title": "Log"}
    for key, status in (("a", 201), ("b", 201), ("a", 200)):
        got, answer = await sent(workshop, body, **{"Idempotency-Key": key})
        assert got == status
    assert "E02" in answer["missing"]
    async with workshop.work.read() as unit:
        assert [exhibit.items for exhibit in await unit.evidence.of(1)] == [["E01", "E10", "?E05"]] * 2


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 422, "That is no JSON"),
        (b"\xff\xfe", 422, "That is no JSON"),
        (b"[" * 100_000, 422, "That is no JSON"),
        ([], 422, "not as it should be"),
        ({"txt": "x"}, 422, "txt is not as it should be"),
        ({}, 422, "Say what is to be kept"),
        ({"fields": {"promt": "x"}}, 422, "“promt” is no field"),
        ({"text": "x", "items": ["E99"]}, 422, "no “E99”"),
        ({"resourceSpans": 3}, 422, "cannot be read"),
        ({"resourceSpans": [{"scopeSpans": [{"spans": [{"attributes": [{}]}]}]}]}, 422, "cannot be read"),
        (trace([attribute("http.method", stringValue="GET")]), 422, "No span has gen_ai"),
        (trace(*[CHAT] * 101), 422, "101 AI calls in one request"),
        ({"text": "x" * MOST_BODY_BYTES}, 413, ""),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_a_sentence(
    workshop: Workshop, body: Any, status: int, said: str
) -> None:
    """Nothing is kept by halves."""
    await workshop.declare()
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = "/evidence?incident=AI-0001"
    got, _, answer = await ask(door(workshop), "POST", path, data=io.BytesIO(data), headers=BEARER)
    assert got == status
    assert said in answer
    async with workshop.work.read() as unit:
        assert not await unit.evidence.of(1)


async def test_who_may_not_is_told_why(workshop: Workshop) -> None:
    """No token set, no token given, a wrong one, no incident, none of that number."""
    await workshop.declare()
    body = b'{"text": "x"}'
    for token, headers, query, status, said in [
        (None, BEARER, "?incident=AI-0001", 404, "ANDON_EVIDENCE_TOKEN"),
        (TOKEN, {}, "?incident=AI-0001", 401, "Give the token"),
        (TOKEN, {"Authorization": "Bearer wrong"}, "?incident=AI-0001", 401, "Give the token"),
        (TOKEN, {"Authorization": f"Basic {TOKEN}"}, "?incident=AI-0001", 401, "Give the token"),
        (TOKEN, BEARER, "", 422, "Say which incident"),
        (TOKEN, BEARER, "?incident=AI-0099", 404, "no such incident"),
    ]:
        got, _, answer = await ask(door(workshop, token), "POST", f"/evidence{query}", data=body, headers=headers)
        assert (got, said in answer) == (status, True), answer


async def test_nothing_is_answered_before_it_is_kept(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that does not take it, and a store that is full: 503, and the same again is taken."""
    await workshop.declare()
    keep = workshop.services.keeping.keep

    async def failing(*_args: object, **_options: object) -> None:
        raise StorageUnavailable("full")

    monkeypatch.setattr(workshop.services.keeping, "keep", failing)
    status, answer = await sent(workshop, {"text": "x"})
    assert (status, "Send it again" in answer["error"]) == (503, True)
    monkeypatch.setattr(workshop.services.keeping, "keep", keep)

    async def full(_data: bytes) -> str:
        raise OSError(28, "No space left on device")

    put = workshop.services.blobs.put
    monkeypatch.setattr(workshop.services.blobs, "put", full)
    assert (await sent(workshop, trace(CHAT)))[0] == 503
    monkeypatch.setattr(workshop.services.blobs, "put", put)
    assert (await sent(workshop, trace(CHAT)))[0] == 201
