"""The doctor against a Slack that is as it should be, and one that is not, each in its own way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.domain.declaration import Declaration
from bot.sandbox import Sandbox
from bot.services import doctor
from bot.services.doctor import Check, Finding, Level, examine, is_healthy, render
from bot.slack.doctor import SlackDoctor
from tests.sandbox.kit import SCOPES, Clock, make_manifest, web_client
from tests.workshop import Workshop


async def slack_findings(manifest: dict[str, Any] | None = None, **options: Any) -> dict[str, Finding]:
    """What the doctor finds in a sandbox, by name."""
    async with Sandbox(manifest=manifest or make_manifest(), now=Clock().now) as sandbox:
        token = options.pop("bot_token", sandbox.bot_token)
        known = {
            "scopes": SCOPES,
            "app_token": sandbox.app_token,
            "has_signing_secret": False,
            "announce": "#ai-incidents",
        }
        async with web_client(sandbox, token=token) as client:
            findings = await examine(SlackDoctor(client, **{**known, **options}).checks())
    return {finding.name: finding for finding in findings}


async def test_all_is_well() -> None:
    """A workspace that is as it should be has nothing to mend."""
    found = await slack_findings()
    assert [finding.level for finding in found.values()] == [Level.OK] * 4
    assert "Kestrel Retail" in found["bot token"].sentence


@pytest.mark.parametrize(
    ("options", "name", "word"),
    [
        ({"bot_token": "xoxb-1-wrong"}, "bot token", "invalid_auth"),
        ({"app_token": "xoxb-1-wrong"}, "connection", "another kind"),
        ({"app_token": "xapp-1-wrong"}, "connection", "invalid_auth"),
        ({"app_token": None}, "connection", "neither"),
        ({"announce": "#nowhere"}, "announce channel", "not found"),
        ({"announce": "C0NOWHERE99"}, "announce channel", "not found"),
        ({"scopes": [*SCOPES, "calls:write"]}, "scopes", "calls:write"),
    ],
)
async def test_each_failure_is_named_with_its_remedy(options: dict[str, Any], name: str, word: str) -> None:
    """What is wrong is said in one sentence, with what to do about it."""
    finding = (await slack_findings(**options))[name]
    assert finding.level is Level.FAIL
    assert word in finding.sentence
    assert finding.remedy


async def test_no_announce_channel_is_worth_a_look() -> None:
    """Announcing nowhere is allowed, and said."""
    assert (await slack_findings(announce=""))["announce channel"].level is Level.WARN


async def test_over_http_no_app_token_is_needed() -> None:
    """With a signing secret and no app token the doctor is content."""
    assert (await slack_findings(app_token=None, has_signing_secret=True))["connection"].level is Level.OK


async def test_a_silent_slack_is_a_finding() -> None:
    """When Slack cannot be reached each check says so and none breaks."""
    async with Sandbox(manifest=make_manifest(), now=Clock().now) as sandbox, web_client(sandbox) as client:
        sandbox.faults.add("*", "server_error", times=100)
        options = {"scopes": SCOPES, "app_token": sandbox.app_token, "has_signing_secret": False}
        findings = await examine(SlackDoctor(client, announce="#ai-incidents", **options).checks())
    assert not any(finding.level is Level.OK for finding in findings)


async def test_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    """The database's failure is a sentence with a remedy, not a traceback."""
    (finding,) = await examine([doctor.database(f"sqlite:///{tmp_path}/no/such/directory/andon.db")])
    assert finding.level is Level.FAIL
    assert "Traceback" not in finding.sentence


async def test_an_empty_database_is_worth_a_look(tmp_path: Path) -> None:
    """A database without tables can be upgraded; one of another Andon cannot be worked with."""
    (finding,) = await examine([doctor.database(f"sqlite:///{tmp_path}/andon.db")])
    assert (finding.level, "db upgrade" in finding.remedy) == (Level.WARN, True)


async def test_the_shipped_playbooks_load() -> None:
    """The playbooks Andon brings are whole."""
    (finding,) = await examine([doctor.policies(None)])
    assert finding.level is Level.OK


async def test_people_who_stand_for_nobody_are_listed(workshop: Workshop) -> None:
    """Roster entries that Slack does not know are named, so that they can be corrected."""
    checks = doctor.House(workshop.work, workshop.services.directory, workshop.services.library).checks()
    found = {finding.name: finding for finding in await examine(checks)}
    assert found["people"].level is not Level.OK
    assert "stand for nobody" in found["people"].sentence
    assert found["escalation"].level is Level.FAIL
    assert "SEV1" in found["escalation"].sentence
    assert found["outbox"].level is Level.OK


async def test_ladders_that_reach_everybody_are_fine(workshop: Workshop) -> None:
    """Once every entry stands for somebody, every step reaches somebody."""
    workshop.person("UADMIN")
    for number, entry in enumerate(workshop.services.library.roster_entries()):
        workshop.person(f"U{number}", entry, email=entry)
        workshop.chat.groups[entry] = [f"U{number}"]
    checks = doctor.House(workshop.work, workshop.services.directory, workshop.services.library).checks()
    assert [finding.level for finding in await examine(checks)] == [Level.OK] * 5


async def test_stuck_messages_are_found(workshop: Workshop) -> None:
    """Reactions that nobody carries out are in the way of work."""
    await workshop.services.incidents.declare(Declaration("something"), by=workshop.person("URAE"), key="k")
    workshop.clock.forward(minutes=11)
    checks = doctor.House(workshop.work, workshop.services.directory, workshop.services.library).checks()
    outbox = next(finding for finding in await examine(checks) if finding.name == "outbox")
    assert outbox.level is Level.FAIL
    assert "channels.open" in outbox.sentence


async def test_a_check_that_breaks_hides_no_other() -> None:
    """Whatever a check raises is told as its finding; the next check is still made."""

    async def broken() -> Finding:
        raise RuntimeError("out of paper")

    async def fine() -> Finding:
        return Finding("fine", Level.OK, "works")

    findings = await examine([Check("printer", broken), Check("fine", fine)])
    assert [finding.level for finding in findings] == [Level.FAIL, Level.OK]
    assert "out of paper" in findings[0].sentence


def test_the_report_ends_with_a_verdict() -> None:
    """Each finding is a line, each failure has its remedy below, and the last line sums up."""
    broken = Finding("b", Level.FAIL, "is broken", "Mend it.")
    findings = [Finding("a", Level.OK, "works"), broken, Finding("c", Level.WARN, "odd")]
    text = render(findings)
    assert text.splitlines()[1:3] == ["fail  b: is broken", "      → Mend it."]
    assert text.splitlines()[-1] == "1 to mend before Andon can do its work, 1 worth a look."
    assert not is_healthy(findings)
    assert render(findings[:1]).splitlines()[-1] == "All is well."
