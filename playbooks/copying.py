"""The shipped files into a directory, for an organisation to make its own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from playbooks.errors import PolicyError
from playbooks.loading import NAMES, load_shelf
from playbooks.texts import file_of


def copy_to(directory: Path) -> tuple[str, ...]:
    """Copy every policy, playbook and text there; their names. Raises PolicyError, nothing copied, if one is there."""
    names = (*NAMES, *(file_of(text) for text in load_shelf(None).sheets))
    for name in names:
        if (directory / name).exists():
            raise PolicyError(str(directory / name), None, "is there already: choose an empty directory")
    try:
        for name in names:
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_bytes(files("playbooks").joinpath(name).read_bytes())
    except OSError as error:
        raise PolicyError(str(directory), None, f"cannot be written ({error.strerror})") from error
    return names
