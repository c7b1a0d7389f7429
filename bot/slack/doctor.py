"""The doctor's Slack side: tokens, scopes, and the announce channel."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import ChatError, ChatRefused
from bot.services.doctor import Check, Finding, Level
from bot.slack.errors import answered
from bot.slack.lookups import Lookups

REINSTALL = "Update the app's manifest (`andon manifest`) and reinstall the app to the workspace."
CHANNEL_REMEDY = "Set ANDON_ANNOUNCE_CHANNEL to a public channel, or invite the bot to the private one."


class SlackDoctor:
    """Checks over the wire. ``app_token`` is None over HTTP; ``scopes`` are those the manifest asks for."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        scopes: Collection[str],
        app_token: str | None,
        has_signing_secret: bool,
        announce: str,
    ) -> None:
        self._client = client
        self._scopes = frozenset(scopes)
        self._app_token = app_token
        self._has_secret = has_signing_secret
        self._announce = announce
        self._response: Any = None

    def checks(self) -> tuple[Check, ...]:
        """All of them, the token first."""
        return (
            Check("bot token", self._bot_token),
            Check("scopes", self._granted),
            Check("connection", self._connection),
            Check("announce channel", self._channel),
        )

    async def _bot_token(self) -> Finding:
        try:
            who = await self._whoami()
        except ChatRefused as refusal:
            return _dead_token(refusal)
        except ChatError as error:
            if error.code == "unreachable":
                remedy = "Check the network and SLACK_API_URL."
                return Finding("bot token", Level.FAIL, "Slack cannot be reached", remedy)
            return _dead_token(error)
        return Finding("bot token", Level.OK, f"works: @{who.get('user', '?')} in {who.get('team', '?')}")

    async def _granted(self) -> Finding:
        await self._whoami()
        listed = str(self._response.headers.get("x-oauth-scopes", ""))
        granted = {scope.strip() for scope in listed.split(",") if scope.strip()}
        if not granted:
            return Finding("scopes", Level.WARN, "Slack did not say which were granted")
        missing = sorted(self._scopes - granted)
        if missing:
            return Finding("scopes", Level.FAIL, f"missing: {', '.join(missing)}", REINSTALL)
        return Finding("scopes", Level.OK, f"all {len(self._scopes)} granted")

    async def _connection(self) -> Finding:
        if self._app_token is None:
            return self._over_http()
        if not self._app_token.startswith("xapp-"):
            remedy = "SLACK_APP_TOKEN must be an app-level token, which starts with xapp-."
            return Finding("connection", Level.FAIL, "SLACK_APP_TOKEN is of another kind", remedy)
        try:
            await answered(self._client.apps_connections_open(app_token=self._app_token))
        except ChatError as error:
            remedy = "Make an app-level token with the scope connections:write and turn Socket Mode on."
            return Finding("connection", Level.FAIL, f"Slack refused SLACK_APP_TOKEN ({error.code})", remedy)
        return Finding("connection", Level.OK, "Socket Mode answers")

    def _over_http(self) -> Finding:
        if self._has_secret:
            sentence = "over HTTP; whether Slack reaches /slack/events shows in the app's settings"
            return Finding("connection", Level.OK, sentence)
        remedy = "Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)."
        return Finding("connection", Level.FAIL, "neither Socket Mode nor HTTP is configured", remedy)

    async def _channel(self) -> Finding:
        if not self._announce:
            return _no_channel("none is set: incidents are announced nowhere", Level.WARN)
        found = await self._find_channel()
        if found is None:
            return _no_channel(f"{self._announce} was not found")
        name = f"#{found.get('name', self._announce)}"
        if found.get("is_archived"):
            return _no_channel(f"{name} is archived")
        if found.get("is_private") and not found.get("is_member"):
            return _no_channel(f"{name} is private and the bot is not in it")
        return Finding("announce channel", Level.OK, f"{name} can be posted to")

    async def _find_channel(self) -> dict[str, Any] | None:
        channel_id = self._announce
        if not (channel_id[:1] in ("C", "G") and channel_id.isalnum() and channel_id.isupper()):
            named = await Lookups(self._client).find_channel(self._announce.removeprefix("#"))
            if named is None:
                return None
            channel_id = named.id
        try:
            data = await answered(self._client.conversations_info(channel=channel_id))
        except ChatRefused as refusal:
            if refusal.code == "channel_not_found":
                return None
            raise
        found: dict[str, Any] = data["channel"]
        return found

    async def _whoami(self) -> dict[str, Any]:
        return await answered(self._kept(self._client.auth_test()))

    async def _kept(self, call: Any) -> Any:
        self._response = await call
        return self._response


def _no_channel(sentence: str, level: Level = Level.FAIL) -> Finding:
    return Finding("announce channel", level, sentence, CHANNEL_REMEDY)


def _dead_token(error: ChatError) -> Finding:
    remedy = "Copy the Bot User OAuth Token of the installed app into SLACK_BOT_TOKEN."
    return Finding("bot token", Level.FAIL, f"Slack refused SLACK_BOT_TOKEN ({error.code})", remedy)
