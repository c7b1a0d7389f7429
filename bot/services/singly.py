"""One thing done for many incidents, one after another: what is wrong with one keeps no other from its turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

import structlog

from bot.domain.errors import StorageUnavailable
from bot.domain.incident import reference

log = structlog.get_logger(__name__)


async def singly(act: Callable[[int], Awaitable[None]], incident_ids: Iterable[int], *, what: str) -> None:
    """``act`` on each. What fails is logged, as ``what`` could not be done.

    Raises StorageUnavailable once it was met: in the end, since it may have been about rows of one incident only, but
    at the second one at once, since then it is the same for all.
    """
    trouble: StorageUnavailable | None = None
    for incident_id in incident_ids:
        try:
            await act(incident_id)
        except StorageUnavailable as error:
            if trouble is not None:
                raise
            trouble = error
        except Exception:
            log.exception("one incident fails, the others go on", incident=reference(incident_id), what=what)
    if trouble is not None:
        raise trouble
