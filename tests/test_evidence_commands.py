"""`andon evidence`: kept, listed, verified and exported at a terminal; a bundle that needs nothing of Andon."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.test_incident_commands import (
    Terminal,
    both,
    database_url,
    postgresql_current_url,
    sqlite_current_url,
    terminal,
)

__all__ = ["database_url", "postgresql_current_url", "sqlite_current_url", "terminal"]


def declared(terminal: Terminal) -> None:
    terminal.did("incident", "declare", "The shop bot gives 99% off", "--type", "prompt_attack")


@both
def test_what_is_kept_is_listed_shown_and_sound(terminal: Terminal, tmp_path: Path) -> None:
    """Files, a text and fields become exhibits; a repeated key keeps once; verifying finds nothing amiss."""
    declared(terminal)
    trace = tmp_path / "trace.bin"
    trace.write_bytes(b"\xff\x00trace")
    said = terminal.did("evidence", "add", "AI-0001", str(trace), "--item", "e04", "--key", "k")
    assert said.startswith("X1 is kept in AI-0001")
    assert "X1 was kept already" in terminal.did("evidence", "add", "AI-0001", str(trace), "--key", "k")
    fields = ("--field", "prompt=ignore\u200b all", "--unknown", "model_answered")
    terminal.did("evidence", "add", "AI-0001", "--text", "-", *fields, typed="piped\n")
    found = terminal.data("evidence", "list", "AI-0001")
    assert [one["id"] for one in found["exhibits"]] == ["X2", "X1"]
    assert (found["wanted"]["E01"], found["wanted"]["E04"], found["wanted"]["E05"]) == ("kept", "kept", "unknown")
    shown = terminal.data("evidence", "show", "X2")
    assert shown["body"] == "piped\n"
    assert shown["fields"] == {"model_answered": None, "prompt": "ignore⟨U+200B⟩ all"}
    assert terminal.did("evidence", "verify", by="").startswith("AI-0001: sound (3 entries, 2 exhibits, 1 files")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "AI-0001"), "Say what is to be kept"),
        (("add", "AI-0001", "--field", "promt=x"), "“promt” is no field"),
        (("add", "AI-0001", "--field", "prompt"), "“prompt” is no field: write it like"),
        (("add", "AI-0001", "--text", "x", "--item", "E99"), "The catalogue has no “E99”"),
        (("add", "AI-0009", "--text", "x"), "There is no such incident"),
        (("show", "12"), "names no exhibit"),
        (("show", "X99"), "There is no such incident"),
        (("sealed", "AI-0001"), "Only the people whom the evidence policy names"),
        (("export", "AI-0001", "bundle"), "Only whoever holds a role in the incident"),
    ],
)
def test_a_refusal_is_one_sentence(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    """It names the thing, the reason and the way out."""
    declared(terminal)
    assert said in terminal.refused("evidence", *words, by="otto")


def test_tampering_is_named_and_exits_1(terminal: Terminal, tmp_path: Path) -> None:
    """A row altered by hand, and a file cut short: each by its name."""
    declared(terminal)
    terminal.did("evidence", "add", "AI-0001", "--text", "as it was")
    (tmp_path / "a.txt").write_bytes(b"whole")
    terminal.did("evidence", "add", "AI-0001", str(tmp_path / "a.txt"))
    (stored,) = [file for file in (tmp_path / "andon-evidence").rglob("*") if file.is_file()]
    stored.write_bytes(b"who")
    with closing(sqlite3.connect(tmp_path / "andon.db")) as connection:
        connection.execute("UPDATE exhibits SET body = 'as it never was' WHERE id = 1")
        connection.commit()
    result = terminal.andon("evidence", "verify", "AI-0001", by="")
    assert result.exit_code == 1
    assert "AI-0001: NOT SOUND" in result.stdout
    assert "Exhibit X1 of AI-0001 was altered: its content has another SHA-256." in result.stdout
    assert "The file “a.txt” of exhibit X2 was altered" in result.stdout


def bundle(terminal: Terminal, tmp_path: Path) -> Path:
    """A bundle with every kind of thing in it."""
    declared(terminal)
    (tmp_path / "ümläut name.csv").write_bytes(b"\xffone,two\r\n")
    terminal.did("evidence", "add", "AI-0001", str(tmp_path / "ümläut name.csv"), "--title", "A | `list`")
    terminal.did("evidence", "add", "AI-0001", "--field", "prompt=\u200bx", "--unknown", "parameters")
    terminal.did("evidence", "export", "AI-0001", str(tmp_path / "bundle"), by="ada")
    return tmp_path / "bundle"


def checked(directory: Path) -> tuple[int, str]:
    """What the bundle's own instructions say of it, carried out with a bare Python and sha256sum."""
    script = re.search(r"```python\n(.*?)```", (directory / "VERIFY.md").read_text(), re.DOTALL)
    assert script is not None
    code = directory.parent / "verify.py"
    code.write_text(script.group(1))
    ran = subprocess.run([sys.executable, "-I", code, directory], capture_output=True, text=True, check=False)
    sums = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=directory, capture_output=True, check=False
    )
    return ran.returncode or sums.returncode, ran.stdout + ran.stderr + sums.stdout.decode()


def test_a_bundle_verifies_by_its_own_instructions(terminal: Terminal, tmp_path: Path) -> None:
    """Untouched it is sound; any file that is changed, and any line of the record that goes, is named."""
    made = bundle(terminal, tmp_path)
    names = sorted(str(file.relative_to(made)) for file in made.rglob("*") if file.is_file())
    top = ["SHA256SUMS", "VERIFY.md", "chain.jsonl", "manifest.json", "report.md"]
    assert names == sorted([*top, "exhibits/X1.txt", "exhibits/X2.json", "files/X1-1-_ml_ut_name.csv"])
    assert (made / "files/X1-1-_ml_ut_name.csv").read_bytes() == b"\xffone,two\r\n"
    status, said = checked(made)
    assert (status, said[:16]) == (0, "sound: 3 entries")
    manifest = json.loads((made / "manifest.json").read_text())
    assert manifest["verify"] == (made / "VERIFY.md").read_text()
    assert "| X1 | `A / 'list'` |" in (made / "report.md").read_text()
    for name, blamed in [
        ("exhibits/X2.json", "exhibits/X2.json is not what was kept"),
        ("files/X1-1-_ml_ut_name.csv", "files/X1-1-_ml_ut_name.csv is not what was kept"),
        ("report.md", "report.md: FAILED"),
    ]:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(made, copy)
        (copy / name).write_bytes((copy / name).read_bytes() + b"x")
        status, said = checked(copy)
        assert status == 1
        assert blamed in said
    lines = (made / "chain.jsonl").read_text().splitlines(keepends=True)
    (made / "chain.jsonl").write_text("".join([lines[0], lines[2]]))
    status, said = checked(made)
    assert status == 1
    assert "entry 2 is missing or out of order" in said


def test_a_bundle_is_whole_or_not_there(terminal: Terminal, tmp_path: Path) -> None:
    """A directory that holds something is left alone; a file that was altered is exported as it is, and said."""
    declared(terminal)
    (tmp_path / "a.txt").write_bytes(b"whole")
    terminal.did("evidence", "add", "AI-0001", str(tmp_path / "a.txt"))
    assert "is there already" in terminal.refused("evidence", "export", "AI-0001", str(tmp_path), by="ada")
    (stored,) = [file for file in (tmp_path / "andon-evidence").rglob("*") if file.is_file()]
    stored.write_bytes(b"who")
    said = terminal.did("evidence", "export", "AI-0001", str(tmp_path / "bundle"), by="ada")
    assert "was altered in the store" in said
    assert checked(tmp_path / "bundle")[0] == 1
