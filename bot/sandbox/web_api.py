"""The Web API over HTTP: tokens, scopes, rate limits and faults around the method table.

An unknown method fails loudly: Slack's refusal, and an entry in the violations.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any
from weakref import WeakSet

from aiohttp import web

from bot.sandbox.call import Call, Method
from bot.sandbox.faults import AFTER, Fault, Faults
from bot.sandbox.limits import Limits
from bot.sandbox.objects import Json
from bot.sandbox.refusal import Refusal
from bot.sandbox.traffic import Entry, Traffic
from bot.sandbox.workspace import Workspace

Effect = Callable[[], Awaitable[web.Response]]


class WebApi:
    """Answers `/api/{method}` and records every call."""

    def __init__(
        self, workspace: Workspace, methods: Mapping[str, Method], traffic: Traffic, faults: Faults, limits: Limits
    ) -> None:
        self._workspace, self._methods, self._traffic = workspace, methods, traffic
        self._faults, self._limits = faults, limits
        self._closing = asyncio.Event()
        self._met: WeakSet[asyncio.Transport] = WeakSet()

    async def handle(self, request: web.Request) -> web.Response:
        """One Web API call, with whatever fault was planned for it."""
        name = request.match_info["method"]
        try:
            args = await _arguments(request)
        except Refusal as refusal:
            self._traffic.violations.append(f"unreadable arguments for {name}")
            return web.json_response(refusal.body)
        token = str(args.pop("token", "")) or request.headers.get("Authorization", "").removeprefix("Bearer ")
        return await self.recorded(name, args, request, lambda: self._run(name, args, token))

    async def recorded(self, name: str, args: Json, request: web.Request, effect: Effect) -> web.Response:
        """Run an effect as one entry of the traffic, faults and latency included."""
        entry = Entry(self._workspace.instant(), "call", name, args, time.monotonic())
        self._traffic.add(entry)
        try:
            response = await self._with_fault(name, self._faults.take(name, args), request, effect)
            entry.status, entry.answer = response.status, _readable(response)
            return response
        finally:
            self._traffic.end(entry)

    async def _with_fault(self, name: str, fault: Fault | None, request: web.Request, effect: Effect) -> web.Response:
        delay = self._faults.latency + (fault.seconds if fault else 0) + self._handshake(request)
        if delay:
            await asyncio.sleep(delay)
        if fault is None:
            return await effect()
        if fault.kind in AFTER:
            await effect()
        self._faults.struck.append((name, fault.kind))
        self._traffic.touch()
        if fault.kind == "slow":
            return await effect()
        answers: dict[str, Callable[[], web.Response]] = {
            "rate_limited": lambda: too_many(fault.retry_after),
            "server_error": lambda: web.json_response({"ok": False, "error": "internal_error"}, status=500),
            "error": lambda: web.json_response({"ok": False, "error": fault.code}),
            "lost_answer": lambda: web.Response(status=500, text="upstream request timeout"),
        }
        if fault.kind in answers:
            return answers[fault.kind]()
        if fault.kind in ("hang", "hang_after"):
            await self._closing.wait()
        return _cut(request)

    def _handshake(self, request: web.Request) -> float:
        """What this call pays for its connection: only the first one does."""
        transport = request.transport
        if transport is None or transport in self._met:
            return 0.0
        self._met.add(transport)
        return self._faults.connecting

    async def _run(self, name: str, args: Json, token: str) -> web.Response:
        method = self._methods.get(name)
        try:
            self._check_token(method, token)
            if method is None:
                self._traffic.violations.append(f"unknown method: {name}")
                raise Refusal("unknown_method", req_method=name)
            wait = self._limits.wait(name, method.tier, str(args.get("channel", "")))
            if wait:
                return too_many(wait)
            answer = await self._answer(method, args)
        except Refusal as refusal:
            return web.json_response(refusal.body)
        scopes = {"x-oauth-scopes": ",".join(sorted(self._workspace.app.scopes))}
        return web.json_response({"ok": True, **(answer or {})}, headers=scopes)

    def _check_token(self, method: Method | None, token: str) -> None:
        app = self._workspace.app
        if not token:
            raise Refusal("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise Refusal("invalid_auth")
        wants_app = method is not None and method.app_token
        if (token == app.app_token) is not wants_app:
            raise Refusal("not_allowed_token_type")

    async def _answer(self, method: Method, args: Json) -> Json | None:
        call = Call(self._workspace, args, method.needs)
        needs = method.needs
        call.require(needs if isinstance(needs, tuple) else [s for scopes in needs.values() for s in scopes])
        answer = method.run(call)
        return answer if answer is None or isinstance(answer, dict) else await answer

    def hang_up(self, keep: Collection[asyncio.Transport | None]) -> None:
        """Close every connection that calls came on, except those to ``keep``."""
        for transport in [met for met in self._met if met not in keep]:
            transport.close()

    def close(self) -> None:
        """Let hanging calls go."""
        self._closing.set()


def too_many(seconds: int) -> web.Response:
    """HTTP 429 as Slack sends it."""
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})


def _cut(request: web.Request) -> web.Response:
    """Break the connection; what is returned is never seen."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)


async def _arguments(request: web.Request) -> Json:
    """Query string, form and JSON body together, as Slack takes them."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await _json_body(request)
        return args | body
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.post()
        args |= {key: value for key, value in form.items() if isinstance(value, str)}
    return args


async def _json_body(request: web.Request) -> Json:
    text = await request.text()
    try:
        body: Any = json.loads(text or "{}")
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(body, dict):
        raise Refusal("json_not_object")
    return body


def _readable(response: web.Response) -> Json:
    if response.content_type != "application/json" or not response.text:
        return {}
    answer = json.loads(response.text)
    return answer if isinstance(answer, dict) else {}
