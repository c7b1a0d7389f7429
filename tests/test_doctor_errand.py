"""`andon doctor` on a whole Andon in the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import errands
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from bot.slack.manifest import manifest
from storage import schema


def settings(sandbox: Sandbox, directory: Path, **changes: str) -> Settings:
    """Andon as the sandbox's workspace would configure it."""
    values = {
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_APP_TOKEN": sandbox.app_token,
        "SLACK_API_URL": sandbox.api_url,
        "DATABASE_URL": f"sqlite:///{directory}/andon.db",
        "ANDON_ANNOUNCE_CHANNEL": "#ai-incidents",
    }
    return Settings.load({**values, **changes}, env_file=None)


async def test_all_is_well_in_the_sandbox(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The shipped policies, the seeded workspace and a fresh database have nothing to mend."""
    async with Sandbox(manifest=manifest("/incident", socket_mode=True, request_url=None)) as sandbox:
        chosen = settings(sandbox, tmp_path)
        await schema.ensure(chosen.database_url)
        code = await errands.doctor(chosen)
    report = capsys.readouterr().out
    assert code == 0, report
    assert report.splitlines()[-1] == "All is well."


async def test_wrong_tokens_and_channel_are_told_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One run names everything that is wrong, each with its remedy, and no token is in the report."""
    async with Sandbox(manifest=manifest("/incident", socket_mode=True, request_url=None)) as sandbox:
        wrong = {"SLACK_APP_TOKEN": "xapp-1-wrong", "ANDON_ANNOUNCE_CHANNEL": "#nowhere"}
        chosen = settings(sandbox, tmp_path, **wrong)
        await schema.ensure(chosen.database_url)
        code = await errands.doctor(chosen)
    report = capsys.readouterr().out
    assert code == 1
    assert "SLACK_APP_TOKEN (invalid_auth)" in report
    assert "#nowhere was not found" in report
    assert "xapp-1-wrong" not in report
    assert sandbox.bot_token not in report
