"""The evidence policy: whole as shipped, and refused with file, line and reason where it does not fit."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from bot.domain.evidence import ExhibitField, items_of
from bot.domain.incident import IncidentType, Role
from playbooks.errors import PolicyError
from playbooks.library import Library

NAME = "policies/evidence.yaml"
SHIPPED = files("playbooks").joinpath(NAME).read_text(encoding="utf-8")


def test_the_catalogue_is_whole() -> None:
    """E01 to E20 in order, every field of an exhibit in exactly one of them, and every type says what it needs."""
    policy = Library.load(None).evidence
    assert [item.id for item in policy.catalogue] == [f"E{number:02}" for number in range(1, 21)]
    assert sorted(name for item in policy.catalogue for name in item.fields) == sorted(ExhibitField)
    assert set(policy.types) == set(IncidentType)
    assert policy.types[IncidentType.PROMPT_ATTACK].required == (
        *("E01", "E02", "E03", "E04", "E05", "E06", "E07", "E08", "E09", "E10", "E11", "E12"),
        "E17",
    )
    assert policy.types[IncidentType.SUPPLY_CHAIN].required == ("E05", "E10", "E14", "E15")
    assert policy.sealing.roles == {Role.LEGAL}


@pytest.mark.parametrize(
    ("old", "new", "blamed", "reason"),
    [
        ("- id: E02", "- id: E01", "- id: E01\n    name: Outputs", "'E01' stands twice"),
        ("fields: [parameters]", "fields: [prompt]", "fields: [prompt]\n    ", "belongs to E01 already"),
        ("    fields: [parameters]\n", "", "catalogue:", "'parameters' belongs to no item"),
        ("fields: [parameters]", "fields: [temprature]", "fields: [temprature]", "input should be 'prompt'"),
        ("required: [E05, E10, E14, E15]", "required: [E05, E99]", "required: [E05, E99]", "has no 'E99'"),
        ("required: [E05, E10, E14, E15]", "required: [E05, E01]", "recommended: [E01", "'E01' stands twice"),
        ("volatile: new", "volatile: soon", "volatile: soon", "input should be 'high'"),
        ("roles: [legal]", "roles: [lawyer]", "roles: [lawyer]", "input should be 'lead'"),
        ("people: []", "persons: []", "persons: []", "'persons' is not known"),
    ],
)
def test_a_broken_policy_is_refused(tmp_path: Path, old: str, new: str, blamed: str, reason: str) -> None:
    """What is wrong is named with its line, and nothing is loaded."""
    assert old in SHIPPED
    text = SHIPPED.replace(old, new, 1)
    (tmp_path / "policies").mkdir()
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        Library.load(tmp_path)
    assert reason in str(caught.value)
    assert caught.value.file == NAME
    lines = text.splitlines()
    assert caught.value.line is not None
    assert lines[caught.value.line - 1].strip().startswith(blamed.splitlines()[0].split(" [")[0])


def test_unknown_is_told_from_missing() -> None:
    """An item of which only *unknown* was said is neither kept nor missing."""
    catalogue = {
        "E01": ["prompt"],
        "E02": ["output"],
        "E05": ["model_requested", "model_answered"],
        "E06": ["parameters"],
    }
    kept, unknown = items_of(
        {"prompt": "hi", "model_answered": None, "model_requested": "m", "output": None}, catalogue
    )
    assert (kept, unknown) == ({"E01", "E05"}, {"E02"})
