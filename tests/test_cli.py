"""The command line teaches, passes on, and tells what went wrong in one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from bot import logs
from bot.cli import main
from bot.domain.errors import NotFound
from bot.settings import Settings, variables
from bot.slack.manifest import manifest
from storage import schema

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc", "SLACK_APP_TOKEN": "xapp-1-A1-2-abc"}


@pytest.fixture(autouse=True)
def _clean_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty directory, no settings but the tokens, and logging left as the tests have it."""
    monkeypatch.chdir(tmp_path)
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(logs, "configure", lambda *_args: None)


def andon(*words: str) -> Result:
    """What the command does."""
    return CliRunner().invoke(main, words, prog_name="andon")


def test_help_teaches() -> None:
    """The first page says where to begin; each command has its one line in whole."""
    said = andon("--help").output
    assert 0 == andon("--help").exit_code
    for word in ("andon sandbox", "andon manifest > manifest.yaml", "andon doctor", "andon run", ".env.example"):
        assert word in said
    assert "..." not in said.partition("Commands:")[2]
    for command in ("run", "sandbox", "doctor", "manifest", "postmortem", "incident", "escalations", "db", "playbooks"):
        assert command in said
        assert 0 == andon(command, "--help").exit_code


@pytest.mark.parametrize("command", ["run", "sandbox", "manifest", "postmortem", "incident", "escalations"])
def test_commands_with_choices_show_examples(command: str) -> None:
    """People copy from examples."""
    assert f"andon {command}" in andon(command, "--help").output.partition("Example")[2]


def test_help_needs_nothing_heavy() -> None:
    """It answers at once, and where the database driver or Slack's library is broken."""
    heavy = ("slack_bolt", "sqlalchemy", "pydantic", "aiohttp", "apscheduler", "uvicorn")
    script = f"import sys, bot.cli; sys.exit(' '.join(name for name in {heavy!r} if name in sys.modules) or 0)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)


def test_python_m_bot_is_andon() -> None:
    """For those whose path has no `andon`."""
    done = subprocess.run([sys.executable, "-m", "bot", "--version"], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    assert done.stdout.startswith("andon ")


@pytest.mark.parametrize("words", [("run",), ("doctor",), ("manifest",), ("db", "version"), ("playbooks", "check")])
def test_wrong_setting_stops_every_command(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence that names it, exit code 1, no traceback."""
    monkeypatch.setenv("ANDON_COMAND", "/incident")
    said = andon(*words)
    assert 1 == said.exit_code
    assert "Error: ANDON_COMAND is not a setting of Andon: did you mean ANDON_COMMAND?\n" == said.output


def test_run_without_token_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started."""
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    said = andon("run")
    assert 1 == said.exit_code
    assert said.output.startswith("Error: SLACK_BOT_TOKEN is not set")


def test_run_runs_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment and `.env`, with the logs set up as they say and every secret known to them."""
    ran: list[Settings] = []
    told: list[Any] = []

    async def run(settings: Settings) -> None:
        ran.append(settings)

    _module(monkeypatch, "runtime", run=run)
    monkeypatch.setattr(logs, "configure", lambda *args: told.append(args))
    Path(".env").write_text("ANDON_LOG_FORMAT=json\nANDON_COMMAND=/cord\n")
    assert 0 == andon("run").exit_code
    assert ["/cord"] == [settings.command for settings in ran]
    assert [("json", "info", tuple(TOKENS.values()))] == told


@pytest.mark.parametrize("code", [0, 1])
def test_sandbox_and_doctor_pass_on_what_became_of_it(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A story that failed and a doctor who found something end with a code that scripts can see."""
    asked: list[Any] = []

    async def sandbox(*args: object) -> int:
        asked.append(args)
        return code

    async def doctor(settings: Settings) -> int:
        asked.append(settings.command)
        return code

    _module(monkeypatch, "stage", sandbox=sandbox)
    _module(monkeypatch, "errands", doctor=doctor)
    assert code == andon("sandbox", "--port", "0", "--play", "a_story", "--out", "somewhere").exit_code
    assert code == andon("doctor").exit_code
    assert [(0, "a_story", Path("somewhere")), "/incident"] == asked


def test_sandbox_needs_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the first thing people try."""

    async def sandbox(*_args: object) -> int:
        return 0

    _module(monkeypatch, "stage", sandbox=sandbox)
    for name in TOKENS:
        monkeypatch.delenv(name)
    assert 0 == andon("sandbox").exit_code


def test_manifest_is_the_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    """As YAML to paste or as JSON, for Socket Mode or HTTP, with the configured command, before there is any token."""
    for name in TOKENS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ANDON_COMMAND", "/cord")
    url = "https://andon.example.com/slack/events"
    assert manifest("/cord", socket_mode=True, request_url=None) == yaml.safe_load(andon("manifest").output)
    by_http = json.loads(andon("manifest", "--http", url, "--format", "json").output)
    assert manifest("/cord", socket_mode=False, request_url=url) == by_http


def test_postmortem_prints_the_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    """To standard output, without Slack's tokens; a reference nobody knows is a sentence."""

    async def postmortem(_settings: Settings, reference: str, form: str) -> str:
        if reference != "AI-0001":
            raise NotFound(f"There is no incident {reference}.")
        return f"draft of {reference} as {form}"

    _module(monkeypatch, "errands", postmortem=postmortem)
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    assert "draft of AI-0001 as html\n" == andon("postmortem", "ai-0001", "--format", "html").output
    said = andon("postmortem", "AI-0002")
    assert (1, "Error: There is no incident AI-0002.\n") == (said.exit_code, said.output)


def test_database_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """`upgrade` says where it arrived; `version` shows both and fails when they differ."""
    found = {"at": "0001"}

    async def upgrade(url: str) -> str:
        found["at"] = "0002"
        return "0002"

    async def current(_url: str) -> str | None:
        return found["at"]

    monkeypatch.setattr(schema, "upgrade", upgrade)
    monkeypatch.setattr(schema, "current", current)
    monkeypatch.setattr(schema, "head", lambda: "0002")
    before = andon("db", "version")
    assert (1, "database: 0001\nneeded:   0002\n") == (before.exit_code, before.output)
    assert "The database has the schema 0002.\n" == andon("db", "upgrade").output
    assert 0 == andon("db", "version").exit_code


def test_database_is_made_on_a_new_machine() -> None:
    """The default file, from nothing to the schema needed."""
    assert 1 == andon("db", "version").exit_code
    assert 0 == andon("db", "upgrade").exit_code
    assert 0 == andon("db", "version").exit_code
    assert Path("andon.db").is_file()


def test_unreachable_database_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No driver's traceback, and no password."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://andon:hunter2@127.0.0.1:1/andon")
    said = andon("db", "version")
    assert 1 == said.exit_code
    assert said.output.startswith("Error: The database")
    assert "hunter2" not in said.output


def test_playbooks_check() -> None:
    """What Andon brings is fine."""
    said = andon("playbooks", "check")
    assert (0, "The playbooks that Andon brings are fine.\n") == (said.exit_code, said.output)


def test_playbook_mistake_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By file and line."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "severities.yaml").write_text("SEV1: [\n")
    monkeypatch.setenv("ANDON_PLAYBOOKS_DIR", str(tmp_path))
    said = andon("playbooks", "check")
    assert 1 == said.exit_code
    assert said.output.startswith("Error: policies/severities.yaml, line ")


def test_defect_is_not_dressed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no sentence for people is a defect and keeps its traceback."""

    async def run(_settings: Settings) -> None:
        raise KeyError("a defect")

    _module(monkeypatch, "runtime", run=run)
    assert isinstance(andon("run").exception, KeyError)


def _module(monkeypatch: pytest.MonkeyPatch, name: str, **functions: Any) -> None:
    """`from bot import <name>` finds a module with these functions."""
    import bot

    stand_in = ModuleType(f"bot.{name}")
    vars(stand_in).update(functions)
    monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)
    monkeypatch.setattr(bot, name, stand_in, raising=False)


def test_a_playbook_is_shown_by_type_and_severity() -> None:
    """Phase by phase with owner, time and what goes with each step; machines get the same; a wrong type is named."""
    said = andon("playbooks", "show", "prompt_attack", "--severity", "sev1").output
    assert "at SEV1: 38 steps, version " in said
    assert said.index("TRIAGE") < said.index("core.take_lead  (lead, within 5m)") < said.index("CONTAINMENT")
    assert "keep: E01 Prompts and inputs, E07" in said
    assert "gate: staging test" in said
    steps = json.loads(andon("playbooks", "show", "bias", "--format", "json").output)["steps"]
    assert ["C18", "C09"] == next(step["actions"] for step in steps if step["key"] == "bias.hold_decisions")
    wrong = andon("playbooks", "show", "drifty")
    assert (2, True) == (wrong.exit_code, "'drifty' is no incident type" in wrong.output)


def test_the_playbooks_can_be_made_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is copied, nothing is overwritten, and a broken copy is told by file and line."""
    own = tmp_path / "own"
    assert "Set ANDON_PLAYBOOKS_DIR=" in andon("playbooks", "init", str(own)).output
    monkeypatch.setenv("ANDON_PLAYBOOKS_DIR", str(own))
    assert f"The playbooks in {own} are fine." in andon("playbooks", "check").output
    file = own / "responses" / "drift.yaml"
    file.write_text(file.read_text().replace("owner: technical", "owner: nobody", 1))
    refused = andon("playbooks", "check")
    assert (1, True) == (refused.exit_code, "responses/drift.yaml, line 3:" in refused.output)
    again = andon("playbooks", "init", str(own))
    assert (1, True) == (again.exit_code, "is there already" in again.output)
    assert "owner: nobody" in file.read_text()
