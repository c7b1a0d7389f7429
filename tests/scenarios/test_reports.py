"""Just report: into the triage channel, dismissed and disputed, declared by somebody else; and what happens unseen."""

from __future__ import annotations

import pytest

from bot.sandbox.reading import Seen
from storage.reports import Report
from tests.office import Office
from tests.scenarios.hostile import LONG, PINGS, dangers
from tests.scenarios.test_hostile import ABOUT_REPORTS, Hands

JUST_REPORT = "Just report: people on duty look, and tell you"


def shown(office: Office, reference: str = "R-0001", by: str = "lena") -> Seen:
    """The newest message of the triage channel about a report."""
    return [seen for seen in office.person(by).sees("ai-triage") if f"*{reference}*" in seen.text.split("\n")[0]][-1]


def dm(office: Office, handle: str, words: str) -> Seen:
    """The newest direct message with these words."""
    return [seen for seen in office.person(handle).direct_messages if words in seen.text][-1]


async def stored(office: Office, number: int = 1) -> Report:
    async with office.store.read() as unit:
        found = await unit.reports.get(number)
    assert found is not None
    return found


async def test_a_report_is_dismissed_disputed_and_declared_by_another(office: Office) -> None:
    """From the form to an incident that its reporter is in: the dismisser cannot settle the dispute, another does."""
    rae, lena, mateo = office.person("rae"), office.person("lena"), office.person("mateo")
    await rae.types("support", "/incident The screener ranks women lower, see https://grafana.kestrel.example/t/7")
    await office.settle()
    await rae.fills({"Which AI system?": "Hiring screener", "What happens first?": JUST_REPORT})
    await rae.submits()
    await office.settle()
    assert rae.modal is not None and "*R-0001* is with the people" in rae.modal.text
    lane = shown(office)
    assert "waits for somebody" in lane.text and "Hiring screener" in lane.text and "screener-gbm 7" in lane.text
    assert "open the trace" in lane.text and ("Declare…", "Add to…", "Dismiss…", "I look into it") == lane.buttons

    await lena.presses(lane, "Dismiss…")
    await office.settle()
    await lena.fills({"Why is it no incident?": "That is how the test data looks"})
    await lena.submits()
    await office.settle()
    assert "That is how the test data looks" in shown(office).text and not shown(office).buttons
    await rae.presses(dm(office, "rae", "no incident"), "I disagree…")
    await office.settle()
    await rae.fills({"What was missed?": "These are real applicants of this week"})
    await rae.submits()
    await office.settle()

    again = shown(office)
    assert "real applicants" in again.text and "@Mateo" in again.text.splitlines()[2] and again.ts != lane.ts
    await lena.presses(again, "Dismiss…")
    await office.settle()
    assert "You dismissed R-0001" in lena.ephemerals("ai-triage")[-1].text
    await mateo.presses(again, "Declare…")
    await office.settle()
    await mateo.fills({"What kind?": "Bias or discrimination"})
    await mateo.submits()
    await office.settle()
    incident = await office.incident()
    assert incident.detected_at == (await stored(office)).reported_at and incident.system == "hiring-screener"
    assert "AI-0001" in shown(office).text and not shown(office).buttons
    assert "is an incident now" in dm(office, "rae", "AI-0001").text


async def test_without_its_channel_people_are_asked_one_by_one(office: Office) -> None:
    """Somebody archives the triage channel: the next report comes to each on duty, and is settled from there."""
    rae, lena, mateo = office.person("rae"), office.person("lena"), office.person("mateo")
    await rae.types("support", "/incident report The chat gives 99 % off")
    await office.settle()
    assert "R-0001" in rae.ephemerals("support")[-1].text and "@Rae" in shown(office).text
    await lena.archives("ai-triage")
    await rae.types("support", "/incident report The chat gives 99 % off, again")
    await office.settle()
    await lena.presses(dm(office, "lena", "no place in the triage channel"), "I look into it")
    await office.settle()
    assert "@Lena looks into it" in dm(office, "mateo", "R-0002").text
    await mateo.presses(dm(office, "mateo", "R-0002"), "Put with R-0001")
    await office.settle()
    assert not dm(office, "lena", "R-0002").buttons and "same as R-0001" in dm(office, "rae", "R-0002").text


@pytest.mark.whole
async def test_nobody_looks_so_somebody_is_asked(office: Office) -> None:
    """After a quarter of an hour those on duty are asked by direct message, with the report and its buttons."""
    await office.person("rae").types("support", "/incident report The chat gives 99 % off")
    await office.settle()
    assert not [seen for seen in office.person("lena").direct_messages if "R-0001" in seen.text]
    await office.forward(minutes=15)
    asked = dm(office, "lena", "R-0001")
    assert "Nobody has looked at it for 15 min" in asked.text and "Dismiss…" in asked.buttons


async def test_hostile_reports(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Hostile words in a report and in every form about it are read, and never act."""
    rae, lena = office.person("rae"), office.person("lena")
    await office.declare(LONG[:2990])
    for number in range(3):
        await rae.types("support", f"/incident report {PINGS} {number}")
        await office.settle()
    hands, reporter = Hands(office, lena, LONG), Hands(office, rae, LONG)
    for reference, button in (("R-0001", "Dismiss…"), ("R-0002", "Add to…"), ("R-0003", "Declare…")):
        await lena.presses(shown(office, reference), button)
        await office.settle()
        await hands.fill()
        await office.settle()
    await rae.presses(dm(office, "rae", "no incident"), "I disagree…")
    await office.settle()
    await reporter.fill()
    await office.settle()
    await lena.types("general", "/incident reports")
    assert ABOUT_REPORTS == hands.forms | reporter.forms and [] == dangers(office)
    assert [] == [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.whole
async def test_lost_answers_leave_one_channel_and_one_message(office: Office) -> None:
    """Slack makes the channel and takes the message and never says so: both are found, neither is made again."""
    for method in ("conversations.create", "chat.postMessage"):
        office.sandbox.faults.add(method, "lost_answer", 1)
    await office.person("rae").types("support", "/incident report The chat gives 99 % off")
    await office.settle()
    await office.forward(minutes=1)
    said = [seen for seen in office.person("lena").sees("ai-triage") if "*R-0001*" in seen.text]
    made = [entry for entry in office.sandbox.traffic if entry.name == "conversations.create" and entry.ok]
    assert 1 == len(said) and 1 >= len(made) and 1 == len((await stored(office)).places)
