"""Kong: a service answered by the gateway itself, through the request-termination plugin."""

from __future__ import annotations

from urllib.parse import quote

from bot.domain.containment.words import Direction
from bot.services.containment.ports import Order, Sighting, SwitchRefused, SwitchUncertain
from bot.switches.adapter import Plain, stands
from bot.switches.secrets import Lookup
from bot.switches.wire import Answer, Outgoing, Wire
from playbooks.calls import Kong

PLUGIN = "request-termination"


class KongSwitch(Plain):
    """A service has one such plugin or none: one that is there already counts as turned."""

    def __init__(self, call: Kong) -> None:
        self._call = call

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """Off adds the plugin; on deletes the one that the gateway lists."""
        if order.direction is Direction.ON:
            return [Outgoing("DELETE", f"{self._place}/<id of {PLUGIN}>", self._headers(secret))]
        config = {"status_code": self._call.status, "message": self._call.message}
        body = {"name": PLUGIN, "config": config}
        return [Outgoing("POST", self._place, self._headers(secret), body)]  # type: ignore[arg-type]

    def looks(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """The plugins of the service."""
        return [Outgoing("GET", self._place, self._headers(secret))]

    def judge(self, order: Order, answer: Answer) -> Sighting:
        """Off is a plugin that is there and enabled."""
        plugins = _plugins(answer)
        if plugins is None:
            return stands(order, is_off=None, what=answer.said())
        ours = [plugin for plugin in plugins if plugin.get("enabled") is not False]
        return stands(order, is_off=bool(ours), what=f"{PLUGIN}: {'in force' if ours else 'not there'}")

    async def turn(self, order: Order, wire: Wire, secret: Lookup) -> Answer:
        """Add it, or find it and delete it."""
        if order.direction is Direction.OFF:
            return await self._add(order, wire, secret)
        listed = await wire.look(self.looks(order, secret)[0])
        plugins = _plugins(listed)
        if plugins is None:
            raise SwitchRefused(f"Kong does not say which plugins there are: {listed.said()}")
        answer = Answer(204, "")
        for plugin in plugins:
            address = f"{self._place}/{quote(str(plugin.get('id')), safe='')}"
            answer = await wire.send(Outgoing("DELETE", address, self._headers(secret)))
        return answer

    async def _add(self, order: Order, wire: Wire, secret: Lookup) -> Answer:
        try:
            return await super().turn(order, wire, secret)
        except SwitchRefused as refusal:
            # 409: it is there already, by an earlier call or by hand; the reading tells.
            if " 409 " in f" {refusal} ":
                raise SwitchUncertain(str(refusal)) from refusal
            raise

    @property
    def _place(self) -> str:
        return f"{self._call.url.rstrip('/')}/services/{quote(self._call.service, safe='')}/plugins"

    def _headers(self, secret: Lookup) -> dict[str, str]:
        return {"Kong-Admin-Token": secret(self._call.secret)} if self._call.secret else {}


def _plugins(answer: Answer) -> list[dict[str, object]] | None:
    found = answer.json()
    data = found.get("data") if answer.status == 200 and isinstance(found, dict) else None
    if not isinstance(data, list):
        return None
    return [dict(plugin) for plugin in data if isinstance(plugin, dict) and plugin.get("name") == PLUGIN]
