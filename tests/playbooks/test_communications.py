"""Texts as policy: whole as shipped, and refused with file, line and reason where they do not fit."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from bot.domain.incident import Role, Severity
from bot.domain.texts.words import Since
from playbooks.copying import copy_to
from playbooks.errors import PolicyError
from playbooks.library import Library

NAME, SHEET = "policies/communications.yaml", "templates/holding_statement.md"
SHIPPED = {name: files("playbooks").joinpath(name).read_text(encoding="utf-8") for name in (NAME, SHEET)}


def test_the_ten_texts_are_whole() -> None:
    """T1 to T10; whoever speaks outside needs two people's approval; only legal speaks to an authority."""
    found = Library.load(None).communications
    templates = found.templates
    assert [one.number for one in templates.values()] == [f"T{number}" for number in range(1, 11)]
    outside = [one for one in templates.values() if one.number not in ("T4", "T5", "T6")]
    assert all(len(one.approved_by) > 1 and one.different_people and Role.LEGAL in one.approved_by for one in outside)
    notice = templates["regulator_notice"]
    assert (Role.LEGAL, frozenset({Role.LEGAL, Role.LEAD})) == (notice.spoken_by, notice.open_to)
    due = found.due["holding_statement", Severity.SEV1]
    assert ("30m", "60m") == (str(due.ready), str(due.sent)) and Since.RESOLVED is templates["closing_note"].since
    assert found.find("T2") is found.find("customer notice") is found.find("cust") and found.find("zzz") is None


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "reason"),
    [
        (NAME, "required: [seen, since", "required: [sean, since", "required: [sean", "has no section 'sean'"),
        (
            NAME,
            "name: customer_notice",
            "name: holding_statement",
            "name: holding_statement\n    id: T2",
            "stands twice",
        ),
        (NAME, "{sent: 4h}", "{sent: 4 hours}", "{sent: 4 hours}", "'4 hours' is no duration"),
        (NAME, "SEV2: {sent: outside_message}", "SEV3: {sent: outside_message}", "SEV3: {sent: outside", "promises no"),
        (NAME, "open_to: [legal, lead]", "open_to: [lead]", "open_to: [lead]", "must read it"),
        (
            NAME,
            "approved_by: [legal, lead]",
            "approved_by: [legal, legal]",
            "approved_by: [legal, legal]",
            "a role twice",
        ),
        (NAME, "audience:", "audiance:", "audiance:", "'audiance' is not known"),
        (NAME, "spoken_by: comms", "spoken_by: press", "spoken_by: press", "input should be 'lead'"),
        (SHEET, "{{ contact.customers }}", "{{ contact.nobody }}", "{{ contact.nobody }}", "stands for nothing"),
        (SHEET, "## Since when {#since}", "## Since when", "## Since when", "is no section"),
        (SHEET, "{#since}", "{#seen}", "## Since when {#seen}", "'seen' stands twice"),
        (SHEET, "# A problem", "A problem", "A problem", "before the first section"),
    ],
)
def test_a_broken_text_is_refused(tmp_path: Path, name: str, old: str, new: str, line: str, reason: str) -> None:
    """What is wrong is named with its file and line, and nothing is loaded."""
    assert old in SHIPPED[name]
    broken = SHIPPED[name].replace(old, new, 1)
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(broken, encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        Library.load(tmp_path)
    where = broken[: broken.index(line)].count("\n") + 1
    assert reason in str(refused.value) and name in str(refused.value)
    assert refused.value.line in (where, where + 1)


def test_an_organisation_writes_its_own(tmp_path: Path) -> None:
    """`init` copies the texts, too; an edited one is what people begin from, and the version says that it differs."""
    assert SHEET in copy_to(tmp_path)
    assert Library.load(tmp_path).content_hash == Library.load(None).content_hash
    own = SHIPPED[SHEET].replace("We know of a problem", "We are aware of trouble")
    (tmp_path / SHEET).write_text(own, encoding="utf-8")
    loaded = Library.load(tmp_path)
    assert "We are aware of trouble" in loaded.communications.templates["holding_statement"].sections[0].body
    assert loaded.content_hash != Library.load(None).content_hash
