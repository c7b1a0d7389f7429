"""`make bench`: every figure, printed as a table and written to bench.json. Names select: `python -m tests.benchmarks capturing`."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

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


async def bench(names: list[str]) -> tuple[list[Row], bool]:
    """The rows of the measures named, or of all, and whether each came to its end; a failed one keeps its first rows."""
    rows: list[Row] = []
    is_whole = True
    for name in names or MEASURES:
        started = time.monotonic()
        try:
            async for row in MEASURES[name]():
                rows.append(row)  # noqa: PERF401  kept when a later one fails
        except pytest.skip.Exception as skipped:
            print(f"{name}: {skipped}", file=sys.stderr)
        except Exception:  # noqa: BLE001  whatever fails, the other measures are made
            is_whole = False
            traceback.print_exc()
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    return rows, is_whole


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
    measured, is_whole = asyncio.run(bench(sys.argv[1:]))
    print(table(measured))
    write(measured, Path("bench.json"))
    sys.exit(0 if is_whole else 1)
