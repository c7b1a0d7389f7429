"""alerts.yaml: the shipped file does what it says, and each mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbooks.errors import PolicyError
from playbooks.library import Library

SHIPPED = (Path(__file__).parents[2] / "playbooks" / "policies" / "alerts.yaml").read_text()


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("replay_window: 5m", "replay_window: 5bh", "working time"),
        ("same_within: 24h", "same_within: 30d", "too long"),
        ("critical: SEV1", "critical: SEV0", "'SEV1', 'SEV2'"),
        ("id: grafana", "id: prometheus", "'prometheus' stands twice"),
        ("format: langfuse", "format: json", "format json needs a `map`"),
        ("secret: CLOUDEVENTS_TOKEN", "secret: s3cret-itself", "CLOUDEVENTS"),
        ("by: langfuse", "by: trust", "'bearer', 'basic'"),
        ("    times: 3\n", "", "`times` and `within` go together"),
        ("under: 0.5", "under: half", "half"),
        ("then: keep", "then: ignore", "'keep', 'report'"),
        ("type: drift", "type: drifting", "'harmful_output'"),
        ("lasting: 2d", "lasting: 2bd", "working time"),
        ("title: suite", "title: suite..name", "pattern"),
        ("{score: score}", "{score: score}\n    system: nowhere", "systems.yaml has no 'nowhere'"),
        ("id: no-news", "id: drift-for-days", "'drift-for-days' stands twice"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    """The file, the line and the reason."""
    assert was in SHIPPED
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "alerts.yaml").write_text(SHIPPED.replace(was, becomes, 1))
    with pytest.raises(PolicyError) as told:
        Library.load(tmp_path)
    if "secret" in was:
        assert "environment variable" in str(told.value)
    else:
        assert said in str(told.value), str(told.value)
    assert told.value.line
