"""The shipped files into a directory, for an organisation to make its own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from playbooks.errors import PolicyError
from playbooks.loading import NAMES


def copy_to(directory: Path) -> tuple[str, ...]:
    """Copy every policy and playbook there; their names. Raises PolicyError, having copied nothing, if one is there."""
    for name in NAMES:
        if (directory / name).exists():
            raise PolicyError(str(directory / name), None, "is there already: choose an empty directory")
    try:
        for name in NAMES:
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_bytes(files("playbooks").joinpath(name).read_bytes())
    except OSError as error:
        raise PolicyError(str(directory), None, f"cannot be written ({error.strerror})") from error
    return NAMES
