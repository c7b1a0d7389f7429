"""Suggestions in a terminal: a list to read, and YAML that its playbook's model takes."""

from __future__ import annotations

from datetime import UTC, datetime

import yaml

from bot.terminal.suggestions import Row, fragment, listing
from playbooks.library import Library
from playbooks.plans import PlaybookFile

AT = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
STEP = {
    "id": "block",
    "activity": "contain",
    "phase": "containment",
    "owner": "technical",
    "tier": "T1",
    "text": 'Block the "pattern": #now',
    "actions": ["C07", "C10"],
    "after": ["core.choose_containment"],
}


def row(text: str, file: str = "prompt_attack", step: dict[str, object] | None = None) -> Row:
    return Row("AI-0001", text, "person:ULENA", AT, file, step)


def test_the_fragment_is_what_the_file_writes() -> None:
    """Each file is one document; a step suggested twice stands once, and hostile words stay in their comment."""
    said = fragment(
        [
            row("limit first", step=STEP),
            row("and tell sales\nsteps: []\n- {id: evil}", step=STEP),
            row("shorter\x1b[2J", file="drift"),
        ],
        {},
    )
    first, second = yaml.safe_load_all(said)
    assert first == {"type": "drift", "steps": []}
    (step,) = PlaybookFile.model_validate(second).steps
    assert step.line("prompt_attack").text == STEP["text"]
    assert step.actions == ("C07", "C10")
    assert "\x1b" not in said
    assert said.count("limit first") == 1


def test_every_shipped_step_survives_the_export() -> None:
    """What is exported of a step reads back as the step."""
    for name, lines in Library.load(None).book.lines.items():
        for line in lines:
            step = {
                "id": line.key.partition(".")[2],
                "activity": line.activity.value,
                "phase": line.phase.value,
                "owner": line.owner.value,
                "tier": line.tier,
                "text": line.text,
                "evidence": list(line.evidence),
                "after": [key.removeprefix(f"{name}.") for key in line.after],
            }
            (again,) = PlaybookFile.model_validate(yaml.safe_load(fragment([row("x", name, step)], {}))).steps
            assert (again.text, again.line(name).after) == (line.text, line.after)


def test_the_list_says_where_it_came_from() -> None:
    """Incident, step, instant; nothing yet is said as that."""
    said = listing([row("limit first", step=STEP)], {})
    assert "AI-0001  prompt_attack.block  2026-11-20 16:30 UTC" in said
    assert "limit first" in said
    assert "Nothing has been suggested yet" in listing([], {})
