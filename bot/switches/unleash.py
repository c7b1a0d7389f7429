"""Unleash: a feature toggle in one environment, by the admin API."""

from __future__ import annotations

from urllib.parse import quote

from bot.services.containment.ports import Order, Sighting
from bot.switches.adapter import Plain, stands
from bot.switches.secrets import Lookup
from bot.switches.wire import Answer, Outgoing
from playbooks.calls import Unleash


class UnleashSwitch(Plain):
    """``/off`` and ``/on`` are idempotent; the environment's own record says where it stands."""

    def __init__(self, call: Unleash) -> None:
        self._call = call

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """One POST without a body."""
        return [Outgoing("POST", f"{self._place()}/{order.direction}", self._headers(secret))]

    def looks(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """The feature in this environment."""
        return [Outgoing("GET", self._place(), self._headers(secret))]

    def judge(self, order: Order, answer: Answer) -> Sighting:
        """``enabled`` says it."""
        found = answer.json()
        enabled = found.get("enabled") if answer.status == 200 and isinstance(found, dict) else None
        return stands(order, is_off=not enabled if isinstance(enabled, bool) else None, what=answer.said())

    def _place(self) -> str:
        call = self._call
        project, feature, environment = (
            quote(part, safe="") for part in (call.project, call.feature, call.environment)
        )
        base = f"{call.url.rstrip('/')}/api/admin/projects/{project}/features/{feature}"
        return f"{base}/environments/{environment}"

    def _headers(self, secret: Lookup) -> dict[str, str]:
        return {"Authorization": secret(self._call.secret)}
