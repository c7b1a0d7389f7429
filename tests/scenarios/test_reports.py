"""Just report: into the triage channel, dismissed and disputed, declared by somebody else; and what happens unseen."""

from __future__ import annotations

from bot.sandbox.reading import Seen
from storage.reports import Report
from tests.office import Office

JUST_REPORT = "Just report: people on duty look, and tell you"


def shown(office: Office, reference: str = "R-0001", by: str = "lena") -> Seen:
    """The newest message of the triage channel about a report."""
    return [seen for seen in office.person(by).sees("ai-triage") if reference in seen.text][-1]


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
    await rae.types("support", "/incident The screener ranks women lower, see https://traces.example/t/7")
    await office.settle()
    await rae.fills({"Which AI system?": "Hiring screener", "What happens first?": JUST_REPORT})
    await rae.submits()
    await office.settle()
    assert rae.modal is not None and "*R-0001* is with the people" in rae.modal.text
    lane = shown(office)
    assert "waits for somebody" in lane.text and "Hiring screener" in lane.text and "screener-gbm 7" in lane.text
    assert "traces.example" in lane.text and ("Declare…", "Add to…", "Dismiss…", "I look into it") == lane.buttons

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
