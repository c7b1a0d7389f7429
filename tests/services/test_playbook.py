"""The playbook behind its screens: planned once, kept as it was, reloaded, reminded of in working hours, suggested."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import pytest

from bot.domain.errors import AlreadyDone, BadInput, NotFound
from bot.domain.incident import IncidentType, Phase, Severity
from bot.domain.investigation import Assessment, Proof, Reply, Reproduction, Smallness, judge
from bot.domain.notices.audit import PolicyProblem
from bot.domain.notices.playbook import StepsLate
from bot.services.playbook.reloading import Reloading
from playbooks.copying import copy_to
from playbooks.library import Library
from storage.steps import PlaybookStep
from tests.services.seats import seat
from tests.workshop import Workshop


async def steps(workshop: Workshop, number: int) -> dict[str, PlaybookStep]:
    """The incident's steps by key."""
    async with workshop.work.read() as unit:
        return {step.key: step for step in await unit.steps.of(number)}


def edit(directory: Path, name: str, old: str, new: str) -> None:
    """Change a file, visibly later."""
    file = directory / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    later = file.stat().st_mtime + 10
    os.utime(file, (later, later))


async def test_an_incident_keeps_what_it_began_with(workshop: Workshop, tmp_path: Path) -> None:
    """An edit is for the next incident; the first, planned anew for another type, still reads its own copy."""
    first = await workshop.declare()
    copy_to(tmp_path)
    edit(tmp_path, "responses/drift.yaml", "Which metric, since when", "Which gauge, since when")
    edit(tmp_path, "responses/core.yaml", "Acknowledge, take the lead by name", "Say who leads")
    workshop.services.library.adopt(Library.load(tmp_path))
    lena = await seat(workshop, first, "ULENA")
    await workshop.services.lifecycle.change_type(first, IncidentType.DRIFT, "the data moved", by=lena)
    assert "Which metric, since when" in (await steps(workshop, first))["drift.which_metric"].text
    second = await workshop.declare()
    assert (await steps(workshop, second))["core.take_lead"].text.startswith("Say who leads")
    async with workshop.work.read() as unit:
        versions = [(await unit.steps.plan(number)).version for number in (first, second)]  # type: ignore[union-attr]
    assert versions[0] != versions[1] == workshop.services.library.book.sha256


async def test_an_edit_is_taken_up_and_a_broken_one_refused(workshop: Workshop, tmp_path: Path) -> None:
    """Without a restart; what is broken is told with its line, and the old version stays until it is mended."""
    copy_to(tmp_path)
    library = Library.load(tmp_path)
    reloading = Reloading(workshop.work, workshop.chat, library, workshop.services.directory, tmp_path, ("UADMIN",))
    workshop.services.reloading = reloading
    await reloading.look()
    before = library.content_hash
    edit(tmp_path, "responses/drift.yaml", "owner: lead", "owner: boss")
    await reloading.look()
    assert reloading.problem is not None
    assert "responses/drift.yaml, line " in reloading.problem
    assert library.content_hash == before
    edit(tmp_path, "responses/drift.yaml", "owner: boss", "owner:  boss")
    await reloading.look()
    await workshop.settle()
    (told,) = [said for said in workshop.chat.dms("UADMIN") if isinstance(said, PolicyProblem)]
    assert "responses/drift.yaml, line " in told.reason
    assert "lead" in {line.owner for line in library.playbook(IncidentType.DRIFT)}
    edit(tmp_path, "responses/drift.yaml", "owner:  boss", "owner: comms")
    await reloading.look()
    assert reloading.problem is None
    assert library.content_hash != before
    (tmp_path / "responses" / "drift.yaml").unlink()
    await reloading.look()
    assert library.content_hash == before, "the shipped file is in force again"


async def test_raised_severity_brings_the_times_forward(workshop: Workshop) -> None:
    """Open steps move to the new severity's times, counted from the declaration; settled ones stay as they were."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    there = await steps(workshop, number)
    await workshop.services.checklists.done(there["core.take_lead"].step_id, by=lena)
    await workshop.services.severities.change(number, Severity.SEV1, "more users", by=lena)
    after = await steps(workshop, number)
    assert after["core.snapshot"].due_at < there["core.snapshot"].due_at
    assert after["core.take_lead"].due_at == there["core.take_lead"].due_at
    assert after["core.take_lead"].done_by == "person:ULENA"


async def test_at_night_only_grave_incidents_remind(workshop: Workshop) -> None:
    """Where policy keeps to working hours, so do reminders; each due instant reminds once."""
    number = await workshop.declare()
    await seat(workshop, number, "ULENA")
    async with workshop.work() as unit:
        incident = await unit.incidents.get(number, lock=True)
        assert incident is not None
        incident.severity, incident.severity_changed_at = Severity.SEV3, incident.declared_at
        await workshop.services.plans.plan(unit, incident)
    workshop.clock.forward(hours=10)
    await workshop.services.reminders.nudge_due()
    assert [] == [step for step in (await steps(workshop, number)).values() if step.nudged_for]
    workshop.clock.forward(hours=55)
    await workshop.services.reminders.nudge_due()
    assert any(step.nudged_for for step in (await steps(workshop, number)).values())


async def test_findings_are_refused_and_kept_once(workshop: Workshop) -> None:
    """The same submission again is the same finding; a hypothesis is settled once; nobody settles what is none."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    findings = workshop.services.findings
    first = await findings.suppose(number, "a prompt in the help page", by=lena, key="f1")
    again = await findings.suppose(number, "a prompt in the help page", by=lena, key="f1")
    assert first.item.finding_id == again.item.finding_id
    await findings.settle(first.item.finding_id, Proof.RULED_OUT, "the page was offline", by=lena)
    with pytest.raises(AlreadyDone, match="ruled out already"):
        await findings.settle(first.item.finding_id, Proof.RULED_OUT, "again", by=lena)
    rate = await findings.reproduce(number, Reproduction(3, 20, "T=0.7"), by=lena, key="f2")
    with pytest.raises(NotFound):
        await findings.settle(rate.item.finding_id, Proof.SHOWN, "no", by=lena)
    with pytest.raises(BadInput, match="one at least"):
        Reproduction(0, 0)
    assert [2, 1] == sorted((one.number for one in (await findings.listing(number, by=lena)).items), reverse=True)


@pytest.mark.parametrize(
    ("hurt", "exploited", "reached", "smallness", "severity", "is_provisional"),
    [
        (Reply.YES, Reply.NO, Reply.NO, Smallness.CAUGHT, Severity.SEV1, False),
        (Reply.UNKNOWN, Reply.YES, Reply.UNKNOWN, Smallness.UNKNOWN, Severity.SEV1, False),
        (Reply.NO, Reply.NO, Reply.YES, Smallness.ONE_PERSON, Severity.SEV2, False),
        (Reply.UNKNOWN, Reply.NO, Reply.YES, Smallness.NEITHER, Severity.SEV2, True),
        (Reply.NO, Reply.UNKNOWN, Reply.NO, Smallness.CAUGHT, Severity.SEV2, True),
        (Reply.NO, Reply.NO, Reply.NO, Smallness.ONE_PERSON, Severity.SEV3, False),
        (Reply.NO, Reply.NO, Reply.NO, Smallness.CAUGHT, Severity.SEV4, False),
    ],
)
def test_the_four_questions(
    hurt: Reply, exploited: Reply, reached: Reply, smallness: Smallness, severity: Severity, is_provisional: bool
) -> None:
    """Yes to harm or exploitation is SEV1, reached is SEV2 at least, unknown is a provisional SEV2; policy has a floor."""
    answers = Assessment(hurt, exploited, reached, smallness)
    found = judge(answers)
    assert (found.severity, found.is_provisional) == (severity, is_provisional)
    assert found.why
    assert judge(answers, Severity.SEV2).severity == min(severity, Severity.SEV2)


async def test_going_back_needs_no_gate(workshop: Workshop) -> None:
    """Only leaving containment and remediation forward is guarded."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    move = workshop.services.lifecycle.move
    await workshop.services.lifecycle.contain(number, "20 probes refused", by=lena)
    await move(number, Phase.REMEDIATION, "the fix", by=lena)
    await move(number, Phase.INVESTIGATION, "not yet", by=lena)
    with pytest.raises(BadInput, match="test in staging") as refused:
        await move(number, Phase.REVIEW, "all done", by=lena)
    assert refused.value.field == "anyway"
    await move(number, Phase.REVIEW, "all done", by=lena, anyway="the feature is gone for good")


def test_the_shipped_files_are_all_copied(tmp_path: Path) -> None:
    """What is copied is byte for byte what is shipped."""
    for name in copy_to(tmp_path):
        assert (tmp_path / name).read_bytes() == files("playbooks").joinpath(name).read_bytes()


async def test_drills_remind_no_executive(workshop: Workshop) -> None:
    """An executive who leads a drill hears nothing of late steps; in an incident she does."""
    workshop.person("UHANA", email="hana@kestrel.example")
    await workshop.services.directory.prepare()
    reminded = []
    for is_drill in (True, False):
        number = await workshop.declare(f"The bot lies ({is_drill})")
        await seat(workshop, number, "UHANA")
        async with workshop.work() as unit:
            incident = await unit.incidents.get(number, lock=True)
            assert incident is not None
            incident.is_drill = is_drill
        workshop.clock.forward(hours=1)
        await workshop.services.reminders.nudge_due()
        await workshop.settle()
        reminded.append(any(isinstance(notice, StepsLate) for notice in workshop.chat.dms("UHANA")))
    assert reminded == [False, True]
