"""LiteLLM: a key or a team of the proxy, blocked or let in again."""

from __future__ import annotations

from urllib.parse import quote

from bot.domain.containment.words import Direction
from bot.services.containment.ports import Order, Sighting
from bot.switches.adapter import Bearer, Plain, stands
from bot.switches.secrets import Lookup
from bot.switches.wire import Answer, Outgoing
from playbooks.calls import LiteLlm

VERBS = {Direction.OFF: "block", Direction.ON: "unblock"}


class LiteLlmSwitch(Plain):
    """Blocking is idempotent; the proxy's record of the key or team says whether it is blocked."""

    def __init__(self, call: LiteLlm) -> None:
        self._call = call
        self._kind = "team" if call.team else "key"

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """One POST."""
        headers = {**Bearer(self._call.secret).headers(secret), "litellm-changed-by": f"andon {order.reference}"}
        name = "team_id" if self._call.team else "key"
        address = f"{self._base}/{self._kind}/{VERBS[order.direction]}"
        return [Outgoing("POST", address, headers, {name: self._whom(secret)})]

    def looks(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """What the proxy knows of it."""
        name = "team_id" if self._call.team else "key"
        address = f"{self._base}/{self._kind}/info?{name}={quote(self._whom(secret), safe='[]')}"
        return [Outgoing("GET", address, Bearer(self._call.secret).headers(secret))]

    def judge(self, order: Order, answer: Answer) -> Sighting:
        """``blocked`` says it."""
        found = answer.json()
        about = found.get("team_info" if self._call.team else "info") if isinstance(found, dict) else None
        blocked = about.get("blocked") if answer.status == 200 and isinstance(about, dict) else None
        if answer.status == 200 and isinstance(about, dict) and blocked is None:
            blocked = False  # nobody has ever blocked it
        what = f"{answer.status}, blocked: {blocked}" if isinstance(blocked, bool) else answer.said()
        return stands(order, is_off=blocked if isinstance(blocked, bool) else None, what=what)

    @property
    def _base(self) -> str:
        return self._call.url.rstrip("/")

    def _whom(self, secret: Lookup) -> str:
        return self._call.team or secret(self._call.key or "")
