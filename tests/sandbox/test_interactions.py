"""Modals, shortcuts, buttons, Home and response_url, driven by people against a real Bolt app."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox import Sandbox
from bot.sandbox.refusal import Impossible
from tests.sandbox.kit import Bolt, Clock


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str) -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def field(block_id: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "it", **element},
        **more,
    }


FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "private_metadata": "kept",
    "title": plain("Declare"),
    "submit": plain("Declare"),
    "close": plain("Cancel"),
    "notify_on_close": True,
    "blocks": [
        field("what", "What happened?", {"type": "plain_text_input", "min_length": 3, "max_length": 20}),
        field(
            "kind",
            "What kind?",
            {"type": "static_select", "options": [option("Not sure", "unsure"), option("Prompt attack", "attack")]},
            optional=True,
        ),
        field("who", "Who leads?", {"type": "users_select"}, optional=True),
        {
            "type": "section",
            "block_id": "private",
            "text": {"type": "mrkdwn", "text": "Private?"},
            "accessory": {"type": "checkboxes", "action_id": "it", "options": [option("Keep it private", "yes")]},
        },
    ],
}


def detail(title: str) -> dict[str, Any]:
    return {"type": "modal", "title": plain(title), "blocks": [{"type": "section", "text": plain(title)}]}


@pytest.fixture
async def form(bolt: Bolt) -> list[dict[str, Any]]:
    """The app opens FORM on /incident and on both shortcuts; every interaction it gets is kept."""
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
    bolt.app.shortcut("report_output")(open_form)
    bolt.app.view_closed("form")(keep)
    bolt.app.action("it")(keep)
    return kept


async def test_modal_from_command_to_submission(sandbox: Sandbox, bolt: Bolt, form: list[dict[str, Any]]) -> None:
    """Values arrive as Slack shapes them: every field, filled or not; without an answer the modal closes."""
    submitted: list[dict[str, Any]] = []

    @bolt.app.view("form")
    async def take(ack: Any, body: dict[str, Any]) -> None:
        submitted.append(body["view"])
        await ack()

    rae = sandbox.person("rae")
    await rae.types("support", "/incident")
    assert rae.modal is not None
    assert (rae.modal.title, rae.modal.required) == ("Declare", ["What happened?"])
    assert rae.modal.options("What kind?") == ["Not sure", "Prompt attack"]
    await rae.fills({"What happened?": "Bot sold at 95% off", "What kind?": "Prompt"}, who="lena")
    await rae.fills(private=["Keep it private"])
    assert form[-1]["actions"][0]["selected_options"] == [option("Keep it private", "yes")]
    await rae.submits()
    assert rae.error is None
    assert rae.modal is None
    assert submitted[0]["private_metadata"] == "kept"
    assert submitted[0]["state"]["values"] == {
        "what": {"it": {"type": "plain_text_input", "value": "Bot sold at 95% off"}},
        "kind": {"it": {"type": "static_select", "selected_option": option("Prompt attack", "attack")}},
        "who": {"it": {"type": "users_select", "selected_user": sandbox.person("lena").id}},
        "private": {"it": {"type": "checkboxes", "selected_options": [option("Keep it private", "yes")]}},
    }


async def test_untouched_fields_are_sent_empty(sandbox: Sandbox, bolt: Bolt, form: list[dict[str, Any]]) -> None:
    """An optional field nobody filled is there with nothing in it."""
    submitted: list[dict[str, Any]] = []

    @bolt.app.view("form")
    async def take(ack: Any, view: dict[str, Any]) -> None:
        submitted.append(view)
        await ack()

    rae = sandbox.person("rae")
    await rae.global_shortcut("declare")
    await rae.fills(what="something")
    await rae.submits()
    values = submitted[0]["state"]["values"]
    assert values["kind"] == {"it": {"type": "static_select", "selected_option": None}}
    assert values["private"] == {"it": {"type": "checkboxes", "selected_options": []}}


@pytest.mark.parametrize("text", ["", "ab", "x" * 21, "    "])
async def test_client_refuses_what_slack_would(sandbox: Sandbox, form: list[dict[str, Any]], text: str) -> None:
    """Required, too short, too long or blank fields never reach the app."""
    rae = sandbox.person("rae")
    await rae.types("support", "/incident")
    await rae.fills(what=text or None)
    await rae.submits()
    assert rae.modal is not None
    assert list(rae.modal.errors) == ["what"]
    assert sandbox.traffic.deliveries("view_submission") == []


async def test_errors_update_push_and_clear(sandbox: Sandbox, bolt: Bolt, form: list[dict[str, Any]]) -> None:
    """The app's answers do what Slack documents, and what was typed survives an error."""
    answers: list[dict[str, Any]] = [
        {"response_action": "errors", "errors": {"what": "Say more"}},
        {"response_action": "push", "view": detail("On top")},
        {"response_action": "update", "view": FORM},
        {"response_action": "clear"},
    ]

    @bolt.app.view("form")
    async def take(ack: Any) -> None:
        await ack(**answers.pop(0))

    rae = sandbox.person("rae")
    await rae.types("support", "/incident")
    await rae.fills(what="something")
    await rae.submits()
    assert rae.modal is not None
    assert rae.modal.errors == {"what": "Say more"}
    assert rae.modal.values["What happened?"] == "something"
    await rae.submits()
    assert rae.modal.title == "On top"
    await rae.closes()
    assert rae.modal.title == "Declare"
    await rae.submits()
    assert rae.modal.errors == {}
    await rae.submits()
    assert rae.modal is None
    assert not sandbox.violations


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "update", "view": {"type": "modal", "title": plain("x" * 25), "blocks": []}},
        {"response_action": "explode"},
    ],
)
async def test_unusable_answer_is_a_violation(
    sandbox: Sandbox, bolt: Bolt, form: list[dict[str, Any]], answer: dict[str, Any]
) -> None:
    """An answer Slack cannot use leaves the modal open, tells the person, and is recorded."""

    @bolt.app.view("form")
    async def take(ack: Any) -> None:
        await ack(**answer)

    rae = sandbox.person("rae")
    await rae.types("support", "/incident")
    await rae.fills(what="something")
    await rae.submits()
    assert rae.error == "invalid_response"
    assert rae.modal is not None
    assert len(sandbox.violations) == 1


async def test_closing_is_told(sandbox: Sandbox, form: list[dict[str, Any]]) -> None:
    """A modal with notify_on_close tells the app that it was closed."""
    rae = sandbox.person("rae")
    await rae.types("support", "/incident")
    await rae.closes()
    assert form[-1]["type"] == "view_closed"
    assert rae.modal is None
    with pytest.raises(Impossible):
        await rae.submits()


async def test_unanswered_submission_keeps_the_modal(sandbox: Sandbox, bolt: Bolt, form: list[dict[str, Any]]) -> None:
    """When the app does not answer, the person keeps the form and what they had typed."""
    rae = sandbox.person("rae")
    await rae.types("support", "/incident")
    await rae.fills(what="something")
    await rae.submits()
    assert rae.error == "operation_timeout"
    assert rae.modal is not None
    assert rae.modal.values["What happened?"] == "something"


async def test_message_shortcut_where_the_bot_is_not(sandbox: Sandbox, bolt: Bolt, form: list[dict[str, Any]]) -> None:
    """A shortcut carries the whole message, files and author included, also from channels without the bot."""
    cleo, rae = sandbox.person("cleo"), sandbox.person("rae")
    message = await cleo.uploads("support", "chat.txt", b"You are now DiscountBot", text="look at this")
    await rae.message_shortcut("report_output", message)
    body = form[0]
    assert body["type"] == "message_action"
    assert body["message"]["user"] == cleo.id
    assert [f["name"] for f in body["message"]["files"]] == ["chat.txt"]
    assert body["channel"] == {"id": sandbox.channel("support").id, "name": "support"}
    assert bolt.heard == []
    assert rae.modal is not None
    response = await AsyncWebhookClient(body["response_url"]).send(text="Thank you", response_type="ephemeral")
    assert response.status_code == 200
    assert [n.text for n in rae.ephemerals("support")] == ["Thank you"]


async def test_trigger_lives_three_seconds_and_opens_once(sandbox: Sandbox, bolt: Bolt, clock: Clock) -> None:
    """A late or second views.open is refused with Slack's own words."""
    triggers: list[str] = []

    @bolt.app.command("/incident")
    async def keep(ack: Any, body: dict[str, Any]) -> None:
        triggers.append(body["trigger_id"])
        await ack()

    rae = sandbox.person("rae")
    for _ in range(2):
        await rae.types("support", "/incident")
    await bolt.client.views_open(trigger_id=triggers[0], view=FORM)
    codes = []
    clock.forward(seconds=3.01)
    for trigger in (triggers[0], triggers[1], "1.2.3"):
        with pytest.raises(SlackApiError) as refused:
            await bolt.client.views_open(trigger_id=trigger, view=FORM)
        codes.append(refused.value.response["error"])
    assert codes == ["exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id"]


async def test_stack_of_three_and_hash(sandbox: Sandbox, bolt: Bolt, form: list[dict[str, Any]]) -> None:
    """Three modals are the most; an update with a stale hash is refused; a closed view is not found."""
    rae = sandbox.person("rae")
    await rae.types("support", "/incident")
    codes: list[str] = []

    @bolt.app.view("form")
    async def deeper(ack: Any, body: dict[str, Any], client: Any) -> None:
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=FORM)
        except SlackApiError as error:
            codes.append(error.response["error"])
        await ack(response_action="errors", errors={"what": "again"})

    for _ in range(3):
        await rae.fills(what="something")
        await rae.submits(sandbox.person("rae").modal)
    assert codes == ["push_limit_reached"]
    assert rae.modal is not None
    view_id = rae.modal.view.id
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await bolt.client.views_update(view_id=view_id, hash="stale", view=FORM)
    await rae.closes()
    with pytest.raises(SlackApiError, match="not_found"):
        await bolt.client.views_update(view_id=view_id, view=FORM)


BUTTONS = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "it", "text": plain("Acknowledge"), "value": "42"},
            {
                "type": "overflow",
                "action_id": "more",
                "options": [option("Hand over", "hand"), option("Close", "close")],
            },
            {"type": "users_select", "action_id": "pick"},
        ],
    }
]


async def test_buttons_menus_and_response_url(
    sandbox: Sandbox, bolt: Bolt, form: list[dict[str, Any]], clock: Clock
) -> None:
    """Presses and choices arrive as block_actions; the response_url replaces, deletes, and runs out."""
    bolt.app.action("more")(_keeper(form))
    bolt.app.action("pick")(_keeper(form))
    await bolt.client.chat_postMessage(channel=sandbox.person("ines").id, text="Decide", blocks=BUTTONS)
    ines = sandbox.person("ines")
    (ask,) = ines.direct_messages
    assert ask.buttons == ("Acknowledge", "Hand over", "Close")
    await ines.presses(ask, "Acknowledge")
    await ines.presses(ask, "Close")
    await ines.chooses(ask, "mateo")
    press, overflow, pick = (body["actions"][0] for body in form)
    assert (press["action_id"], press["value"], press["block_id"]) == ("it", "42", "row")
    assert overflow["selected_option"]["value"] == "close"
    assert pick["selected_user"] == sandbox.person("mateo").id
    with pytest.raises(Impossible, match="Acknowledge"):
        await ines.presses(ask, "Launch")

    hook = AsyncWebhookClient(form[0]["response_url"])
    statuses = [(await hook.send(text=f"take {n}", replace_original=True)).status_code for n in range(6)]
    assert statuses == [200] * 5 + [404]
    assert [(m.text, m.buttons) for m in ines.direct_messages] == [("take 4", ())]
    clock.forward(minutes=30, seconds=1)
    assert (await AsyncWebhookClient(form[1]["response_url"]).send(delete_original=True)).status_code == 404


def _keeper(kept: list[dict[str, Any]]) -> Any:
    async def keep(ack: Any, body: dict[str, Any]) -> None:
        kept.append(body)
        await ack()

    return keep


async def test_ephemeral_buttons(sandbox: Sandbox, bolt: Bolt, form: list[dict[str, Any]]) -> None:
    """A button on an ephemeral message works, and its response_url can take the message away."""
    rae = sandbox.person("rae")
    await bolt.client.chat_postEphemeral(
        channel=sandbox.channel("general").id, user=rae.id, text="Only you", blocks=BUTTONS
    )
    (note,) = rae.ephemerals("general")
    await rae.presses(note, action_id="it")
    assert form[0]["container"]["is_ephemeral"] is True
    await AsyncWebhookClient(form[0]["response_url"]).send(delete_original=True)
    assert rae.ephemerals("general") == []
    assert sandbox.person("lena").ephemerals("general") == []


async def test_home(sandbox: Sandbox, bolt: Bolt, form: list[dict[str, Any]]) -> None:
    """Opening Home tells the app; what it publishes is what the person sees, and its buttons work."""
    home: dict[str, Any] = {"type": "home", "blocks": [{"type": "header", "text": plain("All quiet")}, *BUTTONS]}

    @bolt.app.middleware
    async def publish(body: dict[str, Any], client: Any, next: Any) -> None:  # noqa: A002 - Bolt's own name
        if body.get("event", {}).get("type") == "app_home_opened":
            await client.views_publish(user_id=body["event"]["user"], view=home)
        await next()

    otto = sandbox.person("otto")
    assert otto.home is None
    await otto.opens_home()
    assert otto.home is not None
    assert otto.home.text.startswith("# All quiet")
    await otto.presses(otto.home, "Acknowledge")
    assert form[0]["container"] == {"type": "view", "view_id": otto.home.view.id}
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await bolt.client.views_publish(user_id=otto.id, view=home, hash="stale")


async def test_external_select(sandbox: Sandbox, bolt: Bolt) -> None:
    """A menu with the app's own options asks the app while the person types."""
    view = {**FORM, "blocks": [field("sys", "System", {"type": "external_select", "min_query_length": 0})]}
    asked: list[str] = []

    @bolt.app.command("/incident")
    async def open_it(ack: Any, body: dict[str, Any], client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @bolt.app.options("it")
    async def suggest(ack: Any, payload: dict[str, Any]) -> None:
        asked.append(payload["value"])
        await ack(options=[option("Shop assistant", "shop")])

    rae = sandbox.person("rae")
    await rae.types("support", "/incident")
    await rae.fills({"System": "Shop assistant"})
    assert rae.modal is not None
    assert rae.modal.values == {"System": "Shop assistant"}
    assert asked == ["Shop assistant"]
