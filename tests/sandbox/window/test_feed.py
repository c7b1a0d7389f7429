"""What those who look are told: exactly what they may see, at once, and at a cost that does not grow with the past."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox, acts, seed
from bot.sandbox.objects import Channel, Ephemeral, Json, Kind
from bot.sandbox.refusal import Impossible
from bot.sandbox.traffic import Traffic
from bot.sandbox.window import feed as feed_module
from bot.sandbox.window.feed import Feed
from bot.sandbox.window.shapes import message_shape
from bot.sandbox.window.unread import Unread
from bot.sandbox.window.watcher import MOST_WAITING
from bot.sandbox.workspace import Workspace
from tests.sandbox.kit import Clock, make_manifest
from tests.sandbox.window.browser import Browser, browsers

Browse = Callable[[str], Browser]


class Counted:
    """Counts how often a message is written down."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        monkeypatch.setattr(feed_module, "message_shape", self._count)

    def _count(self, *args: Any) -> Json:
        self.times += 1
        return message_shape(*args)


async def test_an_act_costs_the_same_whatever_was_said_before(
    sandbox: Sandbox, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 5,000 messages and ten people watching, a message is written down once, and a reply with its parent."""
    general = sandbox.channel("general")
    for number in range(5000):
        acts.post(sandbox.workspace, general, seed.LENA, f"message {number}")
    first = next(iter(general.messages.values()))
    watching = ("rae", "lena", "liam", "mateo", "mina", "grace", "gus", "cory", "cleo", "ines")
    streams = [await browse(handle).listen() for handle in watching]
    counted = Counted(monkeypatch)
    looked_at = Looks(general)
    await browse("otto").types("general", "one more")
    for stream in streams:
        await stream.until(lambda stream=stream: stream.message("one more"))
    assert counted.times == 1
    await browse("otto").types("general", "below", thread=first.ts)
    for stream in streams:
        await stream.until(lambda stream=stream: stream.message("below"))
        await stream.until(lambda stream=stream: stream.seen[general.id][first.ts]["reply_count"] == 1)
    assert counted.times == 3
    assert looked_at.times == 0


class Looks:
    """Counts how often somebody goes through all messages of a channel."""

    def __init__(self, channel: Channel) -> None:
        looks = self
        self.times = 0

        class Watched(dict[str, Any]):
            def values(self) -> Any:
                looks.times += 1
                return super().values()

        channel.messages = Watched(channel.messages)


async def test_nothing_is_noted_until_somebody_looks(sandbox: Sandbox, browse: Browse) -> None:
    """A sandbox without a browser keeps no account of changes, writes nothing down and makes no conversation."""
    before = list(sandbox.workspace.channels)
    rae = sandbox.person("rae")
    await rae.says("general", "hello")
    assert sandbox.workspace.changed.__name__ == "_nobody_looks"
    assert sandbox.traffic.onlooker is None
    assert list(sandbox.workspace.channels) == before


async def test_changes_of_one_breath_are_told_once(sandbox: Sandbox, browse: Browse) -> None:
    """A message posted, edited and reacted to without a pause arrives once, as it is in the end."""
    rae = browse("rae")
    stream = await rae.listen()
    general = sandbox.channel("general")
    message = acts.post(sandbox.workspace, general, seed.LENA, "first")
    acts.edit(sandbox.workspace, message, {"text": "second"}, mark=True)
    acts.react(sandbox.workspace, message, seed.LENA, "eyes")
    gone = acts.post(sandbox.workspace, general, seed.LENA, "never seen")
    acts.delete(sandbox.workspace, gone)
    await stream.until(lambda: stream.message("second"))
    (told,) = stream.all("messages")
    assert [m["text"] for m in told["upserts"]] == ["second"]
    assert told["gone"] == [gone.ts]


async def test_who_comes_is_told_what_happened_on_the_way(sandbox: Sandbox, browse: Browse) -> None:
    """Between the desk and the stream nothing is lost: what was said meanwhile is told again."""
    rae = browse("rae")
    await rae.desk()
    await browse("lena").types("general", "in between")
    await browse("ines").types("exec-private", "not for her")
    stream = await rae.listen()
    await stream.until(lambda: stream.message("in between"))
    assert stream.message("not for her") is None


async def test_the_desk_is_told_only_when_it_changed(
    sandbox: Sandbox, client: AsyncWebClient, browse: Browse, clock: Clock
) -> None:
    """Topic, pins, bookmarks, canvas, name, archive: one desk each; time alone and a reply change nothing on it."""
    stream = await browse("rae").listen()
    general = sandbox.channel("general")
    ts = acts.post(sandbox.workspace, general, seed.RAE, "pin me").ts
    await stream.until(lambda: stream.message("pin me"))

    def shown() -> Json:
        return next(c for c in stream.last("desk")["channels"] if c["id"] == general.id)

    await client.conversations_setTopic(channel=general.id, topic="the topic")
    await stream.until(lambda: shown()["topic"] == "the topic")
    await client.pins_add(channel=general.id, timestamp=ts)
    await stream.until(lambda: [m["text"] for m in shown()["pinned"]] == ["pin me"])
    acts.edit(sandbox.workspace, general.messages[ts], {"text": "pinned"}, mark=False)
    await stream.until(lambda: [m["text"] for m in shown()["pinned"]] == ["pinned"])
    mark = await client.bookmarks_add(channel_id=general.id, title="A", type="link", link="https://a.example")
    await stream.until(lambda: [b["title"] for b in shown()["bookmarks"]] == ["A"])
    await client.bookmarks_edit(bookmark_id=mark["bookmark"]["id"], channel_id=general.id, title="B")
    await stream.until(lambda: [b["title"] for b in shown()["bookmarks"]] == ["B"])
    await client.bookmarks_remove(bookmark_id=mark["bookmark"]["id"], channel_id=general.id)
    await stream.until(lambda: shown()["bookmarks"] == [])
    content = {"type": "markdown", "markdown": "# Hi"}
    made = await client.conversations_canvases_create(channel_id=general.id, document_content=content)
    await stream.until(lambda: shown()["canvas"] == {"title": "", "markdown": "# Hi"})
    changes = [{"operation": "replace", "document_content": {"type": "markdown", "markdown": "# Ho"}}]
    await client.canvases_edit(canvas_id=made["canvas_id"], changes=changes)
    await stream.until(lambda: shown()["canvas"]["markdown"] == "# Ho")
    await client.canvases_delete(canvas_id=made["canvas_id"])
    await stream.until(lambda: shown()["canvas"] is None)
    before = len(stream.all("desk"))
    clock.forward(hours=1)
    acts.post(sandbox.workspace, general, seed.LENA, "a reply", thread_ts=ts)
    await stream.until(lambda: stream.message("a reply"))
    assert len(stream.all("desk")) <= before + 1  # the parent is pinned, and shows its replies


async def test_a_deleted_file_is_told(sandbox: Sandbox, client: AsyncWebClient, browse: Browse) -> None:
    """The message that carried it says that it is gone."""
    rae = browse("rae")
    stream = await rae.listen()
    general = sandbox.channel("general").id
    shared = await client.files_upload_v2(channel=general, filename="x.txt", content="x", initial_comment="see")
    message = await stream.until(lambda: stream.message("see"))
    assert message["files"][0]["url"].startswith("/window/file?")
    await client.files_delete(file=shared["file"]["id"])
    await stream.until(lambda: stream.message("see")["files"][0].get("mode") == "tombstone")


async def test_a_slow_reader_keeps_nobody_waiting_and_is_told_to_look_again(sandbox: Sandbox) -> None:
    """Whoever does not read costs a bounded memory; when they read again they are greeted anew, then told on."""
    workspace, general = sandbox.workspace, sandbox.channel("general")
    feed = Feed(workspace, sandbox.traffic, "boot", lambda: None)
    watcher = feed.open(workspace.users[seed.RAE], traffic=False)
    list(feed.events(watcher))
    for number in range(3 * MOST_WAITING):
        acts.post(workspace, general, seed.LENA, f"message {number}")
        if number % 10 == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert sum(map(len, watcher.messages.values())) <= MOST_WAITING
    assert [name for name, _ in feed.events(watcher)] == ["hello", "desk", "surfaces"]
    acts.post(workspace, general, seed.LENA, "after")
    await asyncio.sleep(0)
    names = [name for name, _ in feed.events(watcher)]
    assert names == ["desk", "messages"]
    assert list(feed.events(watcher)) == []
    feed.close(watcher)


async def test_the_bot_does_not_wait_for_a_reader_that_hangs(sandbox: Sandbox, browse: Browse) -> None:
    """A browser that never reads its stream does not slow acts down, and leaves when the sandbox closes."""
    port = int(sandbox.base_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(b"GET /window/events?as=rae HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await reader.readline()
    general = sandbox.channel("general")
    for _ in range(1200):
        acts.post(sandbox.workspace, general, seed.LENA, "x" * 8000)
        await asyncio.sleep(0)
    assert (await browse("lena").types("general", "still quick"))["ok"]
    writer.close()


async def test_closing_does_not_wait_for_those_who_look(clock: Clock) -> None:
    """Open streams end with the sandbox, at once."""
    async with Sandbox(manifest=make_manifest(), now=clock.now) as sandbox, browsers(sandbox) as open_one:
        stream = await open_one("rae").listen()
        began = time.monotonic()
        await sandbox.window.close()
        await stream.until(lambda: stream.all("closed"))
        assert time.monotonic() - began < 0.9


async def test_an_unreachable_sandbox_is_so_for_browsers_too(sandbox: Sandbox, browse: Browse) -> None:
    """Streams and connections break while it cannot be reached, and work again afterwards."""
    rae = browse("rae")
    stream = await rae.listen()
    async with sandbox.unreachable():
        await stream.until(lambda: stream.all("closed"))
        with pytest.raises(aiohttp.ClientConnectionError):
            await rae.desk()
    assert (await rae.desk())["me"] == seed.RAE


async def test_somebody_deactivated_is_shown_out(sandbox: Sandbox, browse: Browse) -> None:
    """Their stream ends with the next thing that happens, and there is no new one."""
    stream = await browse("rae").listen()
    sandbox.workspace.users[seed.RAE].deleted = True
    await browse("lena").types("general", "bye")
    await stream.until(lambda: stream.all("closed"))
    assert (await browse("rae").ask("/window/events"))[0] == 403


class Knobs:
    """Something backstage with one knob."""

    def __init__(self) -> None:
        self.turned: list[Any] = []

    def state(self) -> Json:
        return {"turned": list(self.turned), "guide": {"as": seed.INES}}

    async def do(self, verb: str, args: Json) -> None:
        if verb != "turn":
            raise Impossible("There is no such knob")
        self.turned.append(args)


async def test_what_stands_backstage_is_shown_and_passed_on(sandbox: Sandbox, browse: Browse) -> None:
    """Its verbs reach it with their arguments, its refusals come back as sentences, everybody is told its new state."""
    rae = browse("rae")
    assert (await rae.send("/window/backstage", {"verb": "turn"}))[0] == 404
    knobs = sandbox.window.backstage = Knobs()
    stream = await rae.listen()
    assert stream.last("desk")["backstage"]["turned"] == []
    state = {"turned": [{"by": 2}], "guide": {"as": seed.INES}}
    assert await rae.send("/window/backstage", {"verb": "turn", "by": 2}) == (200, {"ok": True, "state": state})
    sandbox.window.changed()
    await stream.until(lambda: stream.last("backstage") == state)
    sandbox.window.changed()
    await rae.types("general", "x")
    await stream.until(lambda: stream.message("x"))
    assert len(stream.all("backstage")) == 1
    told = await rae.send("/window/backstage", {"verb": "break"})
    assert told == (200, {"ok": False, "reason": "There is no such knob"})
    assert (await rae.send("/window/backstage", {"verb": 1}))[0] == 400
    async with rae.session.get(f"{sandbox.base_url}/window/desk") as answer:
        assert (await answer.json())["me"] == seed.INES
    assert knobs.turned == [{"by": 2}]


async def test_who_was_out_for_a_while_unheard_looks_again(sandbox: Sandbox) -> None:
    """What changed in a private channel between losing and regaining it is not missed, though no desk told the loss."""
    workspace, private = sandbox.workspace, sandbox.channel("exec-private")
    message = acts.post(workspace, private, seed.EMIL, "before")
    feed = Feed(workspace, Traffic(), "boot", lambda: None)
    page = Page(feed, workspace, seed.INES)
    page.hear(feed)
    for change in (
        lambda: acts.leave(workspace, private, seed.INES),
        lambda: acts.edit(workspace, message, {"text": "after"}, mark=True),
        lambda: acts.join(workspace, private, seed.INES),
    ):
        change()
        await asyncio.sleep(0)
    page.hear(feed)
    assert page.was_sent_away


PEOPLE = (seed.RAE, seed.INES, seed.GABE, seed.OTTO, seed.EMIL)


class Page:
    """What a careful page of one person knows: it asks once, then believes what it is told."""

    def __init__(self, feed: Feed, workspace: Workspace, user: str) -> None:
        self.user, self.workspace = user, workspace
        self.watcher = feed.open(workspace.users[user], traffic=False)
        self.desk: Json = feed.desk(workspace.users[user])
        self.texts: dict[tuple[str, str], str] = {}
        self.ever: set[str] = set()
        self.was_sent_away = False

    def hear(self, feed: Feed) -> None:
        for name, text in feed.events(self.watcher):
            data = json.loads(text)
            if name == "hello":
                self.texts.clear()
                self.was_sent_away = True
            elif name == "desk":
                self.desk = data
                found = {channel["id"] for channel in data["channels"]}
                self.texts = {key: text for key, text in self.texts.items() if key[0] in found}
            elif name == "messages":
                assert self.workspace.visible(self.workspace.channels[data["channel"]], self.user)
                for message in data["upserts"]:
                    self.texts[data["channel"], message["ts"]] = message["text"]
                    self.ever.add(message["text"])
                for ts in data["gone"]:
                    self.texts.pop((data["channel"], ts), None)


@settings(max_examples=30, deadline=None)
@example(seed_=23361)  # somebody's coming in is deleted before anybody looked
@given(seed_=st.integers(0, 2**32))
def test_everybody_knows_exactly_what_they_may_see(seed_: int) -> None:
    """Whatever happens in whatever order, each page's desk is true, and so is each message on it; none was ever secret."""
    asyncio.run(_play(random.Random(seed_)))


async def _play(dice: random.Random) -> None:
    clock = Clock()
    workspace = seed.kestrel(clock.now, make_manifest())
    feed = Feed(workspace, Traffic(), "boot", lambda: None)
    pages = [Page(feed, workspace, user) for user in PEOPLE]
    allowed: dict[str, set[str]] = {user: set() for user in PEOPLE}
    for number in range(60):
        _do_something(workspace, dice, f"text {number}", feed)
        for user in PEOPLE:
            allowed[user] |= _visible_texts(workspace, user)
        if dice.random() < 0.4:
            await asyncio.sleep(0)
        for page in dice.sample(pages, k=dice.choice([0, 0, 0, 1, 3])):
            page.hear(feed)
    await asyncio.sleep(0)
    fresh = Unread(workspace)
    fresh._read = feed.unread._read
    for page in pages:
        page.hear(feed)
        true = {**feed.desk(workspace.users[page.user]), "now": None}
        assert {**page.desk, "now": None, "backstage": None} == true
        assert page.ever <= allowed[page.user]
        for channel in workspace.channels.values():
            counted = feed.unread.counts(page.user, channel)
            assert counted == fresh.counts(page.user, channel)
            if workspace.visible(channel, page.user):
                known = {ts: text for (where, ts), text in page.texts.items() if where == channel.id}
                now = {m.ts: m.text for m in channel.messages.values()}
                whispers = {
                    e.ts: e.text for e in workspace.ephemerals if (e.viewer, e.channel) == (page.user, channel.id)
                }
                assert known.items() <= (now | whispers).items()
                if channel.kind is Kind.PUBLIC and page.user == seed.RAE and not page.was_sent_away:
                    assert known == now | whispers


def _visible_texts(workspace: Workspace, user: str) -> set[str]:
    seen = {m.text for c in workspace.channels.values() if workspace.visible(c, user) for m in c.messages.values()}
    return seen | {e.text for e in workspace.ephemerals if e.viewer == user}


def _do_something(workspace: Workspace, dice: random.Random, text: str, feed: Feed) -> None:
    channels = [c for c in workspace.channels.values() if not c.direct]
    channel = dice.choice(channels)
    messages = list(channel.messages.values())
    user = dice.choice(PEOPLE)
    match dice.randrange(9):
        case 0 | 1:
            mention = dice.choice(["", f" <@{dice.choice(PEOPLE)}>", " <!here>"])
            thread = dice.choice(messages).ts if messages and dice.random() < 0.3 else None
            acts.post(workspace, channel, dice.choice(channel.members), text + mention, thread_ts=thread)
        case 2 if messages:
            acts.edit(workspace, dice.choice(messages), {"text": text}, mark=True)
        case 3 if messages:
            acts.delete(workspace, dice.choice(messages))
        case 4 if user not in channel.members:
            acts.join(workspace, channel, user)
        case 5 if user in channel.members and len(channel.members) > 1:
            acts.leave(workspace, channel, user)
        case 6:
            workspace.whisper(Ephemeral(channel.id, workspace.next_ts(channel), user, text))
        case 7 if messages:
            feed.read(workspace.users[user], channel, dice.choice(messages).ts)
        case 8:
            kind = dice.choice([Kind.PUBLIC, Kind.PRIVATE])
            acts.join(workspace, workspace.add_channel(text.replace(" ", "-"), kind, user), user)
