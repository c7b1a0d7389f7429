"""The document half of the Chat port: files and canvases."""

from __future__ import annotations

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import ChatRefused, ChatUnavailable, ChatUncertain
from bot.services.leases import acting
from bot.services.ports import Once
from bot.slack.errors import answered

GONE = frozenset({"file_not_found", "file_deleted"})


class Files:
    """Uploads and canvases."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def upload(self, name: str, content: str, title: str) -> str:
        """Send a text file's bytes; it is nowhere to be seen until it is shared."""
        body = content.encode()
        ticket = await answered(self._client.files_getUploadURLExternal(filename=name, length=len(body)))
        await self.send(ticket["upload_url"], body, "application/octet-stream")
        return str(ticket["file_id"])

    async def share(
        self, file_id: str, channel_id: str, title: str, *, once: Once, thread_ts: str | None = None
    ) -> str:
        """Share an upload into a channel once; an earlier try that succeeded is seen on the file itself."""
        if once.look_first and (link := await self._shared_link(file_id, channel_id)):
            return link
        data = await answered(
            self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": title}], channel_id=channel_id, thread_ts=thread_ts
            )
        )
        files = data.get("files") or [{}]
        return str(files[0].get("permalink", ""))

    async def delete_file(self, file_id: str) -> None:
        """Delete a file of ours; one that is gone already is fine."""
        try:
            await answered(self._client.files_delete(file=file_id))
        except ChatRefused as refusal:
            if refusal.code not in GONE:
                raise

    async def channel_canvas(self, channel_id: str, markdown: str, *, known_id: str | None) -> str:
        """Write the channel's canvas."""
        content = {"type": "markdown", "markdown": markdown}
        if known_id is not None:
            change = {"operation": "replace", "document_content": content}
            await answered(self._client.canvases_edit(canvas_id=known_id, changes=[change]))
            return known_id
        try:
            data = await answered(
                self._client.conversations_canvases_create(channel_id=channel_id, document_content=content)
            )
        except ChatRefused as refusal:
            if refusal.code != "channel_canvas_already_exists":
                raise
            return await self.channel_canvas(channel_id, markdown, known_id=await self._canvas_of(channel_id))
        return str(data["canvas_id"])

    async def _canvas_of(self, channel_id: str) -> str:
        data = await answered(self._client.conversations_info(channel=channel_id))
        canvas = data["channel"].get("properties", {}).get("canvas", {})
        if "file_id" not in canvas:
            raise ChatRefused("canvas_not_found")
        return str(canvas["file_id"])

    async def _shared_link(self, file_id: str, channel_id: str) -> str | None:
        try:
            found = (await answered(self._client.files_info(file=file_id)))["file"]
        except ChatRefused:
            return None
        shared = [*found.get("channels", []), *found.get("groups", [])]
        return str(found.get("permalink", "")) if channel_id in shared else None

    async def send(self, url: str, body: bytes, content_type: str) -> None:
        """POST bytes to an address Slack gave us for one purpose (an upload, a response)."""
        session = self._client.session
        if session is None:
            raise ChatUnavailable("no_session")
        try:
            async with acting(), session.post(url, data=body, headers={"Content-Type": content_type}) as response:
                if response.status >= 400:
                    raise ChatUncertain(f"http_{response.status}")
        except aiohttp.ClientConnectorError as error:
            raise ChatUnavailable("unreachable", str(error)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChatUncertain("no_answer", repr(error)) from error
