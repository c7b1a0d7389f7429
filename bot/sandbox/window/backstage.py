"""What stands behind the workspace: its clock, its faults and the program that is its app, for whoever holds them."""

from typing import Protocol

from bot.sandbox.objects import Json


class Backstage(Protocol):
    """Controls of an upper floor, which the window shows and passes on without knowing what they do.

    Whoever implements it calls `Window.changed` whenever the state is another than before.
    """

    def state(self) -> Json:
        """All that the page shows of it, as plain JSON."""
        ...

    async def do(self, verb: str, args: Json) -> object:
        """Carry out one verb; what it returns is not looked at.

        Raises:
            Impossible: with a sentence that says why not.
        """
        ...
