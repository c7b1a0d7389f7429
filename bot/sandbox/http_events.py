"""Slack over HTTP: signed POSTs to one request URL, with retry headers; anything but a 2xx in time is a failure."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.dispatch import Dispatch, Outcome
from bot.sandbox.objects import InstalledApp, Json

MOST_REDIRECTS = 2
JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"


class HttpEvents:
    """Delivers to a request URL. Signatures use real time, since apps compare it with their own system clock."""

    def __init__(self, app: InstalledApp, request_url: str, patience: float) -> None:
        self.request_url = request_url
        self._app = app
        self._timeout = aiohttp.ClientTimeout(total=patience)
        self._session: aiohttp.ClientSession | None = None

    async def carry(self, dispatch: Dispatch) -> Outcome:
        """POST once."""
        content_type, body = _encode(dispatch)
        headers = {"Content-Type": content_type, **self.signed(body)}
        if dispatch.attempt:
            headers |= {"X-Slack-Retry-Num": str(dispatch.attempt), "X-Slack-Retry-Reason": dispatch.reason}
        try:
            return await self._post(body, headers)
        except TimeoutError:
            return Outcome(False, reason="http_timeout")
        except aiohttp.TooManyRedirects:
            return Outcome(False, reason="too_many_redirects")
        except aiohttp.ClientError:
            return Outcome(False, reason="connection_failed")

    async def verify_url(self) -> bool:
        """What Slack does when the request URL is entered: a signed challenge that must come back."""
        challenge: Json = {"type": "url_verification", "token": self._app.verification_token, "challenge": "andon"}
        body = json.dumps(challenge).encode()
        outcome = await self._post(body, {"Content-Type": JSON_TYPE, **self.signed(body)})
        return outcome.acked and "andon" in json.dumps(outcome.answer)

    def signed(self, body: bytes, at: int | None = None) -> dict[str, str]:
        """The two headers that prove the body comes from Slack."""
        stamp = str(int(time.time()) if at is None else at)
        digest = hmac.new(self._app.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + digest.hexdigest()}

    async def _post(self, body: bytes, headers: dict[str, str]) -> Outcome:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        async with self._session.post(
            self.request_url, data=body, headers=headers, max_redirects=MOST_REDIRECTS
        ) as response:
            text = await response.text()
            if 200 <= response.status < 300:
                return Outcome(True, _decode(text))
            return Outcome(False, reason="http_error", may_retry=response.headers.get("X-Slack-No-Retry") != "1")

    async def close(self) -> None:
        """Close the pooled connections."""
        if self._session is not None:
            await self._session.close()


def _encode(dispatch: Dispatch) -> tuple[str, bytes]:
    """Events as JSON, commands as a form, interactions as a form with one field of JSON."""
    if dispatch.kind == "events_api":
        return JSON_TYPE, json.dumps(dispatch.payload).encode()
    if dispatch.kind == "slash_commands":
        return FORM_TYPE, urlencode(dispatch.payload).encode()
    return FORM_TYPE, urlencode({"payload": json.dumps(dispatch.payload)}).encode()


def _decode(text: str) -> Json:
    if not text.strip():
        return {}
    try:
        answer = json.loads(text)
    except ValueError:
        return {"text": text}
    return answer if isinstance(answer, dict) else {"text": text}
