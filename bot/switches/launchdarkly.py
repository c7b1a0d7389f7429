"""LaunchDarkly: a flag in one environment, by semantic patch."""

from __future__ import annotations

from urllib.parse import quote

from bot.domain.containment.words import Direction
from bot.services.containment.ports import Order, Sighting
from bot.switches.adapter import Plain, stands
from bot.switches.secrets import Lookup
from bot.switches.wire import Answer, Outgoing
from playbooks.calls import LaunchDarkly

PATCH = "application/json; domain-model=launchdarkly.semanticpatch"
VERSION = "20240415"
KINDS = {Direction.OFF: "turnFlagOff", Direction.ON: "turnFlagOn"}


class LaunchDarklySwitch(Plain):
    """``turnFlagOff`` and ``turnFlagOn`` are idempotent; the flag's environment says where it stands."""

    def __init__(self, call: LaunchDarkly) -> None:
        self._call = call

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """One PATCH."""
        body = {
            "environmentKey": self._call.environment,
            "comment": order.reference,
            "instructions": [{"kind": KINDS[order.direction]}],
        }
        return [Outgoing("PATCH", self._place(), {**self._headers(secret), "Content-Type": PATCH}, body)]  # type: ignore[arg-type]

    def looks(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """The flag, with this environment only."""
        return [Outgoing("GET", f"{self._place()}?env={quote(self._call.environment, safe='')}", self._headers(secret))]

    def judge(self, order: Order, answer: Answer) -> Sighting:
        """``environments.<key>.on`` says it."""
        found = answer.json()
        environments = found.get("environments") if answer.status == 200 and isinstance(found, dict) else None
        here = environments.get(self._call.environment) if isinstance(environments, dict) else None
        is_on = here.get("on") if isinstance(here, dict) else None
        what = f"{answer.status}, on: {is_on}" if isinstance(is_on, bool) else answer.said()
        return stands(order, is_off=not is_on if isinstance(is_on, bool) else None, what=what)

    def _place(self) -> str:
        call = self._call
        return f"{call.url.rstrip('/')}/api/v2/flags/{quote(call.project, safe='')}/{quote(call.flag, safe='')}"

    def _headers(self, secret: Lookup) -> dict[str, str]:
        return {"Authorization": secret(self._call.secret), "LD-API-Version": VERSION}
