"""The reading half of the Chat port: finding channels, people, messages and what an earlier try left behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import ChatRefused
from bot.domain.messages import Seen
from bot.services.ports import Channel, HistoryPage, Once, Posted
from bot.slack.errors import answered
from bot.slack.messages import listed

GONE = frozenset({"channel_not_found", "not_in_channel", "message_not_found", "thread_not_found"})
CLOCK_SLACK = timedelta(minutes=5)
# A machine that takes local time for UTC is half a day wrong.
WRONG_CLOCK = timedelta(hours=15)
PAGE = 200
PERSON = ("U", "W")


class Lookups:
    """Questions to Slack; nothing here changes anything."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._own_id: str | None = None

    async def own_id(self) -> str:
        """The id of our own user, asked once."""
        if self._own_id is None:
            self._own_id = str((await answered(self._client.auth_test()))["user_id"])
        return self._own_id

    async def permalink(self, channel_id: str, ts: str) -> str:
        """The link to a message."""
        data = await answered(self._client.chat_getPermalink(channel=channel_id, message_ts=ts))
        return str(data["permalink"])

    async def message(self, channel_id: str, ts: str, thread_ts: str | None = None) -> Seen | None:
        """One message as Slack has it now, None when it is gone or out of reach."""
        if thread_ts and thread_ts != ts:
            return await self._reply(channel_id, ts, thread_ts)
        call = self._client.conversations_history(channel=channel_id, oldest=ts, latest=ts, inclusive=True, limit=1)
        # A reply is in no history, and its thread is not known here: Slack also finds it by its own ts.
        return await self._one(call, channel_id, ts) or await self._reply(channel_id, ts, ts)

    async def history(self, channel_id: str, *, oldest: str | None, cursor: str | None, limit: int) -> HistoryPage:
        """A page of the channel's messages, newest first."""
        own_id = await self.own_id()
        return _page(await self._history(channel_id, oldest, cursor, limit), channel_id, own_id)

    async def replies(self, channel_id: str, thread_ts: str, *, cursor: str | None, limit: int) -> HistoryPage:
        """A page of a thread, oldest first."""
        own_id = await self.own_id()
        return _page(await self._replies(channel_id, thread_ts, cursor, limit), channel_id, own_id)

    async def group_members(self, handle: str) -> list[str]:
        """The user ids in the group named ``@handle``."""
        groups = (await answered(self._client.usergroups_list())).get("usergroups", [])
        group = next((group for group in groups if group.get("handle") == handle.removeprefix("@")), None)
        if group is None:
            raise ChatRefused("no_such_subteam", handle)
        data = await answered(self._client.usergroups_users_list(usergroup=group["id"]))
        return [str(user_id) for user_id in data.get("users", [])]

    async def find_channel(self, name: str) -> Channel | None:
        """The living public channel of this name."""
        async for found in self._channels("public_channel"):
            if found.get("name") == name:
                return Channel(found["id"], found["name"])
        return None

    async def own_channel(self, name: str, since: datetime) -> Channel | None:
        """The channel of this name that we made since then: what a lost answer left behind."""
        me = await self.own_id()
        async for found in self._own_channels():
            fresh = found.get("created", 0) >= (since - WRONG_CLOCK).timestamp()
            if found.get("name") == name and found.get("creator") == me and fresh:
                return Channel(found["id"], found["name"])
        return None

    async def topic(self, channel_id: str) -> str:
        """The channel's topic, as it was set."""
        data = await answered(self._client.conversations_info(channel=channel_id))
        return unescape(str(data["channel"].get("topic", {}).get("value", "")))

    async def recall(self, place_id: str, *, once: Once, thread_ts: str | None = None) -> Posted | None:
        """What an earlier try may have said; the conversation with a person is opened to look."""
        if not once.look_first:
            return None
        if place_id.startswith(PERSON):
            place_id = (await answered(self._client.conversations_open(users=place_id)))["channel"]["id"]
        return await self._marked(place_id, once, thread_ts)

    async def _marked(self, channel_id: str, once: Once, thread_ts: str | None) -> Posted | None:
        """The message that carries this key: among the newest, and further back to when the reaction was owed.

        The newest page is read whatever the age of its messages, since our clock may be ahead of Slack's.
        """
        oldest = f"{(once.since - CLOCK_SLACK).timestamp():.6f}"
        cursor: str | None = None
        while True:
            if thread_ts:
                data = await self._replies(channel_id, thread_ts, cursor, PAGE)
            else:
                data = await self._history(channel_id, None, cursor, PAGE)
            messages = data.get("messages", [])
            for message in messages:
                if message.get("metadata", {}).get("event_payload", {}).get("key") == once.key:
                    return Posted(channel_id, message["ts"], is_found=True)
            is_past = thread_ts is None and bool(messages) and messages[-1].get("ts", "") < oldest
            if is_past or (cursor := _cursor(data)) is None:
                return None

    async def _reply(self, channel_id: str, ts: str, thread_ts: str) -> Seen | None:
        call = self._client.conversations_replies(
            channel=channel_id, ts=thread_ts, oldest=ts, latest=ts, inclusive=True, limit=2
        )
        return await self._one(call, channel_id, ts)

    async def _one(self, call: Awaitable[Any], channel_id: str, ts: str) -> Seen | None:
        try:
            found = (await answered(call)).get("messages", [])
        except ChatRefused as refusal:
            if refusal.code in GONE:
                return None
            raise
        own_id = await self.own_id()
        return next((listed(message, channel_id, own_id) for message in found if message.get("ts") == ts), None)

    async def _history(self, channel_id: str, oldest: str | None, cursor: str | None, limit: int) -> dict[str, Any]:
        call = self._client.conversations_history(
            channel=channel_id, oldest=oldest, cursor=cursor, limit=limit, include_all_metadata=True
        )
        return await answered(call)

    async def _replies(self, channel_id: str, thread_ts: str, cursor: str | None, limit: int) -> dict[str, Any]:
        call = self._client.conversations_replies(
            channel=channel_id, ts=thread_ts, cursor=cursor, limit=limit, include_all_metadata=True
        )
        return await answered(call)

    async def _channels(self, types: str) -> AsyncIterator[dict[str, Any]]:
        cursor: str | None = None
        while cursor != "":
            data = await answered(
                self._client.conversations_list(types=types, exclude_archived=True, limit=PAGE, cursor=cursor)
            )
            for channel in data.get("channels", []):
                yield channel
            cursor = data.get("response_metadata", {}).get("next_cursor") or ""

    async def _own_channels(self) -> AsyncIterator[dict[str, Any]]:
        cursor: str | None = None
        while cursor != "":
            data = await answered(
                self._client.users_conversations(
                    types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=cursor
                )
            )
            for channel in data.get("channels", []):
                yield channel
            cursor = data.get("response_metadata", {}).get("next_cursor") or ""


def _page(data: dict[str, Any], channel_id: str, own_id: str) -> HistoryPage:
    found = (listed(message, channel_id, own_id) for message in data.get("messages", []))
    return HistoryPage(tuple(message for message in found if message is not None), _cursor(data))


def _cursor(data: dict[str, Any]) -> str | None:
    return (data.get("response_metadata") or {}).get("next_cursor") or None
