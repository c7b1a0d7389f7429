"""Slack's answers, and its silences, as our errors."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.domain.errors import ChatError, ChatRateLimited, ChatRefused, ChatUnavailable, ChatUncertain

DEFAULT_RETRY_AFTER = 30.0
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
# Slack's own wording: these may have partly succeeded.
UNCERTAIN = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
# Nobody can work with dead credentials, but what is owed must not be lost: it waits until they are mended.
DEAD_CREDENTIALS = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})


async def answered(call: Awaitable[Any]) -> dict[str, Any]:
    """The data Slack answered. Raises a ChatError for everything else that can come back, or not come back."""
    try:
        response = await call
    except SlackApiError as error:
        raise refusal_of(error) from error
    except aiohttp.ClientConnectorError as error:
        raise ChatUnavailable("unreachable", str(error)) from error
    except (aiohttp.ClientError, TimeoutError, AttributeError) as error:
        # AttributeError: the SDK cannot read a 200 that is not JSON.
        raise ChatUncertain("no_answer", repr(error)) from error
    data = response.data
    return data if isinstance(data, dict) else {}


def refusal_of(error: SlackApiError) -> ChatError:
    """What Slack's answer means for us."""
    response = error.response
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    body: dict[str, Any] = data if isinstance(data, dict) else {}
    code = str(body.get("error") or f"http_{status}")
    if status == 429 or code in RATE_LIMITED:
        return ChatRateLimited(_retry_after(response))
    if code in UNCERTAIN or status >= 500 or not body:
        return ChatUncertain(code)
    if code in DEAD_CREDENTIALS:
        return ChatUnavailable(code)
    return ChatRefused(code, _detail(body))


def _retry_after(response: Any) -> float:
    headers = getattr(response, "headers", None) or {}
    try:
        return float(headers.get("Retry-After", DEFAULT_RETRY_AFTER))
    except ValueError:
        return DEFAULT_RETRY_AFTER


def _detail(body: dict[str, Any]) -> str:
    if needed := body.get("needed"):
        return f"needs the scope {needed}"
    metadata = body.get("response_metadata")
    messages = metadata.get("messages", []) if isinstance(metadata, dict) else []
    return "; ".join(str(message) for message in messages)
