"""One Slack workspace as plain state: who is there, what was said, which modals are open.

It knows names, memberships and clocks, and nothing about HTTP. Changes with consequences are in `acts.py`.
"""

import random
import string
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import UTC, datetime, timedelta

from bot.sandbox.objects import (
    Canvas,
    Channel,
    Ephemeral,
    File,
    InstalledApp,
    Json,
    Kind,
    Message,
    ResponseUrl,
    Trigger,
    User,
    UserGroup,
    View,
)
from bot.sandbox.refusal import Refusal

TRIGGER_LIFE = timedelta(seconds=3)
BASE36 = string.ascii_uppercase + string.digits
Publish = Callable[[Json, Channel | None], None]
Thing = Channel | Message | Ephemeral | View
Changed = Callable[[Thing], None]


def _nobody_listens(_event: Json, _channel: Channel | None) -> None:
    """The listener of a workspace without an app."""


def _nobody_looks(_thing: Thing) -> None:
    """The onlooker of a workspace at which nobody looks."""


class Workspace:
    """All state of one workspace. `now` returns aware UTC and is the only clock anything here looks at.

    `publish` is told what the app may hear of; `changed` is told each thing that is other than it was, or gone.
    `offers` are the options an app has suggested to somebody, by person, surface, block_id and action_id.
    """

    def __init__(self, now: Callable[[], datetime], *, team_id: str, name: str, domain: str, seed: int = 1) -> None:
        self.now = now
        self.team_id, self.name, self.domain = team_id, name, domain
        self.plan = "pro"
        self.base_url = ""
        self.app: InstalledApp
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.user_groups: dict[str, UserGroup] = {}
        self.files: dict[str, File] = {}
        self.canvases: dict[str, Canvas] = {}
        self.ephemerals: list[Ephemeral] = []
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.offers: dict[tuple[str, str, str, str], dict[str, Json]] = {}
        self.publish: Publish = _nobody_listens
        self.changed: Changed = _nobody_looks
        self._random = random.Random(seed)

    def mint(self, prefix: str, length: int = 10) -> str:
        """A fresh Slack-like identifier, the same ones in the same order for the same seed."""
        return prefix + "".join(self._random.choices(BASE36, k=length))

    def mint_token(self, length: int = 24) -> str:
        """A fresh mixed-case token for tickets, hashes and block ids."""
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=length))

    def epoch(self) -> int:
        """Whole seconds since 1970, by the workspace's clock."""
        return int(self.instant().timestamp())

    def instant(self) -> datetime:
        """Now, refusing a clock without a zone."""
        now = self.now()
        if now.tzinfo is None:
            raise ValueError("The sandbox needs a clock that returns aware datetimes")
        return now.astimezone(UTC)

    def next_ts(self, channel: Channel | None = None) -> str:
        """A `ts` from the clock; within a channel always later than any before it."""
        since = self.instant() - datetime(1970, 1, 1, tzinfo=UTC)
        micros = since // timedelta(microseconds=1)
        if channel is not None:
            micros = max(micros, channel.last_micros + 1)
            channel.last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    @property
    def bot(self) -> User:
        """The bot user of the installed app."""
        return self.users[self.app.bot_user]

    def user_by_handle(self, handle: str) -> User | None:
        """The member with this handle or display name, in any case."""
        wanted = handle.casefold()
        return next((u for u in self.users.values() if wanted in (u.handle.casefold(), u.first_name.casefold())), None)

    def channel_by_name(self, name: str) -> Channel | None:
        """The named channel, archived ones included, `#` optional."""
        wanted = name.removeprefix("#")
        return next((c for c in self.channels.values() if c.name == wanted and not c.direct), None)

    def group_by_handle(self, handle: str) -> UserGroup | None:
        """The user group with this handle, `@` optional."""
        wanted = handle.removeprefix("@")
        return next((g for g in self.user_groups.values() if g.handle == wanted), None)

    def add_channel(self, name: str, kind: Kind, creator: str, members: Iterable[str] = ()) -> Channel:
        """Make a conversation without telling anybody."""
        prefix = "D" if kind is Kind.IM else "C"
        channel = Channel(self.mint(prefix), name, kind, creator, self.epoch(), list(members))
        self.channels[channel.id] = channel
        self.changed(channel)
        return channel

    def direct(self, *users: str) -> Channel:
        """The direct conversation between these users, made when there is none."""
        wanted = set(users)
        kind = Kind.IM if len(wanted) <= 2 else Kind.MPIM
        for channel in self.channels.values():
            if channel.kind is kind and set(channel.members) == wanted:
                return channel
        name = "" if kind is Kind.IM else "mpdm-" + "--".join(self.users[u].handle for u in users) + "-1"
        return self.add_channel(name, kind, users[0], dict.fromkeys(users))

    def visible(self, channel: Channel, user: str) -> bool:
        """Whether this user may know the conversation at all: a member of it, or it is public and they are no guest."""
        return user in channel.members or (channel.kind is Kind.PUBLIC and not self.users[user].is_guest)

    def whisper(self, note: Ephemeral) -> None:
        """Show somebody a message that only they see."""
        self.ephemerals.append(note)
        self.changed(note)

    def message(self, channel: str, ts: str) -> Message | None:
        """One message by its identity."""
        found = self.channels.get(channel)
        return found.messages.get(ts) if found else None

    def ephemeral(self, ts: str, viewer: str) -> Ephemeral | None:
        """One ephemeral message of one viewer."""
        return next((e for e in self.ephemerals if e.ts == ts and e.viewer == viewer), None)

    def mint_trigger(self, user: str, view: str | None = None) -> str:
        """A trigger_id that lives three seconds and opens one view."""
        trigger_id = f"{self._random.randrange(10**12)}.{self._random.randrange(10**12)}.{self.mint_token(32).lower()}"
        self.triggers[trigger_id] = Trigger(user, self.instant(), view)
        return trigger_id

    def exchange_trigger(self, trigger_id: str) -> Trigger:
        """Spend a trigger.

        Raises:
            Refusal: invalid, expired or already exchanged.
        """
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self.instant() - trigger.minted_at > TRIGGER_LIFE:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def top_view(self, user: str) -> View | None:
        """The modal a person looks at."""
        stack = self.stacks.get(user)
        return self.views[stack[-1]] if stack else None

    def furnish(self, blocks: list[Json]) -> list[Json]:
        """A deep copy with block and action ids filled in where the sender left them out, as Slack does."""
        copy = deepcopy(blocks)
        for block in copy:
            block.setdefault("block_id", self.mint_token(5))
            for element in interactive_elements(block):
                element.setdefault("action_id", self.mint_token(5))
        return copy


def interactive_elements(block: Json) -> list[Json]:
    """The elements of a block a person can press, choose or fill."""
    candidates = [block.get("accessory"), block.get("element"), *block.get("elements", ())]
    found = [e for e in candidates if isinstance(e, dict)]
    passive = {"image", "mrkdwn", "plain_text"}
    is_text = block.get("type") in ("rich_text", "context")
    return [] if is_text else [e for e in found if e.get("type") not in passive]
