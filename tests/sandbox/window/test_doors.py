"""Nobody but the sandbox's own page gets in; what comes in wrong is refused with a sentence; secrets stay inside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
import yarl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox import Sandbox, acts, seed
from bot.sandbox.window.verbs import VERBS
from tests.sandbox.kit import Bolt, Clock, make_manifest
from tests.sandbox.window.browser import Browser, browsers

Browse = Callable[[str], Browser]
HOSTILE = [
    '<script>alert("x")</script>.html',
    "../../etc/passwd",
    "a\r\nSet-Cookie: x=1",
    "\ud800",
    "x" * 5000,
    "..",
    "",
]


async def fetch(sandbox: Sandbox, path: str, **headers: str) -> tuple[int, str, Any]:
    """Status, body and headers of a path, taken literally."""
    url = yarl.URL(sandbox.base_url + path, encoded=True)
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text(), answer.headers


async def test_the_page_comes_with_a_strict_policy(sandbox: Sandbox) -> None:
    """Nothing is loaded from elsewhere, nothing is kept, nothing is guessed."""
    status, body, headers = await fetch(sandbox, "/")
    assert status == 200
    assert "<html" in body
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;")
    assert "unsafe" not in policy
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    status, _, headers = await fetch(sandbox, "/page/js/api.js")
    assert (status, headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "/page/../people.py", "/page/%2e%2e/people.py", "/page/..%2fpeople.py", "/page/js/../../people.py", "/page//etc/passwd",
        "/page/%2fetc%2fpasswd", "/page/js", "/page/js/", "/page/.hidden", "/page/..%5cpeople.py", "/page/js%00.js", "/page/none.js",
        "/page/__pycache__/x", "/page/" + "a" * 3000,
    ],
)  # fmt: skip
async def test_no_path_leads_out_of_the_page(sandbox: Sandbox, path: str) -> None:
    """Only files of the page are served, however a path is written."""
    status, body, _ = await fetch(sandbox, path)
    assert status == 404
    assert "import" not in body


@pytest.mark.parametrize("path", ["/window/act", "/window/upload", "/window/backstage"])
async def test_only_the_own_page_may_do_anything(sandbox: Sandbox, browse: Browse, path: str) -> None:
    """Without the header, or from another origin, or across sites, everything is refused."""
    own = sandbox.base_url
    for headers in (
        {"X-Window": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": own.replace("http:", "https:")},
        {"Origin": own + "0"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        status, body = await browse("rae").send(path, {"verb": "reads"}, headers)
        assert (status, body["ok"]) == (403, False)
    status, _ = await browse("rae").send(path, {"verb": "none"}, {"Origin": own, "Sec-Fetch-Site": "same-origin"})
    assert status in (400, 404)


async def test_another_site_is_not_even_told(sandbox: Sandbox) -> None:
    """A page elsewhere that asks gets nothing, and no preflight is ever granted."""
    for path in ("desk", "messages", "events", "traffic", "file"):
        url = f"/window/{path}?as=rae"
        assert (await fetch(sandbox, url, **{"Sec-Fetch-Site": "cross-site"}))[0] == 403
        assert (await fetch(sandbox, url, Origin="https://evil.example"))[0] == 403
    assert (await fetch(sandbox, "/window/desk?as=rae", Host="evil.example"))[0] == 403
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    url = f"{sandbox.base_url}/window/act"
    async with aiohttp.ClientSession() as session, session.options(url, headers=asked) as answer:
        assert answer.status == 405
        assert not any(name.lower().startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"1", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5000, b'{"verb": NaN}', b"1" * 10_000,
        b'{"verb": "types"}', b'{"as": "rae", "verb": ["types"]}', b'{"as": {}, "verb": "types"}', b'{"as": "rae", "verb": "__init__"}',
        b'{"as": "rae", "verb": "types", "channel": 1, "text": "x"}', b'{"as": "rae", "verb": "types", "text": null}',
        b'{"as": "rae", "verb": "submits", "view": []}', b'{"as": "rae", "verb": "acts", "where": 1}',
        b'{"as": "rae", "verb": "opens_home", "tab": "x"}', b'{"as": "rae", "verb": "reads", "channel": "C", "ts": "x"}',
    ],
)  # fmt: skip
async def test_what_is_malformed_is_refused_with_a_sentence(browse: Browse, body: bytes) -> None:
    """Bad JSON, unknown verbs and wrong kinds of arguments are 400, or a no in words; never a failure."""
    status, answer = await browse("rae").send("/window/act", body)
    assert status in (400, 404) or (status, answer["error"]) == (200, "impossible")
    assert (answer["ok"], bool(answer["reason"])) == (False, True)


async def test_sizes_are_limited(sandbox: Sandbox, browse: Browse) -> None:
    """An act is a megabyte at most, a file twenty."""
    rae = browse("rae")
    assert (await rae.send("/window/act", b'{"a": "' + b"x" * 1_000_001 + b'"}'))[0] == 413
    assert (await rae.upload("general", "big.bin", bytes(20 * 1024 * 1024 + 1)))[0] == 413
    assert (await rae.upload("general", "fits.bin", bytes(20 * 1024 * 1024)))[1] == {"ok": True}


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(sorted(VERBS))
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("channel", "ts", "text", "thread", "broadcast", "emoji", "user", "callback_id", "where", "block_id", "action_id", "value", "typed", "view", "query", "tab")  # fmt: skip


async def test_arbitrary_bodies_never_break_the_server(clock: Clock) -> None:
    """Whatever JSON comes to any verb, right in some places and wrong in others, the answer is never a 5xx."""
    async with (
        Sandbox(manifest=make_manifest(), now=clock.now, patience=0.01) as sandbox,
        browsers(sandbox) as open_one,
    ):
        rae, general = open_one("rae"), sandbox.channel("general")
        message = acts.post(sandbox.workspace, general, seed.RAE, "x", blocks=sandbox.workspace.furnish([EVERYTHING]))
        good = st.sampled_from(
            [
                general.id,
                message.ts,
                seed.LENA,
                seed.RAE,
                {"channel": general.id, "ts": message.ts},
                "b",
                "a",
                "x",
                "home",
            ]
        )
        loop = asyncio.get_running_loop()
        bodies = st.builds(
            lambda verb, args: {"as": seed.RAE, "verb": verb, **args},
            st.sampled_from([*VERBS, "reads"]),
            st.dictionaries(st.sampled_from(NAMES), good | JSON, max_size=len(NAMES)),
        )

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
        @given(body=bodies | JSON)
        def play(body: Any) -> None:
            status, answer = asyncio.run_coroutine_threadsafe(rae.send("/window/act", body), loop).result()
            assert status < 500
            assert isinstance(answer["ok"], bool)

        await asyncio.to_thread(play)


EVERYTHING = {
    "type": "actions",
    "block_id": "b",
    "elements": [{"type": "users_select", "action_id": "a"}, {"type": "datepicker", "action_id": "x"}],
}


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_travels_as_text(sandbox: Sandbox, browse: Browse, text: str) -> None:
    """Markup, line breaks and halves of characters in messages and file names arrive as text, or are refused in words."""
    rae = browse("rae")
    stream = await rae.listen()
    answer = await rae.types("general", text)
    assert answer["ok"] or answer["error"] == "impossible"
    name = text.encode(errors="replace").decode().replace("\r\n", "%0D%0A")  # as browsers write it
    status, shared = await rae.upload("general", name or "x", b"<script>", text="the file")
    assert (status, shared["ok"]) == (200, True)
    message = await stream.until(lambda: stream.message("the file"))
    (file,) = message["files"]
    assert not set(file["name"]) & set("/\\\r\n\0")
    async with rae.session.get(sandbox.base_url + file["url"]) as got:
        assert await got.read() == b"<script>"
        assert got.headers["Content-Type"] not in ("text/html", "image/svg+xml")
        assert "Set-Cookie" not in got.headers
        assert "sandbox" in got.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content_type", "placing"),
    [
        ("notes.md", "text/plain", "inline"),
        ("data.JSON", "text/plain", "inline"),
        ("picture.png", "image/png", "inline"),
        ("page.html", "application/octet-stream", "attachment"),
        ("page.htm", "application/octet-stream", "attachment"),
        ("drawing.svg", "application/octet-stream", "attachment"),
        ("paper.pdf", "application/octet-stream", "attachment"),
        ("nothing", "application/octet-stream", "attachment"),
        ("x.png.html", "application/octet-stream", "attachment"),
    ],
)
async def test_files_come_down_as_what_they_may_be(
    sandbox: Sandbox, browse: Browse, name: str, content_type: str, placing: str
) -> None:
    """Text and pictures to look at, everything else to take away; nothing is ever a page."""
    rae = browse("rae")
    await rae.upload("general", name, b"<svg onload=alert(1)>")
    file = (await rae.messages("general"))[-1]["files"][0]
    async with rae.session.get(sandbox.base_url + file["url"]) as got:
        assert got.content_type == content_type
        assert got.headers["Content-Disposition"].startswith(placing + ";")
        assert got.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_file_is_for_those_who_see_it(sandbox: Sandbox, browse: Browse) -> None:
    """A file shared in private is not there for others, and its address is each reader's own."""
    await browse("ines").upload("exec-private", "plan.txt", b"secret")
    file = (await browse("emil").messages("exec-private"))[-1]["files"][0]
    assert file["url"] == f"/window/file?as={seed.EMIL}&id={file['id']}"
    assert (await browse("rae").ask("/window/file", id=file["id"]))[0] == 404


@pytest.mark.parametrize("thread", [None, "12.000001", "x"])
async def test_uploads_that_cannot_be(sandbox: Sandbox, browse: Browse, thread: str | None) -> None:
    """An upload into nowhere, without a file, or that is none at all is refused in words."""
    rae = browse("rae")
    if thread:
        status, answer = await rae.upload("general", "x", b"x", thread=thread)
        assert status in (200, 400) and not answer["ok"]
    assert (await rae.upload("exec-private", "x", b"x"))[1]["reason"] == "There is no such conversation"
    for headers in ({}, {"Content-Type": "multipart/form-data"}, {"Content-Type": "multipart/form-data; boundary=x"}):
        status, answer = await rae.send("/window/upload", b"--x\r\nbroken", {**headers})
        assert (status, answer["ok"]) == (400, False)


async def test_no_secret_shows_in_the_traffic(sandbox: Sandbox, bolt: Bolt, browse: Browse) -> None:
    """Tokens, the signing secret and tickets of connections are masked wherever they stand; the rest can be read."""
    rae = browse("rae")
    stream = await rae.listen(traffic="1")
    await rae.types("general", f"my token is {sandbox.bot_token}")
    await bolt.client.auth_test()
    ended = await stream.until(lambda: [c for c in stream.all("crossing") if c["name"] == "auth.test" and c["ended"]])
    assert (ended[0]["ok"], ended[0]["direction"], ended[0]["answer"]["team"]) == (True, "call", "Kestrel Retail")
    told = json.dumps([data for _, data in stream.heard if _ == "crossing"])
    status, traffic = await rae.ask("/window/traffic", after=0)
    assert status == 200
    app = sandbox.workspace.app
    for secret in (app.bot_token, app.app_token, app.signing_secret, app.verification_token):
        assert secret not in told
        assert secret not in json.dumps(traffic)
    opened = next(one for one in traffic["entries"] if one["name"] == "apps.connections.open")
    assert "ticket=[masked]&" in opened["answer"]["url"]
    assert [one["n"] for one in traffic["entries"]] == list(range(1, len(traffic["entries"]) + 1))
    said = next(one for one in traffic["entries"] if one["direction"] == "delivery")
    assert said["ack_milliseconds"] > 0
    assert (await rae.ask("/window/traffic", after=said["n"]))[1]["entries"][0]["n"] == said["n"] + 1
    assert (await rae.ask("/window/traffic", after="x"))[0] == 400
