"""The Block Kit linter: every limit from both sides, every promise of strictness, and no crash on anything."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.blocks import lint_blocks, lint_view

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), "action_id": "a", **more}


def options(number: int) -> list[Json]:
    return [{"text": plain(f"o{n}"), "value": str(n)} for n in range(number)]


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("t"), "submit": plain("s"), "blocks": list(blocks), **more}


GOOD: list[Json] = [
    section(fields=[mrkdwn(), plain()], accessory=button(style="danger", value="v", url="https://x.example")),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider", "block_id": "d"},
    {"type": "image", "image_url": "https://x.example/y.png", "alt_text": "a", "title": plain()},
    {"type": "context", "elements": [mrkdwn(), {"type": "image", "image_url": "https://x.example/y", "alt_text": "a"}]},
    actions(button(), {"type": "overflow", "action_id": "o", "options": options(5)}),
    actions({"type": "static_select", "action_id": "s", "options": options(100), "initial_option": options(1)[0]}),
    actions({"type": "static_select", "option_groups": [{"label": plain(), "options": options(3)}]}),
    actions({"type": "users_select", "placeholder": plain()}, {"type": "datepicker", "initial_date": "2026-11-20"}),
    actions({"type": "conversations_select", "filter": {"include": ["private"], "exclude_bot_users": True}}),
    field({"type": "plain_text_input", "multiline": True, "max_length": 3000}, hint=plain(), optional=True),
    field({"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}),
    field({"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "1", "description": mrkdwn()}]}),
    field({"type": "radio_buttons", "options": options(10)}),
    field({"type": "datetimepicker", "initial_date_time": 1_780_000_000}),
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]},
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}],
            },
        ],
    },
    {"type": "alert", "text": mrkdwn(), "level": "warning"},
]


def test_good_blocks_pass() -> None:
    """What Slack documents is accepted, in messages, modals and Home alike."""
    assert lint_blocks(GOOD) == []
    assert lint_view(modal(*GOOD)) == []
    assert lint_view({"type": "home", "blocks": GOOD}) == []
    assert (
        lint_blocks(
            [{"type": "markdown", "text": "x"}, {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}]
        )
        == []
    )


BAD: list[tuple[Json, str]] = [
    ({"type": "section"}, "/blocks/0"),
    ({"type": "carousel"}, "/blocks/0/type"),
    ({"text": mrkdwn()}, "/blocks/0/type"),
    (section(text=mrkdwn("x" * 3001)), "/blocks/0/text/text"),
    (section(text=mrkdwn("")), "/blocks/0/text/text"),
    (section(text="bare"), "/blocks/0/text/type"),
    (section(text={"type": "mrkdwn", "text": "x", "emoji": True}), "/blocks/0/text"),
    (section(fields=[mrkdwn()] * 11), "/blocks/0/fields"),
    (section(fields=[mrkdwn("x" * 2001)]), "/blocks/0/fields/0/text"),
    (section(colour="red"), "/blocks/0"),
    (section(block_id="x" * 256), "/blocks/0/block_id"),
    (section(accessory={"type": "plain_text_input"}), "/blocks/0/accessory/type"),
    ({"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
    ({"type": "header", "text": mrkdwn()}, "/blocks/0/text/type"),
    ({"type": "context", "elements": [mrkdwn()] * 11}, "/blocks/0/elements"),
    ({"type": "context", "elements": []}, "/blocks/0/elements"),
    ({"type": "image", "image_url": "https://x.example", "alt_text": "x" * 2001}, "/blocks/0/alt_text"),
    ({"type": "image", "image_url": "https://x.example"}, "/blocks/0"),
    (actions(*[button(action_id=str(n)) for n in range(26)]), "/blocks/0/elements"),
    (actions(button(text=plain("x" * 76))), "/blocks/0/elements/0/text/text"),
    (actions(button(text=mrkdwn())), "/blocks/0/elements/0/text/type"),
    (actions(button(value="x" * 2001)), "/blocks/0/elements/0/value"),
    (actions(button(url="javascript:alert(1)")), "/blocks/0/elements/0/url"),
    (actions(button(style="green")), "/blocks/0/elements/0/style"),
    (actions(button(action_id="x" * 256)), "/blocks/0/elements/0/action_id"),
    (actions(button(confirm={"title": plain("x" * 101), "text": plain()})), "/blocks/0/elements/0/confirm/title/text"),
    (actions(button(), button()), "/blocks/0"),
    (actions({"type": "overflow", "options": options(6)}), "/blocks/0/elements/0/options"),
    (actions({"type": "static_select", "options": options(101)}), "/blocks/0/elements/0/options"),
    (actions({"type": "static_select"}), "/blocks/0/elements/0"),
    (actions({"type": "static_select", "options": []}), "/blocks/0/elements/0/options"),
    (
        actions({"type": "static_select", "options": [{"text": plain(), "value": "x" * 151}]}),
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        actions({"type": "static_select", "options": [{"text": plain("x" * 76), "value": "1"}]}),
        "/blocks/0/elements/0/options/0/text/text",
    ),
    (
        actions({"type": "static_select", "options": options(1), "initial_option": {"text": plain("?"), "value": "?"}}),
        "/blocks/0/elements/0",
    ),
    (actions({"type": "users_select", "placeholder": plain("x" * 151)}), "/blocks/0/elements/0/placeholder/text"),
    (actions({"type": "datepicker", "initial_date": "20.11.2026"}), "/blocks/0/elements/0/initial_date"),
    (field({"type": "checkboxes", "options": options(11)}), "/blocks/0/element/options"),
    (field({"type": "radio_buttons", "options": options(11)}), "/blocks/0/element/options"),
    (field({"type": "plain_text_input", "max_length": 3001}), "/blocks/0/element/max_length"),
    (field({"type": "plain_text_input", "min_length": 9, "max_length": 3}), "/blocks/0"),
    (field({"type": "number_input"}), "/blocks/0/element"),
    (field({"type": "button", "text": plain()}), "/blocks/0/element/type"),
    ({"type": "input", "label": plain("x" * 2001), "element": {"type": "plain_text_input"}}, "/blocks/0/label/text"),
    ({"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}, "/blocks/0/rows"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}, "/blocks/0/rows/0"),
    ({"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}, "/blocks/0/elements/0/type"),
    ({"type": "alert", "text": mrkdwn(), "level": "fatal"}, "/blocks/0/level"),
]


@pytest.mark.parametrize(
    ("block", "pointer"), BAD, ids=lambda value: value if isinstance(value, str) else value.get("type")
)
def test_bad_blocks_are_named(block: Json, pointer: str) -> None:
    """Each fault is refused with a pointer to its place."""
    complaints = lint_blocks([block])
    assert any(f"[json-pointer:{pointer}]" in c for c in complaints), complaints


@pytest.mark.parametrize(
    "blocks",
    [
        [section()] * 51,
        [section(block_id="same"), section(block_id="same")],
        [{"type": "markdown", "text": "x" * 7_000}] * 2,
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2,
        [field({"type": "plain_text_input", "action_id": str(n), "focus_on_load": True}) for n in range(2)],
        "not a list",
        None,
    ],
)
def test_faults_of_the_whole(blocks: Any) -> None:
    """What is wrong only when blocks stand together is refused too."""
    assert lint_blocks(blocks) != []


@pytest.mark.parametrize(
    "view",
    [
        modal(*[section()] * 101),
        modal(),
        modal(section(), title=plain("x" * 25)),
        modal(section(), title=mrkdwn()),
        modal(section(), submit=plain("x" * 25)),
        modal(section(), private_metadata="x" * 3_001),
        modal(section(), callback_id="x" * 256),
        modal(section(), flavour="mint"),
        {"type": "modal", "title": plain(), "blocks": [field({"type": "plain_text_input"})]},
        {"type": "modal", "blocks": [section()]},
        {"type": "home", "blocks": [section()], "submit": plain()},
        modal(*[section(text=mrkdwn("€" * 3_000))] * 30),
        modal({"type": "markdown", "text": "x"}),
        {"type": "home", "blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}]},
        {"type": "toast", "blocks": []},
        [],
        None,
    ],
)
def test_bad_views(view: Any) -> None:
    """Views have limits of their own."""
    assert lint_view(view) != []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["section", "input", "mrkdwn"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "element", "blocks", "options", "title", "accessory", "rows"]),
            inner,
        )
    ),
    max_leaves=20,
)


@given(ANYTHING)
def test_the_linter_never_crashes(thing: Any) -> None:
    """Whatever it is given, the linter answers with complaints rather than an exception."""
    lint_blocks(thing)
    lint_blocks([thing])
    lint_view(thing)
    lint_view({"type": "modal", "title": plain(), "blocks": [thing]})
