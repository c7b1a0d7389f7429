"""The page's own files, read from the package: no path leads out of it, nothing is kept by the browser."""

import mimetypes
import re
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
PLAIN_NAME = re.compile(r"\w[\w.-]{0,100}", re.ASCII)
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def asset_routes() -> list[web.RouteDef]:
    """`/` is the page, `/page/…` everything it loads."""
    return [web.get("/", _index), web.get("/page/{path:.+}", _asset)]


async def _index(_request: web.Request) -> web.Response:
    return _answer("index.html")


async def _asset(request: web.Request) -> web.Response:
    return _answer(request.match_info["path"])


def _answer(path: str) -> web.Response:
    found = _find(path)
    if found is None:
        return web.Response(status=404, text="The page has no such file", headers=HEADERS)
    ending = found.name[found.name.rfind(".") :].lower()
    content_type = TYPES.get(ending) or mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    charset = "utf-8" if content_type.startswith("text/") else None
    return web.Response(body=found.read_bytes(), content_type=content_type, charset=charset, headers=HEADERS)


def _find(path: str) -> Traversable | None:
    """The file at this path below the page's folder; each part must be a plain name."""
    here: Traversable = files("bot.sandbox").joinpath("page")
    for part in path.split("/"):
        if not PLAIN_NAME.fullmatch(part):
            return None
        here = here.joinpath(part)
    return here if here.is_file() else None
