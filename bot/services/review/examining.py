"""The doctor's look at the webhook that hears of action items."""

from __future__ import annotations

from collections.abc import Callable

from bot.services.doctor import Check, Finding, Level
from playbooks.library import Library

SET_IT = "Set it where `andon run` runs, as whsec_ and base64, or take `hook` out of policies/review.yaml."


def webhook(library: Library, find: Callable[[str], str | None]) -> Check:
    """Whether it could be signed from here; that it answers shows when something is told."""

    async def look() -> Finding:
        hook = library.review.hook
        if hook is None:
            return Finding("webhook", Level.OK, "action items are told to no webhook")
        if not find(hook.secret):
            return Finding("webhook", Level.WARN, f"{hook.secret} is not set: no action item is told", SET_IT)
        private = ", those of private incidents too" if hook.private else ""
        return Finding("webhook", Level.OK, f"every change of an action item is told to {hook.url}{private}")

    return Check("webhook", look)
