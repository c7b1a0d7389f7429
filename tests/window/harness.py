"""A page that draws blocks and modals with the page's own modules, its server played by the test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, Route

import bot.sandbox
from bot.sandbox import seed
from bot.sandbox.objects import Channel, Kind, User
from bot.sandbox.workspace import Workspace
from tests.sandbox.kit import make_manifest

Json = dict[str, Any]
ASSETS = Path(bot.sandbox.__file__).parent / "page"
ORIGIN = "http://127.0.0.1:9"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SHEETS = ("tokens", "base", "blocks", "modal")
PAGE = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Harness</title>
{"".join(f'<link rel="stylesheet" href="/page/css/{name}.css">' for name in SHEETS)}
<main id="stage"><button id="opener">opener</button><div id="drawn"></div></main></html>"""
DRAW = """async ([name, thing, surface, where]) => {
  const blocks = await import('/page/js/blocks/index.js');
  const text = await import('/page/js/blocks/text.js');
  const api = await import('/page/js/api.js');
  const ctx = {surface, where, typed: null, errors: null,
    act: (block, element, value) => api.act('acts', {where, block_id: block.block_id, action_id: element.action_id, value})};
  const draw = {blocks: () => blocks.renderBlocks(thing, ctx), message: () => blocks.renderMessageBody(thing, ctx),
    mrkdwn: () => text.renderMrkdwn(thing, ctx)};
  document.getElementById('drawn').replaceChildren(draw[name]());
}"""
BEGIN = """async desk => {
  const store = await import('/page/js/store.js');
  const { showModals } = await import('/page/js/modal.js');
  showModals([]);
  store.setSurfaces({modals: [], home: null});
  store.setDesk(desk);
  for (const one of document.querySelectorAll('.bk-overlay')) one.remove();
  document.getElementById('drawn').replaceChildren();
  document.activeElement?.blur();
  history.replaceState(null, '', '/');
}"""
READ = """async texts => {
  const { renderMrkdwn } = await import('/page/js/blocks/text.js');
  return texts.map(text => {
    const node = document.createElement('div');
    node.append(renderMrkdwn(text, null));
    for (const one of node.querySelectorAll('.emoji')) one.textContent = one.title;
    const bad = node.querySelectorAll('script, img, iframe, object, embed, svg, style, link, [style], a[href^="javascript"], a[href^="data"]');
    return {text: node.textContent, bad: bad.length};
  });
}"""


def workspace() -> Workspace:
    """Kestrel Retail at nine on a Friday morning."""
    return seed.kestrel(lambda: NOW, make_manifest())


class Harness:
    """Draws fixture blocks and modals; `calls` are the verbs the page sent, `answer` is what it is told.

    The page is used by one test after the other; one that leaves it other than it was sets `spoilt`.
    """

    def __init__(self, page: Page) -> None:
        self.page, self.workspace, self.tests = page, workspace(), 0
        self.calls: list[Json] = []
        self._called = asyncio.Event()
        self.answer: Callable[[Json], Json | None] = _taken
        self.files: dict[str, str] = {}
        self.spoilt = False

    @classmethod
    async def on(cls, page: Page) -> Harness:
        """The harness on a page."""
        harness = cls(page)
        await page.route(f"{ORIGIN}/**", harness._serve)
        await page.goto(f"{ORIGIN}/")
        return harness

    async def begin(self) -> None:
        """A clean page for the next test, acting as Rae."""
        self.calls.clear()
        self.files.clear()
        self.tests += 1
        self.answer, self.workspace = _taken, workspace()
        await self.page.set_viewport_size({"width": 1000, "height": 900})
        await self.page.evaluate(BEGIN, desk_of(self.workspace, seed.RAE))

    @property
    def where(self) -> Json:
        """The message that blocks are drawn in, another one for every test."""
        return {"channel": "C1", "ts": f"1.{self.tests:06}"}

    async def told(self, count: int) -> list[Json]:
        """The calls, once there are so many; each was sent, answered or not."""
        async with asyncio.timeout(5):
            while len(self.calls) < count:
                self._called.clear()
                await self._called.wait()
        return self.calls

    async def draw(self, *blocks: Json, surface: str = "message") -> Locator:
        """Draw blocks; ids are filled in as Slack does."""
        return await self._show("blocks", self.workspace.furnish(list(blocks)), surface)

    async def draw_message(self, message: Json) -> Locator:
        """Draw the body of a message."""
        return await self._show("message", message)

    async def draw_text(self, text: str) -> Locator:
        """Draw mrkdwn."""
        return await self._show("mrkdwn", text)

    async def read(self, texts: list[str]) -> list[Json]:
        """The text content of each mrkdwn text, and how many elements in it had no business there."""
        found: list[Json] = await self.page.evaluate(READ, texts)
        return found

    async def modals(self, *views: Json) -> None:
        """Let these be the open modals, bottom to top."""
        shown = [self._view(view) for view in views]
        await self.page.evaluate(
            """async views => {
              const { setSurfaces } = await import('/page/js/store.js');
              const { showModals } = await import('/page/js/modal.js');
              setSurfaces({modals: views, home: null});
              showModals(views);
            }""",
            shown,
        )

    def _view(self, view: Json) -> Json:
        blocks = self.workspace.furnish(view["blocks"])
        usual: Json = {
            "id": "V1",
            "type": "modal",
            "title": plain("A form"),
            "submit": None,
            "close": None,
            "errors": {},
        }
        return {**usual, "state": {"values": {}}, **view, "blocks": blocks}

    async def _show(self, name: str, thing: Any, surface: str = "message") -> Locator:
        await self.page.evaluate(DRAW, [name, thing, surface, self.where])
        return self.page.locator("#drawn")

    async def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path == "/window/act":
            call = json.loads(route.request.post_data or "{}")
            if call.get("where", {}).get("ts", self.where["ts"]) == self.where["ts"]:  # else of the test before
                self.calls.append(call)
                self._called.set()
            answer = self.answer(call)
            await (route.fulfill(json=answer) if answer is not None else route.abort())
        elif path == "/window/file":
            await route.fulfill(
                body=self.files.get(route.request.url.rpartition("id=")[2], ""), content_type="text/plain"
            )
        elif path == "/":
            await route.fulfill(body=PAGE, content_type="text/html", headers={"Content-Security-Policy": POLICY})
        else:
            file = ASSETS / path.removeprefix("/page/")
            await route.fulfill(body=file.read_text(), content_type=TYPES[file.suffix])


def _taken(_call: Json) -> Json | None:
    return {"ok": True}


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str, description: str = "") -> Json:
    """A choice."""
    return {"text": plain(text), "value": value, **({"description": plain(description)} if description else {})}


def field(label: str, element: Json, **more: Any) -> Json:
    """An input block whose block_id is its label."""
    return {
        "type": "input",
        "block_id": label,
        "label": plain(label),
        "element": {"action_id": "it", **element},
        **more,
    }


def actions(*elements: Json) -> Json:
    """A row of elements."""
    return {"type": "actions", "elements": [{"action_id": f"a{n}", **element} for n, element in enumerate(elements)]}


def desk_of(where: Workspace, me: str) -> Json:
    """The desk as the window sends it."""
    return {
        "team": {"id": where.team_id, "name": where.name},
        "me": me,
        "now": NOW.isoformat(),
        "people": [_person(user) for user in where.users.values()],
        "groups": [
            {"id": g.id, "handle": g.handle, "name": g.name, "users": g.users} for g in where.user_groups.values()
        ],
        "channels": [_channel(one, me) for one in where.channels.values() if where.visible(one, me)],
        "app": {"user": where.app.bot_user, "name": "Andon", "dm": ""},
        "commands": [],
        "shortcuts": [],
        "backstage": {"now": NOW.isoformat(), "runs": False},
    }


def _person(user: User) -> Json:
    kept = ("id", "handle", "title", "tz", "is_bot", "is_guest", "is_admin", "deleted")
    return {name: getattr(user, name) for name in kept} | {"name": user.real_name, "first_name": user.first_name}


def _channel(one: Channel, me: str) -> Json:
    others = [m for m in one.members if m != me] if one.kind in (Kind.IM, Kind.MPIM) else []
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind.value,
        "is_member": me in one.members,
        "archived": one.archived,
        "members": one.members,
        "with": others,
    }
