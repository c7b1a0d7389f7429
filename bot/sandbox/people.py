"""What people do in Slack, as verbs, and what they see. Used by tests, drills and the page alike.

A verb returns once everything it caused was delivered to the app, acknowledged or not; `person.error` then says what
the person saw go wrong (`operation_timeout`, `dispatch_failed`, `invalid_command`), or None.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from bot.sandbox import acts, mrkdwn, payloads
from bot.sandbox.controls import enter, find_field, find_pressed, options_of, places, words
from bot.sandbox.modal import Modal
from bot.sandbox.objects import Channel, Json, Kind, Message, Reaction, User, View
from bot.sandbox.onlooker import On, Where
from bot.sandbox.pointing import Entered, Pointing
from bot.sandbox.refusal import Impossible
from bot.sandbox.wire import view_json

Result = TypeVar("Result")
EDITABLE = (None, "thread_broadcast", "file_share")
MOST_EMOJI = 23


class Person(Pointing):
    """One member of the cast with hands and eyes."""

    async def types(
        self, channel: str | Channel, line: str, *, thread: On | None = None, broadcast: bool = False
    ) -> Message | None:
        """Type a line into the composer: a slash command, or a message which is then returned."""
        if not line.startswith("/"):
            return await self.says(channel, line, thread=thread, broadcast=broadcast)
        name, _, text = line.partition(" ")
        if thread is not None:
            raise Impossible(f"{name} is not supported in threads. Sorry!")
        await self.command(name, text, channel)
        return None

    async def command(self, name: str, text: str = "", channel: str | Channel = "general") -> None:
        """Send a slash command; one no app offers is refused by Slack itself."""
        where = self._writable(channel)
        offered = self._workspace.app.commands.get(name)
        self.error = None if offered else "invalid_command"
        if offered:
            typed = mrkdwn.encode(text, self._workspace, labels=True) if offered.get("should_escape") else text
            self.error = await self._hands.command(name, typed.strip(), where.id)

    async def says(
        self, channel: str | Channel, text: str, *, thread: On | None = None, broadcast: bool = False
    ) -> Message:
        """Post a message as typed: `@lena`, `#general` and `@here` become mentions, everything else is escaped."""
        where = self._writable(channel)
        encoded = mrkdwn.encode(text, self._workspace)
        details: Json = {"thread_ts": thread.thread_ts or thread.ts if thread else None, "broadcast": broadcast}
        if not self.user.is_bot:
            blocks = self._workspace.furnish(mrkdwn.rich_text(encoded))
            details |= {"blocks": blocks, "extra": {"client_msg_id": self._workspace.mint_token(36)}}
        return await self._caused(lambda: acts.post(self._workspace, where, self.id, encoded, **details))

    async def uploads(
        self, channel: str | Channel, name: str, content: bytes, *, text: str = "", thread: On | None = None
    ) -> Message:
        """Share a file with an optional comment."""
        where = self._writable(channel)
        file = acts.add_file(self._workspace, self.id, name, content, len(content))
        thread_ts = thread.thread_ts or thread.ts if thread else None
        encoded = mrkdwn.encode(text, self._workspace)
        return await self._caused(
            lambda: acts.share(self._workspace, where, self.id, [file], encoded, thread_ts=thread_ts)
        )

    async def edits(self, on: On, text: str) -> None:
        """Change one's own message."""
        message = self._own(on)
        if message.subtype not in EDITABLE:
            raise Impossible("Slack wrote that line; it cannot be edited")
        encoded = mrkdwn.encode(text, self._workspace)
        changes = {"text": encoded, "blocks": self._workspace.furnish(mrkdwn.rich_text(encoded))}
        await self._caused(lambda: acts.edit(self._workspace, message, changes, mark=True))

    async def deletes(self, on: On) -> None:
        """Delete a message: one's own, or anybody's for an admin."""
        message = self._live(on) if self.user.is_admin else self._own(on)
        await self._caused(lambda: acts.delete(self._workspace, message))

    async def reacts(self, on: On, emoji: str) -> None:
        """Add an emoji."""
        message = self._live(on)
        if not re.fullmatch(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?", emoji):
            raise Impossible("There is no such emoji")
        if Reaction(emoji, self.id) in message.reactions:
            raise Impossible(f"{self.name} has already reacted with {emoji}")
        if len({r.name for r in message.reactions} | {emoji}) > MOST_EMOJI:
            raise Impossible("That message has as many emoji as fit")
        await self._caused(lambda: acts.react(self._workspace, message, self.id, emoji))

    async def unreacts(self, on: On, emoji: str) -> None:
        """Take an emoji back."""
        message = self._live(on)
        if Reaction(emoji, self.id) not in message.reactions:
            raise Impossible(f"{self.name} has not reacted with {emoji}")
        await self._caused(lambda: acts.unreact(self._workspace, message, self.id, emoji))

    async def joins(self, channel: str | Channel) -> None:
        """Enter a public channel."""
        where = self._channel(channel)
        if where.kind is not Kind.PUBLIC or where.archived or self.id in where.members:
            raise Impossible(f"{self.name} cannot join #{where.name}")
        await self._caused(lambda: acts.join(self._workspace, where, self.id))

    async def leaves(self, channel: str | Channel) -> None:
        """Leave a channel."""
        where = self._room(channel, "leave")
        await self._caused(lambda: acts.leave(self._workspace, where, self.id))

    async def invites(self, channel: str | Channel, *people: "Person | str") -> None:
        """Bring others (or the app, by its user id) into a channel one is in."""
        where = self._writable(channel)
        for one in people:
            user = self._newcomer(where, one if isinstance(one, str) else one.id)
            await self._caused(partial(acts.join, self._workspace, where, user.id, inviter=self.id))

    async def archives(self, channel: str | Channel) -> None:
        """Archive a channel."""
        where = self._room(channel, "archive")
        await self._caused(lambda: acts.archive(self._workspace, where, self.id))

    async def renames(self, channel: str | Channel, name: str) -> None:
        """Give a channel another name."""
        where = self._writable(channel)
        await self._caused(lambda: acts.rename(self._workspace, where, self.id, name))

    async def global_shortcut(self, callback_id: str) -> None:
        """Choose a shortcut from the lightning-bolt menu."""
        self._check_shortcut("global", callback_id)
        payload = payloads.global_shortcut(self._workspace, self.user, callback_id)
        self.error = await self._hands.shortcut(payload)

    async def message_shortcut(self, callback_id: str, on: On) -> None:
        """Choose a shortcut on a message, wherever one can see it, whether the app can or not."""
        self._check_shortcut("message", callback_id)
        payload = payloads.message_shortcut(self._workspace, self.user, callback_id, self._message(on))
        self.error = await self._hands.shortcut(payload)

    async def presses(self, where: Where, text: str | None = None, *, action_id: str | None = None) -> None:
        """Press a button or choose an overflow entry, by its words or its action_id; confirmations are confirmed."""
        surface, blocks = self._surface(where)
        place, chosen = find_pressed(blocks, action_id, text)
        self.error = await self._hands.act(surface, place, {"selected_option": chosen} if chosen else {})

    async def chooses(self, where: Where, value: Any, *, field: str | None = None) -> None:
        """Choose in a menu of a message, modal or Home: words, a person, a channel, a date. `field` names the menu."""
        surface, blocks = self._surface(where)
        place = find_field(blocks, field) if field else _menu_offering(blocks, value)
        if isinstance(surface, View):
            self.error = await self._hands.fill(surface, place, value)
        else:
            self.error = await self._hands.act(surface, place, enter(place[1], value, self._workspace))

    async def fills(self, values: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Put values into fields of the open modal, by label, placeholder, block_id or action_id."""
        for name, value in {**(values or {}), **more}.items():
            view = self._open_view()
            self.error = await self._hands.fill(view, find_field(view.blocks, name), value)

    async def submits(self, modal: Modal | View | None = None, entered: Iterable[Entered] = ()) -> None:
        """Submit the open modal (or a given one); what was wrong with the fields is in `modal.errors`."""
        self._check_active()
        view = modal if isinstance(modal, View) else modal.view if modal else self._open_view()
        self._enter(view, entered)
        self.error = await self._hands.submit(view)

    async def closes(self, view: View | None = None, entered: Iterable[Entered] = ()) -> None:
        """Close the topmost modal; a view that is given must be it."""
        self._check_active()
        top = self._open_view()
        if view is not None and view is not top:
            raise Impossible("Another modal is on top of it")
        self._enter(top, entered)
        self.error = await self._hands.close(top)

    async def opens_home(self, tab: str = "home") -> None:
        """Open the app from the sidebar, on its Home or its messages tab."""
        home = self._workspace.homes.get(self.id)
        channel = self._workspace.direct(self._workspace.app.bot_user, self.id)
        event: Json = {"type": "app_home_opened", "user": self.id, "channel": channel.id, "tab": tab}
        event |= {"event_ts": self._workspace.next_ts()}
        if home and tab == "home":
            event["view"] = view_json(self._workspace, home)
        await self._caused(lambda: self._workspace.publish(event, None))

    async def _caused(self, act: Callable[[], Result]) -> Result:
        """Do something and wait until every event it caused was delivered or given up."""
        self._check_active()
        self.error = None
        before = self._delivery.in_flight()
        result = act()
        if caused := self._delivery.in_flight() - before:
            await asyncio.wait(caused)
        return result

    def _room(self, channel: str | Channel, verb: str) -> Channel:
        """A channel that is neither a direct conversation nor the one for everybody."""
        where = self._writable(channel)
        if where.direct or where.general or (self.user.is_guest and verb == "archive"):
            raise Impossible(f"{self.name} cannot {verb} this conversation")
        return where

    def _newcomer(self, where: Channel, user_id: str) -> User:
        """Somebody who can be brought into this channel."""
        user = self._workspace.users.get(user_id)
        if user is None:
            raise Impossible("There is nobody with that id")
        if where.direct or self.user.is_guest:
            raise Impossible(f"{self.name} cannot invite anybody here")
        if user.deleted or user.is_guest:
            why = "deactivated" if user.deleted else "a guest of one channel"
            raise Impossible(f"{user.first_name} is {why} and cannot be invited")
        if user.id in where.members:
            raise Impossible(f"{user.first_name} is in #{where.name} already")
        return user

    def _check_shortcut(self, kind: str, callback_id: str) -> None:
        self._check_active()
        if (kind, callback_id) not in self._workspace.app.shortcuts:
            raise Impossible(f"The manifest has no {kind} shortcut {callback_id!r}")


def _menu_offering(blocks: list[Json], value: Any) -> tuple[Json, Json]:
    """The menu that offers these words, or the only menu there is."""
    menus = [(b, e) for b, e in places(blocks) if "select" in e["type"] or e["type"] in ("radio_buttons", "datepicker")]
    for block, element in menus:
        if any(value in (words(o["text"]), o["value"]) for o in options_of(element)):
            return block, element
    if len(menus) == 1:
        return menus[0]
    raise Impossible(f"No menu offers {value!r}")
