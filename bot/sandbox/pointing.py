"""Controls pointed at by their ids and given plain values, as a client does, rather than found by their words."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from bot.sandbox.controls import FIELDS, Place, find_place, options_of, places
from bot.sandbox.delivery import Delivery
from bot.sandbox.gestures import Gestures, Surface
from bot.sandbox.objects import Json, User, View
from bot.sandbox.onlooker import Onlooker, Where
from bot.sandbox.plain import PlainValues, chosen_entry
from bot.sandbox.refusal import Impossible
from bot.sandbox.workspace import Workspace

Entered = tuple[str, str, Any]  # block_id, action_id and the plain value


class Pointing(Onlooker):
    """The hands of one member, and what they saw go wrong last: the code of an error, or None."""

    def __init__(self, workspace: Workspace, delivery: Delivery, user: User) -> None:
        super().__init__(workspace, user)
        self.error: str | None = None
        self._delivery = delivery
        self._hands = Gestures(workspace, delivery, user)

    async def acts(
        self, where: Where, block_id: str, action_id: str, value: Any = None, entered: Iterable[Entered] = ()
    ) -> None:
        """Press, choose or enter at the control with these ids, as a client does: with a plain value.

        `entered` is what else the person has put into the view since; it is there before the app hears of the act.
        """
        surface, blocks = self._surface(where)
        self._enter(surface, entered)
        place = find_place(blocks, block_id, action_id)
        kind = place[1]["type"]
        if kind == "button":
            self.error = await self._hands.act(surface, place, {})
        elif kind == "overflow":
            change = {"selected_option": chosen_entry(place[1], value)}
            self.error = await self._hands.act(surface, place, change)
        elif isinstance(surface, View):
            self.error = await self._hands.put(surface, place, self._state(surface, place, value))
        else:
            self.error = await self._hands.act(surface, place, self._state(surface, place, value))

    async def searches(self, where: Where, block_id: str, action_id: str, query: str) -> Json:
        """Type into a menu whose options the app supplies; `options` or `option_groups`, and both of them choosable."""
        surface, blocks = self._surface(where)
        place = find_place(blocks, block_id, action_id)
        if "external_select" not in place[1]["type"]:
            raise Impossible("That menu has all of its options already")
        dispatch = await self._hands.suggestions(surface, place, query)
        self.error = dispatch.error
        offers = self._workspace.offers.setdefault(self._offer_key(surface, place), {})
        offers.update({option["value"]: option for option in options_of(dispatch.answer)})
        return dispatch.answer

    def _enter(self, surface: Surface, entered: Iterable[Entered]) -> None:
        """Put plain values into fields and tell nobody; fields that are gone by now are left out."""
        there = {(b["block_id"], e["action_id"]): (b, e) for b, e in places(surface.blocks) if e["type"] in FIELDS}
        for block_id, action_id, value in entered:
            place = there.get((block_id, action_id))
            if place is not None and isinstance(surface, View):
                self._hands.keep(surface, place, self._state(surface, place, value))

    def _state(self, surface: Surface, place: Place, value: Any) -> Json:
        before = surface.typed.get((place[0]["block_id"], place[1]["action_id"])) if isinstance(surface, View) else None
        offered = self._workspace.offers.get(self._offer_key(surface, place), {})
        sees = partial(self._workspace.visible, user=self.id)
        return PlainValues(self._workspace, sees).state(place[1], value, offered, before)

    def _offer_key(self, surface: Surface, place: Place) -> tuple[str, str, str, str]:
        on = surface.id if isinstance(surface, View) else f"{surface.channel} {surface.ts}"
        return self.id, on, place[0]["block_id"], place[1]["action_id"]
