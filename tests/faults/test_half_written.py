"""Rows of another version, or written only half: told once to the people they are about, and in nobody else's way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import text

from bot.domain.escalation import RungKind, StandDownReason, StepState
from bot.domain.timeline import EntryKind
from bot.jobs.ticks import ticks
from bot.runtime import metrics
from bot.services.doctor import House, Level, examine
from bot.services.status import Status
from tests.office import Office

WHO = ("rae", "cleo", "otto")
PLANS = ('{"key": "page', '{"ask": {"kind": "oracle"}, "why": "omen"}')


async def spoil(office: Office, statement: str, **values: Any) -> None:
    """Change rows as another program would, past every check of ours."""
    async with office.store.begin() as unit:
        await unit.session.exec(text(statement), params=values)  # type: ignore[call-overload]


async def spoil_step(office: Office, plan: str, number: int = 1) -> int:
    """Make the plan of the incident's next step unreadable; its id."""
    async with office.store.read() as unit:
        steps = [
            row for row in await unit.escalations.of(number) if row.next_look_at and row.kind is RungKind.EXECUTIVE
        ]
    await spoil(office, "UPDATE escalation_steps SET plan = :plan WHERE id = :id", plan=plan, id=steps[0].number)
    return steps[0].number


def warnings(office: Office, channel: str) -> list[str]:
    """What the channel was told of a step that nobody can read."""
    return [m.text for m in office.person("rae").sees(channel) if "cannot read" in m.text]


async def asked(office: Office, number: int) -> list[tuple[str, str]]:
    """Who was asked for what, once each, in order."""
    async with office.store.read() as unit:
        steps = {row.number: row.key for row in await unit.escalations.of(number)}
        return sorted((steps[ask.step_id], ask.user_id) for ask in await unit.escalations.asks_of(number))


async def test_steps_nobody_can_read(office: Office) -> None:
    """Its people are told once, on card and timeline too; the rest of this ladder and all others go on."""
    sound, *spoilt = [await office.declare(f"Trouble {n}", severity="SEV1", by=WHO[n]) for n in range(1 + len(PLANS))]
    lost = [await spoil_step(office, plan, number) for number, plan in enumerate(PLANS, start=2)]
    await office.forward(minutes=40)
    assert warnings(office, sound) == []
    other = await asked(office, 1)
    assert other
    for number, (channel, step_id) in enumerate(zip(spoilt, lost, strict=True), start=2):
        assert len(warnings(office, channel)) == 1
        async with office.store.read() as unit:
            steps = {row.number: row for row in await unit.escalations.of(number)}
            noted = [entry for entry in await unit.timeline.of(number) if entry.kind is EntryKind.PROBLEM]
        step = steps[step_id]
        assert (step.state, step.stood_down_for) == (StepState.STOOD_DOWN, StandDownReason.UNREADABLE)
        assert [entry.data["code"] for entry in noted] == [step.key]
        assert any("read a step of the escalation" in m.text for m in office.person("rae").sees(channel))
        assert await asked(office, number) == [one for one in other if not one[0].startswith(step.key)]


async def test_doctor_and_metrics_know_of_it(office: Office) -> None:
    """Whoever runs Andon reads how many steps asked nobody, and of which incident, until that is closed."""
    await office.declare(severity="SEV1")
    await spoil_step(office, "{}")
    await office.forward(minutes=40)
    status, services = Status(office.services.work), office.services
    assert b"andon_unreadable_steps 1.0" in await metrics(status).render()
    house = House(services.work, services.directory, services.library)
    found = {finding.name: finding for finding in await examine(house.checks())}
    assert found["steps"].level is Level.WARN
    assert "AI-0001" in found["steps"].sentence


async def test_an_incident_lives_on_with_a_step_nobody_can_read(office: Office) -> None:
    """Severity, acknowledgement, containment, closing and the draft: each works as if the step were not there."""
    channel = await office.declare(severity="SEV2")
    await office.forward(minutes=6)
    await spoil(office, "UPDATE escalation_steps SET plan = 'null'")
    lena = office.person("lena")
    await lena.presses(next(seen for seen in lena.sees(channel) if "Take lead" in seen.buttons), "Take lead")
    for line in (
        "sev 1 more users hit",
        "escalations",
        "update We are on it",
        "contained no code works any more",
        "resolved the limit is enforced now",
        "close done",
        "reopen it came back",
        "contained again, tried ten",
        "resolved the limit is enforced everywhere",
        "close done again",
        "postmortem",
    ):
        await lena.types(channel, f"/incident {line}")
        await office.settle()
        assert lena.error is None
    heard = " ".join(seen.text for seen in lena.ephemerals())
    assert "broke" not in heard
    assert not (await office.incident()).is_open
    assert any(file.name.startswith("AI-0001") for file in office.sandbox.workspace.files.values())


ODD = (
    "UPDATE incidents SET type = 'telepathy', severity = 'SEV0', phase = 'limbo' WHERE id = {}",
    "UPDATE incidents SET facts = 'null', secondary_types = '[a' WHERE id = {}",
    "UPDATE incidents SET facts = '[1]', secondary_types = '[\"telepathy\"]', system = 'gone' WHERE id = {}",
    "UPDATE incidents SET declared_by = 'nobody', outcome = 'ascended', channel_state = 'melted' WHERE id = {}",
    "UPDATE incidents SET channel_id = NULL, card_ts = NULL, channel_name = NULL WHERE id = {}",
    "UPDATE timeline SET kind = 'omen', data = 'null' WHERE incident_id = {}",
    "UPDATE role_tenures SET role = 'bard', state = 'haunting' WHERE incident_id = {}",
    "UPDATE participants SET user_id = user_id || '?' WHERE incident_id = {}",
    "UPDATE captures SET owed = 'null', is_running = 1, run = 7 WHERE incident_id = {}",
    "UPDATE outbox SET payload = '[', state = 'pending' WHERE incident_id = {}",
    "UPDATE outbox SET fact = 'Prophecy', reaction = 'oracle.speak', state = 'pending' WHERE incident_id = {}",
    "UPDATE tasks SET text = '', owner_id = 'U?', created_by = '' WHERE incident_id = {}",
    "UPDATE escalation_asks SET state = 'dreamt', user_id = '' WHERE id = (SELECT min(id) FROM escalation_asks WHERE incident_id = {})",
    "INSERT INTO postmortem_drafts VALUES (NULL, {}, 1, '', '', '2020-01-01 00:00:00', '', NULL, NULL, NULL, NULL)",
)


@pytest.mark.whole
async def test_odd_rows_stand_in_nobody_elses_way(office: Office) -> None:
    """List, Home, doctor, metrics and every look go on; the incident beside them is asked, told and closed as ever."""
    rae, lena, services = office.person("rae"), office.person("lena"), office.services
    for number in range(1, len(ODD) + 2):
        await rae.types("support", f"/incident now Case {number}")
    await office.settle()
    for number in range(1, len(ODD) + 1):
        channel = await office.channel(number)
        await lena.types(channel, "/incident take lead")
        await lena.types(channel, "/incident task @lena by tomorrow find the cause")
    await office.forward(minutes=2)
    for number, statement in enumerate(ODD, start=1):
        await spoil(office, statement.format(number))
    await office.forward(minutes=10)
    sound, last = len(ODD) + 1, f"AI-{len(ODD) + 1:04d}"
    await rae.types("support", "/incident list")
    assert last in rae.ephemerals("support")[-1].text
    await rae.opens_home()
    await office.settle()
    assert rae.home is not None and last in rae.home.text
    assert b"andon_open_incidents" in await metrics(Status(services.work)).render()
    findings = await examine(House(services.work, services.directory, services.library).checks())
    assert [found for found in findings if "could not be checked" in found.sentence] == []
    for tick in ticks(services):
        await tick.look()
    assert await asked(office, sound)
    name = await office.channel(sound)
    for line in ("take lead", "update We are on it", "contained tried ten", "resolved it is gone", "close done"):
        await lena.types(name, f"/incident {line}")
        await office.settle()
    assert not (await office.incident(sound)).is_open
    assert any(file.name.startswith(last) for file in office.sandbox.workspace.files.values())
