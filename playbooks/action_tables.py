"""Action items as a Markdown table in which nothing that people typed acts."""

from __future__ import annotations

from collections.abc import Sequence

from playbooks.markdown import align_tables, inline

HEADS = (
    "Item",
    "Incident",
    "Action",
    "Kind",
    "Owner",
    "Due (UTC)",
    "State",
    "Moved",
    "Step",
    "By",
    "At (UTC)",
    "Reason",
)


def as_markdown(rows: Sequence[Sequence[str]], title: str) -> str:
    """The rows under their heads."""
    lines = [f"# {inline(title)}", ""]
    if not rows:
        return "\n".join([*lines, "There are no action items.", ""])
    lines += [_line(HEADS), _line(["---"] * len(HEADS)), *(_line([str(inline(cell)) for cell in row]) for row in rows)]
    return align_tables("\n".join([*lines, ""]))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
