"""`andon obligations` answers from the policy files alone: no database, no Slack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import logs
from bot.cli import main
from bot.settings import variables
from tests.test_incident_commands import Terminal, terminal  # noqa: F401  the fixture is asked for by name

LEAK = "regions=eu; personal_data=yes; aware_at=2026-11-20T16:30"


@pytest.fixture(autouse=True)
def _clean_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(logs, "configure", lambda *_args: None)


def andon(*words: str) -> Result:
    """What the command does."""
    return CliRunner().invoke(main, ["obligations", *words], prog_name="andon")


def test_due_says_what_may_apply_and_when() -> None:
    """By type and facts: the 72 hours through the weekend, what has no fixed time, and why each is there."""
    said = andon("due", "--type", "data_exposure", "--facts", LEAK, "--on", "2026-11-20")
    assert said.exit_code == 0
    line = next(line for line in said.output.splitlines() if line.startswith("gdpr33 "))
    assert "2026-11-23 16:30 UTC" in line
    assert "Mon 23 Nov 17:30 CET" in line
    assert "personal data: yes" in line
    assert "ukgdpr33" not in said.output
    assert "Not legal advice" in said.output


def test_due_by_row_and_for_machines() -> None:
    """A row that is not in force is worked out when asked for, and says so; machines get every field."""
    found = andon(
        "due",
        "--clock",
        "aia73_critical",
        "--facts",
        "aware_at=2026-11-20T16:30",
        "--on",
        "2026-11-20",
        "--format",
        "json",
    )
    clock = json.loads(found.output)["clocks"][0]
    assert (clock["due_strict"][:16], clock["due_statutory"][:16]) == ("2026-11-22T22:59", "2026-11-24T22:59")
    assert (clock["is_in_force"], clock["confidence"], clock["reviewed_on"]) == (False, "M", "2026-11-20")
    told = andon("due", "--clock", "in_certin", "--clock", "aia73", "--on", "2026-11-20")
    assert "low confidence: ask counsel first" in told.output
    assert "NOT IN FORCE on 2026-11-20" in told.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("due", "--facts", "aware_at"), "is no fact: write it like"),
        (("due", "--facts", "foo=1"), "There is no fact “foo”"),
        (("due", "--facts", "aware_at=2026-02-30"), "aware_at: “2026-02-30” is no date and time"),
        (("due", "--facts", "aware_at=9999-12-31T23:59"), "aware_at: The year 9999"),
        (("due", "--facts", "regions=moon"), "regions: “moon” is none of"),
        (("due", "--clock", "gdpr"), "There is no row “gdpr”"),
        (("due", "--type", "leak"), "'leak' is no incident type"),
    ],
)
def test_what_cannot_be_read_is_named(words: tuple[str, ...], sentence: str) -> None:
    """One sentence, and exit code 1 or 2."""
    said = andon(*words)
    assert said.exit_code in (1, 2)
    assert sentence in said.output


def test_every_row_is_listed() -> None:
    """With its time, what starts it, whether it holds, how sure it is and who looked at it."""
    said = andon("list", "--on", "2026-11-20").output
    lines = {line.split()[0]: line for line in said.splitlines() if line}
    assert "4 h, at most 24 h" in lines["dora_initial"]
    assert "from 2027-12-02" in lines["aia73"]
    assert "yes, uncertain" in lines["nhtsa_sgo"]
    assert len(lines) > 50


def test_a_clock_from_the_terminal_alone(terminal: Terminal) -> None:  # noqa: F811  as pytest does it
    """While Slack is down: established, added, decided by legal alone, met with its text, and handed out."""
    terminal.did("incident", "declare", "A reply shows an address", "--severity", "2")
    terminal.did("incident", "take", "AI-0001", "lead", by="lena")
    terminal.did("incident", "take", "AI-0001", "legal", by="liam")
    aware = ("obligations", "establish", "AI-0001", "aware_at", "2026-01-05T10:00")
    assert "Aware since: 2026-01-05 10:00 UTC" in terminal.did(*aware, by="lena")
    assert "holds legal" in terminal.refused("obligations", "add", "AI-0001", "gdpr33", by="lena")
    assert "due 2026-01-08 10:00 UTC" in terminal.did("obligations", "add", "AI-0001", "gdpr33", by="liam")
    terminal.did("obligations", "decide", "AI-0001", "1", "applies", by="liam")
    send = ("obligations", "sent", "AI-0001", "1", "We", "became", "aware", "--to", "the authority", "--under", "B-77")
    assert "sent" in terminal.did(*send, "--at", "2026-01-07T09:00", by="liam")
    (clock,) = terminal.data("obligations", "of", "AI-0001")["clocks"]
    assert (clock["decision"], clock["sent_at"][:16]) == ("applies", "2026-01-07T09:00")
    sheet = terminal.did("obligations", "export", "AI-0001", by="liam")
    assert "notice 1 sent 2026-01-07 09:00 UTC to the authority" in sheet
    assert "not yet known" in sheet
