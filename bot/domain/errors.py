"""What can go wrong, each with one sentence fit for the person who meets it.

Wording that depends on Slack lives in views; these sentences say the thing, the reason and the way out.
"""

from __future__ import annotations


class AndonError(Exception):
    """Something a person is told, once. ``str(error)`` is the sentence; ``field`` names the form field it is about."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class BadInput(AndonError):
    """What was typed cannot be used; the sentence says why and what would be accepted."""


class NotAllowed(AndonError):
    """The person may not do this; the sentence says who may."""


class NotFound(AndonError):
    """No such thing, or none that this person may see: the two are told alike."""


class IllegalMove(AndonError):
    """The incident cannot go there from where it is."""


class AlreadyDone(AndonError):
    """Somebody was first; the sentence says who and when. Nothing was changed."""


class StorageUnavailable(Exception):
    """The database does not take it or give it now: full, read-only, restarting, out of reach.

    ``is_certain``: nothing was changed. Otherwise the answer to a commit was lost, and nobody can tell.
    """

    def __init__(self, reason: str, *, is_certain: bool = True) -> None:
        super().__init__(reason)
        self.is_certain = is_certain


class ChatError(Exception):
    """Slack said no or said nothing. ``code`` is Slack's word for it; never shown bare to a person."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class ChatRefused(ChatError):
    """Slack refused for good (``cant_invite``, ``user_not_found``): repeating changes nothing."""


class ChatRateLimited(ChatError):
    """Slack asks to wait exactly ``retry_after`` seconds; the call had no effect."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("ratelimited", f"wait {retry_after:g} s")
        self.retry_after = retry_after


class ChatUnavailable(ChatError):
    """Slack could not be reached and the call had no effect."""


class ChatUncertain(ChatError):
    """The answer was lost: the call may or may not have happened. Look before repeating."""
