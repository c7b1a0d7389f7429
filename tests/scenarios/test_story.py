"""Stories on the command line: minutes to read, a post-mortem to keep, and an exit code that can be trusted."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import logs, stage
from bot.cli import main
from playbooks import stories
from playbooks.errors import PolicyError
from tests.faults.ends import each_end_lost_once

CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.upper().endswith("_PROXY") and not name.startswith(("SLACK_", "ANDON_", "DATABASE_"))
}
SHORT = """\
title: A short story
about: Rae declares and Lena hears of it.
starts: 2026-03-12T14:02:00Z
channels: {incident: ai-0001-*}
scenes:
  - at: 0
    title: Rae declares
    steps:
      - rae types: /incident now The shop bot insults customers
        in: support
      - rae sees: [AI-0001, lead wanted]
        in: ai-incidents
  - at: 20
    title: Nobody has answered
    steps:
      - liam sees: [You are needed, AI-0001]
        in: dm
        count: 1
"""

RECEIPT = 8  # lines that tell a declarer that it was heard


def andon(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The real program in a process of its own."""
    command = [sys.executable, "-m", "bot", *words]
    environment = {**CLEAN, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=110)


@pytest.fixture(autouse=True)
def _logs_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logging stays as the tests have it."""
    monkeypatch.setattr(logs, "configure", lambda *_args: None)


def played(story: str, directory: Path, capsys: pytest.CaptureFixture[str], out: Path | None = None) -> tuple[int, str]:
    """The exit code of a story and what was told, without a process of its own."""
    file = directory / "mine.yaml"
    file.write_text(story)
    code = asyncio.run(stage.sandbox(0, str(file), out))
    return code, capsys.readouterr().out


def test_the_jailbroken_discount_bot(tmp_path: Path) -> None:
    """The whole story: everything happens, the minutes tell who saw what when, the draft is worth reading."""
    said = andon("sandbox", "--play", "jailbroken_discount_bot", "--out", "out", cwd=tmp_path)
    assert 0 == said.returncode, said.stdout[-3000:] + said.stderr
    minutes = (tmp_path / "out" / "minutes.txt").read_text()
    assert minutes.strip() == said.stdout.strip()
    assert "✗" not in minutes
    assert re.search(
        r"^14:36:\d\d  Andon to Lena:\n(.*│.*\n)*.*⏰ The promised update is overdue", minutes, re.MULTILINE
    )
    assert "Everything happened as it should" in minutes.splitlines()[-1]
    draft = (tmp_path / "out" / "AI-0001.md").read_text()
    for words in ("## 4. Timeline", "640 orders", "The limit was a sentence in the prompt", "1 message redacted"):
        assert words in draft
    for secret in ("Alder Row", "Dora Quist", "U3RhZmYg"):
        assert secret not in draft


@pytest.mark.whole
@pytest.mark.parametrize("name", [name for name in stories.names() if name != "jailbroken_discount_bot"])
def test_every_story(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each of the other stories that Andon brings: all of it happens, and leaves a post-mortem."""
    code = asyncio.run(stage.sandbox(0, name, tmp_path))
    told = capsys.readouterr().out
    assert 0 == code, told[-3000:]
    assert "✗" not in told
    assert "Everything happened as it should" in told.splitlines()[-1]
    draft = (tmp_path / "AI-0001.md").read_text()
    for words in ("## 4. Timeline", "Closed: resolved", "Root cause"):
        assert words in draft


@pytest.mark.whole
@pytest.mark.parametrize("name", list(stories.names()))
def test_every_story_with_every_reaction_begun_again(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As if killed after each reaction: the same happens, once; but what was whispered is said again, by message."""
    assert 0 == asyncio.run(stage.sandbox(0, name, None))
    plain = Counter(re.sub(r"\d", "", capsys.readouterr().out).splitlines())
    with each_end_lost_once() as begun_again:
        assert 0 == asyncio.run(stage.sandbox(0, name, None))
    again = Counter(re.sub(r"\d", "", capsys.readouterr().out).splitlines())
    assert len(begun_again) > 100
    assert not plain - again
    assert len(list((again - plain).elements())) <= RECEIPT
    assert set(again - plain) <= {line for line in plain if "│" in line or line.startswith("::  Andon to ")} | {""}


def test_a_short_story_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A story in a file plays like those that Andon brings."""
    code, told = played(SHORT, tmp_path, capsys)
    assert 0 == code, told
    assert "14:17:" in told  # the second page came at its own time, a quarter of an hour after the declaration


def test_a_broken_expectation_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What did not happen is named with its line and what was seen instead; the story goes on and the exit code is 1."""
    code, told = played(SHORT.replace("lead wanted", "led by @Lena"), tmp_path, capsys, out=tmp_path / "out")
    assert 1 == code
    assert "mine.yaml, line 11: expected: Rae sees “AI-0001”, “led by @Lena” in ai-incidents" in told
    assert "lead wanted" in told.partition("seen instead")[2]
    assert "✓ Liam sees" in told
    assert "Not everything happened as it should" in (tmp_path / "out" / "minutes.txt").read_text()


def test_an_impossible_step_ends_the_story(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody can press what is not there: the story stops, and says so."""
    step = "      - rae presses: Take lead\n        on: {in: dm, containing: AI-0001}\n"
    code, told = played(SHORT.replace("  - at: 20\n", step + "  - at: 20\n"), tmp_path, capsys)
    assert 1 == code
    assert "mine.yaml, line 13: rae presses:" in told
    assert "Liam sees" not in told


def test_nobody_outside_the_cast_can_act(tmp_path: Path) -> None:
    """A story is cast before it begins."""
    (tmp_path / "mine.yaml").write_text(SHORT.replace("liam sees", "zoe sees"))
    with pytest.raises(PolicyError, match=r"mine\.yaml, line 16: Nobody in the sandbox is called 'zoe'"):
        asyncio.run(stage.sandbox(0, str(tmp_path / "mine.yaml"), None))


def test_scenes_cannot_overtake_each_other(tmp_path: Path) -> None:
    """A scene that would begin before the one above it has ended is refused."""
    (tmp_path / "mine.yaml").write_text(SHORT.replace("  - at: 20\n", "      - time passes: 30m\n  - at: 20\n"))
    with pytest.raises(PolicyError, match="should begin, but those before it last"):
        asyncio.run(stage.sandbox(0, str(tmp_path / "mine.yaml"), None))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nothing_like_it", "there is no story of this name; there is: biased_hiring_model, "),
        ("no.yaml", "no such file"),
    ],
)
def test_a_story_that_is_not_there(name: str, reason: str) -> None:
    """One sentence, and which stories there are."""
    said = CliRunner().invoke(main, ["sandbox", "--play", name])
    assert 1 == said.exit_code
    assert reason in said.output


def test_the_sandbox_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """Without a terminal it says where it is, answers there, and goes on SIGTERM with nothing left behind."""
    command = [sys.executable, "-u", "-m", "bot", "sandbox", "--port", "0"]
    environment = {**CLEAN, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        told = running.stdout.readline()
        page = re.fullmatch(r"Open (http://127\.0\.0\.1:\d+/) in a browser: .+\n", told)
        assert page is not None
        while "Stop with" not in told:
            line = running.stdout.readline()
            assert line, told
            told += line
        address = re.search(r"http://127\.0\.0\.1:\d+/api/", told)
        token = re.search(r"Bearer (\S+)\"", told)
        assert address is not None
        assert token is not None
        request = urllib.request.Request(  # noqa: S310 - the sandbox on this machine
            address[0] + "auth.test", headers={"Authorization": f"Bearer {token[1]}"}, method="POST"
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            assert b'"ok": true' in answer.read()
        taken = CliRunner().invoke(main, ["sandbox", "--port", page[1].rstrip("/").rpartition(":")[2]])
        assert 1 == taken.exit_code
        assert re.fullmatch(r"Error: Port \d+ of this machine is taken, .+ andon sandbox --port \d+\n", taken.stderr)
        running.send_signal(signal.SIGTERM)
        assert 0 == running.wait(timeout=30)
    assert [] == list(tmp_path.iterdir())
