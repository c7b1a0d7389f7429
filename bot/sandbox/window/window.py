"""The window itself: what the sandbox serves to browsers beside what it serves to the app."""

from aiohttp import web

from bot.sandbox.window.assets import asset_routes
from bot.sandbox.window.backstage import Backstage


class Window:
    """The page and everything it asks for. Without anybody looking it costs nothing."""

    def __init__(self) -> None:
        self.backstage: Backstage | None = None

    def changed(self) -> None:
        """Tell everybody who looks that the state of what is backstage is another than before."""

    def routes(self) -> list[web.RouteDef]:
        """Everything the window answers."""
        return asset_routes()
