"""What people do and see: edits, deletes, reactions, membership, and the events each of them causes."""

import pytest

from bot.sandbox import Sandbox, seed
from bot.sandbox.refusal import Impossible
from tests.sandbox.kit import Bolt, Clock, make_manifest


async def test_edit_and_delete(sandbox: Sandbox, bolt: Bolt, clock: Clock) -> None:
    """Edits and deletions arrive hidden, with the identity inside, and earlier texts stay known."""
    rae = sandbox.person("rae")
    message = await rae.says("general", "first")
    clock.forward(seconds=5)
    await rae.edits(message, "second")
    await rae.deletes(message)
    said, changed, deleted = bolt.heard
    assert said["client_msg_id"]
    assert (changed["subtype"], changed["hidden"], changed["message"]["ts"]) == ("message_changed", True, message.ts)
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("second", "first")
    assert changed["message"]["edited"]["user"] == rae.id
    assert changed["ts"] != message.ts
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", message.ts)
    assert message.versions == ["first"]
    assert rae.sees("general") == []


async def test_deleted_parent_leaves_a_tombstone(sandbox: Sandbox, bolt: Bolt) -> None:
    """A parent with replies becomes a tombstone."""
    rae = sandbox.person("rae")
    parent = await rae.says("general", "parent")
    await sandbox.person("lena").says("general", "reply", thread=parent)
    await rae.deletes(parent)
    assert bolt.heard[-1]["message"]["subtype"] == "tombstone"
    assert [m.text for m in rae.sees("general")] == ["This message was deleted."]


async def test_threads_and_mentions(sandbox: Sandbox, bolt: Bolt) -> None:
    """A reply names its parent, a broadcast is marked, a mention of the bot is heard twice."""
    rae = sandbox.person("rae")
    parent = await rae.says("general", "parent")
    reply = await rae.says("general", "reply", thread=parent)
    nested = await rae.says("general", "to the reply", thread=reply, broadcast=True)
    assert (reply.thread_ts, nested.thread_ts, nested.subtype) == (parent.ts, parent.ts, "thread_broadcast")
    await rae.says("general", "hey @Andon")
    assert sorted(bolt.types()) == ["app_mention", "message", "message", "message", "message"]
    assert [m.text for m in rae.sees("general")] == ["parent", "to the reply", "hey @Andon"]
    assert [m.text for m in rae.sees("general", thread=parent)] == ["parent", "reply", "to the reply"]


async def test_reactions_and_files(sandbox: Sandbox, bolt: Bolt) -> None:
    """Emoji come and go as events; a shared file is a message and a file_shared."""
    rae = sandbox.person("rae")
    message = await rae.uploads("general", "log.txt", b"x", text="the log")
    await rae.reacts(message, "pushpin")
    with pytest.raises(Impossible):
        await rae.reacts(message, "pushpin")
    await rae.unreacts(message, "pushpin")
    assert bolt.types() == ["message", "file_shared", "reaction_added", "reaction_removed"]
    shared, _, added, _ = bolt.heard
    assert (shared["subtype"], shared["files"][0]["name"]) == ("file_share", "log.txt")
    assert added["item"] == {"type": "message", "channel": message.channel, "ts": message.ts}
    assert (added["reaction"], added["item_user"]) == ("pushpin", rae.id)


async def test_membership_events(sandbox: Sandbox, bolt: Bolt) -> None:
    """Joining, leaving, inviting the bot, renaming and archiving are told; rules of the client hold."""
    otto, lena = sandbox.person("otto"), sandbox.person("lena")
    with pytest.raises(Impossible, match="not in"):
        await otto.says("ai-incidents", "hi")
    await otto.joins("ai-incidents")
    await otto.leaves("ai-incidents")
    await lena.invites("ml-platform", seed.APP_BOT_USER)
    await lena.renames("ml-platform", "ml")
    await lena.archives("ml")
    subtypes = [e.get("subtype", e["type"]) for e in bolt.heard]
    assert subtypes == [
        "member_joined_channel",
        "channel_join",
        "channel_leave",
        "member_left_channel",
        "member_joined_channel",
        "channel_rename",
        "channel_name",
        "channel_archive",
        "channel_archive",
    ]
    assert "ml" not in lena.sidebar
    with pytest.raises(Impossible, match="archived"):
        await lena.says("ml", "too late")


async def test_who_sees_what(sandbox: Sandbox) -> None:
    """Private channels, other people's words and things that are gone are out of reach."""
    rae, ines = sandbox.person("rae"), sandbox.person("ines")
    assert "exec-private" in ines.sidebar
    assert "exec-private" not in rae.sidebar
    assert sandbox.person("gabe").sidebar == ["support"]
    with pytest.raises(Impossible, match="cannot see"):
        rae.sees("exec-private")
    message = await ines.says("exec-private", "secret")
    with pytest.raises(Impossible):
        await rae.reacts(message, "eyes")
    public = await rae.says("general", "mine")
    with pytest.raises(Impossible):
        await sandbox.person("lena").edits(public, "yours")
    with pytest.raises(Impossible, match="deactivated"):
        await sandbox.person("dana").says("general", "boo")
    with pytest.raises(LookupError):
        sandbox.person("nobody")


async def test_other_bots_speak(sandbox: Sandbox, bolt: Bolt) -> None:
    """Another app's message has a bot_id and no subtype, as modern bots' have."""
    await sandbox.person("lena").invites("general", sandbox.person("grafana"))
    bolt.heard.clear()
    await sandbox.person("grafana").says("general", "error rate 12%")
    (event,) = bolt.heard
    assert event["bot_id"] == seed.ALERTS_BOT_ID
    assert "subtype" not in event
    assert event["bot_profile"]["name"] == "Grafana"


async def test_own_posts_are_delivered_and_times_are_local(sandbox: Sandbox, bolt: Bolt) -> None:
    """The app's own posts come back as events with its bot_id; each reader sees their own time."""
    await bolt.client.chat_postMessage(channel="general", text="Next at <!date^1795165200^{time}|09:00 UTC>")
    await sandbox.delivery.settled()
    (entry,) = sandbox.traffic.deliveries("message")
    assert entry.args["event"]["bot_id"] == seed.APP_BOT_ID
    assert bolt.heard == []
    assert sandbox.person("rae").sees("general")[0].text == "Next at 09:00"
    assert sandbox.person("mina").sees("general")[0].text == "Next at 18:00"


async def test_raw_command_text_without_escaping(clock: Clock) -> None:
    """A manifest without should_escape gets the typed text, mentions unresolved."""
    async with Sandbox(manifest=make_manifest(escape=False), now=clock.now, patience=0.05) as sandbox:
        rae = sandbox.person("rae")
        await rae.types("general", "/incident lead @lena <b>")
        assert rae.error == "dispatch_failed"
        assert sandbox.traffic.deliveries("/incident")[0].args["text"] == "lead @lena <b>"


async def test_ts_is_unique_and_ordered_whatever_the_clock_does(sandbox: Sandbox, clock: Clock) -> None:
    """Messages of one channel keep their order even when the clock stands still or goes back."""
    rae = sandbox.person("rae")
    stamps = [(await rae.says("general", "a")).ts, (await rae.says("general", "b")).ts]
    clock.forward(hours=-1)
    stamps.append((await rae.says("general", "c")).ts)
    assert stamps == sorted(set(stamps))
    assert stamps[0] == f"{int(clock.now().timestamp()) + 3600}.000000"
