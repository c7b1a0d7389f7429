"""A story that is wrong is refused before it begins, with the line and what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from playbooks.deeds import Passes, Says, Sees, Spot
from playbooks.errors import PolicyError
from playbooks.stories import load, parse

HEAD = """\
title: A title
about: What it is about.
starts: 2026-03-12T14:02:00Z
scenes:
  - at: 0
    title: The first
    steps:
"""


def story(steps: str) -> bytes:
    """A story with these steps, which begin on line 8."""
    return (HEAD + steps).encode()


def test_steps_are_read() -> None:
    """Who, what, and the line it stands on."""
    text = """\
      - rae says: hello
        in: support
        as: first
      - time passes: 90s
      - lena sees: [hello, world]
        in: support
        thread: first
        count: 1
      - lena reacts: pushpin
        on: {in: support, containing: hello}
"""
    says, passes, sees, reacts = parse("mine.yaml", story(text)).steps
    assert ("rae", "says", 8) == (says.person, says.verb, says.line)
    assert isinstance(says.deed, Says)
    assert ("support", "first") == (says.deed.place, says.deed.called)
    assert isinstance(passes.deed, Passes)
    assert timedelta(seconds=90) == passes.deed.what
    assert isinstance(sees.deed, Sees)
    assert (("hello", "world"), 1) == (sees.deed.what, sees.deed.count)
    assert isinstance(reacts.deed.on, Spot)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("steps", "line", "reason"),
    [
        ("      - rae says: hi\n        inn: support\n", 9, "inn"),
        ("      - rae sings: hi\n", 8, "people cannot `sings`; did you mean"),
        ("      - rae xyz: hi\n", 8, "they can: types, says"),
        ("      - says: hi\n", 8, "a step says once who does what"),
        ("      - rae says: hi\n        lena says: ho\n", 8, "a step says once who does what"),
        ("      - just words\n", 8, ""),
        ("      - time flies: 3m\n", 8, "time only `passes`"),
        ("      - machine says: hi\n", 8, "a machine only `sends`"),
        ("      - machine sends: hi\n", 8, "to"),
        ("      - time passes: soon\n", 8, "story time is written like 90s, 5m or 2h"),
        ("      - rae types: /incident\n", 8, "in"),
        ("      - rae sees: hi\n        in: dm\n        count: -1\n", 10, "count"),
        ("      - rae deletes: it\n", 8, "no message has been called 'it' yet"),
        ("      - rae reacts: eyes\n        on: it\n", 8, "no message has been called 'it' yet"),
        (
            "      - rae says: a\n        in: support\n        as: it\n      - rae says: b\n        in: support\n        as: it\n",
            11,
            "a message is called 'it' already",
        ),
        ("      - rae says: a\n        rae says: b\n", 9, "stands twice"),
    ],
)
def test_mistakes_are_named_with_their_line(steps: str, line: int, reason: str) -> None:
    """File, line, reason."""
    with pytest.raises(PolicyError) as caught:
        parse("mine.yaml", story(steps))
    assert line == caught.value.line, caught.value
    assert str(caught.value).startswith(f"mine.yaml, line {line}: ")
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("starts: 2026-03-12T14:02:00Z", "starts: 2026-03-12T14:02:00", 3),
        ("about: What it is about.\n", "", 1),
        ("  - at: 0\n", "  - at: 5\n    title: Later\n    steps:\n      - time passes: 1m\n  - at: 0\n", 9),
    ],
)
def test_the_frame_is_checked(old: str, new: str, line: int) -> None:
    """A start without a zone, a missing key, scenes in the wrong order."""
    text = (HEAD + "      - time passes: 1m\n").replace(old, new)
    with pytest.raises(PolicyError) as caught:
        parse("mine.yaml", text.encode())
    assert line == caught.value.line, caught.value


def test_the_shipped_story_is_whole() -> None:
    """It can be read, lasts about an hour, and speaks of people and Slack only in known verbs."""
    shipped = load("jailbroken_discount_bot")
    assert timedelta(minutes=45) <= shipped.scenes[-1].at <= timedelta(minutes=60)
    assert {"AI-0001.md"} == set(shipped.documents)
    assert 30 <= sum(isinstance(step.deed, Sees) for step in shipped.steps)
