"""The doorbell of PostgreSQL: a replica that owes more than it can carry out rings, and the others come at once.

Rings carry nothing and may be lost: rows are the truth, and whoever heard nothing looks by itself a moment later.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

import psycopg
from sqlalchemy.engine import URL

from storage.database import lively
from storage.outbox import DOORBELL

Gone = (psycopg.Error, OSError)


async def rings(url: URL) -> AsyncGenerator[None, None]:
    """One item as soon as we listen, since a ring may have been missed, and one for every ring after it.

    Listens on a connection of its own. Raises one of ``Gone`` when that cannot be made or breaks.
    """
    address = lively(url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
        await connection.execute(f"LISTEN {DOORBELL}")
        yield
        async for _ in connection.notifies():
            yield
