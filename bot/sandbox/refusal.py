"""How the sandbox says no: Slack's error codes to the app, plain sentences to whoever drives a person."""

from typing import Any


class Refusal(Exception):
    """A Web API call Slack refuses; answered as HTTP 200 with `ok: false`."""

    def __init__(self, code: str, messages: list[str] | None = None, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.body: dict[str, Any] = {"ok": False, "error": code, **extra}
        if messages:
            self.body["response_metadata"] = {"messages": messages}


class Impossible(Exception):
    """A person was asked to do what no Slack client lets them do, such as pressing a button that is not there."""
