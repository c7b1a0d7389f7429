"""What people do at the window: every verb, what the app hears of it, and what the person is told."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.sandbox import Sandbox, seed
from tests.sandbox.kit import Bolt
from tests.sandbox.test_interactions import FORM, field, option, plain
from tests.sandbox.window.browser import Browser

Browse = Callable[[str], Browser]
EVERY: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "select": ({"type": "static_select", "options": [option("One", "1"), option("Two", "2")]}, "2", option("Two", "2")),
    "many": (
        {"type": "multi_static_select", "options": [option("One", "1"), option("Two", "2")]},
        ["2", "1"],
        [option("Two", "2"), option("One", "1")],
    ),
    "boxes": ({"type": "checkboxes", "options": [option("One", "1")]}, ["1"], [option("One", "1")]),
    "radio": ({"type": "radio_buttons", "options": [option("One", "1")]}, "1", option("One", "1")),
    "person": ({"type": "users_select"}, seed.LENA, seed.LENA),
    "people": ({"type": "multi_users_select"}, [seed.LENA, seed.RAE], [seed.LENA, seed.RAE]),
    "date": ({"type": "datepicker"}, "2026-12-24", "2026-12-24"),
    "time": ({"type": "timepicker"}, "23:59", "23:59"),
    "instant": ({"type": "datetimepicker"}, 1_790_000_000, 1_790_000_000),
    "text": ({"type": "plain_text_input", "multiline": True}, "<b>&\u202eabc</b>", "<b>&\u202eabc</b>"),
    "number": ({"type": "number_input", "is_decimal_allowed": True}, "1.5", "1.5"),
    "nothing": ({"type": "plain_text_input"}, None, None),
    "emptied": ({"type": "plain_text_input", "initial_value": "x"}, "", None),
}


@pytest.fixture
async def form(bolt: Bolt) -> list[dict[str, Any]]:
    """The app opens FORM on /incident and the global shortcut, and keeps what it gets."""
    kept: list[dict[str, Any]] = []

    async def open_form(ack: Any, body: dict[str, Any], client: Any) -> None:
        kept.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    async def keep(ack: Any, body: dict[str, Any]) -> None:
        kept.append(body)
        await ack()

    bolt.app.command("/incident")(open_form)
    bolt.app.shortcut("declare")(open_form)
    bolt.app.shortcut("report_output")(keep)
    bolt.app.view_closed("form")(keep)
    bolt.app.view("form")(keep)
    bolt.app.action("it")(keep)
    return kept


def top(stream: Any) -> Any:
    modals = stream.last("surfaces")["modals"]
    return modals[-1] if modals else None


async def test_messages_and_everything_done_to_them(sandbox: Sandbox, bolt: Bolt, browse: Browse) -> None:
    """Said, answered, edited, reacted to and deleted, with the app hearing each and another person seeing it at once."""
    rae, general = browse("rae"), sandbox.channel("general").id
    stream = await browse("lena").listen()
    assert await rae.types("general", "hello @lena") == {"ok": True}
    said = await stream.until(lambda: stream.message(f"hello <@{seed.LENA}>"))
    on = {"channel": general, "ts": said["ts"]}
    assert (await rae.types("general", "below", thread=said["ts"], broadcast=True))["ok"]
    await stream.until(lambda: stream.seen[general][said["ts"]].get("reply_count") == 1)
    assert (await rae.act("edits", **on, text="hello again"))["ok"]
    await stream.until(lambda: stream.message("hello again"))
    assert (await rae.act("reacts", **on, emoji="+1"))["ok"]
    await stream.until(lambda: stream.message("hello again")["reactions"])
    assert (await rae.act("reacts", **on, emoji="+1"))["error"] == "impossible"
    assert (await rae.act("unreacts", **on, emoji="+1"))["ok"]
    assert (await rae.act("deletes", **on))["ok"]
    await stream.until(lambda: stream.seen[general][said["ts"]]["deleted"])
    assert bolt.types() == ["message", "message", "message", "reaction_added", "reaction_removed", "message"]


async def test_channels(sandbox: Sandbox, bolt: Bolt, browse: Browse) -> None:
    """People join, invite, leave and archive, each only where Slack lets them."""
    otto, ml = browse("otto"), sandbox.channel("ml-platform").id
    general = sandbox.channel("general").id
    assert (await otto.types("ml-platform", "hi"))["reason"] == "Otto is not in #ml-platform"
    assert (await otto.act("joins", channel=ml))["ok"]
    assert (await otto.act("invites", channel=ml, user=seed.RAE))["ok"]
    for user in (seed.RAE, seed.DANA, seed.GABE, "UNOBODY"):
        assert (await otto.act("invites", channel=ml, user=user))["error"] == "impossible"
    assert (await otto.act("leaves", channel=ml))["ok"]
    assert (await otto.act("archives", channel=ml))["error"] == "impossible"
    for verb in ("leaves", "archives"):
        assert (await otto.act(verb, channel=general))["error"] == "impossible"
    assert (await browse("rae").act("archives", channel=ml))["ok"]
    assert (await browse("rae").types("ml-platform", "hi"))["reason"] == "#ml-platform is archived"
    line = (await browse("rae").messages("ml-platform"))[0]
    assert (await browse("otto").act("edits", channel=ml, ts=line["ts"], text="x"))["error"] == "impossible"


async def test_a_command_opens_a_modal_that_is_filled_and_submitted(browse: Browse, form: list[dict[str, Any]]) -> None:
    """The modal appears with the command; what was typed goes along, is checked, and arrives; then it is gone."""
    rae = browse("rae")
    stream = await rae.listen()
    assert (await rae.types("general", "/incident the bot lies"))["ok"]
    view = await stream.until(lambda: top(stream))
    typed = [{"block_id": "what", "action_id": "it", "value": "no"}]
    assert (await rae.act("submits", view=view["id"], typed=typed)) == {"ok": True}
    wrong = await stream.until(lambda: top(stream)["errors"])
    assert "at least 3" in wrong["what"]
    typed = [
        {"block_id": "what", "action_id": "it", "value": "it lies"},
        {"block_id": "who", "action_id": "it", "value": seed.LENA},
        {"block_id": "gone by now", "action_id": "it", "value": "x"},
    ]
    assert (await rae.act("submits", view=view["id"], typed=typed)) == {"ok": True}
    await stream.until(lambda: top(stream) is None)
    command, submission = form
    assert command["text"] == "the bot lies"
    values = submission["view"]["state"]["values"]
    assert (values["what"]["it"]["value"], values["who"]["it"]["selected_user"]) == ("it lies", seed.LENA)
    assert (await rae.act("submits", view=view["id"]))["reason"] == "That is closed by now"
    assert (await rae.act("closes", view=view["id"])) == {"ok": True}


async def test_acts_in_a_modal_carry_what_was_typed(browse: Browse, form: list[dict[str, Any]]) -> None:
    """A choice that the app hears brings everything entered since; closing tells the app where it wants to know."""
    rae = browse("rae")
    stream = await rae.listen()
    await rae.act("global_shortcut", callback_id="declare")
    view = await stream.until(lambda: top(stream))
    typed = [{"block_id": "what", "action_id": "it", "value": "half a thou"}]
    where = {"view": view["id"]}
    told = await rae.act("acts", where=where, block_id="private", action_id="it", value=["yes"], typed=typed)
    assert told == {"ok": True}
    assert form[-1]["view"]["state"]["values"]["what"]["it"]["value"] == "half a thou"
    assert form[-1]["actions"][0]["selected_options"] == [option("Keep it private", "yes")]
    await stream.until(lambda: top(stream)["state"]["values"]["what"]["it"]["value"] == "half a thou")
    assert (await browse("lena").act("closes", view=view["id"])) == {"ok": True}
    assert top(stream)
    assert (await rae.act("closes", view=view["id"], typed=typed)) == {"ok": True}
    assert form[-1]["type"] == "view_closed"


@pytest.mark.parametrize("name", EVERY)
async def test_every_control_takes_its_plain_value(browse: Browse, bolt: Bolt, sandbox: Sandbox, name: str) -> None:
    """What the page sends as a plain value reaches the app in the state Slack gives that control."""
    element, value, expected = EVERY[name]
    kept: list[Any] = []
    view = {
        "type": "modal",
        "callback_id": "all",
        "title": plain("All"),
        "submit": plain("Go"),
        "blocks": [field("b", "Label", element, optional=True)],
    }

    @bolt.app.command("/incident")
    async def open_it(ack: Any, body: dict[str, Any], client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @bolt.app.view("all")
    async def take(ack: Any, body: dict[str, Any]) -> None:
        kept.append(body["view"]["state"]["values"]["b"]["it"])
        await ack()

    rae = browse("rae")
    await rae.types("general", "/incident")
    (open_view,) = sandbox.workspace.stacks[seed.RAE]
    assert await rae.act("submits", view=open_view, typed=[{"block_id": "b", "action_id": "it", "value": value}]) == {
        "ok": True
    }
    state = dict(kept[0])
    assert state.pop("type") == element["type"]
    assert list(state.values()) == [expected]


@pytest.mark.parametrize("name", [name for name in EVERY if name not in ("nothing", "emptied")])
@pytest.mark.parametrize("value", [True, {"a": 1}, ["nowhere"], "nowhere", 1e300, -1, "2026-02-30", [[]]])
async def test_no_control_takes_a_value_it_does_not_offer(
    browse: Browse, bolt: Bolt, form: list[dict[str, Any]], sandbox: Sandbox, name: str, value: Any
) -> None:
    """A wrong value is refused with a sentence, or is text; the server does not fall over and the app hears nothing."""
    element, *_ = EVERY[name]
    await bolt.client.views_open(
        trigger_id=sandbox.workspace.mint_trigger(seed.RAE),
        view={**FORM, "callback_id": "other", "blocks": [field("b", "Label", element, optional=True)]},
    )
    (view,) = sandbox.workspace.stacks[seed.RAE]
    told = await browse("rae").act("acts", where={"view": view}, block_id="b", action_id="it", value=value)
    if name not in ("text", "number") or isinstance(value, bool | dict | list):
        assert (told["ok"], told["error"]) == (False, "impossible")
        assert form == []


async def test_buttons_menus_and_shortcuts_of_messages(
    sandbox: Sandbox, bolt: Bolt, browse: Browse, form: list[dict[str, Any]]
) -> None:
    """A button, an overflow entry and a menu of a message reach the app as the person's; ephemeral ones too."""
    general = sandbox.channel("general").id
    button = {"type": "button", "action_id": "it", "text": plain("Go"), "value": "go"}
    more = {"type": "overflow", "action_id": "it", "options": [option("Twice", "a"), option("a", "b")]}
    block = {"type": "actions", "block_id": "x", "elements": [button]}
    menu = {"type": "section", "block_id": "y", "text": plain("more"), "accessory": more}
    posted = await bolt.client.chat_postMessage(channel=general, text="card", blocks=[block, menu])
    hidden = await bolt.client.chat_postEphemeral(channel=general, user=seed.RAE, text="yours", blocks=[block])
    rae, where = browse("rae"), {"channel": general, "ts": posted["ts"]}
    assert (await rae.act("acts", where=where, block_id="x", action_id="it", value=None)) == {"ok": True}
    assert (await rae.act("acts", where=where, block_id="y", action_id="it", value="a")) == {"ok": True}
    assert (form[0]["actions"][0]["value"], form[0]["user"]["id"]) == ("go", seed.RAE)
    assert form[1]["actions"][0]["selected_option"]["value"] == "a"
    assert (await rae.act("acts", where=where, block_id="y", action_id="it", value="Twice"))["error"] == "impossible"
    assert (await rae.act("acts", where=where, block_id="z", action_id="it"))["error"] == "impossible"
    unseen = {"channel": general, "ts": hidden["message_ts"]}
    assert (await rae.act("acts", where=unseen, block_id="x", action_id="it")) == {"ok": True}
    assert form[2]["container"]["is_ephemeral"]
    assert (await browse("lena").act("acts", where=unseen, block_id="x", action_id="it"))["error"] == "impossible"
    shortcut = await rae.act("message_shortcut", callback_id="report_output", channel=general, ts=posted["ts"])
    assert shortcut == {"ok": True}
    assert form[-1]["message"]["text"] == "card"
    assert (await rae.act("message_shortcut", callback_id="none", channel=general, ts=posted["ts"]))["ok"] is False


async def test_an_external_menu_is_searched_and_its_options_chosen(
    sandbox: Sandbox, bolt: Bolt, browse: Browse
) -> None:
    """What the app suggests for the letters typed can be chosen, in a modal or a message; nothing else can."""
    kept: list[Any] = []
    element = {"type": "external_select", "action_id": "find", "placeholder": plain("Find")}

    @bolt.app.options("find")
    async def suggest(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=[option(f"System {body['value']}", f"id {body['value']}")])

    @bolt.app.action("find")
    async def take(ack: Any, body: dict[str, Any]) -> None:
        kept.append(body["actions"][0]["selected_option"])
        await ack()

    general = sandbox.channel("general").id
    section = {"type": "section", "block_id": "x", "text": plain("Which?"), "accessory": element}
    posted = await bolt.client.chat_postMessage(channel=general, text="which", blocks=[section])
    view = {"type": "modal", "title": plain("Which"), "blocks": [section]}
    await bolt.client.views_open(trigger_id=sandbox.workspace.mint_trigger(seed.RAE), view=view)
    (opened,) = sandbox.workspace.stacks[seed.RAE]
    rae = browse("rae")
    for place, where in (
        ({"where": {"channel": general, "ts": posted["ts"]}}, {"channel": general, "ts": posted["ts"]}),
        ({"view": opened}, {"view": opened}),
    ):
        choice = {"where": where, "block_id": "x", "action_id": "find", "value": "id chat"}
        assert (await rae.act("acts", **choice))["error"] == "impossible"
        found = await rae.act("suggests", **place, block_id="x", action_id="find", query="chat")
        assert found == {"ok": True, "options": [option("System chat", "id chat")]}
        assert await rae.act("acts", **choice) == {"ok": True}
    assert kept == [option("System chat", "id chat")] * 2


async def test_the_home_tab(sandbox: Sandbox, bolt: Bolt, browse: Browse) -> None:
    """Opening it tells the app; what the app publishes is seen, and its buttons work."""
    kept: list[Any] = []

    @bolt.app.action("it")
    async def take(ack: Any, body: dict[str, Any]) -> None:
        kept.append(body["view"]["id"])
        await ack()

    button = {"type": "button", "action_id": "it", "text": plain("Go")}
    blocks = [{"type": "actions", "block_id": "x", "elements": [button]}]
    rae = browse("rae")
    stream = await rae.listen()
    assert stream.last("surfaces") == {"modals": [], "home": None}
    assert (await rae.act("opens_home", tab="home"))["ok"]
    assert bolt.heard[-1]["tab"] == "home"
    await bolt.client.views_publish(user_id=seed.RAE, view={"type": "home", "blocks": blocks})
    home = await stream.until(lambda: stream.last("surfaces")["home"])
    act = {"where": {"view": home["id"]}, "block_id": "x", "action_id": "it"}
    assert (await rae.act("acts", **act))["ok"]
    assert kept == [home["id"]]
    assert (await browse("lena").act("acts", **act))["error"] == "impossible"


async def test_what_goes_wrong_is_told_as_slack_tells_it(sandbox: Sandbox, bolt: Bolt, browse: Browse) -> None:
    """No app, no answer in time, no such command, an answer that cannot be shown: each by its code and a sentence."""

    @bolt.app.command("/incident")
    async def answer(ack: Any, body: dict[str, Any]) -> None:
        if body["text"] == "nonsense":
            await ack(blocks=[{"type": "nonsense"}], text="x")

    rae = browse("rae")
    told = {text: await rae.types("general", text) for text in ("/nope x", "/incident", "/incident nonsense")}
    assert [answer["error"] for answer in told.values()] == ["invalid_command", "operation_timeout", "invalid_response"]
    assert told["/nope x"]["reason"] == "/nope is not a valid command."
    assert told["/incident"]["reason"] == "The app did not acknowledge within 0.5 seconds."
    sandbox.violations.clear()
    thread = (await rae.types("general", "root"), (await rae.messages("general"))[-1]["ts"])[1]
    assert "not supported in threads" in (await rae.types("general", "/incident", thread=thread))["reason"]
    await bolt.handler.close_async()
    sandbox.sockets.drop()
    assert (await rae.types("general", "/incident"))["error"] == "dispatch_failed"
    assert (await rae.types("general", "   "))["reason"] == "There is nothing to send"
    assert "12,000" in (await rae.types("general", "x" * 12_001))["reason"]


async def test_two_pages_of_one_person_do_not_mix_up_their_errors(sandbox: Sandbox, bolt: Bolt, browse: Browse) -> None:
    """Each act is told its own end, whatever the same person does elsewhere meanwhile."""
    rae = browse("rae")
    slow = rae.types("general", "/incident")
    fine = sandbox.person("rae").says("general", "meanwhile")
    told, _, refused = await asyncio.gather(slow, fine, rae.types("general", "/nope"))
    assert (told["error"], refused["error"]) == ("operation_timeout", "invalid_command")
    assert sandbox.person("rae").error is None
