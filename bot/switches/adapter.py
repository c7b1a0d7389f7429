"""What every adapter can do, and how answers are compared with what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from bot.domain.containment.words import Direction
from bot.services.containment.ports import Order, Sighting
from bot.switches.secrets import Lookup, filled
from bot.switches.wire import Answer, Outgoing, Wire
from playbooks.calls import Check, Expected, Request

CANNOT_TELL = Sighting(None, "it has no reading of its own")


class Adapter(Protocol):
    """One kind of switch."""

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """What turning sends, in order."""

    def looks(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """What reading asks; nothing where it cannot be read."""

    async def turn(self, order: Order, wire: Wire, secret: Lookup) -> Answer:
        """Turn it. Raises SwitchError."""

    async def read(self, order: Order, wire: Wire, secret: Lookup) -> Sighting:
        """Where it stands. Raises SwitchError for no answer."""


class Plain:
    """An adapter that turns by sending its calls one after the other, and reads by the first of its looks."""

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """To be said by each."""
        raise NotImplementedError

    def looks(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """Nothing, unless it can be read."""
        return []

    def judge(self, order: Order, answer: Answer) -> Sighting:
        """What the answer of a look shows."""
        return CANNOT_TELL

    async def turn(self, order: Order, wire: Wire, secret: Lookup) -> Answer:
        """Send them all; the answer to the last."""
        answer = Answer(204, "")
        for request in self.calls(order, secret):
            answer = await wire.send(request)
        return answer

    async def read(self, order: Order, wire: Wire, secret: Lookup) -> Sighting:
        """The first look, judged."""
        looks = self.looks(order, secret)
        return self.judge(order, await wire.look(looks[0])) if looks else CANNOT_TELL


@dataclass(frozen=True, slots=True)
class Bearer:
    """The header of a token."""

    name: str | None

    def headers(self, secret: Lookup) -> dict[str, str]:
        """None without a name."""
        return {"Authorization": f"Bearer {secret(self.name)}"} if self.name else {}


def outgoing(request: Request, secret: Lookup) -> Outgoing:
    """A request of the policy, its secrets filled in."""
    headers = {name: str(filled(text, secret)) for name, text in request.headers.items()}
    body: JsonValue = filled(request.body, secret)  # type: ignore[assignment]
    return Outgoing(request.method, request.url, headers, body)


def matches(expected: Expected, answer: Answer) -> bool:
    """Whether an answer is as expected: its status, and at least what its JSON must hold."""
    return answer.status == expected.status and (expected.json_ is None or contains(answer.json(), expected.json_))


def contains(found: JsonValue, wanted: JsonValue) -> bool:
    """Whether everything wanted stands in what was found."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(key in found and contains(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(contains, found, wanted))
    return type(found) is type(wanted) and found == wanted


def seen(check: Check, order: Order, answer: Answer) -> Sighting:
    """What a check that describes *off* shows, for either direction."""
    is_off = matches(check.expect, answer)
    if order.direction is Direction.OFF:
        return Sighting(is_off, answer.said())
    return Sighting(not is_off and answer.status < 500, answer.said())


def stands(order: Order, *, is_off: bool | None, what: str) -> Sighting:
    """Whether a switch that was read stands where the order wants it."""
    return Sighting(None if is_off is None else is_off is (order.direction is Direction.OFF), what)
