"""Who sees what through the window: desks, conversations, ephemerals, private places."""

from collections.abc import Callable

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox, acts, seed
from bot.sandbox.objects import Ephemeral
from tests.sandbox.kit import Clock
from tests.sandbox.window.browser import Browser

Browse = Callable[[str], Browser]


async def test_the_desk_is_what_one_person_can_find(sandbox: Sandbox, browse: Browse) -> None:
    """Public channels and their own private ones, people, groups, commands, shortcuts, and the talk with the app."""
    desk = await browse("rae").desk()
    assert (desk["me"], desk["team"]["name"], desk["backstage"]) == (seed.RAE, "Kestrel Retail", None)
    names = {channel["name"] for channel in desk["channels"] if channel["kind"] == "public"}
    assert names == {"general", "ai-incidents", "support", "ml-platform", "product"}
    assert "exec-private" not in str(desk)
    ml = next(channel for channel in desk["channels"] if channel["name"] == "ml-platform")
    assert (ml["is_member"], ml["unread"]) == (False, 0)
    assert desk["commands"] == [{"command": "/incident", "description": "x", "usage_hint": ""}]
    assert [shortcut["callback_id"] for shortcut in desk["shortcuts"]] == ["declare", "report_output"]
    assert desk["groups"][0]["users"] == [seed.LENA, seed.MATEO]
    talk = next(channel for channel in desk["channels"] if channel["id"] == desk["app"]["dm"])
    assert (talk["kind"], talk["with"]) == ("im", [seed.APP_BOT_USER])
    assert {"rae", "dana", "gabe"} <= {person["handle"] for person in desk["people"]}


async def test_whoever_says_no_name_is_somebody_of_the_cast(sandbox: Sandbox, browse: Browse) -> None:
    """Without a person the desk is that of the first of the cast; a handle will do for an id."""
    browser = browse("lena")
    for wanted, me in (("", seed.RAE), ("lena", seed.LENA), (seed.INES, seed.INES)):
        async with browser.session.get(f"{sandbox.base_url}/window/desk", params={"as": wanted}) as answer:
            assert (await answer.json())["me"] == me


@pytest.mark.parametrize(("handle", "status"), [("dana", 403), ("grafana", 403), ("slackbot", 403)])
async def test_the_deactivated_and_apps_cannot_sit_down(browse: Browse, handle: str, status: int) -> None:
    """Nobody acts as a deactivated person or as an app, anywhere."""
    browser = browse(handle)
    for path in ("/window/desk", "/window/messages", "/window/events", "/window/file"):
        found, body = await browser.ask(path)
        assert (found, body["ok"]) == (status, False)
    assert (await browser.send("/window/act", {"as": browser.id, "verb": "joins", "channel": "C"}))[0] == status


async def test_a_guest_finds_nothing_but_their_channel(sandbox: Sandbox, browse: Browse) -> None:
    """A guest sees the channels they are in, and cannot read, join or be told of any other."""
    guest = browse("gabe")
    names = [channel["name"] for channel in (await guest.desk())["channels"] if channel["kind"] != "im"]
    assert names == ["support"]
    stream = await guest.listen()
    general = sandbox.channel("general").id
    assert (await guest.ask("/window/messages", channel=general))[0] == 404
    assert (await guest.act("joins", channel=general))["error"] == "impossible"
    await browse("rae").types("general", "not for guests")
    await browse("rae").types("support", "for all of support")
    await stream.until(lambda: stream.message("for all of support"))
    assert stream.message("not for guests") is None


async def test_an_outsider_hears_nothing_of_a_private_channel(sandbox: Sandbox, browse: Browse) -> None:
    """Neither its name nor its messages, neither asked for nor told, and a refusal does not name it."""
    rae, ines = browse("rae"), browse("ines")
    outside, inside = await rae.listen(), await ines.listen()
    private = sandbox.channel("exec-private").id
    await ines.types("exec-private", "the board must not know")
    await inside.until(lambda: inside.message("the board must not know"))
    status, body = await rae.ask("/window/messages", channel=private)
    assert (status, body["reason"]) == (404, "There is no such conversation")
    refusal = await rae.types("exec-private", "let me in")
    assert refusal == {"ok": False, "error": "impossible", "reason": "There is no such conversation"}
    await rae.types("general", "hello")
    await outside.until(lambda: outside.message("hello"))
    assert private not in str(outside.heard)
    assert "exec-private" not in str(outside.heard)


async def test_coming_in_and_going_out_is_seen_at_once(sandbox: Sandbox, browse: Browse) -> None:
    """Somebody invited to a private channel finds it and hears of it; once they are out it is gone again."""
    rae, ines = browse("rae"), browse("ines")
    stream, private = await rae.listen(), sandbox.channel("exec-private")
    assert (await ines.act("invites", channel=private.id, user=seed.RAE))["ok"]

    def found() -> bool:
        return any(channel["id"] == private.id for channel in stream.last("desk")["channels"])

    await stream.until(found)
    await ines.types("exec-private", "welcome")
    await stream.until(lambda: stream.message("welcome"))
    assert [m["text"] for m in await rae.messages("exec-private")][-1] == "welcome"
    acts.leave(sandbox.workspace, private, seed.RAE)
    await stream.until(lambda: not found())
    await ines.types("exec-private", "now that she is gone")
    await rae.types("general", "later")
    await stream.until(lambda: stream.message("later"))
    assert stream.message("now that she is gone") is None


async def test_an_ephemeral_message_is_for_one_person(sandbox: Sandbox, client: AsyncWebClient, browse: Browse) -> None:
    """Its reader hears it and finds it in its place; nobody else does; replaced and deleted it changes and goes."""
    rae, lena = browse("rae"), browse("lena")
    hers, theirs = await rae.listen(), await lena.listen()
    await rae.types("general", "before")
    await client.chat_postEphemeral(channel=sandbox.channel("general").id, user=seed.RAE, text="between us")
    await rae.types("general", "after")
    whispered = await hers.until(lambda: hers.message("between us"))
    assert (whispered["is_ephemeral"], whispered["user"]) == (True, seed.APP_BOT_USER)
    assert [m["text"] for m in await rae.messages("general")] == ["before", "between us", "after"]
    assert [m["text"] for m in await lena.messages("general")] == ["before", "after"]
    await theirs.until(lambda: theirs.message("after"))
    assert theirs.message("between us") is None
    note: Ephemeral = sandbox.workspace.ephemerals[0]
    sandbox.workspace.ephemerals.remove(note)
    sandbox.workspace.changed(note)
    await hers.until(lambda: hers.message("between us") is None)


async def test_pages_of_a_long_conversation(sandbox: Sandbox, browse: Browse, clock: Clock) -> None:
    """The newest first page, then what is before it; replies are in their thread alone, its parent first."""
    rae = browse("rae")
    general = sandbox.channel("general")
    parent = acts.post(sandbox.workspace, general, seed.RAE, "0")
    for number in range(1, 25):
        acts.post(sandbox.workspace, general, seed.RAE, str(number))
        acts.post(sandbox.workspace, general, seed.LENA, f"reply {number}", thread_ts=parent.ts)
    first = (await rae.ask("/window/messages", channel=general.id, limit=10))[1]
    assert ([m["text"] for m in first["messages"]], first["more"]) == ([str(n) for n in range(15, 25)], True)
    before = first["messages"][0]["ts"]
    rest = (await rae.ask("/window/messages", channel=general.id, limit=15, before=before))[1]
    assert ([m["text"] for m in rest["messages"]], rest["more"]) == ([str(n) for n in range(15)], False)
    assert rest["messages"][0]["reply_count"] == 24
    thread = await rae.messages("general", thread=parent.ts, limit=3)
    assert [m["text"] for m in thread] == ["0", "reply 22", "reply 23", "reply 24"]


async def test_unread_marks_are_kept_for_each_person(sandbox: Sandbox, browse: Browse) -> None:
    """What others say waits until it is read; mentions, of groups too, are counted; everything in a talk is one."""
    rae, lena = browse("rae"), browse("lena")
    stream = await lena.listen()
    for text in ("hello all", "hello @lena", "@ai-oncall please", "@here now"):
        await rae.types("general", text)

    def marks() -> tuple[int, int]:
        general = next(c for c in stream.last("desk")["channels"] if c["name"] == "general")
        return general["unread"], general["mentions"]

    await stream.until(lambda: marks() == (4, 3))
    assert (await rae.channel("general"))["unread"] == 0
    assert (await browse("mateo").channel("general"))["mentions"] == 2
    third = [m["ts"] for m in await lena.messages("general")][2]
    await lena.act("reads", channel=sandbox.channel("general").id, ts=third)
    await stream.until(lambda: marks() == (1, 1))
    await rae.act("deletes", channel=sandbox.channel("general").id, ts=(await rae.messages("general"))[-1]["ts"])
    await stream.until(lambda: marks() == (0, 0))
    await rae.types("general", "more")
    await stream.until(lambda: marks() == (1, 0))
    await lena.types("general", "my own words mark everything read")
    await stream.until(lambda: marks() == (0, 0))


async def test_a_talk_with_the_app_mentions(sandbox: Sandbox, client: AsyncWebClient, browse: Browse) -> None:
    """Each message the app writes to somebody is marked like a mention."""
    await client.chat_postMessage(channel=seed.RAE, text="a word with you")
    talk = next(c for c in (await browse("rae").desk())["channels"] if c["kind"] == "im")
    assert (talk["unread"], talk["mentions"]) == (1, 1)
