"""Whether a body comes from whom it says: tokens and signatures in constant time, within the replay window."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.alerts.thresholds import written
from playbooks.alerts import Basic, Bearer, Hmac, Langfuse, Proof, StandardWebhooks

MILLISECONDS = 10**11  # a greater number of seconds lies thousands of years away
Headers = Mapping[str, str]
Judge = Callable[["Letter", Any], None]


class Untrusted(Exception):
    """It does not prove who sent it; the sentence says what to send, and gives no secret away."""


class Letter:
    """What is to be proven: headers in small letters, the bytes, the secret, the time it is here."""

    def __init__(self, headers: Headers, body: bytes, secret: str, now: datetime, window: timedelta) -> None:
        self.headers = headers
        self.body = body
        self.secret = secret
        self._now = now
        self._window = window

    def header(self, name: str) -> str:
        """A header that has to be there. Raises Untrusted."""
        found = self.headers.get(name.lower(), "").strip()
        if not found:
            raise Untrusted(f"The header {name} is missing: sign the body.")
        return found

    def signed(self, text: bytes, key: bytes | None = None) -> bytes:
        """The HMAC-SHA256 of these bytes."""
        return hmac.new(self.secret.encode() if key is None else key, text, hashlib.sha256).digest()

    def require_fresh(self, stamp: str) -> None:
        """Raise Untrusted for a time too long ago or still to come."""
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 15):
            raise Untrusted("The time of the signature is no number of seconds since 1970.")
        seconds = int(stamp) / 1000 if int(stamp) > MILLISECONDS else int(stamp)
        age = timedelta(seconds=self._now.timestamp() - seconds)
        if abs(age) > self._window:
            when = f"{written(age)} ago" if age > timedelta(0) else f"{written(-age)} from now"
            raise Untrusted(
                f"It was signed {when}; at most {written(self._window)} either way are taken. "
                "Set the sender's clock, or send it anew."
            )


def check(proof: Proof, letter: Letter) -> None:
    """Raise Untrusted unless the letter proves itself so."""
    JUDGES[type(proof)](letter, proof)


def _bearer(letter: Letter, _proof: Bearer) -> None:
    kind, _, given = letter.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not _same(given.strip(), letter.secret):
        raise Untrusted("Give the token: Authorization: Bearer ….")


def _basic(letter: Letter, proof: Basic) -> None:
    kind, _, given = letter.headers.get("authorization", "").partition(" ")
    expected = base64.b64encode(f"{proof.user}:{letter.secret}".encode()).decode()
    if kind.lower() != "basic" or not _same(given.strip(), expected):
        raise Untrusted("Give name and password: Authorization: Basic ….")


def _hmac(letter: Letter, proof: Hmac) -> None:
    given, text = letter.header(proof.header), letter.body
    if proof.timestamp_header is not None:
        stamp = letter.header(proof.timestamp_header)
        text = stamp.encode() + b":" + text
    digest = letter.signed(text)
    encoded = digest.hex() if proof.encoding == "hex" else base64.b64encode(digest).decode()
    if not _same(given.removeprefix(proof.prefix), encoded):
        raise Untrusted(f"The signature in {proof.header} is not that of this body.")
    if proof.timestamp_header is not None:
        letter.require_fresh(stamp)


def _standard(letter: Letter, _: StandardWebhooks) -> None:
    delivery, stamp, given = (letter.header(f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    try:
        key = base64.b64decode(letter.secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise Untrusted(
            "The secret of this source is not written as whsec_ and base64: nobody can sign with it."
        ) from error
    expected = base64.b64encode(letter.signed(f"{delivery}.{stamp}.".encode() + letter.body, key)).decode()
    # Several while a secret is being changed; each is compared, whichever fits.
    fits = [_same(one.removeprefix("v1,"), expected) for one in given.split()[:10] if one.startswith("v1,")]
    if not any(fits):
        raise Untrusted("No signature in webhook-signature is that of this body.")
    letter.require_fresh(stamp)


def _langfuse(letter: Letter, _: Langfuse) -> None:
    parts = dict(part.strip().partition("=")[::2] for part in letter.header("x-langfuse-signature").split(","))
    stamp = parts.get("t", "")
    if not _same(parts.get("s", ""), letter.signed(stamp.encode() + b"." + letter.body).hex()):
        raise Untrusted("The signature in x-langfuse-signature is not that of this body.")
    letter.require_fresh(stamp)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


JUDGES: Mapping[type[Any], Judge] = {
    Bearer: _bearer,
    Basic: _basic,
    Hmac: _hmac,
    StandardWebhooks: _standard,
    Langfuse: _langfuse,
}
