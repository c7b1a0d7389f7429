"""The floors of the house hold, and the linter that says so would notice if they did not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "storage", "playbooks")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

# Rooms that no floor carries: tools for all, the sandbox that knows nobody, and what Python itself looks for.
BESIDE = {"bot.setting", "bot.settings", "bot.logs", "bot.sandbox", "bot.__init__", "bot.__main__"}

# Contract, where the breach is planted, what it imports. One planted module per way of breaking it that we care about.
BREACHES = [
    ("floors", "storage/planted.py", "bot.services.work"),
    ("floors", "bot/domain/planted_below.py", "storage.store"),
    ("floors", "bot/services/planted_up.py", "bot.slack.ids"),
    ("floors", "bot/web/planted_beside.py", "bot.jobs.ticks"),
    ("floors", "bot/terminal/planted_beside.py", "bot.slack.ids"),
    ("floors", "bot/slack/planted_top.py", "bot.main"),
    ("floors", "bot/switches/planted_beside.py", "bot.slack.ids"),
    ("floors", "bot/services/planted_switches.py", "bot.switches.board"),
    ("floors", "playbooks/planted_beside.py", "storage.store"),
    ("sql", "bot/services/planted_sql.py", "sqlmodel"),
    ("sql", "bot/web/planted_sql.py", "sqlalchemy.orm"),
    ("sql", "playbooks/planted_sql.py", "sqlalchemy"),
    ("slack", "bot/services/planted_slack.py", "slack_sdk.web.async_client"),
    ("slack", "bot/jobs/planted_slack.py", "slack_bolt"),
    ("slack", "storage/planted_slack.py", "slack_sdk"),
    ("slack", "bot/switches/planted_slack.py", "slack_sdk"),
    ("pure-views", "bot/slack/views/planted_view.py", "bot.services.work"),
    ("pure-views", "bot/slack/views/planted_gateway.py", "bot.slack.gateway"),
    ("pure-views", "bot/slack/views/planted_sdk.py", "slack_sdk.models.blocks"),
    ("pure-views", "bot/terminal/planted_view.py", "bot.services.work"),
    ("plain-domain", "bot/domain/planted.py", "pydantic"),
    ("plain-domain", "bot/domain/planted_loop.py", "asyncio"),
    ("plain-domain", "bot/domain/planted_upstairs.py", "bot.settings"),
    ("doors", "bot/slack/listeners/planted.py", "storage.incidents"),
    ("doors", "bot/web/planted_door.py", "storage"),
    ("doors", "bot/jobs/planted_door.py", "storage.store"),
    ("doors", "bot/drill/planted_door.py", "storage.store"),
    ("doors", "bot/switches/planted_door.py", "storage.store"),
    ("stranger", "bot/sandbox/planted.py", "bot.domain.incident"),
    ("stranger", "bot/sandbox/planted_words.py", "bot.slack.ids"),
    ("sandbox-key", "bot/slack/planted_key.py", "bot.sandbox.server"),
    ("sandbox-key", "bot/services/planted_key.py", "bot.sandbox"),
    ("sandbox-key", "bot/switches/planted_key.py", "bot.sandbox.control_plane"),
    ("settings", "bot/services/planted_settings.py", "bot.settings"),
    ("settings", "bot/jobs/planted_settings.py", "bot.settings"),
    ("settings", "bot/switches/planted_settings.py", "bot.settings"),
    ("circles", "bot/domain/planted_ring.py", "bot.domain.planted_ring_back"),
    ("circles", "bot/domain/planted_ring_back.py", "bot.domain.planted_ring"),
]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Import-linter over the tree at ``root``, and no other."""
    environ = {**os.environ, "PYTHONPATH": str(root), "COLUMNS": "400"}
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    return subprocess.run([*command, "--no-cache"], cwd=root, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def breached(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the linter says about each contract in a copy of the house with every breach planted."""
    house = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", house)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, house / package, ignore=shutil.ignore_patterns("__pycache__"))
    for _contract, place, imported in BREACHES:
        (house / place).write_text(f'"""A breach."""\n\nimport {imported}\n')
    said = lint(house)
    assert 1 == said.returncode, said.stdout + said.stderr
    return _by_contract(said.stdout)


def test_the_house_stands() -> None:
    """Every contract holds today."""
    said = lint(ROOT)
    assert 0 == said.returncode, said.stdout + said.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in said.stdout


@pytest.mark.parametrize(("contract", "place", "imported"), BREACHES)
def test_breach_is_caught(breached: dict[str, str], contract: str, place: str, imported: str) -> None:
    """The contract that a planted import breaks names the module that breaks it."""
    name = next(entry["name"] for entry in CONTRACTS if entry["id"] == contract)
    module = place.removesuffix(".py").replace("/", ".")
    assert module.split(".")[-1] in re.findall(r"planted\w*", breached.get(name, "")), breached.get(name)
    assert module in breached[name] or "circle" in name.lower()


def test_every_room_has_its_place() -> None:
    """A new room is put on a floor, or is one of the few that stand beside the stairs, before anything can lean on it."""
    rooms = {
        f"bot.{room.stem}"
        for room in (ROOT / "bot").iterdir()
        if room.suffix == ".py" or (room / "__init__.py").exists()
    }
    (floors,) = (entry["layers"] for entry in CONTRACTS if entry["id"] == "floors")
    placed = {room for floor in floors for room in floor.split(" | ")}
    assert rooms == {room for room in placed if room.startswith("bot.")} | BESIDE


def test_each_contract_has_a_breach() -> None:
    """No contract is taken on trust."""
    assert {entry["id"] for entry in CONTRACTS} == {contract for contract, _place, _imported in BREACHES}


def _by_contract(said: str) -> dict[str, str]:
    """The broken contracts' sections by their names; a name is a line underlined with hyphens."""
    _kept, _heading, broken = said.partition("Broken contracts\n")
    parts = re.split(r"^(.+)\n-{3,}\n", broken, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
