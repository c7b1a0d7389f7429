"""Alerts: what each leads to, once, whoever sends it and however often; floods, resolutions, things that last."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.alerts.alert import Alert, AlertStatus, alert
from bot.domain.incident import IncidentType, Phase, Severity
from bot.domain.notices.alerts import AlertPost
from bot.domain.report import ReportState
from bot.domain.timeline import EntryKind
from bot.services.alerts.parts import Did, Taken
from storage.reports import Report
from tests.clock import FRIDAY
from tests.workshop import Workshop, on_database

AUTO = {"declare": "auto", "severity": "critical", "system": "investment-summaries", "ai_incident_type": "drift"}
PLAIN = {"severity": "warning", "system": "product-search"}


def made(name: str = "a", *, source: str = "prometheus", at: datetime = FRIDAY, **more: Any) -> Alert:
    """An alert of this name."""
    told: dict[str, Any] = {"title": f"Alarm {name}", "labels": PLAIN, "dedup_key": name}
    return alert(source=source, external_id=name, started_at=at, **{**told, **more})


async def took(workshop: Workshop, *alerts: Alert, source: str = "prometheus") -> Taken:
    """What became of a body with these alerts."""
    body = repr(alerts).encode()
    taken = await workshop.services.alerts.take(source, alerts, body)
    await workshop.settle()
    return taken


def did(taken: Taken) -> list[tuple[Did, str]]:
    return [(one.did, one.where) for one in taken.outcomes]


async def reports(workshop: Workshop) -> Sequence[Report]:
    async with workshop.work.read() as unit:
        return list(reversed(await unit.reports.latest()))


async def lines(workshop: Workshop, incident_id: int = 1) -> list[str]:
    """What the timeline says of alerts."""
    async with workshop.work.read() as unit:
        return [entry.text for entry in await unit.timeline.of(incident_id) if entry.kind is EntryKind.ALERT]


async def test_an_alert_that_nobody_explained_becomes_a_report(workshop: Workshop) -> None:
    """It says what is known; said again it counts; sent again it changes nothing."""
    first = await took(workshop, made(labels={**PLAIN, "model_version": "v7", "trace_id": "4bf92f"}))
    assert did(first) == [(Did.REPORTED, "R-0001")]
    assert did(await took(workshop, made())) == [(Did.REPEATED, "R-0001")]
    again = await took(workshop, made(at=FRIDAY + timedelta(minutes=1)))
    assert did(again) == [(Did.FOLDED, "R-0001")]
    (report,) = await reports(workshop)
    assert (report.signals, report.system, report.severity) == (2, "product-search", Severity.SEV3)
    assert (report.model_version, report.trace_url, report.reported_by) == ("v7", "4bf92f", "alert:prometheus")
    async with workshop.work.read() as unit:
        assert not await unit.incidents.open_ones()


async def test_a_threshold_declares_once(workshop: Workshop) -> None:
    """Type and severity are the rule's; a second alert on that system joins; the body is kept as evidence."""
    first = await took(workshop, made("drift", labels=AUTO))
    assert did(first) == [(Did.DECLARED, "AI-0001")]
    second = await took(workshop, made("other", labels=AUTO), source="prometheus")
    assert did(second) == [(Did.ATTACHED, "AI-0001")]
    async with workshop.work.read() as unit:
        (incident,) = await unit.incidents.open_ones()
        kept = await unit.evidence.of(1)
    assert (incident.type, incident.severity, incident.is_provisional) == (IncidentType.DRIFT, Severity.SEV1, False)
    assert incident.declared_by == "alert:prometheus"
    assert [exhibit.files[0]["sha256"] for exhibit in kept] == [first.sha256, second.sha256]
    assert await lines(workshop) == ["Alarm other"]
    assert [n for n in workshop.chat.in_channel(str(incident.channel_id)) if isinstance(n, AlertPost)]


async def test_the_severity_of_a_word_that_nobody_explained_is_provisional(workshop: Workshop) -> None:
    """SEV2, and it says that somebody has to judge it."""
    rule = {"ai_incident_type": "drift", "severity": "apocalyptic", "system": "support-answers"}
    await took(workshop, made(labels=rule, at=FRIDAY - timedelta(days=3)))
    async with workshop.work.read() as unit:
        (incident,) = await unit.incidents.open_ones()
    assert (incident.severity, incident.is_provisional) == (Severity.SEV2, True)
    await took(workshop, made("b", labels={"severity": "apocalyptic"}))
    assert (await reports(workshop))[0].severity is None


async def test_so_many_within_a_window(workshop: Workshop) -> None:
    """Two wait, the third declares; two in one window and one after it do not."""
    leak = {"ai_incident_type": "data_exposure", "severity": "error", "system": "support-answers"}
    for number in range(2):
        assert did(await took(workshop, made(f"{number}", labels=leak))) == [(Did.KEPT, "")]
    workshop.clock.forward(minutes=10)
    assert did(await took(workshop, made("late", labels=leak))) == [(Did.KEPT, "")]
    other = {**leak, "system": "product-search"}
    assert did(await took(workshop, made("elsewhere", labels=other))) == [(Did.KEPT, "")]
    assert did(await took(workshop, made("2nd", labels=leak), made("3rd", labels=leak))) == [
        (Did.KEPT, ""),
        (Did.DECLARED, "AI-0001"),
    ]


async def test_what_lasts_is_judged_again_when_its_time_has_come(workshop: Workshop) -> None:
    """Nobody has to send it again; what is resolved before is not."""
    drift = {"ai_incident_type": "drift", "severity": "warning", "system": "product-search"}
    await took(workshop, made("long", labels=drift))
    await took(workshop, made("short", labels={**drift, "system": "support-answers"}))
    await took(workshop, made("short", status=AlertStatus.RESOLVED))
    workshop.clock.forward(hours=47)
    await workshop.services.alerts.look()
    assert not await reports(workshop)
    workshop.clock.forward(hours=1)
    await workshop.services.alerts.look()
    await workshop.services.alerts.look()
    async with workshop.work.read() as unit:
        (incident,) = await unit.incidents.open_ones()
    assert (incident.system, incident.type) == ("product-search", IncidentType.DRIFT)


async def test_resolved_marks_and_nothing_more(workshop: Workshop) -> None:
    """The incident stays open and says so once; the report is quiet, and waits all the same."""
    await took(workshop, made("drift", labels=AUTO), made("b"))
    over = [made(name, status=AlertStatus.RESOLVED) for name in ("drift", "b")]
    assert [one for one, _ in did(await took(workshop, *over))] == [Did.RESOLVED] * 2
    await took(workshop, *over)
    assert await lines(workshop) == ["Over, says the sender: Alarm drift"]
    async with workshop.work.read() as unit:
        (incident,) = await unit.incidents.open_ones()
    (report,) = await reports(workshop)
    assert incident.phase is Phase.TRIAGE
    assert (report.state, report.quiet_since) == (ReportState.WAITING, FRIDAY)
    assert did(await took(workshop, made("drift", labels=AUTO, at=FRIDAY + timedelta(hours=1)))) == [
        (Did.ATTACHED, "AI-0001")
    ]


@pytest.mark.parametrize("bodies", [3, pytest.param(25, marks=pytest.mark.whole)])
async def test_thousands_in_a_minute_are_one_report(workshop: Workshop, bodies: int) -> None:
    """Each is kept once, none is lost, and a grave one among them is declared all the same."""
    for number in range(bodies):
        alerts = [made(f"{number}-{one}") for one in range(200)]
        if number == bodies - 1:
            alerts[100] = made("grave", labels=AUTO)
        await workshop.services.alerts.take("prometheus", alerts, b"%d" % number)
        workshop.clock.forward(seconds=2)
    await workshop.settle()
    (report,) = await reports(workshop)
    assert report.signals == bodies * 200 - 1
    assert "More than 20 alerts from prometheus" in report.title
    async with workshop.work.read() as unit:
        (incident,) = await unit.incidents.open_ones()
        keys = {made(f"{n}-{m}").key for n in range(bodies) for m in range(200)}
        assert len(await unit.alerts.known(keys)) == bodies * 200 - 1
    assert incident.title == "Alarm grave"
    await took(workshop, made("1-1", status=AlertStatus.RESOLVED))
    assert (await reports(workshop))[0].quiet_since is None


async def test_two_senders_with_one_fingerprint_are_two(workshop: Workshop) -> None:
    """What one calls resolved still fires for the other."""
    await took(workshop, made("same"))
    await took(workshop, made("same", source="grafana"), source="grafana")
    await took(workshop, made("same", source="grafana", status=AlertStatus.RESOLVED), source="grafana")
    prometheus, grafana = await reports(workshop)
    assert (prometheus.quiet_since, grafana.quiet_since) == (None, FRIDAY)


async def test_a_private_incident_is_none_of_a_machines_business(workshop: Workshop) -> None:
    """Nothing is said there, and the answer does not tell that it exists."""
    await workshop.declare(system="investment-summaries", type=IncidentType.DRIFT, is_private=True)
    assert did(await took(workshop, made("drift", labels=AUTO))) == [(Did.DECLARED, "AI-0002")]
    assert not await lines(workshop, 1)


@pytest.mark.parametrize("system", ["investment-summaries", ""])
async def test_what_comes_back_after_it_was_closed_is_a_new_incident(workshop: Workshop, system: str) -> None:
    """A closed one is history, whether its system is known or not."""
    labels = {**AUTO, "system": system}
    for number in (1, 2):
        fired = made("back", labels=labels, at=FRIDAY + timedelta(hours=number))
        assert did(await took(workshop, fired)) == [(Did.DECLARED, f"AI-000{number}")]
        async with workshop.work() as unit:
            incident = await unit.incidents.get(number, lock=True)
            assert incident is not None
            incident.phase = Phase.CLOSED


async def test_a_report_that_turns_grave_becomes_the_incident(workshop: Workshop) -> None:
    """Nobody is asked to judge what is declared already."""
    await took(workshop, made("x"))
    assert did(await took(workshop, made("x", labels=AUTO, at=FRIDAY + timedelta(minutes=5)))) == [
        (Did.DECLARED, "AI-0001")
    ]
    (report,) = await reports(workshop)
    assert (report.state, report.incident_id, report.settled_by) == (ReportState.DECLARED, 1, "alert:prometheus")


async def test_bodies_that_come_together_know_of_each_other(workshop: Workshop) -> None:
    """One group in two bodies at once is one report, and one declared incident."""
    sending = [
        workshop.services.alerts.take(
            "prometheus",
            [made("x", at=FRIDAY + timedelta(seconds=n)), made("y", labels=named, at=FRIDAY + timedelta(seconds=n))],
            b"%d" % n,
        )
        for n, named in enumerate([{"declare": "auto", "severity": "critical"}] * 4)
    ]
    told = [did(taken) for taken in await asyncio.gather(*sending)]
    assert {where for each in told for _, where in each} == {"R-0001", "AI-0001"}
    assert (await reports(workshop))[0].signals == 4


async def test_what_was_dismissed_stays_so_for_a_day(workshop: Workshop) -> None:
    """Said again it is counted; after a day of silence it is asked anew."""
    await took(workshop, made())
    async with workshop.work() as unit:
        stored = await unit.reports.get(1, lock=True)
        assert stored is not None
        stored.state = ReportState.DISMISSED
    workshop.clock.forward(hours=2)
    assert did(await took(workshop, made(at=FRIDAY + timedelta(hours=2)))) == [(Did.FOLDED, "R-0001")]
    workshop.clock.forward(hours=25)
    assert did(await took(workshop, made(at=FRIDAY + timedelta(hours=27)))) == [(Did.REPORTED, "R-0002")]


async def test_a_body_that_failed_halfway_is_taken_whole_the_next_time(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it was kept before."""
    reports_service = workshop.services.reports
    opened = reports_service.open_in

    async def broken(*_args: Any, **_options: Any) -> Any:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(reports_service, "open_in", broken)
    with pytest.raises(RuntimeError):
        await workshop.services.alerts.take("prometheus", [made("g", labels=AUTO), made()], b"x")
    async with workshop.work.read() as unit:
        assert not await unit.incidents.open_ones()
    monkeypatch.setattr(reports_service, "open_in", opened)
    assert [one for one, _ in did(await took(workshop, made("g", labels=AUTO), made()))] == [
        Did.DECLARED,
        Did.REPORTED,
    ]


async def test_two_replicas_that_hear_of_it_at_once_declare_it_once(postgres_url: str) -> None:
    """Different alerts about one system, side by side on PostgreSQL: one incident, and every alert is kept."""
    async with on_database(postgres_url) as one, on_database(postgres_url) as other:
        sending = [
            replica.services.alerts.take("prometheus", [made(f"{number}", labels=AUTO)], b"%d" % number)
            for number, replica in enumerate([one, other] * 3)
        ]
        told = [did(taken)[0] for taken in await asyncio.gather(*sending)]
        assert {where for _, where in told} == {"AI-0001"}
        again = await one.services.alerts.take("prometheus", [made("0", labels=AUTO, at=FRIDAY)], b"0")
        assert did(again) == [(Did.REPEATED, "AI-0001")]
        async with one.work.read() as unit:
            assert len(await unit.incidents.open_ones()) == 1
            assert len(await unit.alerts.known({made(f"{number}", labels=AUTO).key for number in range(6)})) == 6
