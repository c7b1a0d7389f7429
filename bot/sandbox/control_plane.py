"""A fake control plane: switches as the products that hold them document it, on the sandbox's own port.

It knows switches and nothing of why anybody turns them. Under `/control/<host>/…` it answers as that host would;
the page `/control` shows where every switch stands and who moved it when. Anything may be made to misbehave.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from aiohttp import web

from bot.sandbox.control_page import page

Trouble = Literal["stuck", "hang", "hang_after", "cut", "cut_after", "refuse", "broken", "busy", "redirect", "half"]
PLUGIN = "request-termination"
LONGEST_HANG = 60.0


@dataclass
class Switch:
    """One switch. `value` is what it points at, such as a version; it is off while that is not what it began with."""

    name: str
    about: str = ""
    is_off: bool = False
    value: str = "1"
    began_as: str = "1"
    product: str = "switch"
    history: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass
class Call:
    """A call as it came in."""

    method: str
    host: str
    path: str
    headers: dict[str, str]
    body: Any


class ControlPlane:
    """Every switch there is, made when it is first spoken of. `now` dates what happens."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.switches: dict[str, Switch] = {}
        self.calls: list[Call] = []
        self._hooks_seen: set[str] = set()
        self._troubles: list[tuple[str, Trouble]] = []

    def add(self, name: str, about: str, value: str = "1") -> Switch:
        """A switch that is on."""
        return self.switches.setdefault(name, Switch(name, about, value=value, began_as=value))

    def switch(self, name: str) -> Switch:
        """The switch of that name."""
        return self.switches.get(name) or self.add(name, "")

    def misbehave(self, name: str, trouble: Trouble, times: int = 1) -> None:
        """What goes wrong with the next calls that would turn this switch.

        stuck: 200, and nothing moves. hang, cut: no effect, no answer. hang_after, cut_after: the effect happens, no
        answer. half: the effect happens, half an answer. refuse: 403. broken: 500. busy: 429. redirect: to an address
        inside. All without effect where not said otherwise.
        """
        self._troubles += [(name, trouble)] * times

    def routes(self) -> list[web.AbstractRouteDef]:
        """What it answers."""
        return [
            web.get("/control", self._page),
            web.route("*", "/control/{host}/{path:.*}", self._answer),
        ]

    async def _page(self, _: web.Request) -> web.Response:
        rows = [(s.name, s.about, s.is_off, s.value, s.history) for s in self.switches.values()]
        return web.Response(text=page(rows), content_type="text/html")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        host, path = request.match_info["host"], f"/{request.match_info['path']}"
        try:
            body = json.loads(text) if text else None
        except ValueError:
            return web.json_response({"error": "this is no JSON"}, status=400)
        self.calls.append(Call(request.method, host, path, dict(request.headers), body))
        for serve in (self._unleash, self._launchdarkly, self._litellm, self._mlflow, self._kong, self._plain):
            answer = await serve(request, path.strip("/").split("/"), body)
            if answer is not None:
                return answer
        return web.json_response({"error": f"{host} has nothing at {path}"}, status=404)

    async def _unleash(self, request: web.Request, path: list[str], body: Any) -> web.StreamResponse | None:
        if path[:3] != ["api", "admin", "projects"] or len(path) not in (8, 9) or path[4] != "features":
            return None
        if not request.headers.get("Authorization"):
            return web.json_response({"message": "no access"}, status=401)
        switch = self.switch(path[5])
        if request.method == "POST" and path[8:] in (["off"], ["on"]):
            return await self._turned(request, switch, web.Response(), is_off=path[8] == "off")
        return web.json_response({"name": path[7], "enabled": not switch.is_off})

    async def _launchdarkly(self, request: web.Request, path: list[str], body: Any) -> web.StreamResponse | None:
        if path[:3] != ["api", "v2", "flags"] or len(path) != 5:
            return None
        switch = self.switch(path[4])
        environment = request.query.get("env", "production")
        if request.method == "PATCH":
            if "domain-model=launchdarkly.semanticpatch" not in request.headers.get("Content-Type", ""):
                return web.json_response({"message": "no semantic patch"}, status=400)
            kinds = [instruction["kind"] for instruction in body["instructions"]]
            answer = web.json_response({"key": switch.name})
            return await self._turned(request, switch, answer, is_off=kinds == ["turnFlagOff"])
        return web.json_response({"key": switch.name, "environments": {environment: {"on": not switch.is_off}}})

    async def _litellm(self, request: web.Request, path: list[str], body: Any) -> web.StreamResponse | None:
        if len(path) != 2 or path[0] not in ("key", "team") or path[1] not in ("block", "unblock", "info"):
            return None
        if path[1] == "info":
            switch = self.switch(request.query.get("team_id") or request.query.get("key") or "")
            return web.json_response({("team_info" if path[0] == "team" else "info"): {"blocked": switch.is_off}})
        switch = self.switch(body.get("team_id") or body.get("key"))
        return await self._turned(request, switch, web.json_response({}), is_off=path[1] == "block")

    async def _mlflow(self, request: web.Request, path: list[str], body: Any) -> web.StreamResponse | None:
        if path != ["api", "2.0", "mlflow", "registered-models", "alias"]:
            return None
        if request.method == "GET":
            switch = self.switch(request.query["name"])
            return web.json_response({"model_version": {"name": switch.name, "version": switch.value}})
        switch = self.switch(body["name"])
        is_off = body["version"] != switch.began_as
        return await self._turned(request, switch, web.json_response({}), is_off=is_off, value=body["version"])

    async def _kong(self, request: web.Request, path: list[str], body: Any) -> web.StreamResponse | None:
        if len(path) not in (3, 4) or path[0] != "services" or path[2] != "plugins":
            return None
        switch = self.switch(path[1])
        switch.product = "gateway"
        if request.method == "POST":
            if switch.is_off:
                return web.json_response({"message": "UNIQUE violation"}, status=409)
            answer = web.json_response({"id": f"id-{switch.name}", **body}, status=201)
            return await self._turned(request, switch, answer, is_off=True)
        if request.method == "DELETE":
            return await self._turned(request, switch, web.Response(status=204), is_off=False)
        plugins = [{"id": f"id-{switch.name}", "name": PLUGIN, "enabled": True}] if switch.is_off else []
        return web.json_response({"data": plugins})

    async def _plain(self, request: web.Request, path: list[str], body: Any) -> web.StreamResponse | None:
        """Switches without a product, signed webhooks, and what users get."""
        match path:
            case ["switches", name]:
                switch = self.switch(name)
                if request.method == "PUT":
                    answer = web.json_response({"enabled": body["enabled"]})
                    return await self._turned(request, switch, answer, is_off=not body["enabled"])
                return web.json_response({"name": name, "enabled": not switch.is_off})
            case ["hooks", _]:
                return await self._hook(request, body)
            case ["probe", name]:
                switch = self.switch(name)
                status = 503 if switch.is_off and switch.product == "gateway" else 200
                said = {"switch": name, "answered_by": "fallback" if switch.is_off else "model"}
                return web.json_response(said, status=status)
            case _:
                return None

    async def _hook(self, request: web.Request, body: Any) -> web.StreamResponse:
        key = request.headers.get("webhook-id", "")
        if not key or not request.headers.get("webhook-signature", "").startswith("v1,"):
            return web.json_response({"error": "not signed"}, status=401)
        if key in self._hooks_seen:
            return web.json_response({"ok": True, "was_known": True})
        self._hooks_seen.add(key)
        answer = web.json_response({"ok": True})
        return await self._turned(request, self.switch(body["target"]), answer, is_off=body["act"] == "switch_off")

    async def _turned(
        self, request: web.Request, switch: Switch, answer: web.Response, *, is_off: bool, value: str | None = None
    ) -> web.StreamResponse:
        trouble = next((kind for name, kind in self._troubles if name == switch.name), None)
        if trouble is not None:
            self._troubles.remove((switch.name, trouble))
        if trouble in (None, "hang_after", "cut_after", "half"):
            self._move(request, switch, is_off=is_off, value=value)
        return answer if trouble is None else await FAILURES[trouble](request, answer)

    def _move(self, request: web.Request, switch: Switch, *, is_off: bool, value: str | None) -> None:
        was = (switch.is_off, switch.value)
        switch.is_off, switch.value = is_off, value or switch.value
        if was != (switch.is_off, switch.value):
            how = f"switched {'off' if is_off else 'on'}{f', to {value}' if value else ''} by {request.method}"
            switch.history.append((self._now(), f"{how} {request.match_info['host']}"))


async def _stuck(_: web.Request, answer: web.Response) -> web.StreamResponse:
    return answer


async def _hang(_: web.Request, answer: web.Response) -> web.StreamResponse:
    await asyncio.sleep(LONGEST_HANG)
    return answer


async def _cut(request: web.Request, answer: web.Response) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return answer


async def _half(request: web.Request, _: web.Response) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok": tr')
    if request.transport is not None:
        request.transport.abort()
    return response


async def _redirect(_: web.Request, _answer: web.Response) -> web.StreamResponse:
    return web.Response(status=307, headers={"Location": "http://169.254.169.254/latest/meta-data/"})


def _status(status: int, text: str) -> Callable[[web.Request, web.Response], Awaitable[web.StreamResponse]]:
    async def fail(_: web.Request, _answer: web.Response) -> web.StreamResponse:
        return web.json_response({"error": text}, status=status)

    return fail


FAILURES: dict[Trouble, Callable[[web.Request, web.Response], Awaitable[web.StreamResponse]]] = {
    "stuck": _stuck,
    "hang": _hang,
    "hang_after": _hang,
    "cut": _cut,
    "cut_after": _cut,
    "half": _half,
    "redirect": _redirect,
    "refuse": _status(403, "not yours to turn"),
    "broken": _status(500, "something broke"),
    "busy": _status(429, "later, please"),
}
