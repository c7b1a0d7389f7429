"""The manifest is accepted by Slack, asks for what the code needs, and for nothing else."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from bot.sandbox.api import METHODS
from bot.sandbox.events import EVENT_SCOPES, manifest_faults
from bot.sandbox.objects import Kind
from bot.slack import ids
from bot.slack.manifest import EVENTS, SCOPES, SHORTCUTS, manifest

SCHEMA = Draft7Validator(json.loads((Path(__file__).parent / "manifest_schema.json").read_text()))
ROOMS = Path(__file__).parents[2] / "bot" / "slack"
URL = "https://andon.example.com/slack/events"
# No method of the Web API asks for these: the first brings shortcuts and commands, the second lets the bot announce in
# channels it is not in.
BEYOND_METHODS = {"commands", "chat:write.public"}

BY_SOCKET = manifest("/incident", socket_mode=True, request_url=None)
BY_HTTP = manifest("/incident", socket_mode=False, request_url=URL)


@pytest.mark.parametrize("made", [BY_SOCKET, BY_HTTP], ids=["socket", "http"])
def test_slack_accepts_it(made: dict[str, Any]) -> None:
    """It obeys what is published about manifests: fields, lengths, numbers."""
    assert [] == [error.message for error in SCHEMA.iter_errors(made)]
    assert [] == manifest_faults(made)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("display_information", "name"), "A" * 36),
        (("display_information", "long_description"), "short"),
        (("features", "shortcuts", 0, "name"), "A name of over twenty-four"),
        (("features", "slash_commands", 0, "command"), "incident"),
        (("features", "slash_commands", 0, "kommand"), "/incident"),
        (("settings", "token_rotation_enabled"), True),
        (("settings", "event_subscriptions", "request_url"), "http://andon.example.com/slack/events"),
    ],
)
def test_the_schema_would_notice(path: tuple[Any, ...], value: object) -> None:
    """A schema that accepts everything proves nothing."""
    made: Any = copy.deepcopy(BY_SOCKET)
    place = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not SCHEMA.is_valid(made)


def test_socket_mode_has_no_address_and_http_has_one_everywhere() -> None:
    """Slack delivers one way or the other, never both."""
    assert URL not in json.dumps(BY_SOCKET)
    assert BY_SOCKET["settings"]["socket_mode_enabled"] is True
    assert BY_HTTP["settings"]["socket_mode_enabled"] is False
    assert 3 == json.dumps(BY_HTTP).count(URL)
    for wrong in ({"socket_mode": True, "request_url": URL}, {"socket_mode": False, "request_url": None}):
        with pytest.raises(ValueError, match="request address"):
            manifest("/incident", **wrong)


def test_command_is_the_one_configured() -> None:
    """People choose the word."""
    assert "/cord" == manifest("/cord", socket_mode=True, request_url=None)["features"]["slash_commands"][0]["command"]


def test_shortcuts_are_those_that_listeners_hear() -> None:
    """Their ids are the code's own."""
    assert {
        "Declare AI incident": ("global", ids.DECLARE_SHORTCUT),
        "Report AI output": ("message", ids.REPORT_OUTPUT),
        "Add to timeline": ("message", ids.PIN_TIMELINE),
        "Keep as evidence": ("message", ids.KEEP_MESSAGE),
        "Redact message": ("message", ids.REDACT_MESSAGE),
    } == {name: (kind, callback_id) for kind, callback_id, name, _about in SHORTCUTS}


def test_every_call_has_its_scope_and_every_scope_its_use() -> None:
    """Each Web API method that the code calls works with the scopes asked for; a scope nobody needs is not asked for."""
    called = _methods_called()
    assert {"chat.postMessage", "conversations.create", "views.open"} <= called
    assert called <= METHODS.keys()
    for name in called:
        for alternatives in _needs(METHODS[name].needs):
            assert not alternatives or set(alternatives) & SCOPES.keys(), f"{name} needs one of {alternatives}"
    useful = {scope for name in called for group in _needs(METHODS[name].needs) for scope in group}
    useful |= {scope for event in EVENTS for scope in EVENT_SCOPES[event]}
    assert set() == SCOPES.keys() - useful - BEYOND_METHODS


def test_every_event_has_its_scope() -> None:
    """An event without its scope is never delivered."""
    for event in EVENTS:
        assert not EVENT_SCOPES[event] or set(EVENT_SCOPES[event]) & SCOPES.keys(), event


def test_every_event_that_a_listener_hears_is_asked_for() -> None:
    """A listener for an event that Slack never sends would be dead code."""
    subscribed = {event.partition(".")[0] for event in EVENTS}
    assert _events_heard()
    assert _events_heard() <= subscribed


def _needs(needs: tuple[str, ...] | Mapping[Any, tuple[str, ...]]) -> list[tuple[str, ...]]:
    """One group of alternatives per kind of conversation; Andon never talks in group DMs."""
    if not isinstance(needs, Mapping):
        return [needs]
    return [scopes for kind, scopes in needs.items() if kind is not Kind.MPIM]


def _events_heard() -> set[str]:
    """Every event named in a listener: the word in ``app.event("word")``, also as ``{"type": "word"}``."""
    calls = [
        node.args[0]
        for file in ROOMS.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "event"
        and node.args
    ]
    words = [word for call in calls for word in ast.walk(call) if isinstance(word, ast.Constant)]
    return {str(word.value) for word in words if word.value not in ("type", "subtype")}


def _methods_called() -> set[str]:
    """Every method of the Web API that is called in `bot/slack` on a client, found by its name in the SDK."""
    by_attribute = {name.replace(".", "_"): name for name in METHODS}
    return {
        by_attribute[node.attr]
        for file in ROOMS.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in by_attribute
    }
