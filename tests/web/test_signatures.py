"""Tokens and signatures: what proves a sender, what does not, and how old or early a signature may be."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.web import signatures
from bot.web.signatures import Letter, Untrusted, check
from playbooks.alerts import Proof

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
NOW = datetime(2021, 2, 25, 15, 2, 10, tzinfo=UTC)
STAMP = "1614265330"
STANDARD = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": STAMP,
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def proof(**fields: Any) -> Any:
    return TypeAdapter(Proof).validate_python({"secret": "SOME_SECRET", **fields})


def mac(text: bytes, secret: str = SECRET) -> bytes:
    return hmac.new(secret.encode(), text, hashlib.sha256).digest()


GRAFANA = proof(by="hmac", timestamp_header="X-Time")
PLAIN = proof(by="hmac")
GITHUB_LIKE = proof(by="hmac", header="X-Signature-256", prefix="sha256=")
SPLUNK_LIKE = proof(by="hmac", header="X-SFX-Signature", encoding="base64")
LANGFUSE = proof(by="langfuse")
HOOKS = proof(by="standard-webhooks")
BEARER = proof(by="bearer")
BASIC = proof(by="basic", user="alertmanager")
GOOD: list[tuple[Any, dict[str, str]]] = [
    (HOOKS, STANDARD),
    (HOOKS, {**STANDARD, "webhook-signature": f"v1,AAAA v2,x {STANDARD['webhook-signature']}"}),
    (GRAFANA, {"x-time": STAMP, "x-grafana-alerting-signature": mac(STAMP.encode() + b":" + BODY).hex()}),
    (PLAIN, {"x-grafana-alerting-signature": mac(BODY).hex()}),
    (GITHUB_LIKE, {"x-signature-256": f"sha256={mac(BODY).hex()}"}),
    (SPLUNK_LIKE, {"x-sfx-signature": base64.b64encode(mac(BODY)).decode()}),
    (LANGFUSE, {"x-langfuse-signature": f"t={STAMP},s={mac(STAMP.encode() + b'.' + BODY).hex()}"}),
    (LANGFUSE, {"x-langfuse-signature": f"t={STAMP}000,s={mac(STAMP.encode() + b'000.' + BODY).hex()}"}),
    (BEARER, {"authorization": f"Bearer {SECRET}"}),
    (BASIC, {"authorization": "Basic " + base64.b64encode(f"alertmanager:{SECRET}".encode()).decode()}),
]
DATED = [pair for pair in GOOD if pair[0] in (HOOKS, GRAFANA, LANGFUSE)]


def judged(by: Any, headers: dict[str, str], *, body: bytes = BODY, now: datetime = NOW, secret: str = SECRET) -> None:
    check(by, Letter(headers, body, secret, now, timedelta(minutes=5)))


@pytest.mark.parametrize(("by", "headers"), GOOD)
def test_each_proof(by: Any, headers: dict[str, str]) -> None:
    """The right one is taken; without it, with another secret, or over another body it is not."""
    judged(by, headers)
    for spoilt in ({}, dict.fromkeys(headers, ""), dict.fromkeys(headers, "é\x00"), dict.fromkeys(headers, "v1,")):
        with pytest.raises(Untrusted):
            judged(by, spoilt)
    with pytest.raises(Untrusted):
        judged(by, headers, secret="whsec_" + base64.b64encode(b"another").decode())
    if by not in (BEARER, BASIC):
        with pytest.raises(Untrusted):
            judged(by, headers, body=BODY + b" ")


@pytest.mark.parametrize(("by", "headers"), DATED)
def test_old_and_early_signatures(by: Any, headers: dict[str, str]) -> None:
    """Five minutes either way are taken; the sentence says which way the clock is wrong."""
    for minutes in (-5, 5):
        judged(by, headers, now=NOW + timedelta(minutes=minutes))
    with pytest.raises(Untrusted, match="signed 6m ago"):
        judged(by, headers, now=NOW + timedelta(minutes=6))
    with pytest.raises(Untrusted, match="signed 6m from now"):
        judged(by, headers, now=NOW - timedelta(minutes=6))


def test_a_time_that_was_signed_is_the_one_that_counts() -> None:
    """A replayed body with a fresh time in the header is another body."""
    headers = dict(GOOD[2][1])
    headers["x-time"] = str(int(STAMP) + 600)
    with pytest.raises(Untrusted, match="not that of this body"):
        judged(GRAFANA, headers, now=NOW + timedelta(minutes=10))
    signed = mac(b"soon:" + BODY).hex()
    with pytest.raises(Untrusted, match="no number of seconds"):
        judged(GRAFANA, {"x-time": "soon", "x-grafana-alerting-signature": signed})


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every proof asks the one function that takes as long for a wrong secret as for an almost right one."""
    asked: list[bytes] = []
    real = hmac.compare_digest

    def counted(given: bytes, expected: bytes) -> bool:
        asked.append(given)
        return real(given, expected)

    monkeypatch.setattr(signatures.hmac, "compare_digest", counted)
    for by, headers in GOOD:
        before = len(asked)
        judged(by, headers)
        assert len(asked) > before
