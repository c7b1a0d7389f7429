"""Slack's own client as Andon uses it: one pooled session, and no retries, since a repeated POST posts twice.

Every call of the Web API passes :meth:`Client.api_call`: it keeps Slack's limits and the lease of whoever calls.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.errors import ChatRateLimited
from bot.services.leases import acting
from bot.services.pacing import Pacer
from bot.slack.errors import refusal_of
from bot.slack.limits import limit_of

Bolt: TypeAlias = AsyncApp

# One call may take this long, connecting included; past it the answer counts as lost.
PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)


def connect(token: str, api_url: str, session: aiohttp.ClientSession, pacer: Pacer | None = None) -> Client:
    """A client of the Web API at ``api_url``; without a pacer as fast as it goes. ``session`` stays the caller's."""
    return Client(pacer, token=token, base_url=api_url, session=session, retry_handlers=[])


class Client(AsyncWebClient):
    """The Web API at Slack's pace; ``pacer`` may be exchanged, or left out, while it runs."""

    def __init__(self, pacer: Pacer | None, **how: Any) -> None:
        super().__init__(**how)
        self.pacer = pacer

    async def api_call(self, api_method: str, **how: Any) -> AsyncSlackResponse:
        """As the SDK's. Raises ChatRateLimited, too, without a call, and LeaseLost."""
        arguments = how.get("json") or how.get("params") or how.get("data") or {}
        pacer = self.pacer
        limit = limit_of(api_method, arguments) if pacer else None
        if pacer is None or limit is None:
            return await self._call(api_method, how)
        await pacer.enter(limit.key, limit.rule)
        try:
            return await self._call(api_method, how)
        except SlackApiError as error:
            if isinstance(refusal := refusal_of(error), ChatRateLimited):
                await pacer.refused(limit.key, refusal.retry_after)
            raise

    async def _call(self, api_method: str, how: dict[str, Any]) -> AsyncSlackResponse:
        async with acting():
            return await super().api_call(api_method, **how)
