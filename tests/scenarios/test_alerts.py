"""A machine's alert over the wire: a report in the triage channel, declared by a person, and what is said after that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.office import Office
from tests.scenarios.hostile import PINGS, dangers
from tests.scenarios.test_reports import shown, stored

GRAFANA = Path(__file__).parents[1] / "web" / "sources" / "grafana" / "alerting.json"


def body(**changes: Any) -> str:
    """Grafana's alert with other words, or over."""
    whole = json.loads(GRAFANA.read_text())
    whole["alerts"][0] |= changes
    return json.dumps(whole)


async def test_an_alert_is_reported_declared_and_joined(office: Office) -> None:
    """Lena declares what Grafana reports; when it fires again and is over, the channel hears it and nothing closes."""
    labels = {"alertname": PINGS, "severity": "warning", "system": "Support answer bot", "trace_id": "4bf92f3577b34da6"}
    words = {"labels": labels, "annotations": {"summary": f"One answer in nine cites nothing {PINGS}"}}
    await office.stage.hears("grafana", body(**words))
    await office.settle()
    lena, lane = office.person("lena"), shown(office)
    assert (
        "One answer in nine cites nothing" in lane.text and "grafana" in lane.text and "4bf92f3577b34da6" in lane.text
    )
    assert (await stored(office)).system == "support-answers"
    await lena.presses(lane, "Declare…")
    await office.settle()
    await lena.submits()
    await office.settle()
    await office.stage.hears("grafana", body(**words, startsAt="2026-04-14T09:41:10+02:00"))
    await office.stage.hears("grafana", body(**words, status="resolved", startsAt="2026-04-14T09:41:10+02:00"))
    await office.settle()
    channel = await office.channel()
    said = [seen.text for seen in office.person("lena").sees(channel)]
    assert any("grafana* says about this system" in text for text in said)
    assert any("grafana* says that this is over" in text and "people decide" in text for text in said)
    incident = await office.incident()
    assert (incident.is_open, incident.system) == (True, "support-answers")
    assert dangers(office) == []
