"""Guided paths are data: what is wrong with one is told by file and line, and its words name what is pressed."""

from __future__ import annotations

import pytest

from playbooks import guides
from playbooks.errors import PolicyError

GUIDE = """\
title: A path
channels: {incident: ai-*}
before:
  - cleo says: Look at this
    in: support
    as: answer
steps:
  - as: rae
    text: Choose “Report AI output”, write “It lies” at “What happened?” and press “Declare”.
    points_at:
      - message: answer
      - button: Declare
    does:
      - rae uses: Report AI output
        on: answer
      - rae fills:
          What happened?: It lies
      - rae submits: Declare
    done:
      - rae sees: AI-0001
        in: modal
ending: That was it.
"""


def parsed(text: str) -> guides.Guide:
    """The guide of this text."""
    return guides.parse("path.yaml", text.encode())


def test_the_first_minute_is_short() -> None:
    """About ten steps, each a few plain sentences with something to point at."""
    guide = guides.load("first_minute")
    assert 8 <= len(guide.steps) <= 12
    assert all(len(step.text) < 300 and step.points_at for step in guide.steps)
    assert ["rae", "ines", "lena"] == list(dict.fromkeys(step.person for step in guide.steps))


def test_a_whole_path_is_read() -> None:
    """People, deeds, targets and what shows that it was done."""
    (step,) = parsed(GUIDE).steps
    assert ["uses", "fills", "submits"] == [deed.verb for deed in step.does]
    assert ("answer", "Declare") == (step.points_at[0].message, step.points_at[1].button)
    assert not step.waits
    assert not step.passing


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("press “Declare”", "go on", 18, "does not say “Declare”"),
        ("write “It lies” at", "fill in", 16, "does not say “It lies”"),
        ("“What happened?”", "“What?”", 16, "does not say “What happened?”"),
        ("rae uses", "lena uses", 14, "this step is rae's"),
        ("rae sees: AI-0001\n        in: modal", "rae submits: Declare", 20, "told by what somebody `sees`"),
        ("      - message: answer", "      - message: reply", 11, "no message is called 'reply'"),
        ("      - button: Declare", "      - {button: Declare, field: X}", 12, "a target is one of"),
        ("      - button: Declare", "      - knob: Declare", 12, "`knob`: Extra inputs"),
        ("    does:", "    doez:", 13, "`doez`: Extra inputs"),
        ("ending: That was it.\n", "", 1, "`ending`: Field required"),
        ("rae submits", "rae hands", 18, "people cannot `hands`"),
        ("    done:\n      - rae sees: AI-0001\n        in: modal\n", "    done: []\n", 19, "`done`: List should have"),
    ],
)
def test_mistakes_have_their_line(old: str, new: str, line: int, reason: str) -> None:
    """The first mistake is named by file and line."""
    assert old in GUIDE
    with pytest.raises(PolicyError) as caught:
        parsed(GUIDE.replace(old, new))
    assert f"path.yaml, line {line}: " in str(caught.value)
    assert reason in str(caught.value)
