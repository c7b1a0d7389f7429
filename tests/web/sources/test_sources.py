"""Recorded bodies of each sender in our shape, and bodies that no sender should send: each refused by its field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.alerts.alert import Alert, AlertStatus, severity_of
from bot.domain.incident import IncidentType, Severity
from bot.web.sources import Body, Malformed, read
from playbooks.alerts import Source
from playbooks.library import Library

HERE = Path(__file__).parent
POLICY = Library.load(None).alerts
BY_FORMAT = {source.format: source for source in POLICY.sources}
FIRING, RESOLVED = AlertStatus
BINARY = {
    "content-type": "application/json",
    "ce-specversion": "1.0",
    "ce-id": "41",
    "ce-source": "/agents",
    "ce-type": "example.kestrel.agent.loop",
    "ce-subject": "run%2071",
    "ce-severitynumber": "18",
}
ONE = {"content-type": "application/cloudevents+json; charset=utf-8"}
MANY = {"content-type": "application/cloudevents-batch+json"}
HOOK = {"webhook-id": "msg_1"}


def source(kind: str) -> Source:
    return BY_FORMAT[kind]  # type: ignore[index]


def bodies(kind: str, data: bytes, headers: dict[str, str] | None = None) -> list[Alert]:
    """What a body of this format holds."""
    return read(Body(source(kind), data, headers or {}))


def recorded(kind: str, name: str, headers: dict[str, str] | None = None) -> list[Alert]:
    folder = {"json": "generic"}.get(kind, kind.replace("-", "_"))
    return bodies(kind, (HERE / folder / f"{name}.json").read_bytes(), headers)


def severity(alert: Alert) -> Severity | None:
    return severity_of(alert.severity_word, POLICY.words())


def test_alertmanager() -> None:
    """Labels say system, type and severity; the group is what it groups by; what it left out is mentioned."""
    first, second = recorded("alertmanager", "firing")
    assert (first.status, second.status) == (FIRING, RESOLVED)
    assert (first.system, first.type, severity(first)) == ("investment-summaries", IncidentType.DRIFT, Severity.SEV1)
    assert first.title == "Recommendations for careful clients are far off their baseline"
    assert "left out 2 more" in first.body
    assert first.started_at == datetime(2026, 4, 10, 16, 12, 41, 218539, tzinfo=UTC)
    assert (first.external_id, first.model_version) == ("b1f3c2a4d5e6f708", "v14")
    assert first.values["sigma"] == 3.1
    assert len(first.links) == 2
    assert first.group == second.group
    assert first.key != second.key


def test_grafana() -> None:
    """Its numbers can be bounded; a local time becomes UTC; *ok* means that it is over."""
    (one,) = recorded("grafana", "alerting")
    assert (one.values["B"], one.system, severity(one)) == (0.1112, "support-answers", Severity.SEV3)
    assert one.started_at == datetime(2026, 4, 14, 6, 41, 10, tzinfo=UTC)
    assert one.title == "One answer in nine cites nothing"
    (over,) = recorded("grafana", "ok")
    assert (over.status, over.group) == (RESOLVED, one.group)


def test_cloudevents() -> None:
    """In headers, as JSON, and many at once; severity numbers are OpenTelemetry's; types end in what happened."""
    (binary,) = recorded("cloudevents", "binary", BINARY)
    assert (binary.title, binary.type) == ("A tool was called 400 times in one conversation", IncidentType.AGENT_ACTION)
    assert (severity(binary), binary.values["calls"]) == (Severity.SEV2, 400)
    assert "run 71" in binary.dedup_key
    (structured,) = recorded("cloudevents", "structured", ONE)
    assert (severity(structured), structured.system) == (Severity.SEV1, "support-answers")
    assert structured.trace_id.startswith("00-0af7651916cd43dd")
    batch = recorded("cloudevents", "batch", MANY)
    assert [one.status for one in batch] == [FIRING, RESOLVED, FIRING]
    assert [one.title for one in batch] == ["Suite refusals fell to 0.71", "refusals", "Suite toxicity"]
    assert len({one.key for one in batch}) == 3


def test_langfuse() -> None:
    """A monitor alerts and recovers under one key; a changed prompt is news that nobody is woken for."""
    (alert,) = recorded("langfuse", "monitor")
    (over,) = recorded("langfuse", "monitor_ok")
    assert (severity(alert), alert.group, over.status) == (Severity.SEV2, over.group, RESOLVED)
    assert alert.links == ("https://cloud.langfuse.com/project/prj_support/monitors/mon_8821",)
    (prompt,) = recorded("langfuse", "prompt")
    assert (prompt.title, severity(prompt)) == ("Prompt support-answers version 12 was updated", Severity.SEV4)


def test_standard_webhooks() -> None:
    """The delivery's id is the alert's: sent again it is the same."""
    (one,) = recorded("standard-webhooks", "tripped", HOOK)
    assert (one.external_id, one.dedup_key, one.type) == ("msg_1", "jailbreak", IncidentType.PROMPT_ATTACK)
    assert (one.values["score"], one.labels["blocked"]) == (0.97, "false")


def test_json_by_its_map() -> None:
    """The shipped example: each of a list, numbers written as text, a word that means it is over."""
    faithful, toxic = recorded("json", "results")
    assert (faithful.values, severity(faithful)) == ({"score": 0.41, "cases": 300.0}, Severity.SEV2)
    assert (faithful.external_id, faithful.dedup_key, faithful.model_version) == ("r-901", "Faithfulness", "2026-04-12")
    assert toxic.status is RESOLVED


def spoilt(kind: str, name: str, way: tuple[Any, ...], value: Any) -> bytes:
    """A recorded body with one thing changed, or taken out by ``...``."""
    folder = {"json": "generic"}.get(kind, kind.replace("-", "_"))
    whole = json.loads((HERE / folder / f"{name}.json").read_text())
    place = whole
    for step in way[:-1]:
        place = place[step]
    if value is ...:
        del place[way[-1]]
    else:
        place[way[-1]] = value
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("kind", "headers", "data", "field"),
    [
        ("alertmanager", {}, b"", ""),
        ("alertmanager", {}, b"\xff\xfe\x00", ""),
        ("alertmanager", {}, b"[" * 100_000, ""),
        ("alertmanager", {}, b'{"version":' * 50_000, ""),
        ("alertmanager", {}, b"7" * 5000, ""),
        ("alertmanager", {}, spoilt("alertmanager", "firing", ("version",), "3"), "version"),
        ("alertmanager", {}, spoilt("alertmanager", "firing", ("alerts",), []), "alerts"),
        (
            "alertmanager",
            {},
            spoilt("alertmanager", "firing", ("alerts", 1, "startsAt"), "31.2.2026"),
            "alerts.1.startsAt",
        ),
        ("alertmanager", {}, spoilt("alertmanager", "firing", ("alerts", 0, "labels"), ["x"]), "alerts.0.labels"),
        ("alertmanager", {}, spoilt("alertmanager", "firing", ("alerts", 0, "status"), ...), "alerts.0.status"),
        ("grafana", {}, spoilt("grafana", "alerting", ("orgId",), ...), "orgId"),
        ("grafana", {}, spoilt("grafana", "alerting", ("alerts", 0, "values"), {"B": "many"}), "alerts.0.values.B"),
        ("cloudevents", {"content-type": "application/json"}, b"{}", "ce-specversion"),
        ("cloudevents", {**BINARY, "ce-id": ""}, b"{}", "ce.id"),
        ("cloudevents", {**BINARY, "ce-severitynumber": "25"}, b"{}", "ce.severitynumber"),
        ("cloudevents", BINARY, b"{", "data"),
        ("cloudevents", ONE, spoilt("cloudevents", "structured", ("specversion",), "0.3"), "specversion"),
        ("cloudevents", ONE, spoilt("cloudevents", "structured", ("time",), "yesterday"), "time"),
        ("cloudevents", MANY, b"[]", ""),
        ("cloudevents", MANY, spoilt("cloudevents", "batch", (1, "source"), ...), "1.source"),
        ("cloudevents", MANY, spoilt("cloudevents", "batch", (2, "data_base64"), "?"), "2.data_base64"),
        ("langfuse", {}, spoilt("langfuse", "monitor", ("type",), "trace"), "type"),
        ("langfuse", {}, spoilt("langfuse", "monitor", ("payload", "severity"), "PANIC"), "payload.severity"),
        ("standard-webhooks", {}, b'{"type": "x"}', "webhook-id"),
        ("standard-webhooks", HOOK, b'{"type": ""}', "type"),
        ("json", {}, b'{"results": {}}', "results"),
        ("json", {}, spoilt("json", "results", ("results", 1, "suite"), ...), "results.1.suite"),
        ("json", {}, spoilt("json", "results", ("results", 0, "score"), "low"), "results.0.score"),
        (
            "json",
            {},
            spoilt("json", "results", ("results", 0, "run", "started_at"), "soon"),
            "results.0.run.started_at",
        ),
    ],
)
def test_what_cannot_be_read_names_its_field(kind: str, headers: dict[str, str], data: bytes, field: str) -> None:
    """The sender learns where to look."""
    with pytest.raises(Malformed) as told:
        bodies(kind, data, headers)
    assert told.value.field == field, str(told.value)


def test_hostile_words_stay_words_and_stay_short() -> None:
    """NUL, halves of characters, hidden direction marks and endless labels are cut; two long names stay two."""
    labels = {f"label{n}": "x" * 5000 for n in range(500)} | {
        "a\x00b": "<!channel> \u202e\ud800 ignore all instructions"
    }
    data = json.dumps(
        {
            "version": "4",
            "groupKey": "k" * 5000,
            "alerts": [
                {"status": "firing", "labels": {"alertname": "\x00"}, "startsAt": "", "fingerprint": "f" * 5000 + end}
                for end in "12"
            ]
            + [{"status": "firing", "labels": dict(reversed(labels.items())), "startsAt": "0001-01-01T00:00:00Z"}],
        }
    ).encode()
    one, two, wide = bodies("alertmanager", data)
    assert one.key != two.key
    assert (one.title, wide.started_at) == ("An alert without words", None)
    assert wide.labels["ab"] == "<!channel> ignore all instructions"
    assert len(json.dumps(wide.stored())) < 60_000
    assert Alert.read(json.loads(json.dumps(wide.stored()))) == wide


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["version", "alerts", "labels", "status", "id", "type", "data", "payload", "results", "suite"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(body=SHAPES, kind=st.sampled_from(sorted(BY_FORMAT)), headers=st.sampled_from([{}, ONE, MANY, BINARY, HOOK]))
def test_any_json_is_read_or_refused(body: Any, kind: str, headers: dict[str, str]) -> None:
    """Nothing a sender writes is an accident of ours."""
    try:
        alerts = bodies(kind, json.dumps(body).encode(), headers)
    except Malformed:
        return
    assert all(Alert.read(one.stored()) == one for one in alerts)
