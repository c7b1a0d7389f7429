"""What is wrong with a policy file, and where."""

from __future__ import annotations


class PolicyError(Exception):
    """A file that cannot be used; ``str(error)`` reads "policies/severities.yaml, line 12: …".

    ``line`` counts from 1; None means the file as a whole.
    """

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}" if line else f"{file}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason
