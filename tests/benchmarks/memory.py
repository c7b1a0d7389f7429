"""What a process holds in memory, where the system tells."""

from __future__ import annotations

from pathlib import Path


def resident(pid: int) -> float | None:
    """Resident megabytes of a process now; None on a system without /proc."""
    return _told(pid, "VmRSS:")


def most_resident(pid: int) -> float | None:
    """The most resident megabytes a process ever had; None on a system without /proc."""
    return _told(pid, "VmHWM:")


def _told(pid: int, name: str) -> float | None:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024 / 1_000_000
