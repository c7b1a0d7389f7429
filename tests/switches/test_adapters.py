"""Each adapter against a server that behaves as its product documents, and against one that does not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.domain.containment.words import Direction
from bot.services.containment.ports import SwitchRefused, SwitchUnavailable, SwitchUncertain
from bot.switches.board import DRILL, Board, invented
from bot.switches.wire import Wire
from tests.switches.conftest import Plane, action, listening, order, policy

URL = "https://switch.example.com"
READ = {"url": f"{URL}/switches/codes", "expect": {"json": {"enabled": False}}}
CALLS: dict[str, dict[str, Any]] = {
    "unleash": {"adapter": "unleash", "url": URL, "feature": "codes", "secret": "UNLEASH_TOKEN"},
    "launchdarkly": {"adapter": "launchdarkly", "project": "shop", "flag": "codes", "secret": "LD_TOKEN"},
    "litellm team": {"adapter": "litellm", "url": URL, "team": "codes", "secret": "LITELLM_KEY"},
    "litellm key": {"adapter": "litellm", "url": URL, "key": "LEAKED_KEY", "secret": "LITELLM_KEY"},
    "mlflow": {"adapter": "mlflow", "url": URL, "model": "codes", "good": 13, "bad": 14, "secret": "ML_TOKEN"},
    "kong": {"adapter": "kong", "url": URL, "service": "codes", "secret": "KONG_TOKEN"},
    "webhook": {"adapter": "webhook", "url": f"{URL}/hooks/shop", "secret": "HOOK", "target": "codes", "read": READ},
    "http": {
        "adapter": "http",
        "off": {"method": "PUT", "url": f"{URL}/switches/codes", "body": {"enabled": False}},
        "on": {"method": "PUT", "url": f"{URL}/switches/codes", "body": {"enabled": True}},
        "read": READ,
    },
}
PROBE = {"url": f"{URL}/probe/codes", "expect": {"status": 200, "json": {"answered_by": "fallback"}}}


def name_of(adapter: str) -> str:
    return invented("LEAKED_KEY") if adapter == "litellm key" else "codes"


@pytest.fixture(params=CALLS)
def adapter(request: pytest.FixtureRequest, plane: Plane) -> str:
    """Every adapter in turn, its switch known to the control plane."""
    plane.control.add(name_of(request.param), "", "14")
    return str(request.param)


async def test_off_and_on_again(plane: Plane, adapter: str) -> None:
    """The switch moves off, is read as off, moves back on, and is read as on; each read tells where it stands."""
    made = action(CALLS[adapter])
    switch = plane.control.switch(name_of(adapter))
    assert (await plane.board.read(order(made))).is_as_wanted is False
    await plane.board.turn(order(made))
    assert switch.is_off and (await plane.board.read(order(made))).is_as_wanted is True
    back = order(made, Direction.ON, "run-2")
    assert (await plane.board.read(back)).is_as_wanted is False
    await plane.board.turn(back)
    assert not switch.is_off and (await plane.board.read(back)).is_as_wanted is True
    assert 2 == len(switch.history)


async def test_a_switch_that_does_not_move(plane: Plane, adapter: str) -> None:
    """200 is no proof: the reading says that it has not moved."""
    made = action(CALLS[adapter])
    plane.control.misbehave(name_of(adapter), "stuck")
    await plane.board.turn(order(made))
    assert (await plane.board.read(order(made))).is_as_wanted is False


@pytest.mark.parametrize(
    ("trouble", "error", "moved"),
    [
        ("hang", SwitchUncertain, False),
        ("hang_after", SwitchUncertain, True),
        ("cut", SwitchUncertain, False),
        ("cut_after", SwitchUncertain, True),
        ("half", SwitchUncertain, True),
        ("broken", SwitchUncertain, False),
        ("refuse", SwitchRefused, False),
        ("redirect", SwitchRefused, False),
        ("busy", SwitchUnavailable, False),
    ],
)
async def test_what_goes_wrong(plane: Plane, trouble: Any, error: type[Exception], moved: bool) -> None:
    """Each failure says whether anything can have changed; where nobody knows, the reading does."""
    made = action(CALLS["unleash"])
    plane.control.misbehave("codes", trouble)
    with pytest.raises(error):
        await plane.board.turn(order(made))
    assert moved is (await plane.board.read(order(made))).is_as_wanted
    assert not any(call.path.startswith("/latest") for call in plane.control.calls)


async def test_webhook_is_signed_and_acted_on_once(plane: Plane) -> None:
    """The signature is that of Standard Webhooks, and the id of the run makes a second delivery harmless."""
    made = action(CALLS["webhook"])
    await plane.board.turn(order(made))
    await plane.board.turn(order(made))
    first, second = [call for call in plane.control.calls if call.path.startswith("/hooks")]
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "run-1"
    body = json.dumps(first.body, separators=(",", ":"), ensure_ascii=False).encode()
    signed = f"run-1.{first.headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(invented("HOOK").removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert f"v1,{wanted}" == first.headers["webhook-signature"]
    assert ["U2"] == first.body["approved_by"] and 1 == len(plane.control.switch("codes").history)


async def test_http_names_its_run(plane: Plane) -> None:
    """The generic call carries an idempotency key, and refuses a way back that nobody wrote down."""
    await plane.board.turn(order(action(CALLS["http"])))
    assert "run-1" == plane.control.calls[-1].headers["Idempotency-Key"]
    one_way = action({**CALLS["http"], "on": None})
    with pytest.raises(SwitchRefused, match="by hand"):
        await plane.board.turn(order(one_way, Direction.ON))
    assert not one_way.can_go_back


async def test_kong_is_there_already(plane: Plane) -> None:
    """A plugin that somebody else added is no failure: the reading sees it."""
    plane.control.switch("codes").is_off = True
    with pytest.raises(SwitchUncertain, match="409"):
        await plane.board.turn(order(action(CALLS["kong"])))
    assert (await plane.board.read(order(action(CALLS["kong"])))).is_as_wanted is True


async def test_probe_sees_what_users_get(plane: Plane) -> None:
    """The data plane is asked apart from the control plane, for either direction."""
    made = action(CALLS["unleash"], probe=PROBE)
    before = await plane.board.probe(order(made))
    await plane.board.turn(order(made))
    after, back = await plane.board.probe(order(made)), await plane.board.probe(order(made, Direction.ON))
    assert before and after and back
    assert (False, True, False) == (before.is_as_wanted, after.is_as_wanted, back.is_as_wanted)
    assert await plane.board.probe(order(action(CALLS["unleash"]))) is None


async def test_plan_shows_the_call_without_its_secrets(plane: Plane, adapter: str) -> None:
    """A dry run shows address, headers and body as they would be sent, names in the place of secrets, and sends nothing."""
    made = action(CALLS[adapter], probe=PROBE)
    text = "\n".join(call.text for call in plane.board.plan(order(made)))
    assert text.splitlines()[0].startswith(("POST https://", "PATCH https://", "PUT https://"))
    assert PROBE["url"] in text and plane.control.calls == []
    assert all(f"[{name}]" in text and invented(name) not in text for name in made.secrets())


async def test_secrets_that_come_back_are_masked(plane: Plane) -> None:
    """A server that repeats the token in its answer or its refusal does not get it into the record."""
    made = action({**CALLS["http"], "off": {"url": f"{URL}/echo", "headers": {"X-Api-Key": "${ECHO_KEY}"}}})
    for status in (200, 403):

        async def echo(request: web.Request, status: int = status) -> web.Response:
            return web.Response(text=f"you said {request.headers['X-Api-Key']}", status=status)

        async with listening(web.post("/control/{host}/echo", echo)) as port:
            board = Board(policy, Wire(policy, only_to=f"http://127.0.0.1:{port}/control"), invented)
            if status == 200:
                said = await board.turn(order(made))
            else:
                with pytest.raises(SwitchRefused) as refused:
                    await board.turn(order(made))
                said = str(refused.value)
        assert "you said [ECHO_KEY]" in said and invented("ECHO_KEY") not in said


async def test_missing_secret_sends_nothing(plane: Plane) -> None:
    """A variable that is not set is named before anything is sent."""
    made = action(CALLS["unleash"])
    board = Board(policy, Wire(policy, only_to=plane.base), lambda _: None)
    assert ("UNLEASH_TOKEN",) == board.missing(made)
    with pytest.raises(SwitchRefused, match="UNLEASH_TOKEN is not set"):
        await board.turn(order(made))
    assert (await board.read(order(made))).is_as_wanted is None and plane.control.calls == []


async def test_drill_reaches_nothing_real() -> None:
    """Outside the sandbox a drill is told what would have been sent; no name is even looked up."""

    async def find(host: str, port: int) -> list[str]:
        raise AssertionError(f"looked up {host}")

    board = Board(policy, Wire(policy, find=find), invented)
    drill = order(action(CALLS["unleash"], probe=PROBE), is_drill=True)
    assert DRILL == await board.turn(drill)
    assert (await board.read(drill)).is_as_wanted and (await board.probe(drill))


async def test_record_only(plane: Plane) -> None:
    """What is done by hand sends nothing, and nothing can tell whether it was done."""
    made = action({"adapter": "record", "instructions": "Pull the plug."})
    assert () == plane.board.plan(order(made))
    await plane.board.turn(order(made))
    assert (await plane.board.read(order(made))).is_as_wanted is None and plane.control.calls == []


class Flags:
    """A directory with a flag file, and a flagd that reads it."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "flags.json"
        self.write({"flags": {"codes": {"state": "ENABLED", "variants": {"on": True}}, "other": {"state": "ENABLED"}}})

    def write(self, content: object) -> None:
        self.path.write_text(json.dumps(content))

    async def evaluate(self, request: web.Request) -> web.Response:
        state = json.loads(self.path.read_text())["flags"][request.match_info["flag"]]["state"]
        return web.json_response({"reason": "DISABLED" if state == "DISABLED" else "STATIC"})

    def board(self, port: int = 0) -> Board:
        hosts = {"name": "flagd.example.com", "private": True}
        file = policy(hosts, directories=(str(self.path.parent),))

        async def find(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        return Board(lambda: file, Wire(lambda: file, find=find), invented)

    def action(self, port: int | None = None, **more: Any) -> Any:
        call = {"adapter": "flagd", "path": str(self.path), "flag": "codes", **more}
        return action({**call, "evaluate": f"http://flagd.example.com:{port}"} if port else call)


async def test_flagd_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """The flag's state changes and nothing else of the file; what flagd answers then is what counts."""
    flags = Flags(tmp_path)
    flags.path.chmod(0o640)
    async with listening(web.post("/ofrep/v1/evaluate/flags/{flag}", flags.evaluate)) as port:
        board, made = flags.board(), flags.action(port)
        await board.turn(order(made))
        written = json.loads(flags.path.read_text())["flags"]
        assert {"state": "DISABLED", "variants": {"on": True}} == written["codes"] and "ENABLED" == written["other"][
            "state"
        ]
        seen = await board.read(order(made))
        assert seen.is_as_wanted and "flagd answers DISABLED" in seen.what
        await board.turn(order(made, Direction.ON))
        assert (await board.read(order(made, Direction.ON))).is_as_wanted
    assert [flags.path.name] == os.listdir(tmp_path)  # noqa: PTH208  nothing else was left behind
    assert 0o640 == flags.path.stat().st_mode & 0o777


async def test_flagd_that_has_not_read_the_file_yet(tmp_path: Path) -> None:
    """The file says off while flagd still answers on: it has not moved."""
    flags = Flags(tmp_path)

    async def stale(_: web.Request) -> web.Response:
        return web.json_response({"reason": "STATIC"})

    async with listening(web.post("/ofrep/v1/evaluate/flags/{flag}", stale)) as port:
        board, made = flags.board(), flags.action(port)
        await board.turn(order(made))
        assert (await board.read(order(made))).is_as_wanted is False


@pytest.mark.parametrize("content", [[], {"flags": {}}, {"flags": {"codes": "x"}}])
async def test_flagd_file_that_is_not_what_it_should_be(tmp_path: Path, content: object) -> None:
    """A file without the flag stays as it is."""
    flags = Flags(tmp_path)
    flags.write(content)
    with pytest.raises(SwitchRefused):
        await flags.board().turn(order(flags.action()))
    assert content == json.loads(flags.path.read_text())


async def test_flagd_file_that_leads_elsewhere(tmp_path: Path) -> None:
    """A link out of the allowed directory is not followed, and the sandbox changes no file at all."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir(), inside.mkdir()
    target, flags = Flags(outside), Flags(inside)
    flags.path.unlink()
    flags.path.symlink_to(target.path)
    with pytest.raises(SwitchRefused, match="leads out"):
        await flags.board().turn(order(flags.action()))
    board = Board(policy, Wire(policy, only_to="http://127.0.0.1:1"), invented)
    with pytest.raises(SwitchRefused, match="sandbox"):
        await board.turn(order(flags.action()))
    assert "DISABLED" not in target.path.read_text()
