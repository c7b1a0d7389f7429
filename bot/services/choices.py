"""What the settings decide for services."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Choices:
    """What the settings decide. ``playbooks`` is where an organisation keeps its own policy files and templates."""

    admins: tuple[str, ...] = ()
    announce: str = ""
    command: str = "/incident"
    playbooks: Path | None = None


AS_SHIPPED = Choices()
