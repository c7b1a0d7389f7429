"""One request to a door without a socket: what the doors say, not how the wire carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message

NOTHING: Mapping[str, str] = {}


async def call(
    app: ASGIApp,
    path: str,
    body: bytes | Sequence[bytes],
    headers: Mapping[str, str] = NOTHING,
    *,
    method: str = "POST",
) -> tuple[int, str]:
    """Status and text. A body in pieces comes without saying how long it is."""
    is_whole = isinstance(body, bytes)
    pieces = [body] if isinstance(body, bytes) else list(body)
    given = {**headers, **({"Content-Length": str(len(body))} if is_whole else {})}
    parts = urlsplit(path)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    said: list[Message] = []

    async def receive() -> Message:
        if not pieces:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    return int(said[0]["status"]), b"".join(message.get("body", b"") for message in said[1:]).decode()
