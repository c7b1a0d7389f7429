"""The Web API through the real client: tokens, scopes, membership, names, threads, paging, marks, people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox, seed
from bot.sandbox.reading import pings_of
from tests.sandbox.kit import SCOPES, Clock, make_manifest, web_client


@asynccontextmanager
async def refused(code: str) -> AsyncIterator[Any]:
    """Inside, a call is refused with exactly this code."""
    with pytest.raises(SlackApiError) as caught:
        yield caught
    assert caught.value.response["error"] == code


async def make_channel(client: AsyncWebClient, name: str = "ai-0001", **options: Any) -> str:
    created = await client.conversations_create(name=name, **options)
    return str(created["channel"]["id"])


async def test_tokens(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """Each method wants its own kind of token and says which rule was broken."""
    me = await client.auth_test()
    assert (me["user_id"], me["bot_id"], me["team_id"]) == (seed.APP_BOT_USER, seed.APP_BOT_ID, seed.TEAM_ID)
    async with refused("not_allowed_token_type"):
        await client.apps_connections_open(app_token=sandbox.bot_token)
    async with web_client(sandbox, token=sandbox.app_token) as wrong, refused("not_allowed_token_type"):
        await wrong.auth_test()
    async with web_client(sandbox, token="xoxb-stolen") as stranger, refused("invalid_auth"):
        await stranger.auth_test()
    async with web_client(sandbox, token=None) as nobody, refused("not_authed"):
        await nobody.auth_test()


async def test_unknown_method_fails_loudly(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """A method that does not exist is refused and recorded."""
    async with refused("unknown_method"):
        await client.api_call("conversations.explode")
    assert sandbox.violations == ["unknown method: conversations.explode"]


@pytest.mark.parametrize(
    ("missing", "method", "args"),
    [
        ("channels:manage", "conversations.create", {"name": "x"}),
        ("groups:write", "conversations.create", {"name": "x", "is_private": True}),
        ("chat:write", "chat.postMessage", {"channel": "general", "text": "x"}),
        ("users:read.email", "users.lookupByEmail", {"email": "rae@kestrel.example"}),
        ("pins:write", "pins.add", {"channel": "C", "timestamp": "1.1"}),
        ("usergroups:read", "usergroups.users.list", {"usergroup": seed.AI_ONCALL}),
        ("canvases:write", "canvases.create", {}),
    ],
)
async def test_scopes(clock: Clock, missing: str, method: str, args: dict[str, Any]) -> None:
    """A scope the manifest does not ask for is missed, and the answer names it."""
    scopes = [s for s in SCOPES if s != missing]
    manifest = make_manifest(scopes=scopes, events=["message.channels"])
    async with Sandbox(manifest=manifest, now=clock.now) as sandbox, web_client(sandbox) as client:
        async with refused("missing_scope") as caught:
            await client.api_call(method, json=args)
        assert caught.value.response["needed"] == missing


async def test_email_needs_its_scope(clock: Clock) -> None:
    """Without users:read.email a profile has no address."""
    manifest = make_manifest(scopes=["users:read", "chat:write"], events=[])
    manifest["features"]["slash_commands"] = manifest["features"]["shortcuts"] = []
    async with Sandbox(manifest=manifest, now=clock.now) as sandbox, web_client(sandbox) as client:
        profile = (await client.users_info(user=seed.RAE))["user"]["profile"]
        assert "email" not in profile


def test_manifest_is_checked() -> None:
    """A manifest Slack would not install is refused with the reason."""
    with pytest.raises(ValueError, match=r"reaction_added needs the scope reactions:read"):
        Sandbox(manifest=make_manifest(scopes=["commands"], events=["reaction_added"]))
    with pytest.raises(ValueError, match="scope commands"):
        Sandbox(manifest=make_manifest(scopes=[], events=[]))


def test_loopback_only() -> None:
    """The sandbox never listens to the world."""
    with pytest.raises(ValueError, match="loopback"):
        Sandbox(manifest=make_manifest(), host="0.0.0.0")  # noqa: S104 - refused is the point


async def test_foreign_host_header_is_refused(sandbox: Sandbox) -> None:
    """A name that merely resolves to loopback does not open the door."""
    async with aiohttp.ClientSession(headers={"Host": "evil.example"}) as session:
        response = await session.post(sandbox.api_url + "auth.test")
        assert response.status == 403


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("AI-1", "invalid_name_specials"),
        ("a b", "invalid_name_specials"),
        ("a.b", "invalid_name_specials"),
        ("---", "invalid_name_punctuation"),
        ("general", "name_taken"),
    ],
)
async def test_channel_names(client: AsyncWebClient, name: str, code: str) -> None:
    """Names are validated, not mended."""
    async with refused(code):
        await client.conversations_create(name=name)


async def test_archived_names_stay_taken(client: AsyncWebClient) -> None:
    """An archived channel keeps its name, takes no messages, and cannot be archived twice or opened by a bot."""
    channel = await make_channel(client)
    await client.conversations_archive(channel=channel)
    async with refused("already_archived"):
        await client.conversations_archive(channel=channel)
    async with refused("name_taken"):
        await client.conversations_create(name="ai-0001")
    for attempt in (
        client.chat_postMessage(channel=channel, text="x"),
        client.conversations_setTopic(channel=channel, topic="x"),
        client.conversations_invite(channel=channel, users=seed.RAE),
        client.pins_add(channel=channel, timestamp="1.000001"),
    ):
        async with refused("is_archived"):
            await attempt
    async with refused("not_in_channel"):
        await client.conversations_unarchive(channel=channel)


async def test_membership(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """Outside a channel the bot may post where it is public, and read nowhere; private ones do not exist for it."""
    support, hidden = sandbox.channel("support").id, sandbox.channel("exec-private").id
    await client.chat_postMessage(channel=support, text="posted without joining")
    async with refused("not_in_channel"):
        await client.conversations_history(channel=support)
    async with refused("not_in_channel"):
        await client.conversations_setTopic(channel=support, topic="x")
    for call in (client.conversations_info, client.conversations_history, client.conversations_members):
        async with refused("channel_not_found"):
            await call(channel=hidden)
    async with refused("channel_not_found"):
        await client.chat_postMessage(channel=hidden, text="x")
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert "exec-private" not in [c["name"] for c in listed["channels"]]


async def test_without_public_posting(clock: Clock) -> None:
    """Without chat:write.public the bot must be in a channel to speak there."""
    manifest = make_manifest(scopes=["chat:write", "commands"], events=[])
    async with Sandbox(manifest=manifest, now=clock.now) as sandbox, web_client(sandbox) as client:
        posting = client.chat_postMessage(channel=sandbox.channel("support").id, text="x")
        with pytest.raises(SlackApiError, match="not_in_channel"):
            await posting


async def test_invite(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """One who cannot come refuses all; force seats the others and says who could not come, and why."""
    channel = await make_channel(client)
    people = [seed.RAE, seed.DANA, "U00NOBODY00", seed.GABE]
    async with refused("cant_invite"):
        await client.conversations_invite(channel=channel, users=people)
    assert sandbox.channel("ai-0001").members == [seed.APP_BOT_USER]
    answer = await client.conversations_invite(channel=channel, users=people, force=True)
    assert {e["user"]: e["error"] for e in answer["errors"]} == {
        seed.DANA: "cant_invite",
        "U00NOBODY00": "user_not_found",
        seed.GABE: "ura_max_channels",
    }
    for users, code in ((seed.RAE, "already_in_channel"), (seed.APP_BOT_USER, "cant_invite_self")):
        async with refused(code):
            await client.conversations_invite(channel=channel, users=users)
    await client.conversations_kick(channel=channel, user=seed.RAE)
    assert (await client.conversations_members(channel=channel))["members"] == [seed.APP_BOT_USER]


async def test_topic_and_rename(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """Topics have a limit and leave a line; renaming mends what creating refuses."""
    channel = await make_channel(client)
    async with refused("too_long"):
        await client.conversations_setTopic(channel=channel, topic="x" * 251)
    await client.conversations_setTopic(channel=channel, topic="SEV2")
    renamed = await client.conversations_rename(channel=channel, name="AI 0001 Done")
    assert renamed["channel"]["name"] == "ai-0001-done"
    assert renamed["channel"]["topic"]["value"] == "SEV2"
    lines = [m.get("subtype") for m in (await client.conversations_history(channel=channel))["messages"]]
    assert lines == ["channel_name", "channel_topic", "channel_join"]
    async with refused("not_authorized"):
        await client.conversations_rename(channel=sandbox.channel("general").id, name="ours")


async def test_private_channel(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """A private channel shows only in its members' sidebars."""
    channel = await make_channel(client, "ai-0002-private", is_private=True)
    await client.conversations_invite(channel=channel, users=seed.GRACE)
    assert "ai-0002-private" in sandbox.person("grace").sidebar
    assert "ai-0002-private" not in sandbox.person("rae").sidebar


async def test_posting_content(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """Empty, malformed and oversized content is refused with Slack's codes; long text is cut, not refused."""
    general = sandbox.channel("general").id
    async with refused("no_text"):
        await client.api_call("chat.postMessage", json={"channel": general, "text": ""})
    async with refused("channel_not_found"):
        await client.chat_postMessage(channel="C00NOWHERE0", text="x")
    async with refused("invalid_blocks") as caught:
        await client.chat_postMessage(channel=general, text="x", blocks=[{"type": "section"}])
    assert "[json-pointer:/blocks/0]" in caught.value.response["response_metadata"]["messages"][0]
    async with refused("invalid_blocks_format"):
        await client.chat_postMessage(channel=general, text="x", blocks="[{")
    async with refused("invalid_metadata_format"):
        await client.chat_postMessage(channel=general, text="x", metadata={"event_type": "x"})
    async with refused("thread_not_found"):
        await client.chat_postMessage(channel=general, text="x", thread_ts="1.000001")
    posted = await client.chat_postMessage(channel=general, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    async with refused("msg_too_long"):
        await client.chat_update(channel=general, ts=posted["ts"], text="x" * 4_001)


async def test_direct_messages(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """A user id is an address; the same person always gets the same conversation; the gone and bots get none."""
    first = await client.chat_postMessage(channel=seed.INES, text="one")
    opened = await client.conversations_open(users=[seed.INES])
    assert opened["channel"]["id"] == first["channel"]
    assert opened["already_open"] is True
    assert [m.text for m in sandbox.person("ines").direct_messages] == ["one"]
    for user, code in (
        (seed.DANA, "user_disabled"),
        ("U00NOBODY00", "user_not_found"),
        (seed.ALERTS_BOT_USER, "cannot_dm_bot"),
    ):
        async with refused(code):
            await client.conversations_open(users=user)
    async with refused("channel_not_found"):
        await client.chat_postMessage(channel=seed.DANA, text="x")


async def test_update_and_delete(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """Only own messages change; text alone removes the blocks; earlier texts are kept; metadata stays unless said."""
    general = sandbox.channel("general").id
    theirs = await sandbox.person("rae").says("general", "mine")
    async with refused("cant_update_message"):
        await client.chat_update(channel=general, ts=theirs.ts, text="yours")
    async with refused("cant_delete_message"):
        await client.chat_delete(channel=general, ts=theirs.ts)
    posted = await client.chat_postMessage(
        channel=general,
        text="v1",
        blocks=[{"type": "divider"}],
        metadata={"event_type": "card", "event_payload": {"key": "AI-1"}},
    )
    await client.chat_update(channel=general, ts=posted["ts"], text="v2")
    message = sandbox.workspace.message(general, posted["ts"])
    assert message is not None
    assert (message.text, message.blocks, message.versions) == ("v2", [], ["v1"])
    assert message.metadata == {"event_type": "card", "event_payload": {"key": "AI-1"}}
    await client.chat_delete(channel=general, ts=posted["ts"])
    async with refused("message_not_found"):
        await client.chat_update(channel=general, ts=posted["ts"], text="v3")


async def test_metadata_only_where_asked(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """History shows metadata only with include_all_metadata."""
    general = sandbox.channel("general").id
    metadata = {"event_type": "card", "event_payload": {"key": "AI-1"}}
    await client.chat_postMessage(channel=general, text="x", metadata=metadata)
    bare = await client.conversations_history(channel=general, limit=1)
    full = await client.conversations_history(channel=general, limit=1, include_all_metadata=True)
    assert "metadata" not in bare["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_history_and_threads(sandbox: Sandbox, client: AsyncWebClient, clock: Clock) -> None:
    """History is newest first, paged and bounded; replies are elsewhere, oldest first; a broadcast is in both."""
    rae, general = sandbox.person("rae"), sandbox.channel("general").id
    said = []
    for number in range(5):
        clock.forward(seconds=1)
        said.append(await rae.says("general", f"m{number}"))
    await rae.says("general", "r1", thread=said[0])
    await rae.says("general", "r2", thread=said[0], broadcast=True)
    pages = [
        [m["text"] for m in page["messages"]]
        async for page in await client.conversations_history(channel=general, limit=2)
    ]
    assert pages == [["r2", "m4"], ["m3", "m2"], ["m1", "m0"]]
    since = await client.conversations_history(channel=general, oldest=said[2].ts, latest=said[4].ts)
    assert [m["text"] for m in since["messages"]] == ["m3"]
    within = await client.conversations_history(channel=general, oldest=said[2].ts, latest=said[4].ts, inclusive=True)
    assert [m["text"] for m in within["messages"]] == ["m4", "m3", "m2"]
    thread = await client.conversations_replies(channel=general, ts=said[0].ts)
    assert [m["text"] for m in thread["messages"]] == ["m0", "r1", "r2"]
    assert thread["messages"][0]["reply_count"] == 2
    async with refused("thread_not_found"):
        await client.conversations_replies(channel=general, ts="1.000001")
    async with refused("invalid_cursor"):
        await client.conversations_history(channel=general, cursor="bm9uc2Vuc2U=")
    assert len({m.ts for m in sandbox.channel("general").messages.values()}) == 7


async def test_marks(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """Pins, reactions and bookmarks say `already` and `not there` as Slack does."""
    channel = await make_channel(client)
    ts = (await client.chat_postMessage(channel=channel, text="card"))["ts"]
    await client.pins_add(channel=channel, timestamp=ts)
    async with refused("already_pinned"):
        await client.pins_add(channel=channel, timestamp=ts)
    assert [i["message"]["ts"] for i in (await client.pins_list(channel=channel))["items"]] == [ts]
    await client.pins_remove(channel=channel, timestamp=ts)
    async with refused("no_pin"):
        await client.pins_remove(channel=channel, timestamp=ts)
    await client.reactions_add(channel=channel, timestamp=ts, name="pushpin")
    async with refused("already_reacted"):
        await client.reactions_add(channel=channel, timestamp=ts, name="pushpin")
    async with refused("invalid_name"):
        await client.reactions_add(channel=channel, timestamp=ts, name="Not An Emoji")
    shown = await client.reactions_get(channel=channel, timestamp=ts)
    assert shown["message"]["reactions"] == [{"name": "pushpin", "users": [seed.APP_BOT_USER], "count": 1}]
    await client.reactions_remove(channel=channel, timestamp=ts, name="pushpin")
    async with refused("message_not_found"):
        await client.reactions_add(channel=channel, timestamp="1.000001", name="pushpin")
    link = (await client.bookmarks_add(channel_id=channel, title="Runbook", type="link", link="https://x.example"))[
        "bookmark"
    ]
    async with refused("invalid_link"):
        await client.bookmarks_add(channel_id=channel, title="x", type="link", link="javascript:alert(1)")
    await client.bookmarks_edit(bookmark_id=link["id"], channel_id=channel, title="Plan")
    assert [b["title"] for b in (await client.bookmarks_list(channel_id=channel))["bookmarks"]] == ["Plan"]
    await client.bookmarks_remove(bookmark_id=link["id"], channel_id=channel)
    async with refused("not_found"):
        await client.bookmarks_remove(bookmark_id=link["id"], channel_id=channel)


async def test_people_and_groups(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """The cast can be found by id, e-mail and group; the deactivated by id only; free plans have no groups."""
    rae = (await client.users_info(user=seed.RAE))["user"]
    assert (rae["profile"]["email"], rae["tz"]) == ("rae@kestrel.example", "Europe/London")
    assert (await client.users_info(user=seed.DANA))["user"]["deleted"] is True
    assert (await client.users_lookupByEmail(email="Lena@kestrel.example"))["user"]["id"] == seed.LENA
    async with refused("users_not_found"):
        await client.users_lookupByEmail(email="dana@kestrel.example")
    async with refused("user_not_found"):
        await client.users_info(user="U00NOBODY00")
    everybody = [u["id"] async for page in await client.users_list(limit=5) for u in page["members"]]
    assert len(everybody) == len(set(everybody)) == len(sandbox.workspace.users)
    groups = (await client.usergroups_list(include_users=True))["usergroups"]
    assert [(g["handle"], g["users"]) for g in groups] == [("ai-oncall", [seed.LENA, seed.MATEO])]
    async with refused("no_such_subteam"):
        await client.usergroups_users_list(usergroup="S00NOBODY00")
    sandbox.workspace.plan = "free"
    async with refused("plan_upgrade_required"):
        await client.usergroups_users_list(usergroup=seed.AI_ONCALL)


async def test_ephemeral_and_permalink(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """An ephemeral needs its reader in the channel and is in no history; permalinks point at real messages."""
    general, support = sandbox.channel("general").id, sandbox.channel("support").id
    await client.chat_postEphemeral(channel=general, user=seed.RAE, text="psst")
    async with refused("user_not_in_channel"):
        await client.chat_postEphemeral(channel=support, user=seed.GRACE, text="psst")
    assert (await client.conversations_history(channel=general))["messages"] == []
    parent = await sandbox.person("rae").says("general", "x")
    reply = await sandbox.person("rae").says("general", "y", thread=parent)
    link = (await client.chat_getPermalink(channel=general, message_ts=reply.ts))["permalink"]
    assert link == (
        f"https://kestrel-retail.slack.com/archives/{general}/p{reply.ts.replace('.', '')}"
        f"?thread_ts={parent.ts}&cid={general}"
    )
    async with refused("message_not_found"):
        await client.chat_getPermalink(channel=general, message_ts="1.000001")


async def test_pings(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """A test can ask whom a message would notify, blocks included, and literal @here where Slack might parse it."""
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "@here &lt;!channel&gt; <!subteam^S07AIONCALL>"}}
    posted = await client.chat_postMessage(channel=seed.INES, text=f"<@{seed.RAE}>", blocks=[block])
    message = sandbox.workspace.message(posted["channel"], posted["ts"])
    assert message is not None
    assert pings_of(message) == {seed.RAE, "S07AIONCALL", "here"}


async def test_two_sandboxes_do_not_mix(sandbox: Sandbox, clock: Clock) -> None:
    """Several sandboxes in one process share nothing."""
    async with Sandbox(manifest=make_manifest(), now=clock.now) as other, web_client(other) as client:
        await make_channel(client)
        assert sandbox.workspace.channel_by_name("ai-0001") is None
