"""Files through the window: bytes going up with a message, and coming down without ever being a page."""

import re
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.sandbox.api.files import readable
from bot.sandbox.objects import File, Json, User
from bot.sandbox.window.assets import HEADERS
from bot.sandbox.window.doors import Denied, clean
from bot.sandbox.workspace import Workspace

MOST_FILE_BYTES, MOST_FIELD_BYTES, LONGEST_NAME = 20 * 1024 * 1024, 100_000, 200
TEXTS = frozenset({"txt", "text", "md", "csv", "json", "log", "yaml", "yml"})
PICTURES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
}  # fmt: skip
LOCKED = {**HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox"}


def download(workspace: Workspace, user: User, file_id: str) -> web.Response:
    """The bytes of a file this person may see: text and pictures to look at, everything else to take away."""
    file = workspace.files.get(file_id)
    if file is None or file.content is None or not readable(workspace, file, user.id):
        raise Denied(404, "There is no such file")
    content_type, charset, placing = _presented(file)
    name = quote(file.name, safe="", errors="replace")
    headers = {**LOCKED, "Content-Disposition": f"{placing}; filename*=UTF-8''{name}"}
    return web.Response(body=file.content, content_type=content_type, charset=charset, headers=headers)


def _presented(file: File) -> tuple[str, str | None, str]:
    ending = file.name.rpartition(".")[2].lower()
    if ending in TEXTS:
        return "text/plain", "utf-8", "inline"
    if ending in PICTURES:
        return PICTURES[ending], None, "inline"
    return "application/octet-stream", None, "attachment"


async def read_upload(request: web.Request) -> tuple[Json, str, bytes]:
    """The text fields of an upload, the name of its one file, and the bytes."""
    fields: Json = {}
    name, content = "", None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise Denied(400, "A part of the upload is made of parts itself")
            if part.name != "file":
                fields[str(part.name)] = clean((await _read(part, MOST_FIELD_BYTES)).decode())
            elif content is not None:
                raise Denied(400, "One file at a time")
            else:
                name, content = _safe_name(part.filename), await _read(part, MOST_FILE_BYTES)
    except (ValueError, KeyError, AssertionError, RuntimeError, HttpProcessingError) as error:
        raise Denied(400, "That is not an upload") from error
    if content is None:
        raise Denied(400, "The upload has no file")
    return fields, name, content


async def _read(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        content += chunk
        if len(content) > most:
            raise Denied(413, f"That is more than {most // 1024 // 1024} MB" if most > 10**6 else "That is too much")
    return bytes(content)


def _safe_name(name: str | None) -> str:
    """The last part of a path, without characters that mean something to anybody but people."""
    last = re.split(r"[/\\]", str(clean(name or "")))[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", last).strip(". ")[-LONGEST_NAME:] or "file"
