"""MLflow: an alias of the model registry, put on the good version or back on the other."""

from __future__ import annotations

from urllib.parse import urlencode

from bot.domain.containment.words import Direction
from bot.services.containment.ports import Order, Sighting
from bot.switches.adapter import Bearer, Plain
from bot.switches.secrets import Lookup
from bot.switches.wire import Answer, Outgoing
from playbooks.calls import MlflowAlias

PATH = "/api/2.0/mlflow/registered-models/alias"


class MlflowSwitch(Plain):
    """Setting an alias overwrites it, so that once and twice are the same; reading it gives the version."""

    def __init__(self, call: MlflowAlias) -> None:
        self._call = call

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """One POST."""
        body = {"name": self._call.model, "alias": self._call.alias, "version": self._wanted(order)}
        return [Outgoing("POST", f"{self._base}{PATH}", Bearer(self._call.secret).headers(secret), body)]  # type: ignore[arg-type]

    def looks(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """The version behind the alias."""
        query = urlencode({"name": self._call.model, "alias": self._call.alias})
        return [Outgoing("GET", f"{self._base}{PATH}?{query}", Bearer(self._call.secret).headers(secret))]

    def judge(self, order: Order, answer: Answer) -> Sighting:
        """``model_version.version`` says it; a third version is not what anybody wants."""
        found = answer.json()
        about = found.get("model_version") if answer.status == 200 and isinstance(found, dict) else None
        version = about.get("version") if isinstance(about, dict) else None
        if version is None:
            return Sighting(None, answer.said())
        return Sighting(str(version) == self._wanted(order), f"{self._call.alias} is version {version}")

    @property
    def _base(self) -> str:
        return self._call.url.rstrip("/")

    def _wanted(self, order: Order) -> str:
        return str(self._call.good if order.direction is Direction.OFF else self._call.bad)
