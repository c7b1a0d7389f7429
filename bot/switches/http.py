"""Any HTTP interface, as the policy writes it out."""

from __future__ import annotations

from bot.domain.containment.words import Direction
from bot.services.containment.ports import Order, Sighting, SwitchRefused
from bot.switches.adapter import Plain, outgoing, seen
from bot.switches.secrets import Lookup
from bot.switches.wire import Answer, Outgoing
from playbooks.calls import Http


class HttpSwitch(Plain):
    """One request each way; ``Idempotency-Key`` names the run."""

    def __init__(self, call: Http) -> None:
        self._call = call

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """The request of this direction. Raises SwitchRefused where the policy names no way back."""
        wanted = self._call.off if order.direction is Direction.OFF else self._call.on
        if wanted is None:
            raise SwitchRefused("systems.yaml says no way to switch this on again: it is done by hand.")
        made = outgoing(wanted, secret)
        return [Outgoing(made.method, made.url, {"Idempotency-Key": order.key, **made.headers}, made.body)]

    def looks(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """What the policy says to read, if anything."""
        return [outgoing(self._call.read, secret)] if self._call.read else []

    def judge(self, order: Order, answer: Answer) -> Sighting:
        """As the policy describes *off*."""
        return seen(self._call.read, order, answer) if self._call.read else super().judge(order, answer)
