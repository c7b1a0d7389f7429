"""Which errors of a database say that it cannot work just now, whatever it was asked, and not that we asked wrongly."""

from __future__ import annotations

import time

from sqlalchemy import exc

ALWAYS = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)


def is_passing(error: BaseException) -> bool:
    """Whether the same request may well be served later: after a restart, with space on the disk again."""
    if isinstance(error, ALWAYS):
        return True
    # A damaged or vanished file is told by the bare base class.
    return isinstance(error, exc.DBAPIError) and (error.connection_invalidated or type(error) is exc.DatabaseError)


def reason(error: BaseException) -> str:
    """What the database said, in one line and without the statement it was about."""
    said = getattr(error, "orig", None) or error
    lines = str(said).strip().splitlines()
    return lines[0] if lines else type(said).__name__


class WriteTrouble:
    """The latest failure to write, until a while has passed: what one small write cannot show, such as a full disk."""

    def __init__(self, lasts: float = 30.0) -> None:
        self._lasts = lasts
        self._reason: str | None = None
        self._at = 0.0

    def note(self, said: str) -> None:
        """A write failed now."""
        self._reason, self._at = said, time.monotonic()

    @property
    def reason(self) -> str | None:
        """Why writing failed a moment ago; None when it did not."""
        return self._reason if self._reason is not None and time.monotonic() - self._at < self._lasts else None
