"""The doctor's look at switches: secrets that are not set, hosts that nobody answers at. Nothing is turned."""

from __future__ import annotations

from bot.services.containment.ports import Switchboard
from bot.services.doctor import Check, Finding, Level
from playbooks.library import Library

SHOWN = 5
SECRETS = "Set them where `andon run` runs: a switch whose secret is not set is refused when it is asked for."
HOSTS = "Check the names in policies/systems.yaml, `hosts` in policies/containment.yaml, and the network from here."


def switches(library: Library, board: Switchboard, *, is_own: bool) -> Check:
    """Whether every containment action could be run from here. ``is_own``: the systems are not the example's."""

    async def look() -> Finding:
        actions = [action for system in library.systems for action in system.actions]
        if not actions:
            return Finding("switches", Level.OK, "policies/systems.yaml has no containment actions")
        if not is_own:
            return Finding("switches", Level.OK, "the systems are the example's: describe yours before you rely on it")
        unset = sorted({name for action in actions for name in board.missing(action)})
        silent = await board.unreachable(actions)
        if unset:
            more = f"; {_some(silent)}" if silent else ""
            sentence = f"secrets of switches that are not set: {', '.join(unset)}{more}"
            return Finding("switches", Level.WARN, sentence, f"{SECRETS} {HOSTS}" if silent else SECRETS)
        if silent:
            return Finding("switches", Level.WARN, _some(silent), HOSTS)
        return Finding("switches", Level.OK, f"{len(actions)} containment actions, every host answers")

    return Check("switches", look)


def _some(sentences: tuple[str, ...]) -> str:
    more = f" And {len(sentences) - SHOWN} more." if len(sentences) > SHOWN else ""
    return " ".join(sentences[:SHOWN]) + more
