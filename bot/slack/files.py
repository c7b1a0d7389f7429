"""The document half of the Chat port: files and canvases."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import ChatRateLimited, ChatRefused, ChatUnavailable, ChatUncertain
from bot.services.leases import acting
from bot.services.ports import Once
from bot.slack.errors import answered

GONE = frozenset({"file_not_found", "file_deleted"})
PAGES = frozenset({"html", "htm", "xhtml"})
CHUNK = 64 * 1024
# Reading changes nothing, so that a slow one is only begun anew; it must end before a lease does.
DOWNLOAD_PATIENCE = aiohttp.ClientTimeout(total=90, connect=5, sock_read=15)


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

    async def download(self, file_id: str, most: int) -> bytes:
        """The bytes of a file, at most so many. Our token goes to Slack's own hosts only."""
        found = (await answered(self._client.files_info(file=file_id)))["file"]
        if found.get("mode") == "tombstone" or found.get("mode") == "hidden_by_limit":
            raise ChatRefused("file_deleted")
        if found.get("is_external") or not found.get("url_private_download", found.get("url_private")):
            raise ChatRefused("external")
        if int(found.get("size") or 0) > most:
            raise ChatRefused("too_large")
        url = str(found.get("url_private_download") or found["url_private"])
        if not self._is_slacks(url):
            raise ChatRefused("external")
        return await self._read(url, most, may_be_page=found.get("filetype") in PAGES)

    def _is_slacks(self, url: str) -> bool:
        here, there = urlsplit(self._client.base_url), urlsplit(url)
        if (there.scheme, there.netloc) == (here.scheme, here.netloc):
            return True
        return there.scheme == "https" and (there.hostname or "").endswith(".slack.com")

    async def _read(self, url: str, most: int, *, may_be_page: bool) -> bytes:
        session = self._client.session
        if session is None:
            raise ChatUnavailable("no_session")
        headers = {"Authorization": f"Bearer {self._client.token}"}
        try:
            async with session.get(url, headers=headers, allow_redirects=False, timeout=DOWNLOAD_PATIENCE) as response:
                _check_download(response, may_be_page=may_be_page)
                data = bytearray()
                async for chunk in response.content.iter_chunked(CHUNK):
                    data += chunk
                    if len(data) > most:
                        raise ChatRefused("too_large")
                return bytes(data)
        except aiohttp.ClientConnectorError as error:
            raise ChatUnavailable("unreachable", str(error)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChatUnavailable("no_answer", repr(error)) from error

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


def _check_download(response: aiohttp.ClientResponse, *, may_be_page: bool) -> None:
    """Slack answers whoever may not read a file with its login page, or sends them there."""
    if response.status == 429:
        raise ChatRateLimited(float(response.headers.get("Retry-After") or 30))
    if response.status >= 500:
        raise ChatUnavailable(f"http_{response.status}")
    if response.status in (404, 410):
        raise ChatRefused("file_not_found")
    if response.status != 200 or (response.content_type == "text/html" and not may_be_page):
        raise ChatRefused("access_denied")
