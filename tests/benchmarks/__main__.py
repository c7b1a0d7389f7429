"""`make bench`: every figure, printed as a table and written to bench.json. Names select: `python -m tests.benchmarks capturing`."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from bot import logs
from tests.benchmarks import (
    acknowledging,
    capturing,
    declaring,
    drafting,
    lateness,
    limits,
    looking,
    starting,
    statements,
)
from tests.benchmarks.rows import Row, table

MEASURES: dict[str, Callable[[], AsyncIterator[Row]]] = {
    "declaring": declaring.measure,
    "acknowledging": acknowledging.measure,
    "limits": limits.measure,
    "capturing": capturing.measure,
    "drafting": drafting.measure,
    "looking": looking.measure,
    "lateness": lateness.measure,
    "starting": starting.measure,
    "statements": statements.measure,
}


async def bench(names: list[str]) -> list[Row]:
    """The rows of the measures named, or of all."""
    rows: list[Row] = []
    for name in names or MEASURES:
        started = time.monotonic()
        rows += [row async for row in MEASURES[name]()]
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    return rows


def write(rows: list[Row], out: Path) -> None:
    """Keep the figures for machines."""
    out.write_text(json.dumps({"machine": _machine(), "rows": [row.as_json() for row in rows]}, indent=1) + "\n")


def _machine() -> dict[str, object]:
    """What the figures depend on, to be read beside them."""
    return {"python": platform.python_version(), "processors": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}


def _without_proxies() -> None:
    """Slack's SDK reads proxies from the environment and ignores NO_PROXY: the sandbox would be out of reach."""
    for name in list(os.environ):
        if name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            del os.environ[name]


if __name__ == "__main__":
    logs.configure("console", "error")
    _without_proxies()
    measured = asyncio.run(bench(sys.argv[1:]))
    print(table(measured))
    write(measured, Path("bench.json"))
