"""The switches of the organisation's systems, hung on the sandbox's control plane under the names that calls use."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.sandbox.control_plane import ControlPlane
from playbooks.actions import Action
from playbooks.library import Library


def hang(library: Library, control: ControlPlane) -> None:
    """Have the status page show every switch there is, all of them on."""
    for system in library.systems:
        for action in system.actions:
            if (name := switch_name(action)) is not None:
                value = str(action.call.bad) if action.call.adapter == "mlflow" else "1"
                control.add(name, f"{system.name}: {action.title}", value)


def switch_name(action: Action) -> str | None:
    """What the control plane calls the switch of an action; None for what no call turns."""
    call = action.call
    match call.adapter:
        case "unleash":
            return call.feature
        case "launchdarkly":
            return call.flag
        case "litellm":
            return call.team
        case "mlflow":
            return call.model
        case "kong":
            return call.service
        case "webhook":
            return call.target
        case "http":
            return urlsplit(call.off.url).path.rpartition("/")[2]
        case _:
            return None
