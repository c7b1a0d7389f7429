"""HTTP beside the Web API: bytes of files going up and down, and answers to a response_url."""

import json
from typing import Any

from aiohttp import web

from bot.sandbox import responses
from bot.sandbox.api.files import readable
from bot.sandbox.refusal import Refusal
from bot.sandbox.web_api import WebApi
from bot.sandbox.workspace import Workspace


def side_doors(workspace: Workspace, api: WebApi) -> list[web.RouteDef]:
    """The routes; uploads and response_urls are recorded and can be made to fail like methods."""
    doors = _SideDoors(workspace, api)
    answers = [web.post(f"/{kind}/{{team}}/{{token}}", doors.respond) for kind in ("commands", "actions", "app")]
    return [
        web.post("/upload/v1/{file}", doors.upload),
        web.get("/files-pri/{file}/{name:.*}", doors.download),
        *answers,
    ]


class _SideDoors:
    def __init__(self, workspace: Workspace, api: WebApi) -> None:
        self._workspace, self._api = workspace, api

    async def upload(self, request: web.Request) -> web.Response:
        """The bytes of an announced file, as many as were announced."""
        file_id, body = request.match_info["file"], await request.read()
        args = {"file": file_id, "bytes": len(body)}
        return await self._api.recorded("upload", args, request, lambda: self._store(file_id, body))

    async def _store(self, file_id: str, body: bytes) -> web.Response:
        file = self._workspace.files.get(file_id)
        if file is None or file.content is not None:
            return web.Response(status=404, text="no such upload")
        if len(body) != file.size:
            return web.Response(status=400, text=f"expected {file.size} bytes, got {len(body)}")
        file.content = body
        return web.Response(text=f"OK - {len(body)}")

    async def download(self, request: web.Request) -> web.Response:
        """File bytes for the bot token; anybody else gets a login page with status 200, as from Slack."""
        app = self._workspace.app
        file = self._workspace.files.get(request.match_info["file"].partition("-")[2])
        known = request.headers.get("Authorization") == f"Bearer {app.bot_token}"
        allowed = known and "files:read" in app.scopes
        if file is None or not allowed or not readable(self._workspace, file, app.bot_user):
            return web.Response(text="<!DOCTYPE html><title>Sign in | Slack</title>", content_type="text/html")
        return web.Response(body=file.content or b"", content_type="application/octet-stream")

    async def respond(self, request: web.Request) -> web.Response:
        """A POST to a response_url."""
        text = await request.text()
        try:
            body: Any = json.loads(text)
        except ValueError:
            body = None
        token, args = request.match_info["token"], body if isinstance(body, dict) else {}
        return await self._api.recorded("response_url", args, request, lambda: self._answer(token, body))

    async def _answer(self, token: str, body: Any) -> web.Response:
        try:
            responses.use(self._workspace, token, body)
        except Refusal as refusal:
            status = 404 if refusal.code in ("expired_url", "used_url") else 400
            return web.json_response(refusal.body, status=status)
        return web.Response(text="ok")
