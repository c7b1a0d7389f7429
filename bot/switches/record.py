"""By hand: a person does it and says so; Andon writes it down."""

from __future__ import annotations

from bot.services.containment.ports import Order
from bot.switches.adapter import Plain
from bot.switches.secrets import Lookup
from bot.switches.wire import Outgoing


class RecordSwitch(Plain):
    """Sends nothing and cannot be read."""

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """Nothing."""
        return []
