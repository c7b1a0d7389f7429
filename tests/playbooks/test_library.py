"""Loading: the shipped files, a directory over them, and the file, line and reason of whatever is wrong."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.incident import IncidentType, Role, Severity
from playbooks.errors import PolicyError
from playbooks.library import Library
from playbooks.loading import NAMES
from playbooks.reading import SIZE_LIMIT, read

SHIPPED = files("playbooks")
Own = Callable[[str, str], Path]


def shipped(name: str) -> str:
    return SHIPPED.joinpath(name).read_text(encoding="utf-8")


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.fixture
def own(tmp_path: Path) -> Own:
    """Put a file into the organisation's own directory."""

    def put(name: str, text: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return tmp_path

    return put


def refused(directory: Path) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        Library.load(directory)
    return caught.value


def _outcome(attempt: Callable[[], object]) -> PolicyError | None:
    try:
        attempt()
    except PolicyError as error:
        return error
    return None


# What is changed in which shipped file, the line that is to blame (by its words after the change), and the reason.
WRONG = [
    (
        "policies/severities.yaml",
        "acknowledge: 5m",
        "acknowledge: soon",
        "acknowledge: soon",
        "is no duration: write 5m",
    ),
    ("policies/severities.yaml", "acknowledge: 5m", "acknowledge: 5", "acknowledge: 5", "written like 5m"),
    ("policies/severities.yaml", "acknowledge: 5m", "acknowlege: 5m", "acknowlege: 5m", "'acknowlege' is not known"),
    ("policies/severities.yaml", "technical: page,", "led: page,", "led: page", "input should be 'lead', 'technical'"),
    ("policies/severities.yaml", "comms: ask}", "comms: beg}", "comms: beg", "input should be 'page'"),
    (
        "policies/severities.yaml",
        "comms: ask}",
        "}",
        "seats: {lead: page, technical: page, legal: page_if_flagged",
        "'comms' is missing",
    ),
    ("policies/severities.yaml", "  SEV4:", "  SEV5:", "  SEV5:", "input should be 'SEV1'"),
    ("policies/severities.yaml", "settles: 12h", "", "updates:", "'settles' and 'then' go together"),
    ("policies/severities.yaml", "picker: Caught", f"picker: {'x' * 76} Caught", "xxx", "at most 75 characters"),
    ("policies/escalation.yaml", "secondary:technical", "secondary:cook", "secondary:cook", "is nobody to ask"),
    (
        "policies/escalation.yaml",
        "ask: executive:on_call",
        "ask: executive:off_call",
        "off_call",
        "has no executive 'off_call'; it has cto",
    ),
    (
        "policies/escalation.yaml",
        "unless: contained",
        "unless: finished",
        "unless: finished",
        "input should be 'never'",
    ),
    (
        "policies/escalation.yaml",
        "SEV3: containment",
        "SEV3: switch_off",
        "SEV3: switch_off",
        "SEV3: this severity promises no 'switch_off'",
    ),
    (
        "policies/escalation.yaml",
        "SEV3: containment",
        "SEV3: evidence_freeze",
        "evidence_freeze",
        "promises no 'evidence_freeze'",
    ),
    (
        "policies/escalation.yaml",
        "repeat: {SEV1: 30m, SEV2: 60m, SEV3: 1bd}",
        "repeat: {SEV1: 30m}\n    again: 1",
        "again: 1",
        "'again' is not known in rungs.not_contained",
    ),
    (
        "policies/escalation.yaml",
        "after: {SEV1: 15m}",
        "after: {SEV1: 15m}\n    repeat: {SEV2: 1m}",
        "repeat: {SEV2: 1m}",
        "SEV2 repeats but 'after' does not name it",
    ),
    (
        "policies/escalation.yaml",
        "after: {SEV1: 15m}",
        "after: {SEV1: 15m}\n    times: 2",
        "times: 2",
        "'times' without 'repeat'",
    ),
    ("policies/escalation.yaml", "why: not_contained", "why: because", "why: because", "input should be 'declared'"),
    ("policies/people.yaml", "[liam@kestrel.example]", "[liam]", "[liam]", "'liam' names nobody"),
    ("policies/people.yaml", "  comms:", "  press:", "  press:", "input should be 'lead'"),
    ("policies/people.yaml", "told_at: [SEV1, SEV2]", "told_at: [SEV0]", "SEV0", "input should be 'SEV1'"),
    (
        "policies/people.yaml",
        "    secondary: [liam@kestrel.example]\n",
        "",
        "ask: secondary:lead",
        "people.yaml names no secondary for lead",
    ),
    ("policies/calendar.yaml", "Europe/London", "Europe/Kestrel", "Kestrel", "is no time zone"),
    ("policies/calendar.yaml", "2026-12-25", "2026-13-25", "2026-13-25", "date"),
    ("policies/calendar.yaml", '"17:00"', '"08:00"', 'end: "08:00"', "must end after it starts"),
    ("policies/calendar.yaml", "friday", "freitag", "freitag", "input should be 'monday'"),
    (
        "policies/systems.yaml",
        "slug: code-agent",
        "slug: product-search",
        "slug: product-search",
        "slug 'product-search' stands twice",
    ),
    ("policies/systems.yaml", "architecture: rag", "architecture: magic", "magic", "input should be 'plain_llm'"),
    (
        "policies/systems.yaml",
        "technical: [mina@kestrel.example]",
        "security: [mina@kestrel.example]",
        "security:",
        "input should be 'lead'",
    ),
    (
        "policies/systems.yaml",
        "https://grafana.kestrel.example/d/code-agent",
        "javascript:alert(1)",
        "javascript",
        "should match",
    ),
    ("policies/types.yaml", "slug: drift", "slug: drifting", "slug: drifting", "input should be 'harmful_output'"),
    ("policies/types.yaml", "slug: drift", "slug: bias", "types:", "'drift' is missing"),
    ("policies/types.yaml", "id: AI-07", "id: AI-06", "id: AI-06", "id 'AI-06' stands twice"),
    ("policies/roles.yaml", "      drift:", "      shift:", "shift:", "input should be 'harmful_output'"),
    ("policies/tiers.yaml", "T3: {SEV1: 60m,", "T3: {", "T3: {", "'SEV1' is missing"),
    ("policies/tiers.yaml", "  T6:", "  T7:", "  T7:", "input should be 'T0'"),
    ("responses/bias.yaml", "tier: T3", "tier: T9", "T9", "input should be 'T0'"),
    ("responses/bias.yaml", "owner: legal", "owner: boss", "boss", "input should be 'lead'"),
    ("responses/bias.yaml", "activity: triage", "activity: panic", "panic", "input should be 'triage'"),
    ("responses/bias.yaml", "type: bias", "type: drift", "type: drift", "this file is the playbook of 'bias'"),
    ("responses/core.yaml", "type: core", "type: kernel", "type: kernel", "input should be"),
    ("responses/bias.yaml", "id: pass_gate", "id: legal_joins", "id: legal_joins", "id 'legal_joins' stands twice"),
    ("responses/bias.yaml", "id: pass_gate, ", "", "activity: validate", "'id' is missing in steps"),
    ("responses/bias.yaml", "evidence: [E12, E14]", "evidence: [E12, E99]", "E99", "evidence.yaml has no 'E99'"),
    ("responses/bias.yaml", "actions: [C01, C04]", "actions: [C01, C41]", "C41", "containment.yaml has no 'C41'"),
    ("responses/bias.yaml", "tell: [affected]", "tell: [everybody]", "everybody", "input should be 'executives'"),
    ("responses/bias.yaml", "gate: no_regression", "gate: hope", "gate: hope", "input should be 'staging_test'"),
    ("responses/bias.yaml", "after: [pass_gate]", "after: [pass_gait]", "pass_gait", "no step 'bias.pass_gait'"),
    ("responses/bias.yaml", "after: [pass_gate]", "after: [drift.shadow]", "drift.shadow", "another playbook"),
    ("responses/bias.yaml", "after: [pass_gate]", "after: [core.learn]", "core.learn", "comes after recovery"),
    ("responses/bias.yaml", "after: [pass_gate]", "after: [shadow_first]", "[shadow_first]", "waits for itself"),
    (
        "responses/core.yaml",
        "tier: T5, after: [recover_25]",
        "tier: T5, after: [recover_25, tell_executives]",
        "[recover_25, tell_executives]",
        "not there at every severity",
    ),
    ("responses/core.yaml", "phase: containment", "phase: closed", "phase: closed", "nothing is done in the phase"),
]


@pytest.mark.parametrize(("name", "old", "new", "blamed", "reason"), WRONG, ids=[f"{w[0]}-{w[2][:24]}" for w in WRONG])
def test_what_is_wrong_is_named_with_its_line(
    own: Own, name: str, old: str, new: str, blamed: str, reason: str
) -> None:
    """File, line and reason of a wrong word, a wrong shape, and of a name that another file does not know."""
    text = shipped(name)
    assert old in text
    start, _, rest = text.partition(old)
    wrong = start + new + rest
    error = refused(own(name, wrong))
    blamed_file = name if blamed in wrong else "policies/escalation.yaml"
    source = wrong if blamed in wrong else shipped(blamed_file)
    lines = [number for number, line in enumerate(source.splitlines(), 1) if blamed in line]
    assert (blamed_file, True) == (error.file, error.line in lines), str(error)
    assert reason in error.reason
    assert str(error) == f"{error.file}, line {error.line}: {error.reason}"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: [1\nc: 2\n", 3, "this is not YAML"),
        ("a: 1\n\tb: 2\n", 2, "this is not YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, "'a' stands twice; it is on line 1 already"),
        ("x:\n  a: 1\n  b: {c: 1, c: 2}\n", 3, "'c' stands twice"),
        ("a: 1\nb: &x 1\nc: *x\n", 2, "anchor"),
        ("a: &a [*a]\n", 1, "anchor"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "tag"),
        ("a: !!binary aGk=\n", 1, "tag"),
        ("a: !!int five\n", 1, "tag"),
        ("? [a, b]\n: 1\n", 1, "a key must be plain text"),
        ("a: 1\n---\nb: 2\n", 2, "this is not YAML"),
        ("a: 1\nb: \x07\n", 2, "is not allowed"),
        ("", None, "is empty"),
        ("# nothing\n", None, "is empty"),
        ("[" * 20_000, None, "nested too deeply"),
        ("[\n" * 400_000, None, "nested too deeply"),
        ("- " * 400_000, None, "nested too deeply"),
        ("\n".join(" " * depth + "a:" for depth in range(1_300)), None, "nested too deeply"),
        ("- 1\n- 2\n", 1, "valid dictionary"),
        ("just words\n", 1, "valid dictionary"),
        ("null\n", 1, "valid dictionary"),
    ],
)
def test_malformed_files(own: Own, text: str, line: int | None, reason: str) -> None:
    """YAML that is none, or that would mean two things, is refused with its line."""
    error = refused(own("policies/tiers.yaml", text))
    assert ("policies/tiers.yaml", line) == (error.file, error.line)
    assert reason in error.reason


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Not UTF-8: named with the line; a byte-order mark is fine."""
    with pytest.raises(PolicyError, match="line 2: is not UTF-8"):
        read("x.yaml", b"a: 1\nb: \xff\n")
    assert {"a": 1} == read("x.yaml", b"\xef\xbb\xbfa: 1\n").value
    with pytest.raises(PolicyError, match="are allowed"):
        read("x.yaml", b"a" * (SIZE_LIMIT + 1))


def test_values_are_what_they_look_like() -> None:
    """Times, dates and *no* stay text; only null, true, false and whole numbers are more."""
    page = read("x.yaml", b"a: 17:00\nb: no\nc: 2026-12-25\nd: 5\ne:\nf: true\ng: 1.5\nh: 0x10\ni: 1_000\n")
    assert [*["17:00", "no", "2026-12-25"], 5, None, True, "1.5", "0x10", "1_000"] == list(page.value.values())  # type: ignore[attr-defined]


def test_the_earliest_error_is_told_first(own: Own) -> None:
    """With several things wrong in a file, reading goes from the top."""
    text = (
        shipped("policies/people.yaml")
        .replace("[lena@kestrel.example]", "[lena]")
        .replace("[emil@kestrel.example]", "[emil]")
    )
    assert line_of(text, "[lena]") == refused(own("policies/people.yaml", text)).line


def test_a_directory_overrides_file_by_file(own: Own) -> None:
    """What is there replaces the shipped file, what is not there stays; the hash tells them apart."""
    ours = (
        shipped("policies/people.yaml")
        .replace("lena@kestrel.example", "U0123ABCD")
        .replace("told_at: [SEV1, SEV2]", "told_at: [SEV1]")
    )
    library = Library.load(own("policies/people.yaml", ours))
    assert ("U0123ABCD",) == library.roster(Role.LEAD).primary
    assert {} == library.executives(Severity.SEV2)
    default = Library.load(None)
    assert default.systems == library.systems
    assert default.content_hash != library.content_hash
    assert default.content_hash == Library.load(None).content_hash


def test_an_empty_directory_changes_nothing(tmp_path: Path) -> None:
    """Other files in it, such as templates, are none of the library's business."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "postmortem.md").write_text("x")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "notes.txt").write_text("x")
    assert Library.load(None).content_hash == Library.load(tmp_path).content_hash


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("policies/severity.yaml", "policies/severities.yaml"),
        ("policies/people.yml", "policies/people.yaml"),
        ("responses/unsure.yaml", ""),
        ("responses/promt_attack.yaml", "responses/prompt_attack.yaml"),
    ],
)
def test_a_misspelt_file_is_not_ignored(own: Own, name: str, meant: str) -> None:
    """A file that would silently do nothing is refused, with what was probably meant."""
    error = refused(own(name, "a: 1"))
    assert (name, None) == (error.file, error.line)
    assert f"did you mean {meant}?" in error.reason if meant else "is no policy file" in error.reason


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    """A wrong path is an error, not the shipped policy; so is a file that cannot be read."""
    assert "no such directory" in str(refused(tmp_path / "missing"))
    (tmp_path / "policies" / "tiers.yaml").mkdir(parents=True)
    assert "cannot be read" in str(refused(tmp_path))


def test_turning_sev2_into_business_hours_is_one_word(own: Own) -> None:
    """The advised setting: no doubtful report wakes anybody."""
    text = shipped("policies/severities.yaml")
    start, middle, end = text.partition("\n  SEV2:")
    library = Library.load(
        own("policies/severities.yaml", start + middle + end.replace("page: always", "page: business_hours", 1))
    )
    assert "business" == library.escalation_policy.ladders[Severity.SEV2].hours
    assert "always" == library.escalation_policy.ladders[Severity.SEV1].hours


def test_what_is_loaded_cannot_be_changed() -> None:
    """Models are frozen: policy changes by files and a restart, never in passing."""
    with pytest.raises(ValidationError):
        Library.load(None).incident_type(IncidentType.BIAS).name = "x"  # type: ignore[misc]


@given(name=st.sampled_from(NAMES), content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(name: str, content: bytes) -> None:
    """Whatever a file holds: a value with lines, or a PolicyError that names the file."""
    outcome = _outcome(lambda: read(name, content))
    assert outcome is None or str(outcome).startswith(name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_any_damage_is_refused_or_harmless(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """A line lost, doubled or garbled anywhere: the library loads or says file and reason; nothing else is raised."""
    name = data.draw(st.sampled_from(NAMES))
    lines = shipped(name).splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    garbled = data.draw(
        st.sampled_from(
            [
                "",
                lines[number] + "\n" + lines[number],
                lines[number] + " x",
                "  " + lines[number],
                "- " + lines[number],
                "null",
                "{",
                lines[number].replace(":", ""),
                lines[number][::-1],
            ]
        )
    )
    directory = tmp_path_factory.mktemp("own")
    (directory / name).parent.mkdir(exist_ok=True)
    (directory / name).write_text("\n".join([*lines[:number], garbled, *lines[number + 1 :]]), encoding="utf-8")
    outcome = _outcome(lambda: Library.load(directory))
    assert outcome is None or (outcome.file in NAMES and outcome.reason)


def test_the_shipped_files_are_plain_yaml() -> None:
    """Any YAML reader understands them: nothing relies on our stricter one."""
    for name in NAMES:
        assert isinstance(yaml.safe_load(shipped(name)), dict)
