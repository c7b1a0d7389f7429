"""`andon alerts test` and `andon report`: what they say, to people and to machines, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import logs
from bot.cli import main

BODIES = Path(__file__).parent / "web" / "sources"
FIRING = str(BODIES / "alertmanager" / "firing.json")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A directory without settings, and logging as the tests have it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logs, "configure", lambda *_args: None)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'andon.db'}")


def andon(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


def test_what_a_body_would_do_and_why() -> None:
    """Each alert with its rule, those passed over with their reason, and whether the door is open at all."""
    said = andon("alerts", "test", FIRING)
    assert said.exit_code == 0, said.output
    assert "firing.json as prometheus: 2 alerts. Its door is shut: PROMETHEUS_ALERT_TOKEN is not set." in said.output
    assert "“critical” means SEV1" in said.output
    assert "“declared-by-its-label” fits: declare" in said.output
    assert "It would declare an incident, or join the open one of its system." in said.output
    assert "not “no-news”: its severity is SEV1" in said.output
    assert "It would mark what its key has led to as over, and close nothing." in said.output


def test_the_same_for_machines() -> None:
    """As JSON; a body that only headers explain is read with them."""
    headers = ["--header", "ce-specversion: 1.0", "--header", "ce-id: 7", "--header", "ce-source: /a", "--header"]
    body = str(BODIES / "cloudevents" / "binary.json")
    said = andon("alerts", "test", body, "--source", "cloudevents", *headers, "ce-type: loop", "--format", "json")
    (one,) = json.loads(said.output)["alerts"]
    assert (one["would"], one["type"], one["severity"]) == ("report", "agent_action", None)


def test_what_nobody_reads_is_refused_with_its_field(tmp_path: Path) -> None:
    """By the source that was named, else by whoever came furthest."""
    broken = tmp_path / "broken.json"
    broken.write_text(Path(FIRING).read_text().replace("2026-04-13T02:00:11.218539163Z", "2026-02-30T00:00:00Z"))
    for words in (["--source", "prometheus"], []):
        said = andon("alerts", "test", str(broken), *words)
        assert (said.exit_code, "alerts.1.startsAt" in said.output) == (1, True), said.output
    said = andon("alerts", "test", FIRING, "--source", "nagios")
    assert (said.exit_code, "no source “nagios”; it has prometheus" in said.output) == (1, True)


def test_a_guardrail_reports(tmp_path: Path) -> None:
    """By its own name, once per key; its name must be one."""
    assert andon("db", "upgrade").exit_code == 0
    words = ["report", "--by", "pii-filter", "--key", "run-71", "--type", "data_exposure", "Card", "numbers"]
    assert "R-0001 is taken." in andon(*words).output
    assert "R-0001 was taken already." in andon(*words).output
    assert json.loads(andon(*words, "--format", "json").output) == {"report": "R-0001", "was_already": True}
    assert andon("report", "--by", "<!here>", "x").exit_code == 2
    said = andon("report", "Nobody says who")
    assert (said.exit_code, "Say who you are" in said.output) == (1, True)
