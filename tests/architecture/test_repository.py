"""What lies beside the code is as true as the code: locks, settings, container files, and no trace of any one machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from click import Group
from dotenv import dotenv_values

from bot.cli import main
from bot.settings import Settings, variables

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock")
UNTRACKED = {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__", "out"}
# Written in two halves, so that this file does not find itself.
TRACES = re.compile(
    "|".join(
        (
            "/wo" + "rk/",
            "/ro" + "ot/",
            r"/ho" + r"me/\w",
            "/opt/" + "(?:pypi|wheels)",
            "--(?:extra-)?index" + "-url",
            "find" + "-links",
        )
    )
)


def _texts() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [file for file in ROOT.rglob("*") if file.is_file() and not UNTRACKED & set(file.parts)]


def _locked(name: str) -> dict[str, str]:
    entries = re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / name).read_text(), flags=re.MULTILINE)
    return dict(entries)


def test_no_trace_of_a_machine() -> None:
    """Nobody's directories and no package index stand in the repository."""
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in _texts()
        if (match := TRACES.search(file.read_text(errors="ignore")))
    ]
    assert [] == found


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_pin_with_hashes_and_name_no_address(name: str) -> None:
    """Every locked package has a version and hashes, and comes from wherever the installing machine gets packages."""
    text = (ROOT / name).read_text()
    assert "://" not in text
    for entry in re.split(r"\n(?=[a-z0-9])", text.strip()):
        assert re.match(r"[a-z0-9._-]+==[^\s;]+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_lock_files_hold_what_the_project_asks_for() -> None:
    """Both locks have every dependency and the build backend, at the same versions; the second has the tools, too."""
    runtime, tools = map(_locked, LOCKS)
    asked = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["build-system"]["requires"]]
    assert _packages(asked) <= runtime.keys()
    assert _packages(PYPROJECT["project"]["optional-dependencies"]["dev"]) <= tools.keys()
    assert runtime.items() <= tools.items()
    assert sorted(PYPROJECT["dependency-groups"]["build"]) == sorted(PYPROJECT["build-system"]["requires"])


def test_env_example_is_every_setting() -> None:
    """`.env.example` names each setting once, with a comment above, and is a working `.env` as it stands."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(variables()) == sorted(named)
    for number, line in enumerate(lines):
        if line and not line.startswith("#"):
            assert lines[number - 1].startswith("#") or "=" in lines[number - 1], line
    settings = Settings.load({}, ROOT / ".env.example", needs_slack=False)
    assert settings.model_copy(update={"announce_channel": ""}) == Settings.load({}, None, needs_slack=False)


def test_dockerfile_is_true() -> None:
    """What the Dockerfile copies exists, what it runs is a command, what it sets is a setting, and it is not root."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    copied = [
        word for line in re.findall(r"^COPY (?!--from)(.+)$", text, flags=re.MULTILINE) for word in line.split()[:-1]
    ]
    assert copied
    assert [] == [name for name in copied if not (ROOT / name).exists()]
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    assert [] == [name for name in copied if f"!{name}" not in allowed]
    assert set(re.findall(r"\b((?:ANDON|SLACK|DATABASE)_\w+)=", text)) <= variables().keys()
    assert re.search(r"^USER andon$", text, flags=re.MULTILINE)
    assert re.search(r'^CMD \["andon", "run"\]$', text, flags=re.MULTILINE)
    assert f":{Settings.model_fields['admin_port'].default}/healthz" in text
    assert "--require-hashes" in text


def test_compose_file_is_true() -> None:
    """Its commands exist, its variables are settings, its references resolve, and the admin door stays inside."""
    yaml = pytest.importorskip("yaml")
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    services = compose["services"]
    assert "postgres" in services["database"]["image"]
    for name in ("bot", "schema"):
        program, *words = services[name]["command"]
        assert "andon" == program
        assert _is_command(words)
        assert services[name]["environment"].keys() <= variables().keys()
        assert set(services[name]["depends_on"]) <= services.keys()
    assert {"bot"} == {name for name, service in services.items() if "ports" in service}
    assert not [port for port in services["bot"]["ports"] if str(Settings.model_fields["admin_port"].default) in port]
    used = {volume.partition(":")[0] for volume in services["database"]["volumes"]}
    assert used == compose["volumes"].keys()


def test_compose_database_is_one_andon_takes() -> None:
    """The address that compose writes, with a password filled in, is accepted."""
    yaml = pytest.importorskip("yaml")
    bot = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["bot"]
    environ = {name: re.sub(r"\$\{[^}]*\}", "s3cret", value) for name, value in bot["environment"].items()}
    assert (
        "postgresql+psycopg://andon:s3cret@database/andon"
        == Settings.load(environ, None, needs_slack=False).database_url
    )


def test_ci_runs_what_people_run() -> None:
    """`.ci/run` can be executed and calls the two commands of the menu, stopping at the first that fails."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text().splitlines()
    assert "set -euo pipefail" in lines
    assert ["make lint", "make test"] == [line for line in lines if line.startswith("make ")]


def test_licence_is_whole() -> None:
    """The Apache licence, to its end."""
    text = (ROOT / "LICENSE").read_text()
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert "Apache-2.0" == PYPROJECT["project"]["license"]


def test_wheel_carries_the_data(tmp_path: Path) -> None:
    """An installed Andon has its playbooks, templates and migrations with it, and no tests."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(file.relative_to(ROOT))
        for package in ("bot", "storage", "playbooks")
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert set() == wanted - inside
    assert not [name for name in inside if name.startswith("tests")]


def test_dotenv_reads_the_example_as_we_do() -> None:
    """No value of `.env.example` needs quoting."""
    for name, value in dotenv_values(ROOT / ".env.example").items():
        assert f"{name}={value}" in (ROOT / ".env.example").read_text().splitlines()


def _packages(requirements: list[str]) -> set[str]:
    return {
        re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-") for requirement in requirements
    }


def _is_command(words: list[str]) -> bool:
    command = main
    for word in words:
        if not isinstance(command, Group) or word not in command.commands:
            return False
        command = command.commands[word]  # type: ignore[assignment]
    return not isinstance(command, Group)
