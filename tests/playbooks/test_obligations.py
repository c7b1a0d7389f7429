"""The clocks of law and contract as shipped, computed for the worked examples, and refused where a file is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from holidays.utils import country_holidays

from bot.domain.obligations.clock import Due, due
from bot.domain.obligations.words import Sureness
from playbooks.calendars import SHIPPED as SHIPPED_PLACES
from playbooks.calendars import legal_calendars
from playbooks.errors import PolicyError
from playbooks.library import Library
from playbooks.obligations import ObligationPolicy

NAME = "policies/obligations.yaml"
SHIPPED = files("playbooks").joinpath(NAME).read_text(encoding="utf-8")
START = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
GDPR = "    in_force: {from: 2018-05-25}"


@cache
def library() -> Library:
    """The shipped files."""
    return Library.load(None)


def row(name: str) -> ObligationPolicy:
    """A shipped row."""
    return next(one for one in library().obligations.obligations if one.id == name)


def reckon(name: str, **known: datetime) -> Due:
    """When the shipped row runs out."""
    policy = row(name)
    assert policy.rule is not None
    found = due(
        policy.rule,
        known or {policy.starts[0]: START},
        legal_calendars(library().obligations.calendars)[policy.calendar],
    )
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "strict", "statutory"),
    [
        ("gdpr33", "2026-11-23T16:30", "2026-11-23T16:30"),
        ("ukgdpr33", "2026-11-23T16:30", "2026-11-23T16:30"),
        ("nis2_early", "2026-11-21T16:30", "2026-11-21T16:30"),
        ("cra_early", "2026-11-21T16:30", "2026-11-21T16:30"),
        ("in_certin", "2026-11-20T22:30", "2026-11-20T22:30"),
        ("cn_cii", "2026-11-20T17:30", "2026-11-20T17:30"),
        ("cn_network", "2026-11-20T20:30", "2026-11-20T20:30"),
        # Brussels' midnight is 23:00 UTC in winter.
        ("aia73_critical", "2026-11-22T22:59", "2026-11-24T22:59"),
        ("mdr_public", "2026-11-22T22:59", "2026-11-23T22:59"),
        ("gpai_cyber", "2026-11-25T22:59", "2026-11-25T22:59"),
        ("aia73_death", "2026-11-30T22:59", "2026-11-30T22:59"),
        ("aia73", "2026-12-05T22:59", "2026-12-07T22:59"),
        # New York's is 05:00.
        ("hipaa", "2027-01-20T04:59", "2027-01-20T04:59"),
        ("sec_8k", "2026-11-28T04:59", "2026-11-28T04:59"),
        ("hipaa_hhs_small", "2027-03-02T04:59", "2027-03-02T04:59"),
    ],
)
def test_the_worked_examples_by_shipped_row(name: str, strict: str, statutory: str) -> None:
    """From Friday 20 November 2026, 16:30 UTC, with the authority's own midnight and Thanksgiving from the library."""
    found = reckon(name)
    assert found.strict.isoformat()[:16] == strict
    assert found.statutory.isoformat()[:16] == statutory


def test_holidays_come_from_the_library() -> None:
    """Christmas in Brussels and Martin Luther King's day in Washington move what the law lets them move."""
    christmas = datetime(2026, 12, 10, 9, tzinfo=UTC)
    found = reckon("aia73", aware_at=christmas)
    assert found.strict.date() == date(2026, 12, 25)
    assert found.statutory.date() == date(2026, 12, 28)
    weekend = datetime(2027, 1, 15, 20, tzinfo=UTC)
    assert reckon("sec_8k", materiality_determined_at=weekend).strict.isoformat()[:10] == "2027-01-23"


def test_every_shipped_place_is_known_to_the_library() -> None:
    """What is not asked of the library at every start is asked here, and there is no place but those."""
    for country, subdivision in SHIPPED_PLACES:
        assert country_holidays(country, subdiv=subdivision, years=2026)
    places = {(one.country, one.subdivision) for one in library().obligations.calendars.values()}
    assert places == SHIPPED_PLACES


def test_every_clock_of_the_reference_is_there() -> None:
    """Each has its source, its confidence and its day of review, and none is taken for a lawyer's word."""
    rows = library().obligations.obligations
    wanted = "cn_cii cn_network dora_initial dora_intermediate dora_final in_certin nis2_early nis2_notif nis2_final"
    wanted += " cra_early cra_notif cra_final_vuln cra_final_severe ca_sb53 ca_sb53_imminent il_sb315 il_sb315_imminent"
    wanted += (
        " ny_raise ny_raise_imminent aia73 aia73_critical aia73_death gpai_critical gpai_cyber gpai_death gpai_other"
    )
    wanted += " gpai_intermediate gpai_final mdr mdr_public mdr_death gdpr33 gdpr34 ukgdpr33 nydfs nydfs_ransom sec_8k"
    wanted += " nhtsa_sgo hipaa co_adverse nyc144 kr_basic cn_closing contract_customer contract_insurer"
    assert set(wanted.split()) <= {one.id for one in rows}
    assert {one.id for one in rows if one.confidence is Sureness.LOW} >= {"in_certin", "il_sb315", "nhtsa_sgo"}
    assert all("no lawyer" in one.reviewed_by for one in rows)
    today = date(2026, 11, 20)
    later = {one.id for one in rows if not one.in_force.holds(today)}
    assert later >= {"aia73", "aia73_death", "ny_raise", "co_adverse"}
    assert not later & {"gdpr33", "cra_early", "gpai_other", "mdr", "hipaa"}


@pytest.mark.parametrize(
    ("old", "new", "blamed", "reason"),
    [
        (
            "amount: 72, unit: h}",
            "amount: 72, unit: hours}",
            "deadline: {start: [aware_at], amount: 72, unit: hours}",
            "input should be 'h'",
        ),
        (GDPR, "    in_force: {from: 2018-02-30}", "in_force: {from: 2018-02-30}", "'2018-02-30' is no date"),
        (GDPR, "    in_force: {from: 2018-05-25, to: 2018-05-24}", "in_force", "before it begins"),
        ("  - id: gdpr34", "  - id: gdpr33", "in_force", "holds on days on which the row of line"),
        ("amount: 72, unit: h}", "amount: 0, unit: h}", "deadline", "greater than or equal to 1"),
        ("start: [aware_at], amount: 72", "start: [sent:gdpr], amount: 72", "deadline", "no row has the id 'gdpr'"),
        ("start: [aware_at], amount: 72", "start: [people_affected], amount: 72", "deadline", "is no instant of"),
        ("when: [personal_data=yes]", "when: [personal_data=maybe]", "when", "knows no 'personal_data=maybe'"),
        ("    regions: [eu]", "    regions: [mars]", "regions", "knows no region 'mars'"),
        ("    calendar: eu", "    calendar: moon", "calendar: moon", "no calendar 'moon'"),
        ("country: BE", "country: XX", "eu: ", "no public holidays are known for XX"),
        ("capacity: data_controller", "capacity: data_hoarder", "capacity", "'we_are' does not say"),
        ("overdue_tells: [general_counsel]", "overdue_tells: [boss]", "overdue_tells", "no executive 'boss'"),
        ("roll: two_working_days", "roll: sometimes", "roll: sometimes", "input should be 'none'"),
        ("reviewed_on: 2026-11-20", "reviewed: 2026-11-20", "reviewed: 2026-11-20", "'reviewed' is not known"),
    ],
)
def test_a_wrong_row_is_refused(tmp_path: Path, old: str, new: str, blamed: str, reason: str) -> None:
    """Impossible dates, unknown units, overlapping validity, names nobody knows: file, line and reason, nothing loaded."""
    assert old in SHIPPED
    text = SHIPPED.replace(old, new, 1)
    (tmp_path / "policies").mkdir()
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        Library.load(tmp_path)
    assert reason in str(caught.value)
    assert caught.value.file == NAME
    assert caught.value.line is not None
    assert text.splitlines()[caught.value.line - 1].strip().startswith(blamed)


def test_a_change_of_law_is_a_change_of_data(tmp_path: Path) -> None:
    """One row until a day, the same id from the next: both load, and each holds on its own days."""
    block = SHIPPED[SHIPPED.index("  - id: gdpr33\n") : SHIPPED.index("  - id: gdpr34")]
    old = block.replace("{from: 2018-05-25}", "{from: 2018-05-25, to: 2027-06-30}")
    new = block.replace("{from: 2018-05-25}", "{from: 2027-07-01}").replace("amount: 72", "amount: 96")
    (tmp_path / "policies").mkdir()
    (tmp_path / NAME).write_text(SHIPPED.replace(block, old + new), encoding="utf-8")
    rows = [one for one in Library.load(tmp_path).obligations.obligations if one.id == "gdpr33"]
    holds = [[one.in_force.holds(day) for one in rows] for day in (date(2027, 6, 30), date(2027, 7, 1))]
    assert holds == [[True, False], [False, True]]
