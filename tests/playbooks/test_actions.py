"""Containment actions in YAML: whatever is wrong is named by file and line, and no secret is said twice."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from bot.domain.containment.words import Reversibility
from bot.domain.incident import Severity
from playbooks.actions import Action, target
from playbooks.catalogue import ALL, MAY_BE_AUTOMATIC, span
from playbooks.errors import PolicyError
from playbooks.library import Library

SYSTEMS = files("playbooks").joinpath("policies/systems.yaml").read_text()
CATALOGUE = files("playbooks").joinpath("policies/containment.yaml").read_text()
SECRET = "sk-live_51HvJx2eZvKYlo2C0a9b8c7d"


def refusal(tmp_path: Path, name: str, text: str) -> PolicyError:
    """What is said of a directory with this file in it."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / name).write_text(text)
    with pytest.raises(PolicyError) as refused:
        Library.load(tmp_path)
    return refused.value


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("url: https://unleash.kestrel.example", "url: https://unleash.evil.example", "'unleash.evil.example' is not among"),
        ("url: https://unleash.kestrel.example", "url: http://unleash.kestrel.example", "in clear"),
        ("url: https://unleash.kestrel.example", "url: https://user:pw@unleash.kestrel.example", "secret in clear"),
        ("url: https://unleash.kestrel.example", "url: ftp://unleash.kestrel.example", "is no address"),
        ("catalogue: C12", "catalogue: C21", "has no C21"),
        ("          secret: UNLEASH_TOKEN", f"          secret: {SECRET}", "never the secret itself"),
        ("          secret: UNLEASH_TOKEN", "          secret: SLACK_BOT_TOKEN", "Andon's own"),
        ('headers: {Authorization: "Bearer ${SWITCHES_TOKEN}"}', f"headers: {{Authorization: Bearer {SECRET}}}", "in clear"),
        ('headers: {Authorization: "Bearer ${SWITCHES_TOKEN}"}', "headers: {X-Api-Key: hunter2}", "X-Api-Key holds a secret"),
        ('headers: {Authorization: "Bearer ${SWITCHES_TOKEN}"}', 'headers: {X-A: "${DATABASE_URL}"}', "Andon's own"),
        ("body: {enabled: false}", f"body: {{enabled: false, note: {SECRET}}}", "in clear"),
        ("adapter: unleash", "adapter: unlash", "'adapter' is one of"),
        ("feature: discount-codes", "featur: discount-codes", "'featur' is not known"),
        ("        catalogue: C12", "        catalogue: C12\n        automatic: true", "C12 never runs by itself"),
        ("      - id: assistant-off", "      - id: codes-off", "stands twice"),
        ("          instructions: Ask", "          instruction: Ask", "'instruction' is not known"),
    ],
)  # fmt: skip
def test_a_wrong_action_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    """File, line and reason; a secret that stood in clear is not repeated."""
    error = refusal(tmp_path, "systems.yaml", SYSTEMS.replace(old, new, 1))
    assert "policies/systems.yaml" in str(error) and says in str(error)
    expected = line_of(SYSTEMS, old) + new.count("\n")
    assert error.line is not None and expected - 1 <= error.line <= expected + 1
    assert SECRET not in str(error) and "hunter2" not in str(error) and ":pw@" not in str(error)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  - id: C03\n", "  - id: C33\n", "'C03' is missing"),
        ("    stops_harm: true\n\n  - id: C04", "    automatic: true\n\n  - id: C04", "C01, C02 and C10 only"),
        ("    approvers: 2", "    approvers: 3", "less than or equal to 2"),
        ("hold: {SEV1: 15m,", "hold: {", "'SEV1' is missing"),
        ("approval_expires: 15m", "approval_expires: 1bd", "no plain span"),
        ("  - name: unleash.kestrel.example", "  - name: https://unleash.kestrel.example/", "is no host name"),
        ("  - name: unleash.kestrel.example", "  - name: 10.0.0.8", "is an address"),
        ("run_by: [comms]", "run_by: [boss]", "should be 'on_call'"),
    ],
)
def test_a_wrong_catalogue_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    """The same of the catalogue and the allow-list."""
    error = refusal(tmp_path, "containment.yaml", CATALOGUE.replace(old, new, 1))
    assert "policies/containment.yaml" in str(error) and says in str(error)
    assert error.line is not None


def test_shipped_catalogue() -> None:
    """All twenty, two people for each, and what runs by itself can always be undone."""
    file = Library.load(None).containment
    assert ALL == tuple(entry.id for entry in file.catalogue)
    assert MAY_BE_AUTOMATIC == {entry.id for entry in file.catalogue if entry.automatic}
    assert all(entry.approvers >= 1 for entry in file.catalogue)
    assert {"C13", "C17", "C20"} == {e.id for e in file.catalogue if e.reversibility is Reversibility.NONE}
    assert 15 * 60 == span(file.hold[Severity.SEV1]).total_seconds()


def test_an_action_is_kept_as_it_was() -> None:
    """A copy through JSON is the same action, with secrets by name only."""
    for system in Library.load(None).systems:
        for action in system.actions:
            kept = json.loads(json.dumps(action.model_dump(mode="json", by_alias=True)))
            assert action == Action.model_validate(kept) and target(action)


def test_every_system_has_an_action() -> None:
    """The sandbox has something to switch wherever an incident is declared."""
    assert all(system.actions for system in Library.load(None).systems)
