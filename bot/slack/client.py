"""Slack's own client as Andon uses it: one pooled session, and no retries, since a repeated POST posts twice."""

from __future__ import annotations

from typing import TypeAlias

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

Bolt: TypeAlias = AsyncApp
Client: TypeAlias = AsyncWebClient

# One call may take this long, connecting included; past it the answer counts as lost.
PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)


def connect(token: str, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client of the Web API at ``api_url``. ``session`` stays the caller's to close."""
    return AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])
