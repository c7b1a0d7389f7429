"""The Chat port over Slack's Web API. Notices go in, views make them Slack's; errors come out as ours."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import ChatRefused, ChatUnavailable, ChatUncertain
from bot.domain.notices import Notice
from bot.domain.people import Profile
from bot.services.ports import Channel, Once, Posted
from bot.slack import ids, views
from bot.slack.errors import answered
from bot.slack.files import Files
from bot.slack.lookups import Lookups

FINE = {
    "invite": frozenset({"already_in_channel", "cant_invite_self"}),
    "pin": frozenset({"already_pinned"}),
    "react": frozenset({"already_reacted"}),
    "unreact": frozenset({"no_reaction", "message_not_found"}),
    "archive": frozenset({"already_archived"}),
}
TRIGGER_USED = "exchanged_trigger_id"
INVITE_AT_ONCE = 100


class SlackChat(Lookups, Files):
    """Slack as services see it. ``client`` must have no retry handlers: a repeated POST posts twice."""

    def __init__(self, client: AsyncWebClient) -> None:
        super().__init__(client)
        self._client = client

    async def open_channel(self, name: str, *, is_private: bool, once: Once) -> Channel:
        """Make a channel; one that an earlier, doubtful try made is found by its name and creator."""
        try:
            data = await answered(self._client.conversations_create(name=name, is_private=is_private))
        except ChatRefused as refusal:
            ours = (
                await self.own_channel(name, once.since) if refusal.code == "name_taken" and once.look_first else None
            )
            if ours is None:
                raise
            return ours
        return Channel(data["channel"]["id"], data["channel"]["name"])

    async def invite(self, channel_id: str, user_ids: Sequence[str]) -> dict[str, str]:
        """Invite in batches of a hundred; the valid ones come in even when others cannot."""
        refused: dict[str, str] = {}
        for start in range(0, len(user_ids), INVITE_AT_ONCE):
            refused |= await self._invite_batch(channel_id, user_ids[start : start + INVITE_AT_ONCE])
        return refused

    async def post(self, channel_id: str, notice: Notice, *, once: Once, thread_ts: str | None = None) -> Posted:
        """Say something once: where an earlier try may have succeeded, its marker is looked for first."""
        found = await self.recall(channel_id, once=once, thread_ts=thread_ts)
        return found or await self._post(channel_id, notice, once, thread_ts)

    async def dm(self, user_id: str, notice: Notice, *, once: Once) -> Posted:
        """Say something to one person, once. Posting to a user's id opens the conversation by itself."""
        return await self.recall(user_id, once=once) or await self._post(user_id, notice, once, None)

    async def edit(self, posted: Posted, notice: Notice) -> None:
        """Replace a message of ours."""
        message = views.message(notice)
        await answered(self._client.chat_update(channel=posted.channel_id, ts=posted.ts, **message.arguments()))

    async def whisper(self, channel_id: str, user_id: str, notice: Notice, *, thread_ts: str | None = None) -> None:
        """Say something only this person sees."""
        message = views.message(notice)
        await answered(
            self._client.chat_postEphemeral(
                channel=channel_id, user=user_id, thread_ts=thread_ts, **message.arguments()
            )
        )

    async def pin(self, posted: Posted) -> None:
        """Pin a message."""
        await self._unless("pin", self._client.pins_add(channel=posted.channel_id, timestamp=posted.ts))

    async def set_topic(self, channel_id: str, notice: Notice, *, once: Once) -> None:
        """Set the topic to the notice's text, unless an earlier try has done so: Slack writes a line each time."""
        topic = views.message(notice).text
        if once.look_first and await self.topic(channel_id) == topic:
            return
        await answered(self._client.conversations_setTopic(channel=channel_id, topic=topic))

    async def bookmark(self, channel_id: str, title: str, link: str) -> None:
        """Bookmark a link, unless it is there."""
        kept = await answered(self._client.bookmarks_list(channel_id=channel_id))
        if any(mark.get("link") == link for mark in kept.get("bookmarks", [])):
            return
        await answered(self._client.bookmarks_add(channel_id=channel_id, title=title, type="link", link=link))

    async def react(self, channel_id: str, ts: str, emoji: str) -> None:
        """Add a reaction."""
        await self._unless("react", self._client.reactions_add(channel=channel_id, timestamp=ts, name=emoji))

    async def unreact(self, channel_id: str, ts: str, emoji: str) -> None:
        """Take our reaction back."""
        await self._unless("unreact", self._client.reactions_remove(channel=channel_id, timestamp=ts, name=emoji))

    async def archive(self, channel_id: str) -> None:
        """Archive a channel."""
        await self._unless("archive", self._client.conversations_archive(channel=channel_id))

    async def publish_home(self, user_id: str, notice: Notice) -> None:
        """Show this on the person's App Home."""
        await answered(self._client.views_publish(user_id=user_id, view=views.home(notice)))

    async def open_modal(self, trigger_id: str, notice: Notice) -> None:
        """Open a form; the trigger lives three seconds. For listeners only."""
        await self._show(lambda: self._client.views_open(trigger_id=trigger_id, view=views.modal(notice)))

    async def push_modal(self, trigger_id: str, notice: Notice) -> None:
        """Put a form on top of the open one. For listeners only."""
        await self._show(lambda: self._client.views_push(trigger_id=trigger_id, view=views.modal(notice)))

    async def update_modal(self, view_id: str, notice: Notice) -> None:
        """Replace an open form. For listeners only."""
        await self._show(lambda: self._client.views_update(view_id=view_id, view=views.modal(notice)))

    async def check(self) -> None:
        """Nothing, when Slack knows our bot token; raises what it says instead."""
        self._own_id = str((await answered(self._client.auth_test()))["user_id"])

    async def respond(self, response_url: str, notice: Notice) -> None:
        """Answer a press where it happened, for that person only. For listeners only."""
        message = views.message(notice)
        body = {"response_type": "ephemeral", "replace_original": False, **message.arguments()}
        await self.send(response_url, json.dumps(body).encode(), "application/json")

    async def tell(self, user_id: str, notice: Notice) -> None:
        """Tell one person something that may be lost. For listeners only; what must arrive goes through the outbox."""
        await answered(self._client.chat_postMessage(channel=user_id, **views.message(notice).arguments()))

    async def profile(self, user_id: str) -> Profile:
        """Who this is."""
        return profile_of((await answered(self._client.users_info(user=user_id)))["user"])

    async def find_by_email(self, email: str) -> Profile:
        """Who has this address."""
        return profile_of((await answered(self._client.users_lookupByEmail(email=email)))["user"])

    async def _show(self, call: Callable[[], Awaitable[Any]]) -> None:
        """A second try at once, which is all that a trigger's life allows; one that is used up has opened its form."""
        try:
            await answered(call())
        except (ChatUnavailable, ChatUncertain):
            try:
                await answered(call())
            except ChatRefused as refusal:
                if refusal.code != TRIGGER_USED:
                    raise

    async def _post(self, channel_id: str, notice: Notice, once: Once, thread_ts: str | None) -> Posted:
        message = views.message(notice)
        data = await answered(
            self._client.chat_postMessage(
                channel=channel_id,
                thread_ts=thread_ts,
                metadata={"event_type": ids.OWN_METADATA, "event_payload": {"key": once.key}},
                unfurl_links=False,
                unfurl_media=False,
                **message.arguments(),
            )
        )
        return Posted(data["channel"], data["ts"])

    async def _invite_batch(self, channel_id: str, user_ids: Sequence[str]) -> dict[str, str]:
        call = self._client.conversations_invite(channel=channel_id, users=list(user_ids), force=True)
        try:
            data = await answered(call)
        except ChatRefused as refusal:
            if refusal.code in FINE["invite"]:
                return {}
            if len(user_ids) > 1:
                return await self._invite_singly(channel_id, user_ids)
            return {user_ids[0]: refusal.code}
        errors = [error for error in data.get("errors", []) if error.get("error") not in FINE["invite"]]
        return {str(error.get("user")): str(error.get("error")) for error in errors}

    async def _invite_singly(self, channel_id: str, user_ids: Sequence[str]) -> dict[str, str]:
        refused: dict[str, str] = {}
        for user_id in user_ids:
            refused |= await self._invite_batch(channel_id, [user_id])
        return refused

    async def _unless(self, what: str, call: Any) -> None:
        try:
            await answered(call)
        except ChatRefused as refusal:
            if refusal.code not in FINE[what]:
                raise


def profile_of(user: dict[str, Any]) -> Profile:
    """A Slack user as the rules see them."""
    about = user.get("profile", {})
    name = (
        about.get("real_name") or user.get("real_name") or about.get("display_name") or user.get("name") or user["id"]
    )
    return Profile(
        id=user["id"],
        name=name,
        title=about.get("title", ""),
        email=(about.get("email") or "").lower(),
        is_bot=bool(user.get("is_bot")),
        is_deactivated=bool(user.get("deleted")),
        handle=about.get("display_name") or user.get("name") or "",
        timezone=user.get("tz") or "",
    )
