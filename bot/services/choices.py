"""What the settings decide for services."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Choices:
    """What the settings decide. ``playbooks`` is where an organisation keeps its own policy files and templates.

    ``evidence`` is where files of evidence are stored, a directory or any fsspec address.
    """

    admins: tuple[str, ...] = ()
    announce: str = ""
    triage: str = "ai-triage"
    command: str = "/incident"
    playbooks: Path | None = None
    evidence: str = "andon-evidence"
    timestamp_url: str = ""
    timestamp_certificate: Path | None = None


AS_SHIPPED = Choices()
